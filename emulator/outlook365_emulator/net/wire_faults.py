"""Harm to the connection: answers that never come, come in part, come too slowly, or say a wrong length.

Where the bytes differ from what HTTP allows they are written past the server's own protocol, which would refuse them.
"""

# Bound at import: a test may replace `asyncio.sleep` for the code that it tests.
from asyncio import sleep
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from outlook365_emulator.wire import Harm

CONNECTION = "outlook365.connection"
"""Key of the connection in the scope's `extensions`."""

WORLD = "outlook365.world"
"""Key in the scope under which the application notes the world of a request."""

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Fields = list[tuple[bytes, bytes]]


class Connection(Protocol):
    """The connection that a request came by."""

    async def write_raw(self, data: bytes) -> None:
        """Write bytes and let them go out."""
        ...

    def leave(self, *, reset: bool) -> None:
        """End the connection: by RST, or in order; the request counts as answered."""
        ...


class Finished(NamedTuple):
    """An answer as it would be sent.

    Attributes:
        status: its status.
        fields: its header fields.
        body: its body; empty for HEAD.
    """

    status: int
    fields: Fields
    body: bytes


def harms_connection(harm: Harm | None) -> bool:
    """Tell whether a harm is done while sending."""
    return harm is not None and harm.kind in SENDERS


def is_silent(harm: Harm | None) -> bool:
    """Tell whether a client gets no status at all."""
    if harm is None:
        return False
    return harm.kind in ("no_answer", "lost_answer") or (
        harm.kind == "reset" and harm.settings["at"] == "before_headers"
    )


async def send_harmed(harm: Harm, connection: Connection, receive: Receive, answer: Finished) -> None:
    """Send an answer, or do not, as a harm says.

    Args:
        harm: what is done; `harms_connection` is true of it.
        connection: the connection.
        receive: ASGI's receive, by which a client that goes away is noticed.
        answer: what would be sent.
    """
    await SENDERS[harm.kind](harm.settings, connection, receive, answer)


def head_of(answer: Finished, length: int | None = None) -> bytes:
    """Write status line and header fields.

    Args:
        answer: the answer.
        length: what `Content-Length` says in place of the true length.
    """
    lines = [b"HTTP/1.1 %d %s" % (answer.status, HTTPStatus(answer.status).phrase.encode("ascii"))]
    for name, value in answer.fields:
        if name == b"content-length" and length is not None:
            value = b"%d" % length
        lines.append(b"%s: %s" % (name, value))
    return b"\r\n".join([*lines, b"connection: close", b"", b""])


async def _no_answer(settings: Mapping[str, Any], connection: Connection, receive: Receive, answer: Finished) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _lost_answer(settings: Mapping[str, Any], connection: Connection, receive: Receive, answer: Finished) -> None:
    if settings["how"] == "silence":
        await _no_answer(settings, connection, receive, answer)
    else:
        connection.leave(reset=settings["how"] == "reset")


async def _reset(settings: Mapping[str, Any], connection: Connection, receive: Receive, answer: Finished) -> None:
    sent = {
        "before_headers": b"",
        "after_headers": head_of(answer),
        "body": head_of(answer) + answer.body[: len(answer.body) // 2],
    }[settings["at"]]
    if sent:
        await connection.write_raw(sent)
    connection.leave(reset=settings["how"] == "reset")


async def _truncate(settings: Mapping[str, Any], connection: Connection, receive: Receive, answer: Finished) -> None:
    size = settings["bytes"] if settings["bytes"] is not None else int(len(answer.body) * settings["share"])
    await connection.write_raw(head_of(answer) + answer.body[: min(size, max(0, len(answer.body) - 1))])
    connection.leave(reset=False)


async def _dribble(settings: Mapping[str, Any], connection: Connection, receive: Receive, answer: Finished) -> None:
    body, pieces, rate = answer.body, settings["pieces"], settings["rate"]
    seconds = settings["seconds"] if rate is None else len(body) / rate
    await connection.write_raw(head_of(answer))
    for number in range(pieces):
        await sleep(seconds / pieces)
        await connection.write_raw(body[len(body) * number // pieces : len(body) * (number + 1) // pieces])
    connection.leave(reset=False)


async def _content_length(
    settings: Mapping[str, Any], connection: Connection, receive: Receive, answer: Finished
) -> None:
    await connection.write_raw(head_of(answer, max(0, len(answer.body) + settings["difference"])) + answer.body)
    connection.leave(reset=False)


Sender = Callable[[Mapping[str, Any], Connection, Receive, Finished], Awaitable[None]]

SENDERS: Mapping[str, Sender] = MappingProxyType(
    {
        "no_answer": _no_answer,
        "lost_answer": _lost_answer,
        "reset": _reset,
        "truncate": _truncate,
        "dribble": _dribble,
        "content_length": _content_length,
    }
)
"""The kinds of harm that are done while sending."""
