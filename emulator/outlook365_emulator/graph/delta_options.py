"""The query options of a delta query: read from the first request, kept in the tokens.

Reference `graph-core.md` section 9: the only `$filter` is `receivedDateTime ge` or `gt`, the only `$orderby` is
`receivedDateTime desc`; with a filter at most 5,000 messages are returned.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, Final
from urllib.parse import quote

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.odata.tree import Binary, Constant, Path

FILTERED_LIMIT: Final = 5000
UNLIMITED: Final = 2**53
CHANGE_TYPES: Final = ("created", "updated", "deleted")
_RESOURCES: Final = {"message": "Messages", "mailFolder": "MailFolders", "event": "Events"}


class RoundOptions(msgspec.Struct, array_like=True, frozen=True):
    """What the first request asked for.

    Attributes:
        query: `$select` and `$expand` as a query string.
        top: `$top`, or 0.
        received: `receivedDateTime` from which messages are reported, in seconds since 1970, or None.
        after: whether that instant itself is left out (`gt`).
        types: the kinds of changes that the rounds after the first report.
    """

    query: str = ""
    top: int = 0
    received: float | None = None
    after: bool = False
    types: tuple[str, ...] = CHANGE_TYPES

    def reports(self, kind: str) -> bool:
        """Return whether a kind of change is asked for."""
        return kind in self.types

    @property
    def limit(self) -> int:
        """The most records of a first round."""
        return UNLIMITED if self.received is None else FILTERED_LIMIT


def first_options(call: Call, name: str, *, narrows: bool) -> RoundOptions:
    """Read the options of a first request.

    Args:
        call: the call, its options read.
        name: the schema type of the records, for the texts of refusals.
        narrows: whether the resource takes `$filter`, `$orderby`, `$expand` and `$top`.

    Raises:
        GraphError: for an option that change tracking does not take.
    """
    options = call.options
    refused = {"skip", "count", "search"} if narrows else {"skip", "count", "search", "filter", "orderby", "expand"}
    if not narrows:
        refused.add("top")
    given = [f"${one}" for one in options.raw if one in refused]
    terms = [("/".join(term.path.segments).lower(), term.descending) for term in options.orderby]
    if terms not in ([], [("receiveddatetime", True)]):
        given.append("$orderby")
    if given:
        resource = _RESOURCES.get(name, name)
        raise graph_error(
            "delta_options_unsupported",
            resource=resource,
            options=",".join(given),
            because=f"a delta query over {resource} does not take {', '.join(given)}",
        )
    received, after = _received(options.filter)
    kept = [f"${one}={quote(options.raw[one], safe='')}" for one in ("select", "expand") if one in options.raw]
    return RoundOptions("&".join(kept), options.top or 0, received, after, _change_types(call))


def _received(tree: Any) -> tuple[float | None, bool]:
    if tree is None:
        return None, False
    match tree:
        case Binary(operator="ge" | "gt" as operator, left=Path(segments=(name,)), right=Constant(value=value)) if (
            name.lower() == "receiveddatetime" and isinstance(value, date)
        ):
            instant = value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)
            return instant.timestamp(), operator == "gt"
    because = "a delta query over messages takes $filter=receivedDateTime ge {instant} and nothing else"
    raise graph_error("delta_filter_unsupported", because=because)


def _change_types(call: Call) -> tuple[str, ...]:
    given = next((text for name, text in call.options.custom.items() if name.lower() == "changetype"), "")
    wanted = tuple(part.strip().lower() for part in given.split(",") if part.strip())
    stranger = next((one for one in wanted if one not in CHANGE_TYPES), None)
    if stranger is not None:
        because = f"changeType takes {', '.join(CHANGE_TYPES)}, not {stranger!r}"
        detail = f"The 'changeType' parameter value '{stranger}' is not supported."
        raise graph_error("parameter_invalid", detail=detail, because=because)
    return wanted or CHANGE_TYPES


def keeps(options: RoundOptions) -> Callable[[Any], bool]:
    """Return a predicate over records: whether the filter of the first request lets one through."""
    limit = options.received
    if limit is None:
        return lambda record: True
    if options.after:
        return lambda record: record.received.timestamp() > limit
    return lambda record: record.received.timestamp() >= limit
