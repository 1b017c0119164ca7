"""What an operation answers, as values; `render` writes them."""

from collections.abc import Iterable
from typing import Any

import msgspec

from outlook365_emulator.graph.resource import Resource


class Page(msgspec.Struct, kw_only=True):
    """Records of a collection; the gate filters, orders, pages and selects.

    Attributes:
        resource: the type of the records.
        records: the whole collection in its default order.
        path: path of the collection for `@odata.context`, below `$metadata#`.
        total: how many there are, if known without counting.
    """

    resource: Resource
    records: Iterable[Any]
    path: str
    total: int | None = None


class Entity(msgspec.Struct, kw_only=True):
    """One record.

    Attributes:
        resource: its type.
        record: the record.
        path: path of its collection for `@odata.context`, below `$metadata#`; `/$entity` is added.
        status: 200, or 201 where the record was created.
        location: URL of a created record below the version, or "".
    """

    resource: Resource
    record: Any
    path: str
    status: int = 200
    location: str = ""


class Document(msgspec.Struct, kw_only=True):
    """A finished JSON object that is no record of a collection.

    Attributes:
        body: members after `@odata.context`.
        context: text below `$metadata#`, or "" for none.
        status: HTTP status.
    """

    body: dict[str, Any]
    context: str = ""
    status: int = 200


class Accepted(msgspec.Struct):
    """202 without a body."""


class NoContent(msgspec.Struct):
    """204 without a body."""


class Text(msgspec.Struct):
    """Plain content: a `$count`, the MIME text of a message.

    Attributes:
        content: the bytes.
        content_type: value of Content-Type.
    """

    content: bytes
    content_type: str = "text/plain"


Answer = Page | Entity | Document | Accepted | NoContent | Text
