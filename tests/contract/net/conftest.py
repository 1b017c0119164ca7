"""An application on a server, a client that trusts it, and sockets."""

import asyncio
import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from outlook365_emulator.net import loop as loop_module
from outlook365_emulator.net.authority import Authority
from outlook365_emulator.net.server import Server

HOST = "graph.microsoft.com"


@pytest.fixture
def hanging() -> threading.Event:
    """Set when a request for `/hang` has come in."""
    return threading.Event()


async def answer(send: Any, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    fields = [(b"content-length", str(len(body)).encode()), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


async def read(receive: Any) -> tuple[bytes, bool]:
    """Return the body and whether it came whole."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body, False
        body += message["body"]
        if not message["more_body"]:
            return body, True


@pytest.fixture
def app(hanging: threading.Event) -> Any:
    """An application that echoes; it hangs, fails or breaks the rules of ASGI where the path says so."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        match scope["path"]:
            case "/hang":
                hanging.set()
                await asyncio.Event().wait()
            case "/fail":
                raise LookupError("the application failed")
            case "/nothing":
                return
            case "/port":
                await answer(send, 200, str(scope["server"][1]).encode())
            case "/body":
                body, whole = await read(receive)
                if whole:
                    await answer(send, 200, body)
            case _:
                await answer(send, 200, f"{scope['scheme']} {scope['method']} {scope['path']}".encode())

    return app


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    return authority.issue([HOST])


@pytest.fixture(params=["fast", "asyncio"])
def server(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, context: ssl.SSLContext, app: Any
) -> Iterator[Server]:
    if request.param == "asyncio":
        monkeypatch.setattr(loop_module, "new_loop", asyncio.SelectorEventLoop)
    with Server(app, tls_context=context) as running:
        yield running


@pytest.fixture
def get(server: Server, authority: Authority) -> Callable[..., bytes]:
    def get(path: str, port: int | None = None) -> bytes:
        connection = (
            http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            if port is None
            else http.client.HTTPSConnection("127.0.0.1", port, context=authority.client_context(), timeout=10)
        )
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    return get


def open_socket(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def everything(client: socket.socket) -> bytes:
    received = b""
    while chunk := client.recv(65536):
        received += chunk
    return received


@pytest.fixture(scope="session")
def connect() -> Callable[[int], socket.socket]:
    """`connect(port)` is a socket that is connected to a port of this machine."""
    return open_socket


@pytest.fixture(scope="session")
def read_to_end() -> Callable[[socket.socket], bytes]:
    """`read_to_end(socket)` is everything up to the end of the stream."""
    return everything


@pytest.fixture(scope="session")
def talk() -> Callable[[int, bytes], bytes]:
    """`talk(port, data)` sends bytes and is everything up to the end of the stream."""

    def talk(port: int, data: bytes) -> bytes:
        with open_socket(port) as client:
            client.sendall(data)
            return everything(client)

    return talk


@pytest.fixture(scope="session")
def read_until() -> Callable[[socket.socket, bytes], bytes]:
    """`read_until(socket, end)` is what comes up to some bytes."""

    def read_until(client: socket.socket, end: bytes) -> bytes:
        received = b""
        while not received.endswith(end):
            chunk = client.recv(65536)
            assert chunk, f"the stream ended after {received!r}"
            received += chunk
        return received

    return read_until


@pytest.fixture(scope="session")
def until() -> Callable[[Callable[[], bool]], None]:
    """`until(condition)` lets other threads run until a condition holds."""

    def until(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "the condition did not come true in 10 seconds"
            os.sched_yield()

    return until
