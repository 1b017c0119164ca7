"""The items of a `$batch`: from the payload to requests, and from answers to the payload.

Reference `graph-core.md` section 8; the texts of refusals are those of Microsoft's gateway.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.wire import Response

MAX_ITEMS: Final = 20
METHODS: Final = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
_WRITING: Final = frozenset({"POST", "PATCH", "PUT"})


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One request of a batch.

    Attributes:
        id: the id as written.
        key: the id without case, by which items are told apart.
        method: verb.
        url: the URL as written.
        headers: header fields by lower-case name.
        body: the decoded `body` member, or `msgspec.UNSET`.
        depends_on: keys of the items that must succeed before.
    """

    id: str
    key: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: Any = msgspec.UNSET
    depends_on: tuple[str, ...] = ()


def read_items(body: bytes, content_type: str) -> list[Item]:
    """Read the payload of a batch.

    Args:
        body: the request body.
        content_type: its Content-Type.

    Raises:
        GraphError: `body_unreadable`, `batch_payload_invalid`, `batch_too_many`, `batch_id_not_unique`,
            `batch_dependency_unknown`.
    """
    if not _is_json(content_type):
        raise graph_error("body_unreadable", because=f"Content-Type is {content_type or 'missing'}; a batch is JSON")
    try:
        payload = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise graph_error("body_unreadable", because=f"the body is no JSON: {error}") from None
    rows = payload.get("requests") if isinstance(payload, dict) else None
    if not isinstance(rows, list) or not rows:
        raise _invalid("the body must be an object with a list 'requests' that is not empty")
    if len(rows) > MAX_ITEMS:
        raise graph_error("batch_too_many", because=f"the batch holds {len(rows)} requests; Graph takes {MAX_ITEMS}")
    items = [_read_item(row) for row in rows]
    _judge_ids(items)
    return items


def _judge_ids(items: list[Item]) -> None:
    known: set[str] = set()
    for item in items:
        if item.key in known:
            raise graph_error("batch_id_not_unique", id=item.id, because=f"two requests have the id {item.id!r}")
        known.add(item.key)
    for item in items:
        stranger = next((key for key in item.depends_on if key not in known or key == item.key), None)
        if stranger is not None:
            because = f"the request {item.id!r} depends on {stranger!r}, which is no other request of the batch"
            raise graph_error("batch_dependency_unknown", id=item.id, because=because)


def _read_item(row: Any) -> Item:
    if not isinstance(row, dict):
        raise _invalid("every request must be an object")
    identity, method, url = (row.get(name) for name in ("id", "method", "url"))
    if not (isinstance(identity, str) and identity and isinstance(method, str) and isinstance(url, str) and url):
        raise _invalid("every request needs an id, a method and a url, each a text that is not empty")
    if method.upper() not in METHODS:
        raise _invalid(f"the request {identity!r} has the method {method!r}; {', '.join(sorted(METHODS))} are taken")
    headers, depends_on = row.get("headers") or {}, row.get("dependsOn") or []
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise _invalid(f"the headers of the request {identity!r} must be an object of texts")
    if not isinstance(depends_on, list) or not all(isinstance(one, str) for one in depends_on):
        raise _invalid(f"dependsOn of the request {identity!r} must be a list of ids")
    if any(not name.isascii() or "\n" in name + value or "\r" in name + value for name, value in headers.items()):
        raise _invalid(f"the headers of the request {identity!r} hold characters that no header field has")
    item = Item(
        id=identity,
        key=identity.lower(),
        method=method.upper(),
        url=url,
        headers={name.lower(): value for name, value in headers.items()},
        body=row.get("body", msgspec.UNSET),
        depends_on=tuple(one.lower() for one in depends_on),
    )
    if item.method in _WRITING and item.body not in (msgspec.UNSET, None, {}) and "content-type" not in item.headers:
        because = f"the request {identity!r} has a body, and its headers name no Content-Type"
        detail = f"Write request id : {identity} does not contain Content-Type header or body."
        raise graph_error("bad_request", detail=detail, because=because)
    return item


def _invalid(because: str) -> GraphError:
    return graph_error("batch_payload_invalid", because=because)


def _is_json(content_type: str) -> bool:
    media = content_type.partition(";")[0].strip().lower()
    return media == "application/json" or media.endswith("+json")


def body_of(item: Item) -> bytes:
    """Return the body that an item's request has.

    A member that is no text is JSON. A text is the base64 of the body, in the URL alphabet or the ordinary one; but
    with `text/plain` it is the body itself, which is base64 already where a message is sent as MIME.
    """
    if item.body is msgspec.UNSET or item.body is None:
        return b""
    kind = item.headers.get("content-type", "")
    if not isinstance(item.body, str):
        empty = item.body == {} and "content-type" not in item.headers
        return b"" if empty else msgspec.json.encode(item.body)
    if kind.lower().startswith("text/plain"):
        return item.body.encode()
    plain = item.body.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return item.body.encode()


def answer_of(item: Item, response: Response) -> dict[str, Any]:
    """Return an answer as the batch holds it: JSON as it is, anything else as base64, nothing without content.

    Names of header fields keep their capitals: msgraph-sdk-javascript looks for exactly `Content-Type`.
    """
    answer: dict[str, Any] = {"id": item.id, "status": response.status}
    headers = dict(response.headers)
    kind = headers.get("Content-Type", "")
    if kind and "OData-Version" not in headers:
        # Exchange writes the parameters of the media type with a blank inside a batch, and without one outside.
        headers["Content-Type"] = "; ".join(part.strip() for part in kind.split(";"))
    answer["headers"] = headers
    body = b"".join((*response.pieces, response.body))
    if body:
        answer["body"] = msgspec.Raw(body) if _is_json(kind) else base64.b64encode(body).decode("ascii")
    return answer
