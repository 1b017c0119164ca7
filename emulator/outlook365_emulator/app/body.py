"""Reading the body of a request: bounded, and without its content coding."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

SERVICE_LIMIT = 4 * 1024 * 1024
"""Greatest body that Graph takes (reference graph-core 5.3); one byte more is handed on so that the service says so."""

_CODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 47}
"""Content codings (RFC 9110 section 8.4.1) and the `wbits` that zlib reads them with."""


class Disconnected(Exception):
    """The client went away before its request was whole."""


async def read_body(receive: Receive, limit: int) -> bytes:
    """Read a body up to a limit; what follows is left to the server, which drops it.

    Args:
        receive: ASGI's receive.
        limit: greatest size in bytes; of a larger body one byte more is returned.

    Raises:
        Disconnected: the client went away.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if size > limit or not message.get("more_body", False):
            break
    whole = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    return whole[: limit + 1] if size > limit else whole


def without_coding(body: bytes, coding: str, limit: int) -> bytes:
    """Take the content coding off a body.

    Args:
        body: the body as received.
        coding: value of `Content-Encoding`.
        limit: greatest size in bytes; of a larger content one byte more is returned.

    Returns:
        The content; the body as it is where the coding is unknown or the data are damaged, so that the service refuses
        it as unreadable.
    """
    bits = _CODINGS.get(coding.strip().lower())
    if bits is None:
        return body
    import zlib

    decoder = zlib.decompressobj(wbits=bits)
    try:
        content = decoder.decompress(body, limit + 1)
    except zlib.error:
        return body
    return content if decoder.eof or len(content) > limit else body
