"""`findMeetingTimes`: when people and rooms can meet.

Reference `graph-calendar.md` section 24. Microsoft promises no result for given inputs; these are simple and always the
same: slots on the half hour, the most certain first.
"""

from typing import Any

from outlook365_emulator.graph.answers import Document
from outlook365_emulator.graph.calendar.event_resource import preferred_zone
from outlook365_emulator.graph.calendar.events import own_calendar
from outlook365_emulator.graph.calendar.meetings.constraints import read_wish
from outlook365_emulator.graph.calendar.meetings.suggesting import Suggestion, suggest
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Action, operation
from outlook365_emulator.graph.zones import Zone, written_moment

_ALL_FREE = "Suggested because it is one of the nearest times when all attendees are available."
_SOME_FREE = "Suggested because it is one of the nearest times when most attendees are available."


@operation(
    "POST /users/{user}/findMeetingTimes",
    least="Calendars.Read.Shared",
    body=Action("findMeetingTimes", "user", optional_body=True),
)
def find_meeting_times(call: Call, body: dict[str, Any]) -> Document:
    """Suggest times and places for a meeting of the user with others."""
    own_calendar(call)  # refuses who may not read the calendar
    zone = preferred_zone(call)
    wish = read_wish(call, body or {})
    found, reason = suggest(call, wish)
    return Document(
        body={
            "emptySuggestionsReason": reason,
            "meetingTimeSuggestions": [
                _suggestion(one, order, zone, reasons=wish.reasons) for order, one in enumerate(found, start=1)
            ],
        },
        context="microsoft.graph.meetingTimeSuggestionsResult",
        applied=True,
    )


def _suggestion(one: Suggestion, order: int, zone: Zone, *, reasons: bool) -> dict[str, Any]:
    return {
        "confidence": round(one.confidence, 2),
        "order": order,
        "organizerAvailability": one.organizer,
        "suggestionReason": (_ALL_FREE if one.confidence == 100 else _SOME_FREE) if reasons else None,
        "meetingTimeSlot": {"start": written_moment(one.start, zone), "end": written_moment(one.end, zone)},
        "attendeeAvailability": [
            {"availability": status, "attendee": {"emailAddress": {"address": address}}}
            for address, status in one.attendees
        ],
        "locations": [
            {"displayName": place.name, "locationEmailAddress": place.address}
            if place.address
            else {"displayName": place.name}
            for place in one.places
        ],
    }
