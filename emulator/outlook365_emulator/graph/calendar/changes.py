"""Delta queries over a calendar: of what it shows in a window, and of its events.

Reference `graph-calendar.md` section 25. The view of a window answers what no view does: a series in full, and of each
of its occurrences only id and times. A token holds the window, so it is not asked for again. What is outside of the
window and was changed is reported as removed.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal, NamedTuple

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Changes, Document, Position
from outlook365_emulator.graph.calendar.event_resource import event_id, event_members, event_resource, preferred_zone
from outlook365_emulator.graph.calendar.events import own_sight
from outlook365_emulator.graph.calendar.recurrence.days import includes
from outlook365_emulator.graph.calendar.recurrence.instants import occurrences, overlaps
from outlook365_emulator.graph.calendar.shown import Shown, instances, shown
from outlook365_emulator.graph.calendar.sight import Sight
from outlook365_emulator.graph.calendar.views import Window, view_window
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.delta import PAGE_LIMIT, PAGE_SIZE, judge_age
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.sealed import seal, unseal
from outlook365_emulator.graph.writing import Writing
from outlook365_emulator.odata.options import QueryOptions
from outlook365_emulator.odata.paging import next_link
from outlook365_emulator.store.change_log import Change
from outlook365_emulator.store.records.calendar import Event

_PURPOSE = "calendarView/delta"
_KIND = "#microsoft.graph.event"
_REFUSED = ("orderby", "filter", "select", "expand", "search")


class State(msgspec.Struct, array_like=True):
    """What a token of a view knows.

    Attributes:
        bound: tenant, mailbox and calendar.
        generation: the mailbox's generation of sync states.
        issued: when the round began, in seconds since 1970 by the world's clock.
        low: begin of the window, in seconds since 1970.
        high: its end.
        since: sequence number after which changes are reported; -1 in a first round.
        until: sequence number up to which this round reports.
        known: numbers of events up to this one existed when the round before began.
        counted: the same for this round.
        at: number of the event (in a first round) or sequence number of the change that was reported last, in part.
        part: how many items of it were reported.
        link: whether the token is that of a page or of the next round.
    """

    bound: str
    generation: int
    issued: float
    low: float
    high: float
    since: int
    until: int
    known: int
    counted: int
    at: int = 0
    part: int = 0
    link: Literal["page", "round"] = "page"


@operation("GET /users/{user}/calendarView/delta", least="Calendars.ReadBasic")
def view_delta(call: Call) -> Changes | Document:
    """List what the default calendar shows in a window, and from then on what changed."""
    return _view_delta(call, own_sight(call))


@operation("GET /users/{user}/calendars/{calendar}/calendarView/delta", least="Calendars.ReadBasic")
def view_delta_in_calendar(call: Call, calendar: Sight) -> Changes | Document:
    """List what a calendar shows in a window, and from then on what changed."""
    return _view_delta(call, calendar)


@operation("GET /users/{user}/events/delta", least="Calendars.ReadBasic")
def events_delta(call: Call) -> Changes:
    """List the single events and series of the default calendar, and from then on what changed."""
    return _events_delta(call, own_sight(call))


@operation("GET /users/{user}/calendars/{calendar}/events/delta", least="Calendars.ReadBasic")
def events_delta_in_calendar(call: Call, calendar: Sight) -> Changes:
    """List the single events and series of a calendar, and from then on what changed."""
    return _events_delta(call, calendar)


def _events_delta(call: Call, sight: Sight) -> Changes:
    preferred_zone(call)
    if sight.mailbox is not sight.holder:
        because = "follow the events of a shared calendar in its owner's mailbox, or its calendarView from here"
        raise graph_error("not_emulated", operation=f"{call.operation.route} of a shared calendar", because=because)
    events, number = sight.holder.events, sight.source.number

    def below(position: Position | None) -> Iterator[Shown]:
        for event in events.in_calendar(number):
            if position is None or event.number < position[0]:
                yield shown(sight, event)

    def get(key: int) -> Shown | None:
        event = events.get(key)
        return shown(sight, event) if event is not None and event.calendar == number else None

    return Changes(
        resource=event_resource(),
        shelf="event",
        folder=number,
        below=below,
        position=lambda one: (one.event.number, 0),
        get=get,
        number=lambda one: int(one.event.number),
        removed_id=lambda change: _gone_id(call, sight, change),
    )


def _gone_id(call: Call, sight: Sight, change: Change) -> str:
    ids = sight.mailbox.ids
    if call.preferences.immutable_ids and sight.mailbox is sight.holder:
        return ids.immutable(change.stable)
    return ids.item(sight.calendar.number, change.number)


def _bound(call: Call, sight: Sight) -> str:
    return f"{call.tenant.id}/{call.mailbox.guid}/{sight.calendar.number}"


def _judge_options(call: Call) -> None:
    options = call.options
    if options.top is not None:
        because = "a page of a delta query is sized by the header Prefer: odata.maxpagesize"
        raise graph_error("delta_top_unsupported", resource="CalendarView", because=because)
    given = [f"${name}" for name in _REFUSED if name in options.raw]
    if given:
        # Graph names all of them, whichever was sent.
        named = ", ".join(f"${name}" for name in _REFUSED)
        because = f"a delta query over a view does not take {', '.join(given)}"
        raise graph_error("delta_options_unsupported", resource="CalendarView", options=named, because=because)


def _state(call: Call, sight: Sight) -> State:
    options, mailbox = call.options, sight.holder
    token = options.skiptoken if options.skiptoken is not None else options.deltatoken
    if token is None:
        low, high = view_window(options.custom)
        sequence, number, at = mailbox.changes.sequence, mailbox.next_number, call.now.timestamp()
        return State(
            _bound(call, sight),
            mailbox.generation,
            at,
            low.timestamp(),
            high.timestamp(),
            -1,
            sequence,
            number,
            number,
        )
    state = unseal(call.world, _PURPOSE, token, State)
    wanted = "page" if options.skiptoken is not None else "round"
    if state is None or state.bound != _bound(call, sight) or state.link != wanted:
        because = "the token is none of this world, mailbox and calendar, or stands in the wrong parameter"
        raise graph_error("sync_state_invalid", because=because)
    judge_age(call, mailbox, generation=state.generation, until=state.until, issued=state.issued)
    if state.link == "page":
        return state
    return msgspec.structs.replace(
        state, until=mailbox.changes.sequence, counted=mailbox.next_number, issued=call.now.timestamp(), link="page"
    )


def _view_delta(call: Call, sight: Sight) -> Document:
    _judge_options(call)
    preferred_zone(call)
    state = _state(call, sight)
    size = min(call.preferences.page_size or PAGE_SIZE, PAGE_LIMIT)
    window = datetime.fromtimestamp(state.low, UTC), datetime.fromtimestamp(state.high, UTC)
    items = _whole(sight, window, state) if state.since < 0 else _changed(call, sight, window, state)
    found = list(islice(_behind(items, state), size + 1))
    writing = Writing(call, event_resource(), options=QueryOptions())
    rows = [_written(call, one.item, writing) for one in found[:size]]
    if len(found) > size:
        after = msgspec.structs.replace(state, at=found[size - 1].key, part=found[size - 1].part + 1)
        head = {"@odata.nextLink": _link(call, after, "skiptoken")}
    else:
        after = msgspec.structs.replace(state, since=state.until, known=state.counted, at=0, part=0, link="round")
        head = {"@odata.deltaLink": _link(call, after, "deltatoken")}
    return Document(body={**head, "value": rows}, context="Collection(event)", applied=True)


class _Item(NamedTuple):
    """What a round reports: an event, or the id of one that is gone; `key` and `part` tell its place in the round."""

    key: int
    part: int
    item: Shown | str


def _behind(groups: Iterable[tuple[int, Iterable[Shown | str]]], state: State) -> Iterator[_Item]:
    """Yield the items of a round that were not reported yet.

    The place is kept by the event or change that was reported last, not by a count, so that nothing is lost when
    something before it goes between two pages.
    """
    for key, items in groups:
        if key < state.at:
            continue
        for part, item in enumerate(items):
            if key > state.at or part >= state.part:
                yield _Item(key, part, item)


def _whole(sight: Sight, window: Window, state: State) -> Iterator[tuple[int, Iterable[Shown | str]]]:
    """Yield what a first round reports: events that existed when it began, in the order of their making."""
    for event in reversed(sight.holder.events.in_calendar(sight.source.number)):
        if event.number <= state.counted:
            yield event.number, _present(sight, event, window)


def _present(sight: Sight, event: Event, window: Window) -> list[Shown]:
    """Return an event in a window: itself, or a series with its occurrences; nothing where it is outside."""
    if event.series is None:
        return [shown(sight, event)] if overlaps(event.start, event.end, *window) else []
    found = instances(sight, event, *window)
    return [shown(sight, event), *found] if found else []


def _changed(call: Call, sight: Sight, window: Window, state: State) -> Iterator[tuple[int, Iterable[Shown | str]]]:
    """Yield what a further round reports: events that changed, and ids of what is not in the window any more."""
    events, number = sight.holder.events, sight.source.number
    for change in sight.holder.changes.since(state.since, "event", number):
        if change.sequence > state.until:
            return
        event = events.get(change.number) if change.kind != "deleted" else None
        if event is None or event.calendar != number:
            if change.number <= state.known:
                yield change.sequence, [_gone_id(call, sight, change)]
            continue
        present = _present(sight, event, window)
        itself = [] if present else [event_id(call, shown(sight, event))]
        yield change.sequence, [*present, *_absent(call, sight, event, window), *itself]


def _absent(call: Call, sight: Sight, event: Event, window: Window) -> Iterator[str]:
    """Yield the ids of occurrences of a window that a series had and has no more."""
    series = event.series
    days = set()
    for before in (*event.former, *((series,) if series is not None else ())):
        days |= {day for day, _, _ in occurrences(before, *window)}
    moved = {one.day for one in event.exceptions if not overlaps(one.start, one.end, *window)}
    for day in sorted(days):
        if series is None or day in event.deleted or day in moved or not includes(series, day):
            yield event_id(call, Shown(sight, event, event, event.start, event.end, day))


def _written(call: Call, one: Shown | str, writing: Writing) -> dict[str, Any]:
    if isinstance(one, str):
        return {"@odata.type": _KIND, "id": one, "@removed": {"reason": "deleted"}}
    if one.kind == "occurrence":
        members = event_members(call, one)
        kept = ("@odata.etag", "seriesMasterId", "type", "start", "end")
        stub = {"@odata.type": _KIND, "id": event_id(call, one), **{name: members[name] for name in kept}}
        if call.preferences.immutable_ids and one.sight.mailbox is one.sight.holder:
            stub["seriesMasterId"] = event_id(call, shown(one.sight, one.event))
        return stub
    return {"@odata.type": _KIND, **writing.members(one)}


def _link(call: Call, state: State, kind: str) -> str:
    url = call.request.root_of(call.request.host) + call.request.path
    token = seal(call.world, _PURPOSE, state)
    return next_link(url, skiptoken=token) if kind == "skiptoken" else next_link(url, deltatoken=token)
