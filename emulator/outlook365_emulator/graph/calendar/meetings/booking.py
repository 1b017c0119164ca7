"""Rooms and equipment, which answer meeting requests by themselves (reference `graph-calendar.md` section 14).

The server accepts for a resource where its time is free, and declines where it is taken: for a series, where it is
taken at any of the occurrences that it looks at.
"""

from datetime import datetime, timedelta
from typing import Final

from outlook365_emulator.graph.calendar.documents import members_of
from outlook365_emulator.graph.calendar.meetings.answering import Given, answer_meeting
from outlook365_emulator.graph.calendar.meetings.messages import About
from outlook365_emulator.graph.calendar.meetings.parties import copy_in, own_setting, record_of
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.calendar.recurrence.instants import overlaps
from outlook365_emulator.graph.calendar.seen_calendars import SeenCalendar, as_owner
from outlook365_emulator.graph.calendar.seen_events import SeenEvent, instances, unfolded, view
from outlook365_emulator.store.records.calendar import Event

HORIZON: Final = timedelta(days=366)
"""How far from its first occurrence a series is held against the calendar of a resource."""

ACCEPTED: Final = "Your request was accepted."
DECLINED: Final = "Your request was declined because there are conflicts."


def book(place: Setting, about: About, *, mail: bool) -> None:
    """Let a resource answer a meeting that has just come into its calendar.

    Args:
        place: where the resource's copy lies.
        about: the meeting.
        mail: whether the organizer is sent the answer.
    """
    found = copy_in(place.mailbox, about.event.ical_uid, about.day)
    if found is None:
        return
    copy, day = found
    place = own_setting(place.world, place.tenant, place.unit, place.owner, place.mailbox, copy)
    free = not is_taken(place, copy, day)
    tells = members_of(record_of(copy, day))["responseRequested"]
    comment = (ACCEPTED if free else DECLINED) if tells else None
    given = Given("accepted" if free else "declined", comment, send=tells)
    answer_meeting(place, copy, day, given, mail=mail)


def is_taken(place: Setting, event: Event, day: int) -> bool:
    """Return whether another meeting of a calendar overlaps an event.

    Args:
        place: the calendar.
        event: the event, which lies in it.
        day: of an occurrence its day; 0 for the single event, or all of the series up to the horizon.
    """
    seen = as_owner(place.mailbox, place.calendar, place.owner)
    spans = _spans(seen, event, day)
    if not spans:
        return False
    low, high = min(one.start for one in spans), max(one.end for one in spans)
    others = _busy(seen, event, low, high)
    return any(overlaps(other.start, other.end, one.start, one.end) for one in spans for other in others)


def _spans(seen: SeenCalendar, event: Event, day: int) -> list[SeenEvent]:
    if event.series is None:
        return [SeenEvent(seen, event, event, event.start, event.end)]
    whole = instances(seen, event, event.start, event.start + HORIZON)
    return [one for one in whole if not day or one.day == day]


def _busy(seen: SeenCalendar, event: Event, low: datetime, high: datetime) -> list[SeenEvent]:
    rows, _ = view(seen, low, high)
    found = unfolded(seen, rows)
    return [one for one in found if one.event.number != event.number and one.item.show_as not in ("free", "unknown")]
