"""Delta queries of the directory: what came, changed and went in a table of a tenant.

Graph concept page delta-query-overview; reference `graph-core.md` section 9. Records never change, so the difference
between two rounds is that of two tables: whatever is another record has changed.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Document
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.graph.writing import Writing
from outlook365_emulator.odata.options import QueryOptions
from outlook365_emulator.odata.selection import SelectPath
from outlook365_emulator.odata.tree import Binary, Constant, Logical, Node, Path

KEPT_TOKENS = 500
"""How many tokens a tenant remembers; the oldest are forgotten, as Entra ID forgets them after seven days."""

FOLLOWED = 50
"""How many objects a filter may name (page user-delta)."""

_PAGE = 100
_LATEST = "latest"


class Tracked(msgspec.Struct, kw_only=True):
    """A table whose changes are asked for.

    Attributes:
        resource: the type of its records.
        path: the collection as `@odata.context` names it, `users`.
        records: its records by id.
        row: returns what the resource writes of a record.
        removed: the reason that Graph gives for an object that is gone: `changed` where it can be restored.
    """

    resource: Resource
    path: str
    records: dict[str, Any]
    row: Callable[[Any], Any] = lambda record: record
    removed: Literal["changed", "deleted"]


class Round(msgspec.Struct, frozen=True):
    """What a token stands for.

    Attributes:
        path: the collection that it belongs to.
        before: the records as the last round left them, by id; empty in the first round.
        records: the records as this round shows them, by id.
        shown: how many of the changes have been shown.
        select: the properties asked for in the first request, or ().
        size: changes on a page.
        only: ids of the objects that are followed; empty for all.
    """

    path: str
    before: dict[str, Any]
    records: dict[str, Any]
    shown: int
    select: tuple[SelectPath, ...]
    size: int
    only: frozenset[str]

    def changes(self) -> list[str]:
        """Return the ids of what is new or another record, and then of what is gone."""
        changed = [key for key, record in self.records.items() if self.before.get(key) is not record]
        gone = [key for key in self.before if key not in self.records]
        return [key for key in (*changed, *gone) if not self.only or key in self.only]


def cut_directory_round(call: Call, tracked: Tracked) -> Document:
    """Return the page of changes that a request asks for.

    Raises:
        GraphError: `directory_request_invalid` for options that delta does not take, `resync_required` for a token
            that is forgotten or none.
    """
    now = _begun(call, tracked)
    changes = now.changes()
    page, shown = changes[now.shown : now.shown + now.size], now.shown + now.size
    options = QueryOptions(select=now.select or None)
    writing = Writing(call, tracked.resource, tracked.path, options=options, keeps_id=True)
    before = now.before if call.preferences.minimal else {}
    body: dict[str, Any] = {"value": [_written(writing, tracked, now, key, before) for key in page]}
    if shown < len(changes):
        link = _link(call, "skiptoken", msgspec.structs.replace(now, shown=shown))
        body = {"@odata.nextLink": link, **body}
    else:
        after = msgspec.structs.replace(now, before=now.records, records={}, shown=0)
        body = {"@odata.deltaLink": _link(call, "deltatoken", after), **body}
    return Document(body=body, context=f"{tracked.path}{writing.selected}", selected=True)


def _begun(call: Call, tracked: Tracked) -> Round:
    """Return the round that a request asks for a page of."""
    options = call.options
    if options.orderby or options.search is not None or options.expand:
        raise _unsupported(tracked, "delta takes $select, $top and a $filter on id, and the tokens of its own links")
    if options.skiptoken is not None:
        return _remembered(call, tracked, options.skiptoken, "nextLink")
    if options.deltatoken is not None and options.deltatoken.lower() != _LATEST:
        kept = _remembered(call, tracked, options.deltatoken, "deltaLink")
        return msgspec.structs.replace(kept, records=tracked.records)
    return Round(
        path=tracked.path,
        before={} if options.deltatoken is None else tracked.records,
        records=tracked.records,
        shown=0,
        select=options.select or (),
        size=min(options.top or _PAGE, 999),
        only=frozenset() if options.filter is None else _ids(tracked, options.filter),
    )


def _ids(tracked: Tracked, tree: Node) -> frozenset[str]:
    """Return the ids that a filter names, `id eq '…' or id eq '…'`: the only one that the page user-delta allows."""
    parts = tree.operands if isinstance(tree, Logical) and tree.operator == "or" else (tree,)
    by_lower = {key.lower(): key for key in tracked.records}
    found: set[str] = set()
    for part in parts:
        match part:
            case Binary(operator="eq", left=Path(segments=(name,)), right=Constant(value=str(text))) if (
                name.lower() == "id"
            ):
                found.add(by_lower.get(text.lower(), text))
            case _:
                raise _unsupported(tracked, "$filter of a delta query compares id with texts, joined by 'or'")
    if len(found) > FOLLOWED:
        raise _unsupported(tracked, f"$filter names {len(found)} objects; at most {FOLLOWED} can be followed")
    return frozenset(found)


def _unsupported(tracked: Tracked, because: str) -> GraphError:
    detail = f"The query is not supported on {tracked.path}/delta."
    return graph_error("directory_request_invalid", detail=detail, because=because)


def _written(writing: Writing, tracked: Tracked, now: Round, key: str, before: Mapping[str, Any]) -> dict[str, Any]:
    record = now.records.get(key)
    if record is None:
        return {"id": key, "@removed": {"reason": tracked.removed}}
    members = writing.members(tracked.row(record))
    if key not in before:
        return members
    former = writing.members(tracked.row(before[key]))
    return {name: value for name, value in members.items() if name == "id" or former.get(name) != value}


def _link(call: Call, name: str, kept: Round) -> str:
    token = call.world.opaque("")
    tokens = call.tenant.delta_rounds
    tokens[token] = kept
    while len(tokens) > KEPT_TOKENS:
        del tokens[next(iter(tokens))]
    return f"{call.request.root_of(call.request.host)}{call.request.path}?${name}={token}"


def _remembered(call: Call, tracked: Tracked, token: str, link: str) -> Round:
    found = call.tenant.delta_rounds.get(token)
    if isinstance(found, Round) and found.path == tracked.path:
        return found
    because = f"no {link} of {tracked.path} of this tenant had the token {token[:20]!r}: start anew"
    raise graph_error("resync_required", because=because)
