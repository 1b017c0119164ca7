"""Tunnels of the proxy: each direction, their ends, and what they leave behind."""

import asyncio
import contextlib
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.net.authority import Authority
from outlook365_emulator.net.server import Server

HOST = "graph.microsoft.com"
LARGE = b"0123456789abcdef" * 65536


def send_until_it_blocks(client: socket.socket) -> int:
    sent = 0
    with contextlib.suppress(TimeoutError):
        while sent < 64 * len(LARGE):
            sent += client.send(LARGE)
    return sent


def test_each_direction_ends_by_itself(
    server: Server, origin: socket.socket, read_to_end: Any, tunnel: Any, until: Any
) -> None:
    with tunnel(server, f"127.0.0.1:{origin.getsockname()[1]}") as client:
        peer, _ = origin.accept()
        with peer:
            client.sendall(b"question")
            client.shutdown(socket.SHUT_WR)
            assert read_to_end(peer) == b"question"
            peer.sendall(b"answer")
            peer.shutdown(socket.SHUT_WR)
            assert read_to_end(client) == b"answer"
    until(lambda: server.connections == 0)


def test_a_slow_reader_slows_the_sender(server: Server, origin: socket.socket, read_to_end: Any, tunnel: Any) -> None:
    """What one side does not read is not piled up in the proxy."""
    with tunnel(server, f"127.0.0.1:{origin.getsockname()[1]}") as client:
        peer, _ = origin.accept()
        with peer:
            client.settimeout(0.3)
            sent = send_until_it_blocks(client)
            assert sent < 64 * len(LARGE)
            client.settimeout(10)
            client.shutdown(socket.SHUT_WR)
            assert len(read_to_end(peer)) == sent


def test_a_reset_is_passed_on(server: Server, origin: socket.socket, tunnel: Any, until: Any) -> None:
    with tunnel(server, f"127.0.0.1:{origin.getsockname()[1]}") as client:
        peer, _ = origin.accept()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        peer.close()
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
    until(lambda: server.connections == 0)


def test_tunnels_leave_no_task_and_no_descriptor(
    server: Server, origin: socket.socket, authority: Authority, connect: Any, tunnel: Any, fetch: Any, until: Any
) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    def tasks() -> int:
        return server.call(lambda: len(asyncio.all_tasks()))

    fetch(tunnel(server, f"{HOST}:443"), authority)
    until(lambda: server.connections == 0)
    before = tasks(), descriptors()
    for number in range(200):
        match number % 4:
            case 0:
                tunnel(server, f"{HOST}:443").close()
            case 1:
                with tunnel(server, f"{HOST}:443") as client:
                    client.sendall(b"\x16\x03\x01")
            case 2:
                with tunnel(server, f"127.0.0.1:{origin.getsockname()[1]}"):
                    origin.accept()[0].close()
            case _:
                with connect(server) as client:
                    client.sendall(b"CONNECT gra")

    until(lambda: server.connections == 0 and (tasks(), descriptors()) == before)
    assert not server.errors


def test_stop_ends_tunnels_and_connections_under_way(
    server: Server, origin: socket.socket, connect: Any, tunnel: Any, until: Any
) -> None:
    clients = [
        tunnel(server, f"{HOST}:443"),
        tunnel(server, f"127.0.0.1:{origin.getsockname()[1]}"),
        connect(server),
    ]
    until(lambda: server.connections >= 6)
    begin = time.perf_counter()
    server.stop()
    assert time.perf_counter() - begin < 1

    for client in clients:
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
        client.close()
    with pytest.raises(ConnectionRefusedError):
        connect(server)


def test_what_a_client_sends_before_the_tunnel_stands_is_passed_on(
    server: Server, origin: socket.socket, connect: Any, read_to_end: Any
) -> None:
    port = origin.getsockname()[1]
    with connect(server) as client:
        client.sendall(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode() + LARGE)
        peer, _ = origin.accept()
        with peer:
            received = b""
            while len(received) < len(LARGE):
                received += peer.recv(65536)
            assert received == LARGE
        assert read_to_end(client).startswith(b"HTTP/1.1 200 ")


def test_leads_end_with_their_connections(
    server: Server, authority: Authority, tunnel: Any, basic: Any, fetch: Any, until: Any
) -> None:
    for number in range(20):
        client = tunnel(server, f"{HOST}:443", basic(f"w{number}"))
        if number % 2:
            fetch(client, authority)
        else:
            client.close()
    until(lambda: server.connections == 0)

    assert not server._client_leads
