"""Events: list, get, create, update, delete.

Reference `graph-calendar.md` sections 7 to 9, 11 and 16.
"""

from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Count, NoContent, Page
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.calendar.calendar_resource import calendar_resource
from outlook365_emulator.graph.calendar.changing import (
    change_event,
    change_occurrence,
    remove_event,
    remove_occurrence,
)
from outlook365_emulator.graph.calendar.composing import fingerprint, make_event
from outlook365_emulator.graph.calendar.event_resource import (
    event_id,
    event_resource,
    preferred_zone,
    single_resource,
)
from outlook365_emulator.graph.calendar.meetings.telling import tell
from outlook365_emulator.graph.calendar.seen_calendars import SeenCalendar, default_calendar, seen_calendar, setting_of
from outlook365_emulator.graph.calendar.seen_events import SeenEvent, exception_on, seen_event
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.odata.options import ExpandItem


def events_path(call: Call, seen: SeenCalendar, *, through_calendar: bool) -> str:
    """Return a collection of events as `@odata.context` writes it, below `$metadata#`."""
    if not through_calendar:
        return f"{call.user_path}/events"
    return f"{call.user_path}/calendars('{seen.mailbox.ids.folder(seen.calendar.number)}')/events"


def own_calendar(call: Call) -> SeenCalendar:
    """Return the default calendar of the mailbox addressed, as the caller sees it."""
    return seen_calendar(call, default_calendar(call.mailbox))


def _page(call: Call, seen: SeenCalendar, *, through_calendar: bool) -> Page:
    preferred_zone(call)
    found = seen.holder.events.in_calendar(seen.source.number)
    path = events_path(call, seen, through_calendar=through_calendar)
    records = (seen_event(seen, event) for event in found)
    return Page(resource=event_resource(), records=records, path=path, total=len(found))


@operation("GET /users/{user}/events", least="Calendars.ReadBasic")
def list_(call: Call) -> Page:
    """List the single events and series of the default calendar, the latest made first."""
    return _page(call, own_calendar(call), through_calendar=False)


@operation("GET /users/{user}/events/$count", least="Calendars.ReadBasic")
def count(call: Call) -> Count:
    """Count the single events and series of the default calendar."""
    return Count(list_(call))


@operation("GET /users/{user}/calendars/{calendar}/events", least="Calendars.ReadBasic")
def list_in_calendar(call: Call, calendar: SeenCalendar) -> Page:
    """List the single events and series of a calendar, the latest made first."""
    return _page(call, calendar, through_calendar=True)


@operation("GET /users/{user}/calendars/{calendar}/events/$count", least="Calendars.ReadBasic")
def count_in_calendar(call: Call, calendar: SeenCalendar) -> Count:
    """Count the single events and series of a calendar."""
    return Count(list_in_calendar(call, calendar))


@operation("GET /users/{user}/events/{event}", least="Calendars.ReadBasic")
def get(call: Call, event: SeenEvent) -> EntityAnswer:
    """Get an event of any calendar of the mailbox: a single one, a series, an occurrence or an exception."""
    preferred_zone(call)
    path = events_path(call, event.seen, through_calendar=bool(call.place.calendar))
    return EntityAnswer(resource=single_resource(), record=event, path=path)


@operation("GET /users/{user}/events/{event}/calendar", least="Calendars.Read")
def get_calendar(call: Call, event: SeenEvent) -> EntityAnswer:
    """Get the calendar that an event lies in."""
    return EntityAnswer(resource=calendar_resource(), record=event.seen, path=f"{call.user_path}/calendars")


@operation("POST /users/{user}/events", least="Calendars.ReadWrite", body=Entity("event"))
def create(call: Call, body: dict[str, Any]) -> EntityAnswer:
    """Create an event in the default calendar."""
    return _created(call, own_calendar(call), body, through_calendar=False)


@operation("POST /users/{user}/calendars/{calendar}/events", least="Calendars.ReadWrite", body=Entity("event"))
def create_in_calendar(call: Call, calendar: SeenCalendar, body: dict[str, Any]) -> EntityAnswer:
    """Create an event in a calendar, for its owner where that is somebody else."""
    return _created(call, calendar, body, through_calendar=True)


def _created(call: Call, seen: SeenCalendar, body: dict[str, Any], *, through_calendar: bool) -> EntityAnswer:
    setting = setting_of(call, seen)
    preferred_zone(call)
    held = seen.holder.events.by_transaction(body["transactionId"]) if body.get("transactionId") else None
    if held is not None and held.transaction != fingerprint(body):
        existing = event_id(call, seen_event(seen, held))
        because = (
            f"transactionId {body['transactionId']!r} has made another event; only the same content may come again"
        )
        raise graph_error("duplicate_transaction_id", members={"@event.existingEventId": existing}, because=because)
    one = seen_event(seen, held or make_event(setting, body))
    tell(setting)
    if one.item.extensions:  # the answer shows them where they came with the event (opentypeextension-post)
        call.options = msgspec.structs.replace(call.options, expand=(ExpandItem(("extensions",)),))
    path = events_path(call, seen, through_calendar=through_calendar)
    location = f"{call.user_path}/events('{event_id(call, one)}')"
    return EntityAnswer(resource=event_resource(), record=one, path=path, status=201, location=location)


@operation("PATCH /users/{user}/events/{event}", least="Calendars.ReadWrite", body=Entity("event"))
def update(call: Call, event: SeenEvent, body: dict[str, Any]) -> EntityAnswer:
    """Change a single event, a whole series, or one occurrence, which becomes an exception."""
    setting = setting_of(call, event.seen)
    preferred_zone(call)
    if event.day:
        series = change_occurrence(setting, event.event, event.day, body)
        item = exception_on(series, event.day)
        assert item is not None, "the changed occurrence is an exception"
        one = SeenEvent(event.seen, series, item, item.start, item.end, event.day)
    else:
        one = seen_event(event.seen, change_event(setting, event.event, body))
    tell(setting)
    path = events_path(call, event.seen, through_calendar=bool(call.place.calendar))
    return EntityAnswer(resource=event_resource(), record=one, path=path)


@operation("DELETE /users/{user}/events/{event}", least="Calendars.ReadWrite")
def delete(call: Call, event: SeenEvent) -> NoContent:
    """Delete a single event, a whole series, or one occurrence."""
    _delete(call, event)
    return NoContent()


@operation("POST /users/{user}/events/{event}/permanentDelete", least="Calendars.ReadWrite")
def delete_permanently(call: Call, event: SeenEvent) -> NoContent:
    """Delete an event without a way back."""
    _delete(call, event)
    return NoContent()


def _delete(call: Call, event: SeenEvent) -> None:
    setting = setting_of(call, event.seen)
    if event.day:
        remove_occurrence(setting, event.event, event.day)
    else:
        remove_event(setting, event.event)
    tell(setting)
