"""What a viewer without the right does not see of an event.

Reference `graph-calendar.md` section 22: who may read only free and busy times, or titles and places, sees no more, and
a private event is seen as a private appointment by whoever may not see such events.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from outlook365_emulator.graph.calendar.locations import no_location
from outlook365_emulator.graph.calendar.seen_calendars import SeenCalendar
from outlook365_emulator.store.records.calendar import Event

PRIVATE_SUBJECT = "Private Appointment"

_STATUS_WORDS: Mapping[str, str] = MappingProxyType(
    {"free": "Free", "tentative": "Tentative", "busy": "Busy", "oof": "Away", "workingElsewhere": "Working elsewhere"}
)

_EMPTY: Mapping[str, Any] = MappingProxyType(
    {
        "bodyPreview": "",
        "categories": [],
        "hasAttachments": False,
        "isOnlineMeeting": False,
        "onlineMeetingProvider": "unknown",
        "onlineMeeting": None,
        "attendees": [],
        "transactionId": None,
    }
)


def subject_for(seen: SeenCalendar, event: Event) -> str:
    """Return the subject of an event as a viewer sees it."""
    if not seen.hides(event):
        return event.subject
    if event.sensitivity in ("private", "confidential"):
        return PRIVATE_SUBJECT
    return _STATUS_WORDS.get(event.show_as, "Busy")


def mask(seen: SeenCalendar, event: Event, members: dict[str, Any]) -> None:
    """Take out of an event's members what the viewer does not see.

    Args:
        seen: the calendar as the viewer sees it.
        event: the event.
        members: its members; changed.
    """
    if seen.hides(event):
        members.update(_EMPTY)
        members["subject"] = subject_for(seen, event)
        members["body"] = {"contentType": "html", "content": ""}
        members["location"], members["locations"] = no_location(), []
    elif seen.role == "limitedRead":
        kept = {name: members[name] for name in ("categories", "isOnlineMeeting", "onlineMeetingProvider")}
        members.update(_EMPTY)
        members.update(kept)
        members["body"] = {"contentType": "html", "content": ""}
