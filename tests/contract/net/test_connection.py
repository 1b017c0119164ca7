"""Connections of the HTTP and HTTPS ports: bodies, upgrades, and what broken clients get."""

import http.client
import socket
from collections.abc import Callable
from typing import Any

import pytest
from outlook365_emulator.net.authority import Authority
from outlook365_emulator.net.server import Server

HOST = "graph.microsoft.com"


def test_keep_alive_serves_many_requests_on_one_connection(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for number in range(50):
        connection.request("GET", f"/{number}")
        assert connection.getresponse().read() == f"http GET /{number}".encode()
    assert server.connections == 1
    connection.close()


def test_a_chunked_body_arrives(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("POST", "/body", body=iter([b"one ", b"two"]))
    assert connection.getresponse().read() == b"one two"
    connection.close()


def test_expect_100_continue(server: Server, connect: Any, read_until: Any) -> None:
    with connect(server.port) as client:
        client.sendall(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert read_until(client, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        assert read_until(client, b"abc").startswith(b"HTTP/1.1 200 OK\r\n")


def test_an_upgrade_offer_is_answered_in_http1(server: Server, connect: Any, read_until: Any) -> None:
    request = b"GET /up HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n"
    with connect(server.port) as client:
        for _ in range(2):
            client.sendall(request)
            assert read_until(client, b"http GET /up").startswith(b"HTTP/1.1 200 OK")
    assert not server.errors


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x00\xff\xfe garbage \x80\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"400"),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost x\r\n\r\n", b"400"),
        (b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
    ],
)
def test_garbage_gets_400_and_a_close(server: Server, sent: bytes, status: bytes, talk: Any) -> None:
    received = talk(server.port, sent)

    assert received.startswith(b"HTTP/1.1 " + status)
    assert b"connection: close" in received
    assert not server.errors


def test_a_request_about_the_server_reaches_the_app(server: Server, talk: Any) -> None:
    received = talk(server.port, b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert received.endswith(b"http OPTIONS *")


def test_garbage_behind_a_request_that_hangs_ends_both(server: Server, talk: Any, until: Any) -> None:
    received = talk(server.port, b"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n")

    assert received.startswith(b"HTTP/1.1 400")
    until(lambda: server.connections == 0)
    assert not server.errors


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 1_000_000,
        b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x",
        b"GET / HTTP/1.1\r\nHost: x" + b"\r\nX-Many: a" * 100_000,
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 70_000,
    ],
    ids=["field", "path", "fields", "just over"],
)
def test_a_large_head_gets_431(
    server: Server, authority: Authority, head: bytes, secure: bool, connect: Any, read_to_end: Any
) -> None:
    client: socket.socket = connect(server.tls_port if secure else server.port)
    if secure:
        client = authority.client_context().wrap_socket(client, server_hostname=HOST)
    with client:
        client.sendall(head + b"\r\n\r\n")
        assert read_to_end(client).startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert not server.errors


def test_a_large_head_that_never_ends_gets_431(server: Server, talk: Any) -> None:
    assert talk(server.port, b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000).startswith(b"HTTP/1.1 431")


def test_a_head_under_the_limit_is_taken_after_a_large_body(server: Server) -> None:
    large = b"b" * 1_000_000
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for _ in range(2):
        connection.request("POST", "/body", body=large, headers={"X-Long": "a" * 60_000})
        assert connection.getresponse().read() == large
    connection.close()


def test_a_truncated_body_does_not_hold_the_server(
    server: Server, get: Callable[..., bytes], connect: Any, until: Any
) -> None:
    with connect(server.port) as client:
        client.sendall(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        assert get("/other") == b"http GET /other"
    until(lambda: server.connections == 0)
    assert not server.errors


def test_plain_http_on_the_tls_port_is_closed(
    server: Server, get: Callable[..., bytes], connect: Any, read_to_end: Any
) -> None:
    with connect(server.tls_port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            received = read_to_end(client)
        except ConnectionResetError:
            received = b""
    assert not received.startswith(b"HTTP/")
    assert get("/", server.tls_port) == b"https GET /"
    assert not server.errors


def test_a_handshake_given_up_leaves_nothing(server: Server, connect: Any, until: Any) -> None:
    for _ in range(20):
        with connect(server.tls_port) as client:
            client.sendall(b"\x16\x03\x01")
    until(lambda: server.connections == 0)
    assert not server.errors
