"""A server with a proxy, another server of the world, and clients of the proxy."""

import asyncio
import base64
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
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


@pytest.fixture
def connect() -> Callable[[Server], socket.socket]:
    """`connect(server)` is a socket that is connected to the proxy of a server."""

    def connect(server: Server) -> socket.socket:
        assert server.proxy_port is not None
        return socket.create_connection(("127.0.0.1", server.proxy_port), timeout=10)

    return connect


@pytest.fixture(scope="session")
def read_head() -> Callable[[socket.socket], bytes]:
    """`read_head(socket)` is a head up to its empty line, and nothing of what follows."""

    def read_head(client: socket.socket) -> bytes:
        received = b""
        while not received.endswith(b"\r\n\r\n"):
            byte = client.recv(1)
            assert byte, f"the stream ended after {received!r}"
            received += byte
        return received

    return read_head


@pytest.fixture
def ask(connect: Any, read_to_end: Any) -> Callable[[Server, bytes], bytes]:
    """`ask(server, data)` sends bytes to the proxy and is everything that comes back."""

    def ask(server: Server, data: bytes) -> bytes:
        with connect(server) as client:
            client.sendall(data)
            return read_to_end(client)

    return ask


@pytest.fixture
def tunnel(connect: Any, read_head: Any) -> Callable[..., socket.socket]:
    """`tunnel(server, target, *fields)` opens a tunnel and is the socket behind it."""

    def tunnel(server: Server, target: str, *fields: str) -> socket.socket:
        client = connect(server)
        client.sendall("\r\n".join((f"CONNECT {target} HTTP/1.1", f"Host: {target}", *fields, "", "")).encode())
        head = read_head(client)
        assert head.startswith(b"HTTP/1.1 200 "), head
        return client

    return tunnel


@pytest.fixture(scope="session")
def basic() -> Callable[[str], str]:
    """`basic(user)` is the field with which a client names its user to the proxy."""

    def basic(user: str) -> str:
        return "Proxy-Authorization: Basic " + base64.b64encode(f"{user}:ignored".encode()).decode()

    return basic


@pytest.fixture
def fetch(read_to_end: Any) -> Callable[..., bytes]:
    """`fetch(socket, authority, path)` asks an emulated host through an open tunnel, and closes it."""

    def fetch(client: socket.socket, authority: Authority, path: str = "/") -> bytes:
        with authority.client_context().wrap_socket(client, server_hostname=HOST) as secure:
            secure.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
            return read_to_end(secure).partition(b"\r\n\r\n")[2]

    return fetch
