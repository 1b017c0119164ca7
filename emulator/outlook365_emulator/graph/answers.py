"""What an operation answers, as values; `render` writes them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeAlias, get_args

import msgspec

from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.store.change_log import Change
from outlook365_emulator.store.mailbox import Mailbox

Bounds: TypeAlias = tuple[datetime | None, datetime | None]
"""The earliest and the latest instant of interest, both inclusive; None for no bound."""

Position: TypeAlias = tuple[int, int]
"""Where a record stands in the order of the first round of a delta query; the greatest comes first."""


class Page(msgspec.Struct, kw_only=True):
    """Records of a collection; the gate filters, orders, pages and selects.

    Attributes:
        resource: the type of the records.
        records: the whole collection in its default order.
        path: path of the collection for `@odata.context`, below `$metadata#`.
        total: how many there are, if known without counting.
        runs: returns the collection as several runs, each in the default order, where the property of that order lies
            within bounds; a filter then reads no more than it must.
    """

    resource: Resource
    records: Iterable[Any]
    path: str
    total: int | None = None
    runs: Callable[[Bounds], list[Iterable[Any]]] | None = None


class Count(msgspec.Struct):
    """How many records of a collection search and filter let through.

    Attributes:
        page: the collection.
    """

    page: Page


class Changes(msgspec.Struct, kw_only=True):
    """A collection whose changes are asked for; `delta` does the rest.

    Attributes:
        resource: the type of the records.
        shelf: name of the shelf in the change log, `message`.
        folder: number of the folder, or None for the whole mailbox.
        below: returns the records that stand below a position in the first round, or all for None, in its order.
        position: returns where a record stands.
        get: returns a record of the collection by its number, or None.
        number: returns the number of a record.
        removed_id: returns the id of an item that is gone.
        narrows: whether `$filter` and `$orderby` on `receivedDateTime`, `$expand` and `$top` are taken.
        holder: the mailbox that holds the collection, where that is not the one addressed (a shared calendar).
    """

    resource: Resource
    shelf: str
    folder: int | None
    below: Callable[[Position | None], Iterable[Any]]
    position: Callable[[Any], Position]
    get: Callable[[int], Any]
    number: Callable[[Any], int]
    removed_id: Callable[[Change], str]
    narrows: bool = False
    holder: Mailbox | None = None


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
        applied: whether `Preference-Applied` says what was preferred.
        selected: whether `$select` is applied to the body already.
    """

    body: dict[str, Any]
    context: str = ""
    status: int = 200
    applied: bool = False
    selected: bool = False


class Accepted(msgspec.Struct):
    """202 without a body."""


class NoContent(msgspec.Struct):
    """204 without a body."""


class Text(msgspec.Struct):
    """Plain content: a `$count`, the MIME text of a message.

    Attributes:
        content: the bytes.
        content_type: value of Content-Type.
        pieces: what comes before `content`, for content too large to be held at once.
        length: bytes of all pieces.
    """

    content: bytes
    content_type: str = "text/plain"
    pieces: Iterable[bytes] = ()
    length: int = 0


Answer = Page | Count | Changes | Entity | Document | Accepted | NoContent | Text

COLLECTION_OPTIONS = frozenset(
    {"select", "expand", "filter", "orderby", "top", "skip", "skiptoken", "count", "search", "format"}
)
ENTITY_OPTIONS = frozenset({"select", "expand", "format"})
COUNT_OPTIONS = frozenset({"filter", "search"})
DELTA_OPTIONS = COLLECTION_OPTIONS | {"deltatoken"}
"""What is read on a delta query; most of it only to be refused in Exchange's words."""

_OPTIONS_OF: Mapping[Any, frozenset[str]] = MappingProxyType(
    {Page: COLLECTION_OPTIONS, Count: COUNT_OPTIONS, Changes: DELTA_OPTIONS, Document: COLLECTION_OPTIONS}
)


def options_of(returned: Any) -> frozenset[str]:
    """Return the query options that an operation takes.

    Args:
        returned: the annotation of what its handler returns, an answer or a union of answers.
    """
    kinds = get_args(returned) or (returned,)
    return next((_OPTIONS_OF[kind] for kind in kinds if kind in _OPTIONS_OF), ENTITY_OPTIONS)
