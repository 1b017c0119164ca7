"""What a client wishes of `findMeetingTimes`, read with its defaults (reference `graph-calendar.md` section 24)."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.zones import read_moment
from outlook365_emulator.odata.literals import read_duration

DEFAULT_DURATION: Final = timedelta(minutes=30)
DEFAULT_COUNT: Final = 5
DEFAULT_PERCENTAGE: Final = 50.0
DEFAULT_DAYS: Final = 7
"""Days from the present that are looked at where no time slots are given."""

MAX_DAYS: Final = 62
"""Days of all time slots that are looked at, as `getSchedule` does."""


class Room(msgspec.Struct, frozen=True):
    """A place that a client names.

    Attributes:
        name: what it is called.
        address: address of its mailbox, or "".
        resolve: whether it has to be free.
    """

    name: str
    address: str = ""
    resolve: bool = True


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is wished for.

    Attributes:
        attendees: addresses, and whether each is a resource.
        duration: how long the meeting lasts.
        slots: windows in UTC that it may lie in.
        domain: `work`, `personal` or `unrestricted`.
        count: greatest number of suggestions.
        percentage: smallest confidence.
        organizer_optional: whether the organizer need not attend.
        reasons: whether suggestions say why.
        rooms: places named.
        room_required: whether a meeting needs a place.
        suggest_room: whether places are suggested where none is named.
    """

    attendees: list[tuple[str, bool]]
    duration: timedelta
    slots: list[tuple[datetime, datetime]]
    domain: str
    count: int
    percentage: float
    organizer_optional: bool
    reasons: bool
    rooms: list[Room]
    room_required: bool
    suggest_room: bool


def read_wish(call: Call, given: dict[str, Any]) -> Wish:
    """Read the parameters of the action.

    Args:
        call: the call; slots are from its instant on where none are given.
        given: parameters as sent, names canonical.

    Raises:
        GraphError: a parameter cannot be read, or is out of its range.
    """
    constraint = given.get("timeConstraint") or {}
    places = given.get("locationConstraint") or {}
    domain = constraint.get("activityDomain") or "work"
    count = DEFAULT_COUNT if given.get("maxCandidates") is None else given["maxCandidates"]
    percentage = given.get("minimumAttendeePercentage")
    if count < 1:
        raise _invalid(f"maxCandidates is {count}; it is 1 or more")
    if percentage is not None and not 0 <= float(percentage) <= 100:
        raise _invalid(f"minimumAttendeePercentage is {percentage}; it is 0 to 100")
    return Wish(
        attendees=[_attendee(one) for one in given.get("attendees") or ()],
        duration=_duration(given.get("meetingDuration")),
        slots=_slots(constraint.get("timeSlots") or [], call.now),
        domain="work" if domain == "unknown" else domain,
        count=count,
        percentage=DEFAULT_PERCENTAGE if percentage is None else float(percentage),
        organizer_optional=bool(given.get("isOrganizerOptional")),
        reasons=bool(given.get("returnSuggestionReasons")),
        rooms=[_room(one) for one in places.get("locations") or ()],
        room_required=bool(places.get("isRequired")),
        suggest_room=bool(places.get("suggestLocation")),
    )


def _invalid(because: str) -> Exception:
    return graph_error("parameter_invalid", detail="The request is invalid.", because=because)


def _attendee(given: dict[str, Any]) -> tuple[str, bool]:
    address = str((given.get("emailAddress") or {}).get("address") or "").strip()
    if not address:
        raise _invalid("an attendee needs emailAddress.address")
    return address, given.get("type") == "resource"


def _room(given: dict[str, Any]) -> Room:
    address = str(given.get("locationEmailAddress") or given.get("uniqueId") or "")
    name = str(given.get("displayName") or address)
    return Room(name, address if "@" in address else "", given.get("resolveAvailability") is not False)


def _duration(given: Any) -> timedelta:
    if given is None:
        return DEFAULT_DURATION
    try:
        found = read_duration(str(given))
    except ValueError:
        found = timedelta()
    if not timedelta(minutes=1) <= found <= timedelta(days=1):
        raise _invalid(f"meetingDuration is {given!r}; it is PT1M to P1D")
    return found


def _slots(given: list[dict[str, Any]], now: datetime) -> list[tuple[datetime, datetime]]:
    if not given:
        return [(now, now + timedelta(days=DEFAULT_DAYS))]
    found = []
    for one in given:
        start = read_moment(one.get("start"), "timeSlots.start").instant
        end = read_moment(one.get("end"), "timeSlots.end").instant
        if end <= start:
            raise _invalid(f"a time slot ends at {end} and starts at {start}")
        found.append((start, end))
    if sum(((end - start) for start, end in found), timedelta()) > timedelta(days=MAX_DAYS):
        raise _invalid(f"the time slots have more than {MAX_DAYS} days")
    return sorted(found)
