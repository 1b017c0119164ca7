"""What Graph knows of a type of record: how it is written, and what queries may read."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from outlook365_emulator.odata.records import RecordType

if TYPE_CHECKING:
    from outlook365_emulator.graph.call import Call


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A type of record as an API resource.

    Attributes:
        name: name of the schema type, `message`.
        type: what `$filter` and `$orderby` may read.
        document: returns a record as finished JSON of the default representation, or None where it is computed.
        compute: returns a record as an object in the order of its members (used where `document` is None).
        on_demand: properties that appear only when selected; each computes its value.
        default_select: properties of an answer without `$select`, or None for all that the document holds.
        along: properties that come along where another one is selected.
        adapt: changes the members of a record as the client prefers (form of ids and bodies).
        etag: returns the `ETag` of a record, or None where the type has none.
        expand: navigation properties that `$expand` can name, in lower case; each computes the members to add.
        filters_own: expanded properties whose `$filter` in `$expand` the function in `expand` applies itself, since it
            compares ids in several spellings.
        page_size: records on a page where `$top` says nothing.
        page_limit: greatest `$top`.
        outlook: whether Exchange answers (etag, header fields, error envelopes), not the directory.
        default_order: path and direction of the order in which collections come, or None.
        order_key: returns what the default order compares, latest first, so that several runs can be merged.
        efficient_order: whether `$orderby` must follow `$filter` (Exchange's rule).
        ignores_filter: whether a `$filter` is read and then left aside.
        search: returns the records that `$search` finds, in the order of the answer, or None where the resource has no
            search.
    """

    name: str
    type: RecordType
    document: "Callable[[Call, Any], bytes] | None" = None
    compute: "Callable[[Call, Any], dict[str, Any]] | None" = None
    on_demand: "Mapping[str, Callable[[Call, Any], Any]]" = {}
    default_select: tuple[str, ...] | None = None
    along: Mapping[str, tuple[str, ...]] = {}
    adapt: "Callable[[Call, Any, dict[str, Any]], None] | None" = None
    etag: "Callable[[Call, Any], str] | None" = None
    expand: "Mapping[str, Callable[[Call, Any], dict[str, Any]]]" = {}
    filters_own: frozenset[str] = frozenset()
    page_size: int = 10
    page_limit: int = 1000
    outlook: bool = True
    default_order: tuple[str, bool] | None = None
    order_key: "Callable[[Any], Any] | None" = None
    efficient_order: bool = True
    ignores_filter: bool = False
    search: "Callable[[Call, Iterable[Any]], list[Any]] | None" = None
