"""The CONNECT proxy on real sockets: what it leads where, what it refuses, and what it leaves behind."""

import asyncio
import base64
import contextlib
import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.net import loop as loop_module
from outlook365_emulator.net.authority import Authority
from outlook365_emulator.net.proxy import ProxyRules
from outlook365_emulator.net.server import Server

HOST = "graph.microsoft.com"
LARGE = b"0123456789abcdef" * 65536


class Lead:
    """An application that answers with the lead of the connection; knows its server once there is one."""

    server: Server

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/large":
            body = LARGE
        elif scope["path"] == "/echo":
            body, more = b"", True
            while more:
                message = await receive()
                body += message.get("body", b"")
                more = message.get("more_body", False)
        else:
            body = f"{scope['scheme']} lead={self.server.lead_of(scope)}".encode()
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-length", str(len(body)).encode())],
            }
        )
        await send({"type": "http.response.body", "body": body})


class Refusals(list[tuple[str, str]]):
    """Host and lead of everything that the proxy refused."""

    def note(self, host: str, lead: str, sentence: str) -> None:
        self.append((host, lead))


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    return authority.issue([HOST])


@pytest.fixture
def refusals() -> Refusals:
    return Refusals()


@pytest.fixture
def serve(context: ssl.SSLContext, refusals: Refusals) -> Iterator[Callable[[str], Server]]:
    with contextlib.ExitStack() as stack:

        def serve(others: Any = "pass") -> Server:
            app = Lead()
            rules = ProxyRules(
                is_emulated=lambda host: host == HOST,
                is_refused=lambda host: host.endswith(".microsoft.com"),
                others=others,
                refused=refusals.note,
            )
            app.server = Server(app, tls_context=context, proxy_port=0, proxy_rules=rules)
            return stack.enter_context(app.server)

        yield serve


