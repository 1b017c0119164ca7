"""Sending an answer: its header fields, its pieces, and what holds it back."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from outlook365_emulator.app.body import Disconnected
from outlook365_emulator.clock import Clock, http_date
from outlook365_emulator.wire import Response

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Fields = list[tuple[bytes, bytes]]

_NO_FIELD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


async def send_answer(send: Send, response: Response, fields: Fields) -> None:
    """Send an answer.

    Args:
        send: ASGI's send.
        response: the answer.
        fields: its header fields (`fields_of`).
    """
    await send({"type": "http.response.start", "status": response.status, "headers": fields})
    for piece in response.pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": response.body})


async def hold_back(seconds: float, receive: Receive) -> None:
    """Wait before an answer is sent.

    Args:
        seconds: how long, in real time.
        receive: ASGI's receive, by which a client that goes away is noticed.

    Raises:
        Disconnected: the client went away meanwhile.
    """
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return
    raise Disconnected


def fields_of(response: Response, clock: Clock) -> Fields:
    """Return the header fields of an answer as ASGI wants them, with `Date` and `Content-Length`.

    Args:
        response: the answer.
        clock: the clock of `Date` (RFC 9110 section 6.6.1).

    Raises:
        ValueError: a name or value cannot stand in a header.
    """
    fields = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.headers]
    if _NO_FIELD_VALUE.search("".join(map("".join, response.headers))):
        raise ValueError(f"a header field of the answer holds control characters: {response.headers}")
    if not any(name == b"date" for name, _ in fields):
        fields.append((b"date", _date(int(clock.timestamp()))))
    if response.status not in (204, 304):
        fields.append((b"content-length", b"%d" % response.length))
    return fields


@lru_cache(maxsize=64)
def _date(second: int) -> bytes:
    """Write a second since 1970-01-01 UTC as an HTTP date."""
    return http_date(datetime.fromtimestamp(second, UTC)).encode("ascii")
