"""Ports: busy ones, those of a world, and those that a forked child inherits."""

import contextlib
import errno
import os
import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from outlook365_emulator.net.authority import Authority
from outlook365_emulator.net.loop import Stopped
from outlook365_emulator.net.ports import PortInUse
from outlook365_emulator.net.server import Server

HOST = "graph.microsoft.com"


def test_a_busy_port_is_named(server: Server, context: ssl.SSLContext, app: Any) -> None:
    with pytest.raises(PortInUse, match=f"port {server.tls_port} of 127.0.0.1 is in use") as caught:
        Server(app, tls_port=server.tls_port, tls_context=context)

    assert caught.value.port == server.tls_port
    assert caught.value.errno == errno.EADDRINUSE


def test_a_port_out_of_range_is_refused(context: ssl.SSLContext, app: Any) -> None:
    with pytest.raises(ValueError, match="70000 is no port"):
        Server(app, port=70000, tls_context=context)


def test_a_world_has_a_port_of_its_own(server: Server, get: Callable[..., bytes]) -> None:
    port = server.open_tls_port("w1")

    assert get("/port", port) == str(port).encode()
    assert get("/port", server.tls_port) == str(server.tls_port).encode()
    assert server.lead_of({"server": ("127.0.0.1", port), "client": ("127.0.0.1", 1)}) == "w1"
    assert server.lead_of({"server": ("127.0.0.1", server.tls_port), "client": ("127.0.0.1", 1)}) == ""

    server.close_tls_port(port)

    with pytest.raises(ConnectionRefusedError):
        get("/port", port)
    assert server.lead_of({"server": ("127.0.0.1", port), "client": ("127.0.0.1", 1)}) == ""


def test_closing_a_port_cuts_its_connections_only(
    server: Server, authority: Authority, connect: Any, until: Any
) -> None:
    port = server.open_tls_port()
    clients = [
        authority.client_context().wrap_socket(connect(p), server_hostname=HOST) for p in (port, server.tls_port)
    ]
    until(lambda: server.connections == 2)

    server.close_tls_port(port)

    until(lambda: server.connections == 1)
    for client in clients:
        client.close()


def test_only_opened_ports_can_be_closed(server: Server) -> None:
    for port in (server.port, server.tls_port, 1):
        with pytest.raises(ValueError, match="no port that open_tls_port opened"):
            server.close_tls_port(port)


def test_no_port_opens_on_a_stopped_server(server: Server) -> None:
    server.stop()
    with pytest.raises(Stopped):
        server.open_tls_port()


def test_a_forked_child_does_not_keep_the_port(server: Server, connect: Any, until: Any) -> None:
    """A child that outlives its parent's server neither answers nor swallows connections."""
    asking, told = socket.socketpair()
    client = connect(server.port)
    until(lambda: server.connections == 1)
    child = os.fork()
    if child == 0:
        asking.close()
        client.close()
        told.recv(1)
        try:
            connect(server.port)
        except ConnectionRefusedError:
            os._exit(0)
        finally:
            os._exit(1)
    told.close()
    server.stop()
    with client, contextlib.suppress(ConnectionResetError):
        assert client.recv(1) == b"", "the child keeps the connection open"
    with pytest.raises(ConnectionRefusedError):
        connect(server.port)
    asking.sendall(b"x")
    _, status = os.waitpid(child, 0)
    asking.close()
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_forked_child_can_stop_its_copy_and_use_the_parents_server(server: Server, talk: Any) -> None:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            answered = talk(server.port, b"GET /child HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            server.stop()
            again = talk(server.port, b"GET /child HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            code = 0 if answered[:12] == again[:12] == b"HTTP/1.1 200" and not server.running else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
