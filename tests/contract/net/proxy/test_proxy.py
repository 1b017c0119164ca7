"""The CONNECT proxy on real sockets: what it leads where, and what it refuses."""

import http.client
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from outlook365_emulator.net.authority import Authority
from outlook365_emulator.net.proxy import ProxyRules
from outlook365_emulator.net.server import Server

HOST = "graph.microsoft.com"
LARGE = b"0123456789abcdef" * 65536


@pytest.mark.parametrize("name", [HOST, "GRAPH.Microsoft.COM", HOST + "."])
def test_an_emulated_host_is_led_to_the_https_port(
    server: Server, authority: Authority, name: str, tunnel: Any, fetch: Any
) -> None:
    assert fetch(tunnel(server, f"{name}:443"), authority) == b"https lead="
    assert not server.errors


def test_a_client_library_goes_through(server: Server, authority: Authority) -> None:
    assert server.proxy_port is not None
    connection = http.client.HTTPSConnection(
        "127.0.0.1", server.proxy_port, context=authority.client_context(), timeout=10
    )
    connection.set_tunnel(HOST)
    for _ in range(3):
        connection.request("GET", "/large")
        assert connection.getresponse().read() == LARGE
    connection.close()


def test_the_user_name_is_the_lead_of_its_own_tunnel_only(
    server: Server, authority: Authority, tunnel: Any, basic: Any, fetch: Any
) -> None:
    first = tunnel(server, f"{HOST}:443", basic("w1"))
    second = tunnel(server, f"{HOST}:443", basic("w2"))
    third = tunnel(server, f"{HOST}:443")

    assert fetch(third, authority) == b"https lead="
    assert fetch(second, authority) == b"https lead=w2"
    assert fetch(first, authority) == b"https lead=w1"


@pytest.mark.parametrize(
    ("request_line", "because"),
    [
        ("CONNECT outlook.microsoft.com:443", "belongs to Microsoft and is not emulated"),
        ("CONNECT outlook.microsoft.com..:443", "belongs to Microsoft and is not emulated"),
        ("CONNECT Outlook.Microsoft.com.:443", "belongs to Microsoft and is not emulated"),
        ("GET http://outlook.microsoft.com/", "belongs to Microsoft and is not emulated"),
        (f"CONNECT {HOST}:80", "port 443 only"),
        (f"GET http://{HOST}/v1.0/me", "over https only"),
        (f"GET http://{HOST}:443/v1.0/me", "over https only"),
    ],
)
def test_refusals_say_why(
    server: Server, refusals: list[tuple[str, str]], request_line: str, because: str, ask: Any, basic: Any
) -> None:
    head, _, body = ask(server, f"{request_line} HTTP/1.1\r\n{basic('w1')}\r\n\r\n".encode()).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"Content-Type: text/plain" in head
    assert because in body.decode()
    assert [lead for _, lead in refusals] == ["w1"]


def test_a_refused_upload_reads_its_refusal(server: Server, ask: Any) -> None:
    head = f"POST http://{HOST}/ HTTP/1.1\r\nContent-Length: {len(LARGE)}\r\n\r\n".encode()

    assert ask(server, head + LARGE).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("request_line", ["CONNECT 127.0.0.1:{port}", "GET http://127.0.0.1:{port}/"])
def test_other_hosts_are_refused_where_it_is_set_so(
    serve: Callable[[str], Server], origin: socket.socket, request_line: str, ask: Any
) -> None:
    server = serve("refuse")
    line = request_line.format(port=origin.getsockname()[1])

    received = ask(server, f"{line} HTTP/1.1\r\n\r\n".encode())

    assert received.startswith(b"HTTP/1.1 403")
    assert b"set to refuse every other host" in received


