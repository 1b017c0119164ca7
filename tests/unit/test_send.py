"""Requests that the emulator makes itself."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from outlook365_emulator.net.send import LARGEST_ANSWER, Reply, SendFailed, is_loopback, post

Answer = Callable[[asyncio.StreamWriter], Awaitable[Any]]


def ask(answer: Answer, *, seconds: float = 5.0, path: str = "/a?b=c") -> tuple[Reply | SendFailed, bytes]:
    """Post to a server that answers so; return what came of it, and what the server received."""
    received = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.extend(await reader.readuntil(b"\r\n\r\n"))
        received.extend(await reader.readexactly(4))
        try:
            await answer(writer)
            writer.close()
        except asyncio.CancelledError:
            writer.transport.abort()

    async def run() -> Reply | SendFailed:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{path}"
        try:
            return await post(url, b"body", content_type="text/plain", seconds=seconds)
        except SendFailed as failed:
            return failed
        finally:
            server.close()

    return asyncio.run(run()), bytes(received)


def written(*parts: bytes) -> Answer:
    async def write(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return write


def test_what_is_sent() -> None:
    reply, received = ask(written(b"HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=utf-8\r\n\r\nhello"))
    assert reply == Reply(200, "text/plain", b"hello")
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /a?b=c HTTP/1.1"
    assert {"Content-Length: 4", "Content-Type: text/plain", "Connection: close"} <= set(lines)
    assert body == b"body"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((b"HTTP/1.1 204 No Content\r\n\r\n",), Reply(204, "", b"")),
        ((b"HTTP/1.1 200 OK\r\n", b"Content-Length: 2\r\n\r\nh", b"i"), Reply(200, "", b"hi")),
        (
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",),
            Reply(200, "", b"hi"),
        ),
        ((b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",), Reply(202, "", b"")),
    ],
    ids=["no content", "in pieces", "chunked", "continue first"],
)
def test_answers(parts: tuple[bytes, ...], expected: Reply) -> None:
    assert ask(written(*parts))[0] == expected


def test_a_large_answer_is_cut_off() -> None:
    reply, _ = ask(written(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * (LARGEST_ANSWER * 4)))
    assert isinstance(reply, Reply)
    assert len(reply.body) == LARGEST_ANSWER


@pytest.mark.parametrize(
    ("parts", "failure"),
    [((), "unreachable"), ((b"nonsense\r\n\r\n",), "protocol"), ((b"HTTP/1.1 200 OK\r\n",), "unreachable")],
)
def test_no_answer(parts: tuple[bytes, ...], failure: str) -> None:
    found, _ = ask(written(*parts))
    assert isinstance(found, SendFailed)
    assert found.failure == failure


def test_one_that_takes_too_long() -> None:
    async def never(_: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    found, _ = ask(never, seconds=0.05)
    assert isinstance(found, SendFailed)
    assert found.failure == "timeout"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[::1]:1/", "http://nowhere.invalid/"])
def test_nobody_listens(url: str) -> None:
    with pytest.raises(SendFailed) as caught:
        asyncio.run(post(url, b"", content_type="text/plain", seconds=20))
    assert caught.value.failure == "unreachable"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("127.0.0.1", True),
        ("127.9.8.7", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
