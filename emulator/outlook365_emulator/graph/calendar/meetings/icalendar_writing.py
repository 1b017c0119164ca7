"""A meeting as iCalendar text for people outside the world (RFC 5545, RFC 5546).

A series is written in its own zone with the zone's changes of the clocks, so that it stays at its hour; everything else
in UTC. Where Exchange's patterns differ from RFC 5545 they are written as what gives the same days (reference
`graph-calendar.md` section 12).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from outlook365_emulator.graph.calendar.documents import members_of
from outlook365_emulator.graph.calendar.recurrence.days import last_day
from outlook365_emulator.graph.calendar.recurrence.instants import times_of
from outlook365_emulator.graph.mail.addresses import address_of
from outlook365_emulator.graph.mail.bodies import html_to_text
from outlook365_emulator.graph.zones import read_moment, to_wall
from outlook365_emulator.store.records.calendar import Event, Series

Method = Literal["REQUEST", "CANCEL", "REPLY", "COUNTER"]

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ROLES: Mapping[str, str] = MappingProxyType(
    {"required": "REQ-PARTICIPANT", "optional": "OPT-PARTICIPANT", "resource": "NON-PARTICIPANT"}
)
_ANSWERS: Mapping[str, str] = MappingProxyType(
    {"accepted": "ACCEPTED", "tentativelyAccepted": "TENTATIVE", "declined": "DECLINED"}
)
_CLASSES: Mapping[str, str] = MappingProxyType(
    {"normal": "PUBLIC", "personal": "PRIVATE", "private": "PRIVATE", "confidential": "CONFIDENTIAL"}
)
_PRIORITIES: Mapping[str, str] = MappingProxyType({"low": "9", "normal": "5", "high": "1"})
_YEARS: Final = 5
"""Years of changes of the clocks that a series without an end is written with."""


class Replying(msgspec.Struct, frozen=True):
    """Whose answer a REPLY or COUNTER brings, and what it is.

    Attributes:
        attendee: the recipient who answers.
        answer: the answer, `accepted`, `tentativelyAccepted` or `declined`.
        proposal: the `timeSlot` in UTC that a COUNTER proposes, or None.
    """

    attendee: dict[str, Any]
    answer: str
    proposal: dict[str, Any] | None = None


def calendar_text(
    event: Event,
    item: Event,
    day: int,
    method: Method,
    now: datetime,
    replying: Replying | None = None,
    comment: str = "",
) -> bytes:
    """Write the iCalendar object of a meeting message.

    Args:
        event: the single event or series.
        item: what holds the properties: an exception or the event.
        day: of an occurrence its day, else 0.
        method: what it is for.
        now: when it is written.
        replying: of a REPLY or COUNTER the only attendee that it names (RFC 5546 sections 3.2.3 and 3.2.7).
        comment: what the sender says.
    """
    series = event.series if not day else None
    zone = series.zone if series is not None and not item.is_all_day else "UTC"
    lines = ["BEGIN:VCALENDAR", f"METHOD:{method}", "PRODID:Microsoft Exchange Server 2010", "VERSION:2.0"]
    if zone != "UTC":
        lines += _zone_lines(zone, item.start, _end_of(series))
    members = members_of(item)
    lines += ["BEGIN:VEVENT", *_people(members, replying)]
    proposal = replying.proposal if replying is not None else None
    lines += _times(event, item, zone, now, proposal)
    if series is not None:
        lines += _recurrence(event, series, zone, all_day=item.is_all_day)
    elif day and event.series is not None:
        original = times_of(event.series, day)[0]
        lines.append(f"RECURRENCE-ID{_moment(original, 'UTC', item.is_all_day)}")
    if comment:
        lines.append(f"COMMENT;LANGUAGE=en-US:{_escaped(comment)}")
    lines += _details(event, members, method)
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return b"".join(map(_folded, lines))


def _people(members: dict[str, Any], replying: Replying | None) -> Iterator[str]:
    organizer = members["organizer"]
    yield f"ORGANIZER;CN={_quoted(organizer)}:mailto:{address_of(organizer)}"
    if replying is not None:
        who = replying.attendee
        yield f"ATTENDEE;PARTSTAT={_ANSWERS[replying.answer]};CN={_quoted(who)}:mailto:{address_of(who)}"
        return
    for one in members["attendees"]:
        address = address_of(one)
        status = _ANSWERS.get(one["status"]["response"], "NEEDS-ACTION")
        rsvp = "TRUE" if members["responseRequested"] else "FALSE"
        role = _ROLES.get(one["type"], "REQ-PARTICIPANT")
        yield f"ATTENDEE;ROLE={role};PARTSTAT={status};RSVP={rsvp};CN={_quoted(one)}:mailto:{address}"


def _times(event: Event, item: Event, zone: str, now: datetime, proposal: dict[str, Any] | None) -> list[str]:
    age = int((item.modified - event.created).total_seconds())
    start, end = item.start, item.end
    if proposal is not None:
        start, end = (read_moment(proposal[name], name).instant for name in ("start", "end"))
    return [
        f"DTSTART{_moment(start, zone, item.is_all_day)}",
        f"DTEND{_moment(end, zone, item.is_all_day)}",
        f"UID:{event.ical_uid}",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{max(age, 0)}",  # grows with every change (RFC 5545 section 3.8.7.4)
    ]


def _details(event: Event, members: dict[str, Any], method: Method) -> list[str]:
    cancelled = method == "CANCEL"
    return [
        f"SUMMARY;LANGUAGE=en-US:{_escaped(members['subject'] or '')}",
        f"DESCRIPTION;LANGUAGE=en-US:{_escaped(html_to_text(members['body']['content']))}",
        f"LOCATION;LANGUAGE=en-US:{_escaped(members['location'].get('displayName') or '')}",
        f"CLASS:{_CLASSES.get(members['sensitivity'], 'PUBLIC')}",
        f"PRIORITY:{_PRIORITIES.get(members['importance'], '5')}",
        f"TRANSP:{'TRANSPARENT' if members['showAs'] == 'free' else 'OPAQUE'}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        f"X-MICROSOFT-CDO-INTENDEDSTATUS:{'FREE' if cancelled else members['showAs'].upper()}",
        f"X-MICROSOFT-CDO-ALLDAYEVENT:{str(members['isAllDay']).upper()}",
    ]


def _recurrence(event: Event, series: Series, zone: str, *, all_day: bool) -> Iterator[str]:
    yield f"RRULE:{recurrence_rule(series, all_day=all_day)}"
    for day in event.deleted:
        yield f"EXDATE{_moment(times_of(series, day)[0], zone, all_day)}"


def recurrence_rule(series: Series, *, all_day: bool = False) -> str:
    """Return the `RRULE` that gives the days of a series (reference `graph-calendar.md` section 12).

    Args:
        series: the series.
        all_day: whether its events last whole days, so that its end is a date.
    """
    pattern = series.pattern
    days = ",".join(_DAYS[one] for one in pattern.days)
    parts = [f"INTERVAL={pattern.interval}"]
    if pattern.type == "daily":
        parts.insert(0, "FREQ=DAILY")
    elif pattern.type == "weekly":
        parts = ["FREQ=WEEKLY", *parts, f"BYDAY={days}", f"WKST={_DAYS[pattern.week_start]}"]
    else:
        yearly = pattern.type.endswith("Yearly")
        parts.insert(0, "FREQ=YEARLY" if yearly else "FREQ=MONTHLY")
        if yearly:
            parts.append(f"BYMONTH={pattern.month}")
        parts.append(f"BYDAY={days};BYSETPOS={pattern.index}" if days else _day_of_month(pattern.day))
    end = _end_of(series)
    if series.range == "numbered":
        parts.append(f"COUNT={series.count}")
    elif end is not None:
        last = times_of(series, end)[0]
        parts.append(f"UNTIL={last:%Y%m%d}" if all_day else f"UNTIL={last:%Y%m%dT%H%M%SZ}")
    return ";".join(parts)


def _day_of_month(day: int) -> str:
    """Exchange takes a day that a month does not have as its last one; RFC 5545 leaves such months out."""
    if day <= 28:
        return f"BYMONTHDAY={day}"
    return f"BYMONTHDAY={','.join(str(one) for one in range(28, day + 1))};BYSETPOS=-1"


def _end_of(series: Series | None) -> int | None:
    return None if series is None else last_day(series)


def _moment(instant: datetime, zone: str, all_day: bool) -> str:
    if all_day:
        return f";VALUE=DATE:{instant:%Y%m%d}"
    if zone == "UTC":
        return f":{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f";TZID={zone}:{to_wall(instant, zone):%Y%m%dT%H%M%S}"


def _zone_lines(zone: str, start: datetime, end: int | None) -> Iterator[str]:
    """Write a zone with each change of its clocks in the time of a series (RFC 5545 section 3.6.5)."""
    begins = start - timedelta(days=366)
    latest = start + timedelta(days=366 * _YEARS)
    last = min(latest, datetime.combine(date.fromordinal(end), datetime.max.time(), UTC)) if end else latest
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone}"
    offset = _offset(begins, zone)
    yield from _observance(to_wall(begins, zone), offset, offset)
    at = begins
    while at < last:
        following = at + timedelta(days=1)
        changed = _offset(following, zone)
        if changed != offset:
            moment = _change_between(at, following, zone)
            yield from _observance(moment.replace(tzinfo=None) + offset, offset, changed)
            offset = changed
        at = following
    yield "END:VTIMEZONE"


def _offset(instant: datetime, zone: str) -> timedelta:
    return to_wall(instant, zone) - instant.replace(tzinfo=None)


def _change_between(low: datetime, high: datetime, zone: str) -> datetime:
    before = _offset(low, zone)
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high.replace(second=0, microsecond=0)


def _observance(wall: datetime, before: timedelta, after: timedelta) -> Iterator[str]:
    kind = "DAYLIGHT" if after > before else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{wall:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_signed(before)}"
    yield f"TZOFFSETTO:{_signed(after)}"
    yield f"END:{kind}"


def _signed(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def _escaped(text: str) -> str:
    """Escape a TEXT value (RFC 5545 section 3.3.11)."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\\n".join("".join(one for one in line if one >= " " or one == "\t") for line in lines)


def _quoted(recipient: dict[str, Any]) -> str:
    name = str(recipient["emailAddress"].get("name") or "")
    return '"' + "".join(one for one in name if one >= " " and one != '"') + '"'


def _folded(line: str) -> bytes:
    """Fold a content line at 75 octets (RFC 5545 section 3.1), never inside a character."""
    pieces, piece = [], b""
    for character in line:
        encoded = character.encode("utf-8", "replace")
        if len(piece) + len(encoded) > 75:
            pieces.append(piece)
            piece = b" "
        piece += encoded
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