@pytest.fixture(params=["fast", "asyncio"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, serve: Callable[[], Server]) -> Server:
    if request.param == "asyncio":
        monkeypatch.setattr(loop_module, "new_loop", asyncio.SelectorEventLoop)
    return serve()


@pytest.fixture
def origin() -> Iterator[socket.socket]:
    """A listening socket that stands for any other server of the world."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        yield listener


def connect(server: Server) -> socket.socket:
    assert server.proxy_port is not None
    return socket.create_connection(("127.0.0.1", server.proxy_port), timeout=10)


def read_to_end(client: socket.socket) -> bytes:
    received = b""
    while chunk := client.recv(65536):
        received += chunk
    return received


def read_head(client: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        byte = client.recv(1)
        assert byte, f"the stream ended after {received!r}"
        received += byte
    return received


def ask(server: Server, data: bytes) -> bytes:
    with connect(server) as client:
        client.sendall(data)
        return read_to_end(client)


def tunnel(server: Server, target: str, *fields: str) -> socket.socket:
    """Open a tunnel and return the socket behind it."""
    client = connect(server)
    client.sendall("\r\n".join((f"CONNECT {target} HTTP/1.1", f"Host: {target}", *fields, "", "")).encode())
    head = read_head(client)
    assert head.startswith(b"HTTP/1.1 200 "), head
    return client


def basic(user: str) -> str:
    return "Proxy-Authorization: Basic " + base64.b64encode(f"{user}:ignored".encode()).decode()


def fetch(client: socket.socket, authority: Authority, path: str = "/") -> bytes:
    """Ask an emulated host through an open tunnel; closes it."""
    with authority.client_context().wrap_socket(client, server_hostname=HOST) as secure:
        secure.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        return read_to_end(secure).partition(b"\r\n\r\n")[2]


def until(condition: Callable[[], bool]) -> None:
    """Let other threads run until a condition holds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in 10 seconds"
        os.sched_yield()


@pytest.mark.parametrize("name", [HOST, "GRAPH.Microsoft.COM", HOST + "."])
def test_an_emulated_host_is_led_to_the_https_port(server: Server, authority: Authority, name: str) -> None:
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


def test_the_user_name_is_the_lead_of_its_own_tunnel_only(server: Server, authority: Authority) -> None:
    first = tunnel(server, f"{HOST}:443", basic("w1"))
    second = tunnel(server, f"{HOST}:443", basic("w2"))
    third = tunnel(server, f"{HOST}:443")

    assert fetch(third, authority) == b"https lead="
    assert fetch(second, authority) == b"https lead=w2"
    assert fetch(first, authority) == b"https lead=w1"


def test_leads_end_with_their_connections(server: Server, authority: Authority) -> None:
    for number in range(20):
        client = tunnel(server, f"{HOST}:443", basic(f"w{number}"))
        if number % 2:
            fetch(client, authority)
        else:
            client.close()
    until(lambda: server.connections == 0)

    assert not server._client_leads


def test_what_a_client_sends_before_the_tunnel_stands_is_passed_on(server: Server, origin: socket.socket) -> None:
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
def test_refusals_say_why(server: Server, refusals: Refusals, request_line: str, because: str) -> None:
    head, _, body = ask(server, f"{request_line} HTTP/1.1\r\n{basic('w1')}\r\n\r\n".encode()).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"Content-Type: text/plain" in head
    assert because in body.decode()
    assert [lead for _, lead in refusals] == ["w1"]


def test_a_refused_upload_reads_its_refusal(server: Server) -> None:
    head = f"POST http://{HOST}/ HTTP/1.1\r\nContent-Length: {len(LARGE)}\r\n\r\n".encode()

    assert ask(server, head + LARGE).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("request_line", ["CONNECT 127.0.0.1:{port}", "GET http://127.0.0.1:{port}/"])
def test_other_hosts_are_refused_where_it_is_set_so(
    serve: Callable[[str], Server], origin: socket.socket, request_line: str
) -> None:
    server = serve("refuse")
    line = request_line.format(port=origin.getsockname()[1])

    received = ask(server, f"{line} HTTP/1.1\r\n\r\n".encode())

    assert received.startswith(b"HTTP/1.1 403")
    assert b"set to refuse every other host" in received


def test_a_plain_request_is_relayed_in_origin_form(server: Server, origin: socket.socket) -> None:
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


def test_each_direction_ends_by_itself(server: Server, origin: socket.socket) -> None:
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


def send_until_it_blocks(client: socket.socket) -> int:
    sent = 0
    with contextlib.suppress(TimeoutError):
        while sent < 64 * len(LARGE):
            sent += client.send(LARGE)
    return sent


def test_a_slow_reader_slows_the_sender(server: Server, origin: socket.socket) -> None:
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


def test_a_reset_is_passed_on(server: Server, origin: socket.socket) -> None:
    with tunnel(server, f"127.0.0.1:{origin.getsockname()[1]}") as client:
        peer, _ = origin.accept()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        peer.close()
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
    until(lambda: server.connections == 0)


@pytest.mark.parametrize("target", ["127.0.0.1:1", "no-such-host.invalid:443", "a" * 70 + ".example:443"])
def test_a_host_that_cannot_be_reached_gets_502(server: Server, target: str) -> None:
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
def test_malformed_requests_get_400_and_a_close(server: Server, sent: bytes, because: str) -> None:
    received = ask(server, sent)

    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert because in received.decode()
    assert not server.errors


def test_a_large_head_gets_431(server: Server) -> None:
    head = f"CONNECT {HOST}:443 HTTP/1.1\r\nX: ".encode()

    assert ask(server, head + b"a" * 1_000_000).startswith(b"HTTP/1.1 431")
    assert ask(server, head + b"a" * 1_000_000 + b"\r\n\r\n").startswith(b"HTTP/1.1 431")


def test_tunnels_leave_no_task_and_no_descriptor(server: Server, origin: socket.socket, authority: Authority) -> None:
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


def test_stop_ends_tunnels_and_connections_under_way(server: Server, origin: socket.socket) -> None:
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


def test_a_hundred_threads_through_the_proxy(server: Server, authority: Authority) -> None:
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
        ProxyRules(is_emulated=bool, is_refused=bool, others="allow")  # type: ignore[arg-type]
