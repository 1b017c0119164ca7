"""Events that are changed: single ones, whole series, and single occurrences of them.

Reference `graph-calendar.md` sections 8, 9, 12 and 13.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.calendar.composing import MAX_SUBJECT, PLAIN, html_body
from outlook365_emulator.graph.calendar.documents import members_of, write_event
from outlook365_emulator.graph.calendar.event_times import Times, read_times, series_at
from outlook365_emulator.graph.calendar.locations import places_of
from outlook365_emulator.graph.calendar.online import has_join_block, join_online, leave_online, provider_for
from outlook365_emulator.graph.calendar.organizing import (
    Notice,
    Setting,
    attendees_of,
    forget_answers,
    merged_attendees,
)
from outlook365_emulator.graph.calendar.recurrence.days import days_between
from outlook365_emulator.graph.calendar.recurrence.instants import times_of
from outlook365_emulator.graph.calendar.recurrence.reading import recurrence_of
from outlook365_emulator.graph.calendar.seen_events import exception_on
from outlook365_emulator.graph.mail.bodies import preview_of
from outlook365_emulator.graph.mail.extended_properties import merged, read_properties
from outlook365_emulator.graph.zones import Zone, to_wall, wall_text
from outlook365_emulator.store.records.calendar import Event, Series

_INHERITED: Final = (
    *PLAIN,
    "subject",
    "body",
    "bodyPreview",
    "categories",
    "location",
    "locations",
    "attendees",
    "isOnlineMeeting",
    "onlineMeetingProvider",
    "onlineMeeting",
    "organizer",
    "isCancelled",
    "responseStatus",
)
"""Members that an exception takes from its series unless it has its own."""


def apply_members(setting: Setting, members: dict[str, Any], given: dict[str, Any]) -> None:
    """Set what a client may set, times and recurrence aside; the rest of what was sent is ignored.

    Args:
        setting: where the event is written.
        members: the event's members; changed.
        given: members as sent, names canonical.

    Raises:
        GraphError: what Exchange refuses.
    """
    for name, default in PLAIN.items():
        if name in given:
            members[name] = default if given[name] is None else given[name]
    if "subject" in given:
        members["subject"] = (given["subject"] or "")[:MAX_SUBJECT]
    if "categories" in given:
        members["categories"] = given["categories"] or []
    if "attendees" in given:
        new = attendees_of(setting.tenant, setting.owner, given["attendees"])
        members["attendees"] = merged_attendees(members["attendees"], new)
    places = places_of(given)
    if places is not None:
        members["location"], members["locations"] = places
    if "body" in given:
        _apply_body(members, given["body"])
    if not members["isOnlineMeeting"]:
        provider = provider_for(setting.tenant, setting.calendar, given)
        if provider:
            join_online(setting.world, setting.tenant, setting.owner, members, provider)


def _apply_body(members: dict[str, Any], given: dict[str, Any] | None) -> None:
    members["body"] = html_body(given)
    members["bodyPreview"] = preview_of(members["body"])
    meeting = members.get("onlineMeeting")
    if meeting and not has_join_block(members["body"], meeting["joinUrl"]):
        leave_online(members)  # who takes the block out of the body takes the online meeting away


def _changed_times(event: Event, members: dict[str, Any], given: dict[str, Any]) -> Times | None:
    """Return the times after a change, or None where the client sent none of them."""
    if not {"start", "end", "isAllDay"} & given.keys():
        return None
    all_day = event.is_all_day if given.get("isAllDay") is None else bool(given["isAllDay"])
    both = {}
    for name, instant, named in (
        ("start", event.start, members["originalStartTimeZone"]),
        ("end", event.end, members["originalEndTimeZone"]),
    ):
        floats = event.is_all_day
        zone = Zone("UTC", "UTC") if floats else Zone(event.zone, named)
        held = {"dateTime": wall_text(to_wall(instant, zone.iana)), "timeZone": zone.iana}
        both[name] = given[name] if given.get(name) is not None else held
    if event.is_all_day and all_day and given.get("start") is None:
        both["start"] = {**both["start"], "timeZone": (both["end"] or {}).get("timeZone") or "UTC"}
    elif event.is_all_day and all_day and given.get("end") is None:
        both["end"] = {**both["end"], "timeZone": (both["start"] or {}).get("timeZone") or "UTC"}
    return read_times(both, is_all_day=all_day)


def change_event(setting: Setting, event: Event, given: dict[str, Any]) -> Event:
    """Change a single event or a whole series.

    A changed pattern or time drops the exceptions and deletions of a series; what an exception had of the series before
    it has of the series after.

    Args:
        setting: where it is written.
        event: the event.
        given: members as sent, names canonical.

    Raises:
        GraphError: what Exchange refuses.
    """
    mailbox, unit = setting.mailbox, setting.unit
    held = members_of(event)
    members = members_of(event)
    times = _changed_times(event, members, given)
    apply_members(setting, members, given)
    series = _changed_series(event, members, given, times)
    start, end = event.start, event.end
    if times is not None:
        start, end = times.start, times.end
        members |= {
            "isAllDay": times.is_all_day,
            "originalStartTimeZone": times.zone.windows if given.get("start") else held["originalStartTimeZone"],
            "originalEndTimeZone": times.end_zone.windows if given.get("end") else held["originalEndTimeZone"],
        }
    if series is not None:
        start, end = times_of(series, series.first)
    moved = (start, end) != (event.start, event.end) or series != event.series
    if moved and event.is_organizer:
        forget_answers(members)
    besides: dict[str, Any] = {
        "series": series,
        "zone": times.zone.iana if given.get("start") and times else event.zone,
    }
    if series != event.series:
        besides |= {"exceptions": (), "deleted": ()}
    elif event.exceptions:
        besides["exceptions"] = tuple(_inheriting(setting, one, held, members) for one in event.exceptions)
    if moved or given.keys() & {"isReminderOn", "reminderMinutesBeforeStart"}:
        besides |= {"fire": None, "fire_for": None, "dismissed": None}
    besides["properties"] = merged(event.properties, read_properties(given))
    changed = write_event(
        mailbox, setting.calendar, members, start=start, end=end, modified=unit.now, like=event, **besides
    )
    unit.put_item(mailbox, mailbox.events, changed)
    only = bool(given) and {name for name in given if not name.startswith("@")} <= {"attendees"}
    setting.notices.append(Notice(what="changed", before=event, after=changed, only_attendees=only))
    return changed


def _changed_series(event: Event, members: dict[str, Any], given: dict[str, Any], times: Times | None) -> Series | None:
    recurrence = given.get("recurrence")
    if "recurrence" in given and recurrence is None:
        return None
    if recurrence is None:
        if event.series is None or times is None:
            return event.series
        recurrence = recurrence_of(event.series)
    now = times or _times_held(event, members)
    if "recurrence" not in given:
        assert event.series is not None, "a single event has no pattern to keep"
        iana = "UTC" if now.is_all_day else event.series.zone
        begins = to_wall(now.start, iana).date().isoformat()
        recurrence = {**recurrence, "range": {**recurrence["range"], "startDate": begins}}
    return series_at(recurrence, now)


def _times_held(event: Event, members: dict[str, Any]) -> Times:
    zone = Zone("UTC", "UTC") if event.is_all_day else Zone(event.zone, members["originalStartTimeZone"])
    wall = to_wall(event.start, zone.iana)
    return Times(event.start, event.end, wall, zone, zone, is_all_day=event.is_all_day)


def _inheriting(setting: Setting, exception: Event, before: dict[str, Any], after: dict[str, Any]) -> Event:
    """Return an exception with what it had of its series before, as the series has it after."""
    members = members_of(exception)
    for name in _INHERITED:
        if members[name] == before[name]:
            members[name] = after[name]
    return write_event(
        setting.mailbox,
        setting.calendar,
        members,
        start=exception.start,
        end=exception.end,
        modified=setting.unit.now,
        like=exception,
        day=exception.day,
    )


def change_occurrence(setting: Setting, event: Event, day: int, given: dict[str, Any]) -> Event:
    """Change one occurrence of a series, which becomes an exception.

    Args:
        setting: where it is written.
        event: the series.
        day: the day that the pattern gives.
        given: members as sent, names canonical.

    Returns:
        The series with the exception.

    Raises:
        GraphError: what Exchange refuses, a move past a neighbour among it.
    """
    if given.get("recurrence") is not None:
        because = "an occurrence cannot recur: PATCH the series (seriesMasterId)"
        detail = "Recurrence of an occurrence can't be changed."
        raise graph_error("invalid_request", detail=detail, because=because)
    held = occurrence_record(setting, event, day)
    members = members_of(held)
    times = _changed_times(held, members, given)
    apply_members(setting, members, given)
    start, end = (held.start, held.end) if times is None else (times.start, times.end)
    if times is not None:
        members["isAllDay"] = times.is_all_day
        _judge_neighbours(event, day, start, end)
    if (start, end) != (held.start, held.end) and event.is_organizer:
        forget_answers(members)
    exception = write_event(
        setting.mailbox,
        setting.calendar,
        members,
        start=start,
        end=end,
        modified=setting.unit.now,
        like=held,
        day=day,
        properties=merged(held.properties, read_properties(given)),
    )
    changed = put_exception(setting, event, exception)
    setting.notices.append(Notice(what="changed", before=held, after=exception, day=day))
    return changed


def occurrence_record(setting: Setting, event: Event, day: int) -> Event:
    """Return the exception of a day, or a record of the plain occurrence that can become one; it is not put."""
    found = exception_on(event, day)
    if found is not None:
        return found
    assert event.series is not None, "only a series has occurrences"
    start, end = times_of(event.series, day)
    return write_event(
        setting.mailbox,
        setting.calendar,
        members_of(event),
        start=start,
        end=end,
        modified=setting.unit.now,
        like=event,
        day=day,
        zone=event.zone,
        properties=event.properties,
        extensions=event.extensions,
    )


def put_exception(setting: Setting, event: Event, exception: Event) -> Event:
    """Put a series whose exception of a day is a given one, and return it."""
    mailbox, unit = setting.mailbox, setting.unit
    if exception_on(event, exception.day) is None:
        for held in mailbox.attachments.of(event):
            copied = msgspec.structs.replace(held, number=mailbox.take_number(), message=exception.stable)
            unit.put(mailbox.attachments, copied)
    others = [one for one in event.exceptions if one.day != exception.day]
    exceptions = tuple(sorted((*others, exception), key=lambda one: one.day))
    changed = rewritten(setting, event, exceptions=exceptions)
    unit.put_item(mailbox, mailbox.events, changed)
    return changed


def rewritten(setting: Setting, event: Event, **besides: Any) -> Event:
    """Return an event as it is, with a new change key and other fields beside its document."""
    return write_event(
        setting.mailbox,
        setting.calendar,
        members_of(event),
        start=event.start,
        end=event.end,
        modified=setting.unit.now,
        like=event,
        **besides,
    )


def remove_occurrence(setting: Setting, event: Event, day: int) -> Event:
    """Delete one occurrence of a series, and return the series without it."""
    mailbox, unit = setting.mailbox, setting.unit
    held = exception_on(event, day)
    before = occurrence_record(setting, event, day)
    if held is not None:
        detach(setting, held)
    exceptions = tuple(one for one in event.exceptions if one.day != day)
    deleted = tuple(sorted({*event.deleted, day}))
    changed = rewritten(setting, event, exceptions=exceptions, deleted=deleted)
    unit.put_item(mailbox, mailbox.events, changed)
    setting.notices.append(Notice(what="cancelled", before=before, after=None, day=day))
    return changed


def remove_event(setting: Setting, event: Event) -> None:
    """Take a single event or a whole series out of its calendar, with its attachments."""
    mailbox, unit = setting.mailbox, setting.unit
    for one in (event, *event.exceptions):
        detach(setting, one)
    unit.remove_item(mailbox, mailbox.events, event)
    setting.notices.append(Notice(what="cancelled", before=event, after=None))


def detach(setting: Setting, event: Event) -> None:
    """Take the attachments off an event that goes away."""
    for held in setting.mailbox.attachments.of(event):
        setting.unit.remove(setting.mailbox.attachments, held)


def _judge_neighbours(event: Event, day: int, start: datetime, end: datetime) -> None:
    """Refuse to move an occurrence to the day of a neighbour or past it (`graph-calendar.md` section 13)."""
    series = event.series
    assert series is not None, "only a series has occurrences"
    first, last = to_wall(start, series.zone).date(), to_wall(end - timedelta(microseconds=1), series.zone).date()
    if end == start:
        last = first
    before, after = _neighbour(event, series, day, -1), _neighbour(event, series, day, 1)
    if (before is not None and first <= before) or (after is not None and last >= after):
        between = f"{before or 'the beginning'} and {after or 'the end'}"
        because = f"the occurrence would lie on {first} to {last}; its neighbours lie on {between}"
        raise graph_error("occurrence_crosses_boundary", because=because)


def _neighbour(event: Event, series: Series, day: int, direction: int) -> date | None:
    """Return the day on which the nearest occurrence before or after one lies at present, or None."""
    for other in _days_from(series, day, direction):
        if other in event.deleted:
            continue
        moved = exception_on(event, other)
        start = times_of(series, other)[0] if moved is None else moved.start
        return to_wall(start, series.zone).date()
    return None


def _days_from(series: Series, day: int, direction: int) -> Iterator[int]:
    """Yield the days of a series after a day, or those before it from the latest on."""
    width = 2 * 366
    low = day
    for _ in range(64):
        if direction > 0:
            found = list(days_between(series, low + 1, low + width))
            low += width
        else:
            found = list(days_between(series, low - width, low - 1))[::-1]
            low -= width
        yield from found
        if low < series.first:
            return
        width *= 2
        if low > 3_000_000:
            return
