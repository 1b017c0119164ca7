"""Reminders: what is due in a window, dismissed or put off.

Reference `graph-calendar.md` section 17.
"""

from datetime import datetime, timedelta
from typing import Any

from outlook365_emulator.graph.answers import Document, Text
from outlook365_emulator.graph.calendar.changing import rewritten
from outlook365_emulator.graph.calendar.event_resource import event_id, event_members, preferred_zone
from outlook365_emulator.graph.calendar.events import own_calendar
from outlook365_emulator.graph.calendar.seen_calendars import setting_of
from outlook365_emulator.graph.calendar.seen_events import SeenEvent, instances, unfolded, view
from outlook365_emulator.graph.calendar.views import view_window
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Action, operation
from outlook365_emulator.graph.zones import read_moment, written_moment

_BACK, _AHEAD = timedelta(days=366), timedelta(days=31)
"""How far around the present a series is searched for the reminder that fired last."""


def fires_at(one: SeenEvent) -> datetime | None:
    """Return when the reminder of an event fires, or None where it has none or it was dismissed."""
    item, event = one.item, one.event
    if not item.reminder_on or (event.dismissed is not None and one.start <= event.dismissed):
        return None
    if event.fire is not None and event.fire_for == one.start:
        return event.fire
    return one.start - timedelta(minutes=item.reminder_minutes)


def _reminder(call: Call, one: SeenEvent, at: datetime) -> dict[str, Any]:
    zone = preferred_zone(call)
    members = event_members(call, one)
    return {
        "eventId": event_id(call, one),
        "changeKey": members["changeKey"],
        "eventSubject": members["subject"],
        "eventWebLink": members["webLink"],
        "eventStartTime": members["start"],
        "eventEndTime": members["end"],
        "eventLocation": members["location"],
        "reminderFireTime": written_moment(at, zone),
    }


@operation("GET /users/{user}/reminderView", least="Calendars.ReadBasic")
def list_(call: Call) -> Document:
    """List the reminders of what the default calendar shows in a window, occurrences one by one."""
    seen = own_calendar(call)
    rows, _ = view(seen, *view_window(call.place.arguments or call.options.custom))
    found = []
    for one in unfolded(seen, rows):
        at = fires_at(one)
        if at is not None:
            found.append(_reminder(call, one, at))
    return Document(body={"value": found}, context="Collection(microsoft.graph.reminder)", applied=True)


def _due(call: Call, event: SeenEvent) -> datetime:
    """Return the start whose reminder is meant: of a series that of the occurrence whose reminder fired last."""
    if event.kind != "seriesMaster":
        return event.start
    around = instances(event.seen, event.event, call.now - _BACK, call.now + _AHEAD)
    fired = [one.start for one in around if (at := fires_at(one)) is not None and at <= call.now]
    return fired[-1] if fired else event.start


@operation("POST /users/{user}/events/{event}/dismissReminder", least="Calendars.ReadWrite")
def dismiss(call: Call, event: SeenEvent) -> Text:
    """Dismiss the reminder of an event, or of an occurrence and those before it; answered by an empty 200."""
    setting = setting_of(call, event.seen)
    start = _due(call, event)
    start = max(start, event.event.dismissed or start)
    changed = rewritten(setting, event.event, dismissed=start, fire=None, fire_for=None)
    call.unit.put_item(setting.mailbox, setting.mailbox.events, changed)
    return Text(b"")


@operation(
    "POST /users/{user}/events/{event}/snoozeReminder",
    least="Calendars.ReadWrite",
    body=Action("snoozeReminder", "event", required=("newReminderTime",)),
)
def snooze(call: Call, event: SeenEvent, body: dict[str, Any]) -> Text:
    """Put the reminder of an event or an occurrence off until another time; answered by an empty 200."""
    setting = setting_of(call, event.seen)
    at = read_moment(body["newReminderTime"], "newReminderTime").instant
    held = event.event.dismissed
    start = _due(call, event)
    dismissed = None if held is not None and held >= start else held
    changed = rewritten(setting, event.event, fire=at, fire_for=start, dismissed=dismissed)
    call.unit.put_item(setting.mailbox, setting.mailbox.events, changed)
    return Text(b"")
