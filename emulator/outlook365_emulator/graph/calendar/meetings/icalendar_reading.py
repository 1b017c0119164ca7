"""A meeting from iCalendar text that has come from outside (RFC 5545, RFC 5546), as Graph's members of an event.

The library `icalendar` reads the text; it is imported when the first such mail arrives (decision 0017).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, get_args

import msgspec

from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.calendar.meetings.messages import Answer
from outlook365_emulator.graph.calendar.meetings.recurrence_rules import pattern_and_range
from outlook365_emulator.graph.zones import UTC_ZONE, Zone, to_wall, wall_text, zone_named

Method: TypeAlias = Literal["REQUEST", "CANCEL", "REPLY", "COUNTER"]
"""Methods of meeting mail that a mailbox acts on (RFC 5546 section 3.2)."""

_METHODS: Mapping[str, Method] = MappingProxyType({name: name for name in get_args(Method)})

MAX_ITEMS: Final = 1000
"""Events of one iCalendar text that are read."""

_ANSWERS: Mapping[str, Answer] = MappingProxyType(
    {"ACCEPTED": "accepted", "TENTATIVE": "tentativelyAccepted", "DECLINED": "declined"}
)
_TYPES: Mapping[str, str] = MappingProxyType({"OPT-PARTICIPANT": "optional", "NON-PARTICIPANT": "resource"})
_SENSITIVITIES: Mapping[str, str] = MappingProxyType({"PRIVATE": "private", "CONFIDENTIAL": "confidential"})
_STATUSES: Mapping[str, str] = MappingProxyType(
    {"FREE": "free", "TENTATIVE": "tentative", "OOF": "oof", "WORKINGELSEWHERE": "workingElsewhere"}
)


class UnreadableCalendar(ValueError):
    """The text is no iCalendar, or holds what a calendar of Exchange cannot."""


class Attendee(msgspec.Struct, frozen=True):
    """An attendee as written.

    Attributes:
        recipient: Graph's `recipient`.
        type: `required`, `optional` or `resource`.
        answer: what the person has answered, or None.
    """

    recipient: dict[str, Any]
    type: str
    answer: Answer | None


class Item(msgspec.Struct, frozen=True):
    """A meeting, or one occurrence of it.

    Attributes:
        uid: the UID of the whole meeting.
        occurrence: which occurrence is meant: its start by the pattern, or its day; None for the whole meeting.
        organizer: Graph's `recipient`, or None.
        attendees: the attendees.
        members: Graph's members of an event, `start` and `end` where they are written.
        deleted: starts or days of occurrences that the series does not have.
        comment: what the sender says.
    """

    uid: str
    occurrence: datetime | date | None
    organizer: dict[str, Any] | None
    attendees: tuple[Attendee, ...]
    members: dict[str, Any]
    deleted: tuple[datetime | date, ...]
    comment: str


class Scheduling(msgspec.Struct, frozen=True):
    """What a meeting mail says: its method, and the meeting and occurrences that it is about, the meeting first."""

    method: Method
    items: tuple[Item, ...]


def read_calendar(text: bytes) -> Scheduling:
    """Read the iCalendar part of a mail.

    Args:
        text: the part's content, UTF-8.

    Raises:
        UnreadableCalendar: it is none, has another method, or says what cannot be kept.
    """
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(text.decode("utf-8", "replace"))
        method = str(calendar.get("METHOD") or "").upper()
        events = calendar.walk("VEVENT")[: MAX_ITEMS + 1]
        if method not in _METHODS or not 0 < len(events) <= MAX_ITEMS:
            raise UnreadableCalendar(f"METHOD {method!r} with {len(events)} events")
        items = [_item(one) for one in events]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, GraphError) as error:
        raise UnreadableCalendar(str(error)) from error
    items.sort(key=lambda one: one.occurrence is not None)
    if len({one.uid for one in items}) > 1:
        raise UnreadableCalendar("the text is about several meetings")
    return Scheduling(_METHODS[method], tuple(items))


def _item(event: Any) -> Item:
    uid = str(event["UID"])
    organizer = event.get("ORGANIZER")
    occurrence = event.get("RECURRENCE-ID")
    deleted = tuple(one.dt for dates in _several(event, "EXDATE") for one in dates.dts)
    return Item(
        uid=uid,
        occurrence=None if occurrence is None else occurrence.dt,
        organizer=None if organizer is None else _recipient(organizer),
        attendees=tuple(_attendee(one) for one in _several(event, "ATTENDEE")),
        members=_members(event),
        deleted=deleted,
        comment="\n".join(str(one) for one in _several(event, "COMMENT")),
    )


def _several(event: Any, name: str) -> list[Any]:
    held = event.get(name)
    return held if isinstance(held, list) else [] if held is None else [held]


def _recipient(address: Any) -> dict[str, Any]:
    written = str(address)
    mail = written[7:] if written.lower().startswith("mailto:") else written
    return {"emailAddress": {"name": str(address.params.get("CN") or mail), "address": mail}}


def _attendee(address: Any) -> Attendee:
    params = address.params
    resource = str(params.get("CUTYPE") or "").upper() in ("ROOM", "RESOURCE")
    kind = "resource" if resource else _TYPES.get(str(params.get("ROLE") or "").upper(), "required")
    return Attendee(_recipient(address), kind, _ANSWERS.get(str(params.get("PARTSTAT") or "").upper()))


def _members(event: Any) -> dict[str, Any]:
    priority = int(event.get("PRIORITY") or 0)
    rsvp = [str(one.params.get("RSVP") or "").upper() for one in _several(event, "ATTENDEE")]
    members: dict[str, Any] = {
        "subject": str(event.get("SUMMARY") or ""),
        "body": {"contentType": "text", "content": str(event.get("DESCRIPTION") or "")},
        "location": {"displayName": str(event.get("LOCATION") or "")},
        "sensitivity": _SENSITIVITIES.get(str(event.get("CLASS") or "").upper(), "normal"),
        "importance": "high" if 1 <= priority <= 4 else "low" if priority >= 6 else "normal",
        "showAs": _show_as(event),
        "responseRequested": not rsvp or "TRUE" in rsvp,
        "allowNewTimeProposals": str(event.get("X-MICROSOFT-DISALLOW-COUNTER") or "").upper() != "TRUE",
    }
    return members | _times(event)


def _show_as(event: Any) -> str:
    intended = str(event.get("X-MICROSOFT-CDO-INTENDEDSTATUS") or "").upper()
    free = str(event.get("TRANSP") or "").upper() == "TRANSPARENT"
    return _STATUSES.get(intended, "free" if free and not intended else "busy")


def _times(event: Any) -> dict[str, Any]:
    """Return `start`, `end`, `isAllDay` and `recurrence`, or nothing where no start is written."""
    if event.get("DTSTART") is None:
        return {}
    begin = event["DTSTART"]
    all_day = not isinstance(begin.dt, datetime)
    zone = _zone(begin)
    start, end = _wall(begin.dt, zone), _wall(_end(event, begin.dt, all_day=all_day), zone)
    recurrence = None
    if event.get("RRULE") is not None:
        if event.get("RDATE") is not None:
            raise UnreadableCalendar("a series with RDATE has no pattern")
        recurrence = pattern_and_range(event["RRULE"], start, zone)
    return {
        "start": {"dateTime": wall_text(start), "timeZone": zone.name},
        "end": {"dateTime": wall_text(end), "timeZone": zone.name},
        "isAllDay": all_day,
        "recurrence": recurrence,
    }


def _end(event: Any, start: datetime | date, *, all_day: bool) -> Any:
    if event.get("DTEND") is not None:
        return event["DTEND"].dt
    if event.get("DURATION") is not None:
        return start + event["DURATION"].dt
    return start + timedelta(days=1) if all_day else start


def _zone(begin: Any) -> Zone:
    """Return the zone of a start; one that only the text defines has no name here, and is UTC."""
    named = str(begin.params.get("TZID") or "")
    try:
        return zone_named(named) if named else UTC_ZONE
    except GraphError:
        return UTC_ZONE


def _wall(moment: datetime | date, zone: Zone) -> datetime:
    """Return a time as a clock in a zone shows it; one without a zone is taken as it stands."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    return moment if moment.tzinfo is None else to_wall(moment.astimezone(UTC), zone.iana)
