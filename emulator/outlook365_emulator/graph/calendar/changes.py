"""Delta queries over a calendar: of what it shows in a window, and of its events.

Reference `graph-calendar.md` section 25. The view of a window answers what no view does: a series in full, and of each
of its occurrences only id and times. A token holds the window, so it is not asked for again. What is outside of the
window and was changed is reported as removed.

A series is told as a whole: a changed one comes again with every occurrence that it has, all on one page, and nothing
is said of those that it has no more (observed: microsoft-graph-docs pull request 4501, Stack Overflow 55641502).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Changes, Document, Position
from outlook365_emulator.graph.calendar.event_resource import event_id, event_members, event_resource, preferred_zone
from outlook365_emulator.graph.calendar.events import own_calendar
from outlook365_emulator.graph.calendar.recurrence.instants import overlaps
from outlook365_emulator.graph.calendar.seen_calendars import SeenCalendar
from outlook365_emulator.graph.calendar.seen_events import SeenEvent, instances, seen_event
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


_Group: TypeAlias = tuple[int, list[SeenEvent | str]]
"""What is reported together: a key that tells its place in the round, and events, or ids of what is gone."""


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
        at: number of the event (in a first round) or sequence number of the change that was reported last.
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
    link: Literal["page", "round"] = "page"


@operation("GET /users/{user}/calendarView/delta", least="Calendars.ReadBasic")
def view_delta(call: Call) -> Changes | Document:
    """List what the default calendar shows in a window, and from then on what changed."""
    return _view_delta(call, own_calendar(call))


@operation("GET /users/{user}/calendars/{calendar}/calendarView/delta", least="Calendars.ReadBasic")
def view_delta_in_calendar(call: Call, calendar: SeenCalendar) -> Changes | Document:
    """List what a calendar shows in a window, and from then on what changed."""
    return _view_delta(call, calendar)


@operation("GET /users/{user}/events/delta", least="Calendars.ReadBasic")
def events_delta(call: Call) -> Changes:
    """List the single events and series of the default calendar, and from then on what changed."""
    return _events_delta(call, own_calendar(call))


@operation("GET /users/{user}/calendars/{calendar}/events/delta", least="Calendars.ReadBasic")
def events_delta_in_calendar(call: Call, calendar: SeenCalendar) -> Changes:
    """List the single events and series of a calendar, and from then on what changed."""
    return _events_delta(call, calendar)


def _events_delta(call: Call, seen: SeenCalendar) -> Changes:
    preferred_zone(call)
    events, number = seen.holder.events, seen.source.number

    def below(position: Position | None) -> Iterator[SeenEvent]:
        for event in events.in_calendar(number):
            if position is None or event.number < position[0]:
                yield seen_event(seen, event)

    def get(key: int) -> SeenEvent | None:
        event = events.get(key)
        return seen_event(seen, event) if event is not None and event.calendar == number else None

    return Changes(
        resource=event_resource(),
        shelf="event",
        folder=number,
        below=below,
        position=lambda one: (one.event.number, 0),
        get=get,
        number=lambda one: int(one.event.number),
        removed_id=lambda change: _gone_id(call, seen, change),
        holder=seen.holder,
    )


def _gone_id(call: Call, seen: SeenCalendar, change: Change) -> str:
    ids = seen.mailbox.ids
    if call.preferences.immutable_ids and seen.mailbox is seen.holder:
        return ids.immutable(change.stable)
    return ids.item(seen.calendar.number, change.number)


def _bound(call: Call, seen: SeenCalendar) -> str:
    return f"{call.tenant.id}/{call.mailbox.guid}/{seen.calendar.number}"


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


def _state(call: Call, seen: SeenCalendar) -> State:
    options, mailbox = call.options, seen.holder
    token = options.skiptoken if options.skiptoken is not None else options.deltatoken
    if token is None:
        low, high = view_window(options.custom)
        sequence, number, at = mailbox.changes.sequence, mailbox.next_number, call.now.timestamp()
        return State(
            _bound(call, seen),
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
    if state is None or state.bound != _bound(call, seen) or state.link != wanted:
        because = "the token is none of this world, mailbox and calendar, or stands in the wrong parameter"
        raise graph_error("sync_state_invalid", because=because)
    judge_age(call, mailbox, generation=state.generation, until=state.until, issued=state.issued)
    if state.link == "page":
        return state
    return msgspec.structs.replace(
        state, until=mailbox.changes.sequence, counted=mailbox.next_number, issued=call.now.timestamp(), link="page"
    )


def _view_delta(call: Call, seen: SeenCalendar) -> Document:
    _judge_options(call)
    preferred_zone(call)
    state = _state(call, seen)
    size = min(call.preferences.page_size or PAGE_SIZE, PAGE_LIMIT)
    window = datetime.fromtimestamp(state.low, UTC), datetime.fromtimestamp(state.high, UTC)
    groups = _whole(seen, window, state) if state.since < 0 else _changed(call, seen, window, state)
    found, last = _cut(groups, state.at, size)
    writing = Writing(call, event_resource(), options=QueryOptions())
    rows = [_written(call, one, writing) for one in found]
    if last is not None:
        head = {"@odata.nextLink": _link(call, msgspec.structs.replace(state, at=last), "skiptoken")}
    else:
        after = msgspec.structs.replace(state, since=state.until, known=state.counted, at=0, link="round")
        head = {"@odata.deltaLink": _link(call, after, "deltatoken")}
    return Document(body={**head, "value": rows}, context="Collection(event)", applied=True)


def _cut(groups: Iterable[_Group], at: int, size: int) -> tuple[list[SeenEvent | str], int | None]:
    """Cut a page out of a round; a series is never split.

    The place in the round is kept by the event or change that was reported last, not by a count, so that nothing is
    lost when something before it goes between two pages.

    Args:
        groups: what the round reports, in order.
        at: key of the group that was reported last.
        size: items that a page has at most, where no series has more.

    Returns:
        The items, and the key of the last group on the page where more follow.
    """
    found: list[SeenEvent | str] = []
    last = at
    for key, items in groups:
        if key <= at or not items:
            continue
        if found and len(found) + len(items) > size:
            return found, last
        found += items
        last = key
    return found, None


def _whole(seen: SeenCalendar, window: Window, state: State) -> Iterator[_Group]:
    """Yield what a first round reports: events that existed when it began, in the order of their making."""
    for event in reversed(seen.holder.events.in_calendar(seen.source.number)):
        if event.number <= state.counted:
            yield event.number, _present(seen, event, window)


def _present(seen: SeenCalendar, event: Event, window: Window) -> list[SeenEvent | str]:
    """Return an event in a window: itself, or a series with its occurrences; nothing where it is outside."""
    if event.series is None:
        return [seen_event(seen, event)] if overlaps(event.start, event.end, *window) else []
    found = instances(seen, event, *window)
    return [seen_event(seen, event), *found] if found else []


def _changed(call: Call, seen: SeenCalendar, window: Window, state: State) -> Iterator[_Group]:
    """Yield what a further round reports: events that changed, and ids of what is outside of the window."""
    events, number = seen.holder.events, seen.source.number
    for change in seen.holder.changes.since(state.since, "event", number):
        if change.sequence > state.until:
            return
        event = events.get(change.number) if change.kind != "deleted" else None
        if event is None or event.calendar != number:
            if change.number <= state.known:
                yield change.sequence, [_gone_id(call, seen, change)]
            continue
        outside = (one for one in event.exceptions if not overlaps(one.start, one.end, *window))
        moved = [event_id(call, SeenEvent(seen, event, one, one.start, one.end, one.day)) for one in outside]
        present = _present(seen, event, window) or [event_id(call, seen_event(seen, event))]
        yield change.sequence, [*present, *moved]


def _written(call: Call, one: SeenEvent | str, writing: Writing) -> dict[str, Any]:
    if isinstance(one, str):
        return {"@odata.type": _KIND, "id": one, "@removed": {"reason": "deleted"}}
    if one.kind == "occurrence":
        members = event_members(call, one)
        kept = ("@odata.etag", "seriesMasterId", "type", "start", "end")
        stub = {"@odata.type": _KIND, "id": event_id(call, one), **{name: members[name] for name in kept}}
        if call.preferences.immutable_ids and one.seen.mailbox is one.seen.holder:
            stub["seriesMasterId"] = event_id(call, seen_event(one.seen, one.event))
        return stub
    return {"@odata.type": _KIND, **writing.members(one)}


def _link(call: Call, state: State, kind: str) -> str:
    url = call.request.root_of(call.request.host) + call.request.path
    token = seal(call.world, _PURPOSE, state)
    return next_link(url, skiptoken=token) if kind == "skiptoken" else next_link(url, deltatoken=token)
