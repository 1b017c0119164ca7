"""Harm to an answer as a value: other bytes, other header fields, other pages."""

import gzip
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.ids import Chance
from outlook365_emulator.wire import BODILESS, Request, Response

PROXY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>The server cannot be reached.</body></html>"

Alter = Callable[[Response, Request, Mapping[str, Any]], None]


def altered(response: Response, request: Request) -> Response:
    """Change an answer as its request's harm says; an answer without such a harm stays what it is.

    What has no content by its status gets none: HTTP leaves no room for it (RFC 9110 section 6.4.1).

    Args:
        response: the answer, which is changed.
        request: the request, whose harm is looked at.

    Returns:
        The answer.
    """
    alter = ALTERING.get(request.harm.kind) if request.harm is not None else None
    if alter is not None and request.harm is not None:
        response.body = b"".join((*response.pieces, response.body))
        response.pieces, response.pieces_length = (), 0
        alter(response, request, request.harm.settings)
        if response.status in BODILESS:
            response.body = b""
    return response


def _malformed(response: Response, request: Request, settings: Mapping[str, Any]) -> None:
    body, how = response.body, settings["how"]
    garbage = Chance(settings["seed"]).randbytes(max(len(body), 16))
    made = {
        "cut": body[: max(1, len(body) * 2 // 3)] if body else b"{",
        "html": PROXY_PAGE,
        "garbage": b"\xff" + garbage[1:],
        "empty": b"",
        "bom": b"\xef\xbb\xbf" + body,
        "null": b"null",
    }
    response.body = made[how]


def _content_type(response: Response, request: Request, settings: Mapping[str, Any]) -> None:
    _leave_out(response, ("content-type",))
    value = settings["value"]
    if value:
        response.headers.append(("Content-Type", value))


def _gzip(response: Response, request: Request, settings: Mapping[str, Any]) -> None:
    how = settings["how"]
    packed = gzip.compress(response.body, mtime=0)
    if how == "checksum":
        # The last eight bytes are the checksum and the length (RFC 1952 section 2.3.1).
        response.body = packed[:-8] + bytes(byte ^ 0xFF for byte in packed[-8:-4]) + packed[-4:]
    elif how == "cut":
        response.body = packed[: max(10, len(packed) // 2)]
    _leave_out(response, ("content-encoding",))
    response.headers.append(("Content-Encoding", "gzip"))


def _headers(response: Response, request: Request, settings: Mapping[str, Any]) -> None:
    replaced: dict[str, str] = settings["set"]
    _leave_out(response, (*settings["remove"], *replaced))
    response.headers += replaced.items()
    twice = {name.lower() for name in settings["repeat"]}
    response.headers += [(name, value) for name, value in response.headers if name.lower() in twice]
    response.headers += settings["add"].items()


def _members(response: Response, request: Request, settings: Mapping[str, Any]) -> None:
    document = _object_of(response)
    if document is not None:
        kept = {name: value for name, value in document.items() if name not in settings["remove"]}
        response.body = msgspec.json.encode({**kept, **settings["set"]})


def _pages(response: Response, request: Request, settings: Mapping[str, Any]) -> None:
    document = _object_of(response)
    items = document.get("value") if document is not None else None
    if document is None or not isinstance(items, list) or response.status != 200:
        return
    how = settings["how"]
    if how == "repeat":
        document["value"] = [*items, *items[-1:]]
    elif how == "shuffle":
        Chance(settings["seed"]).shuffle(items)
    elif how == "empty":
        links = [name for name in document if name in ("@odata.nextLink", "@odata.deltaLink")]
        kept = {name: value for name, value in document.items() if name not in links}
        document = {**kept, "@odata.nextLink": request.url, "value": []}
    response.body = msgspec.json.encode(document)


def _object_of(response: Response) -> dict[str, Any] | None:
    try:
        document = msgspec.json.decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _leave_out(response: Response, names: tuple[str, ...]) -> None:
    gone = {name.lower() for name in names}
    response.headers = [field for field in response.headers if field[0].lower() not in gone]


ALTERING: Mapping[str, Alter] = MappingProxyType(
    {
        "malformed": _malformed,
        "content_type": _content_type,
        "gzip": _gzip,
        "headers": _headers,
        "members": _members,
        "pages": _pages,
    }
)
"""The kinds of harm that work on an answer as a value."""
