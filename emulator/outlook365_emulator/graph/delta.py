"""Delta queries: what changed in a collection since a state that the client holds.

One mechanism for every resource (reference `graph-core.md` section 9): a first round lists the collection, each further
round reads the mailbox's change log. A round is fixed when it begins: its pages report changes up to that moment, and
its delta link continues from there, so that nothing is lost between pages. Tokens carry all state and the options of
the first request; they are bound to tenant, mailbox and collection.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import Any, Literal

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import DELTA_OPTIONS, Changes
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.delta_options import RoundOptions, first_options, keeps
from outlook365_emulator.graph.sealed import seal, unseal
from outlook365_emulator.odata.options import QueryOptions, parse_options
from outlook365_emulator.odata.paging import next_link
from outlook365_emulator.store.change_log import TOMBSTONES_KEPT, Change
from outlook365_emulator.store.mailbox import Mailbox

DAYS_SETTING = "delta_token_days"
"""The world's setting for how many days of its clock a delta token lives; without it as long as tombstones are kept."""

PAGE_SIZE = 10
PAGE_LIMIT = 200
"""Greatest size of a page (`graph-core.md` section 9, observed)."""

_PURPOSE = "delta"
_LATEST = "latest"


class State(msgspec.Struct, array_like=True):
    """What a token knows.

    Attributes:
        bound: tenant, mailbox and collection.
        generation: the mailbox's generation of sync states.
        issued: when the round began, in seconds since 1970 by the world's clock.
        since: sequence number after which changes are reported, which grows from page to page; -1 in a first round.
        until: sequence number up to which this round reports.
        known: numbers of items up to this one existed when the round before began.
        counted: the same for this round.
        options: the options of the first request.
        position: where the last record stood that a first round has reported, or None.
        reported: how many records the first round has reported.
        link: whether the token is that of a page or of the next round.
    """

    bound: str
    generation: int
    issued: float
    since: int
    until: int
    known: int
    counted: int
    options: RoundOptions
    position: tuple[int, int] | None = None
    reported: int = 0
    link: Literal["page", "round"] = "page"


class Changed(msgspec.Struct, kw_only=True):
    """One page of a round.

    Attributes:
        items: records, and for what is gone its change.
        options: `$select` and `$expand` of the first request.
        next_link: URL of the next page, or "".
        delta_link: URL of the next round, or "".
    """

    items: list[Any]
    options: QueryOptions
    next_link: str
    delta_link: str


def _bound(call: Call, changes: Changes) -> str:
    return f"{call.tenant.id}/{call.mailbox.guid}/{_holder(call, changes).guid}/{changes.shelf}/{changes.folder}"


def _holder(call: Call, changes: Changes) -> Mailbox:
    return changes.holder or call.mailbox


def cut_round(call: Call, changes: Changes) -> Changed:
    """Return the page of changes that a request asks for.

    Raises:
        GraphError: options that delta does not take, a token that is none, or one whose state is gone.
    """
    options = call.options
    token = options.skiptoken if options.skiptoken is not None else options.deltatoken
    # `latest` starts a full round on messages; only the directory knows it (`graph-core.md` section 9).
    state = _first(call, changes) if token in (None, _LATEST) else _resumed(call, changes, str(token))
    size = _page_size(call, state.options)
    if state.since < 0:
        items, last = _first_page(changes, state, size)
    else:
        items, last = _page(call, changes, state, size)
    links = ("", _link(call, _next_round(state), "deltatoken"))
    if last is not None:
        links = (_link(call, last, "skiptoken"), "")
    raw = state.options.query
    return Changed(items=items, options=parse_options(raw, DELTA_OPTIONS), next_link=links[0], delta_link=links[1])


def _first(call: Call, changes: Changes) -> State:
    options = first_options(call, changes.resource.name, narrows=changes.narrows)
    mailbox = _holder(call, changes)
    sequence, number = mailbox.changes.sequence, mailbox.next_number
    at = call.now.timestamp()
    return State(_bound(call, changes), mailbox.generation, at, -1, sequence, number, number, options)