def test_a_plain_request_is_relayed_in_origin_form(
    server: Server, origin: socket.socket, connect: Any, read_to_end: Any, read_head: Any, basic: Any
) -> None:
    port = origin.getsockname()[1]
    request = (
        f"POST http://127.0.0.1:{port}/a?b=c HTTP/1.1\r\nHost: somewhere.else\r\nProxy-Connection: keep-alive\r\n"
        f"{basic('w1')}\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nX-Kept: 2\r\nContent-Length: 4\r\n\r\nbody"
        "GET http://graph.microsoft.com/smuggled HTTP/1.1\r\n\r\n"
    )
    with connect(server) as client:
        client.sendall(request.encode())
        peer, _ = origin.accept()
        with peer:
            head = read_head(peer).decode().split("\r\n")
            assert head[:2] == ["POST /a?b=c HTTP/1.1", f"Host: 127.0.0.1:{port}"]
            assert sorted(filter(None, head[2:])) == ["Connection: close", "content-length: 4", "x-kept: 2"]
            assert peer.recv(100) == b"body"
            peer.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            peer.shutdown(socket.SHUT_WR)
            assert read_to_end(client).startswith(b"HTTP/1.1 204")
            client.shutdown(socket.SHUT_WR)
            assert peer.recv(100) == b"", "what follows the body of the request must not go to its server"


@pytest.mark.parametrize("target", ["127.0.0.1:1", "no-such-host.invalid:443", "a" * 70 + ".example:443"])
def test_a_host_that_cannot_be_reached_gets_502(server: Server, target: str, ask: Any) -> None:
    received = ask(server, f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())

    assert received.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
    assert b"cannot be reached" in received
    assert not server.errors


@pytest.mark.parametrize(
    ("sent", "because"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "no HTTP/1.1 request"),
        (b"\x00\xff\x80\r\n\r\n", "no HTTP/1.1 request"),
        (b"GET /\n\n", "no HTTP/1.1 request"),
        (b"hello\r\n", "no HTTP/1.1 request"),
        (b"GET / HTTP/1.1\r\n\r\n", "give its address as HTTPS_PROXY"),
        (b"GET https://graph.microsoft.com/ HTTP/1.1\r\n\r\n", "by CONNECT"),
        (b"GET ftp://example.org/ HTTP/1.1\r\n\r\n", "no web server"),
        (b"CONNECT graph.microsoft.com HTTP/1.1\r\n\r\n", "port from 1 to 65535"),
        (b"CONNECT graph.microsoft.com:0 HTTP/1.1\r\n\r\n", "port from 1 to 65535"),
        (b"CONNECT graph.microsoft.com:65536 HTTP/1.1\r\n\r\n", "port from 1 to 65535"),
        (b"CONNECT user@graph.microsoft.com:443 HTTP/1.1\r\n\r\n", "no host and port"),
        (b"CONNECT .:443 HTTP/1.1\r\n\r\n", "names no host"),
        (b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost x\r\n\r\n", "header line"),
        (b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\n folded: x\r\n\r\n", "header line"),
        (b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\nProxy-Authorization: Negotiate x\r\n\r\n", "Basic only"),
        (b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\nProxy-Authorization: Basic %\r\n\r\n", "no base64"),
        (b"POST http://127.0.0.1:1/ HTTP/1.1\r\nContent-Length: x\r\n\r\n", "Content-Length"),
        (b"POST http://127.0.0.1:1/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "Content-Length"),
        (
            b"POST http://127.0.0.1:1/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "exclude each other",
        ),
    ],
)
def test_malformed_requests_get_400_and_a_close(server: Server, sent: bytes, because: str, ask: Any) -> None:
    received = ask(server, sent)

    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert because in received.decode()
    assert not server.errors


def test_a_large_head_gets_431(server: Server, ask: Any) -> None:
    head = f"CONNECT {HOST}:443 HTTP/1.1\r\nX: ".encode()

    assert ask(server, head + b"a" * 1_000_000).startswith(b"HTTP/1.1 431")
    assert ask(server, head + b"a" * 1_000_000 + b"\r\n\r\n").startswith(b"HTTP/1.1 431")


def test_a_hundred_threads_through_the_proxy(
    server: Server, authority: Authority, tunnel: Any, basic: Any, fetch: Any
) -> None:
    answers: dict[int, bytes] = {}

    def work(number: int) -> None:
        answers[number] = fetch(tunnel(server, f"{HOST}:443", basic(f"w{number}")), authority)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == {number: f"https lead=w{number}".encode() for number in range(100)}
    assert not server.errors


def test_rules_take_pass_or_refuse() -> None:
    with pytest.raises(ValueError, match="'pass' or 'refuse', not 'allow'"):
        ProxyRules(is_emulated=bool, is_refused=bool, others="allow")