def _resumed(call: Call, changes: Changes, token: str) -> State:
    state = unseal(call.world, _PURPOSE, token, State)
    if state is None:
        raise graph_error("sync_state_invalid", because="the token was not made by this world, or was changed")
    if state.bound != _bound(call, changes):
        because = "the token belongs to another tenant, mailbox or collection than the one in the path"
        raise graph_error("sync_state_invalid", because=because)
    wanted = "page" if call.options.skiptoken is not None else "round"
    if state.link != wanted:
        because = "the token of a nextLink stands in $deltatoken, or that of a deltaLink in $skiptoken"
        raise graph_error("sync_state_invalid", because=because)
    mailbox = _holder(call, changes)
    judge_age(call, mailbox, generation=state.generation, until=state.until, issued=state.issued)
    if state.link == "page":
        return state
    return msgspec.structs.replace(
        state, until=mailbox.changes.sequence, counted=mailbox.next_number, issued=call.now.timestamp(), link="page"
    )


def judge_age(call: Call, mailbox: Mailbox, *, generation: int, until: int, issued: float) -> None:
    """Refuse a token whose state is gone.

    Args:
        call: the call.
        mailbox: the mailbox whose changes it follows.
        generation: the mailbox's generation of sync states when it was made.
        until: sequence number up to which it has reported.
        issued: when it was made, in seconds since 1970 by the world's clock.

    Raises:
        GraphError: `sync_state_not_found`.
    """
    lifetime = timedelta(days=_days(call))
    if generation != mailbox.generation:
        because = "the sync states of this mailbox were dropped on request"
    elif until > mailbox.changes.sequence:
        because = "the mailbox went back to a state before this token"
    elif call.now.timestamp() - issued > lifetime.total_seconds():
        because = f"the token is older than {lifetime.days} days by the world's clock"
    else:
        return
    raise _gone(call, mailbox.generation, because)


def _days(call: Call) -> float:
    given = call.world.settings.get(DAYS_SETTING, "")
    return float(given) if given.replace(".", "", 1).isdigit() else TOMBSTONES_KEPT.days


def _gone(call: Call, generation: int, because: str) -> GraphError:
    url = call.request.root_of(call.request.host) + call.request.path
    return graph_error(
        "sync_state_not_found",
        generation=generation,
        highest=generation,
        headers=[("Location", url)],
        because=f"{because}; start again at {url}",
    )


def _page_size(call: Call, options: RoundOptions) -> int:
    return min(call.preferences.page_size or options.top or PAGE_SIZE, PAGE_LIMIT)


def _first_page(changes: Changes, state: State, size: int) -> tuple[list[Any], State | None]:
    """Return records of a first round, and the state after them where more follow.

    It lists everything: `changeType` restricts the rounds that follow (concept page delta-query-messages, example 2).
    """
    keep = keeps(state.options)
    records = (
        record for record in changes.below(state.position) if changes.number(record) <= state.counted and keep(record)
    )
    size = min(size, state.options.limit - state.reported)
    found = list(islice(records, size + 1))
    if len(found) <= size or state.reported + size >= state.options.limit:
        return found[:size], None
    position, reported = changes.position(found[size - 1]), state.reported + size
    return found[:size], msgspec.structs.replace(state, position=position, reported=reported)


def _page(call: Call, changes: Changes, state: State, size: int) -> tuple[list[Any], State | None]:
    """Return changes of a further round, and the state after them where more follow."""
    keep = keeps(state.options)
    items: list[Any] = []
    last = state.since
    for change in _holder(call, changes).changes.since(state.since, changes.shelf, changes.folder):
        if change.sequence > state.until:
            break
        item = _reported(changes, state, change, keep)
        if item is None:
            continue
        if len(items) == size:
            return items, msgspec.structs.replace(state, since=last)
        items.append(item)
        last = change.sequence
    return items, None


def _reported(changes: Changes, state: State, change: Change, keep: Callable[[Any], bool]) -> Any:
    """Return the record or the removal that a change is reported as, or None for nothing."""
    fresh = change.number > state.known
    record = None if change.kind == "deleted" else changes.get(change.number)
    if record is None:
        # What came and went between two rounds was never seen by the client.
        return change if not fresh and state.options.reports("deleted") else None
    kind = "created" if fresh else "updated"
    return record if keep(record) and state.options.reports(kind) else None


def _next_round(state: State) -> State:
    return msgspec.structs.replace(
        state, since=state.until, known=state.counted, position=None, reported=0, link="round"
    )


def _link(call: Call, state: State, kind: str) -> str:
    url = call.request.root_of(call.request.host) + call.request.path
    dollar = "?%24top=1" if call.options.encoded_dollar else ""
    token = seal(call.world, _PURPOSE, state)
    if kind == "skiptoken":
        return next_link(url + dollar, skiptoken=token)
    return next_link(url + dollar, deltatoken=token)
