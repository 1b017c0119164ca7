"""The event as an API resource: what queries read of an event, and how it is written.

What Outlook filters and sorts by: reference `graph-calendar.md` section 11.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec

from outlook365_emulator.graph.calendar.attached import attachments_of
from outlook365_emulator.graph.calendar.documents import occurrence_name, stamp, uid_of_day
from outlook365_emulator.graph.calendar.extras import (
    EXTENDED,
    OWN_FILTERS,
    context_of,
    expanded_extensions,
    expanded_properties,
    extended_rows,
    extension_rows,
    shown_properties,
)
from outlook365_emulator.graph.calendar.masking import mask, subject_for
from outlook365_emulator.graph.calendar.recurrence.instants import times_of
from outlook365_emulator.graph.calendar.seen_events import SeenEvent
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.item_properties import body, member, plain
from outlook365_emulator.graph.mail.bodies import in_form
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.graph.zones import UTC_ZONE, Zone, read_time, wall_text, written_moment, zone_named
from outlook365_emulator.odata.records import Getter, Kind, Property, RecordType, by_name


def preferred_zone(call: Call) -> Zone:
    """Return the zone in which the client wants times.

    Raises:
        GraphError: `time_zone_not_supported`.
    """
    return zone_named(call.preferences.time_zone) if call.preferences.time_zone else UTC_ZONE


def _is_plain(call: Call, one: SeenEvent) -> bool:
    whole = not one.day or one.item is not one.event
    return whole and one.seen.is_plain and not call.preferences.time_zone


def event_document(call: Call, one: SeenEvent) -> bytes:
    """Return an event as finished JSON, times in the zone that the client prefers."""
    if _is_plain(call, one):
        return one.item.document
    return msgspec.json.encode(event_members(call, one))


def event_members(call: Call, one: SeenEvent) -> dict[str, Any]:
    """Return the members of an event as the viewer sees it, times in the zone that the client prefers."""
    return members_in(one, preferred_zone(call))


def members_in(one: SeenEvent, zone: Zone) -> dict[str, Any]:
    """Return the members of an event as the viewer sees it, times in a zone."""
    members: dict[str, Any] = msgspec.json.decode(one.item.document)
    seen, event = one.seen, one.event
    if one.day and one.item is one.event:
        members["type"] = "occurrence"
        members["recurrence"] = None
        members["iCalUId"] = uid_of_day(event.ical_uid, one.day)
    if one.day or seen.mailbox is not seen.holder:
        stamp(members, seen.mailbox.ids, seen.calendar.number, event.number, one.day)
    if one.item.is_all_day:
        # An all-day event floats: its midnights are those of every zone (`graph-calendar.md` section 10).
        for name, instant in (("start", one.start), ("end", one.end)):
            members[name] = {"dateTime": wall_text(instant.replace(tzinfo=None)), "timeZone": zone.name}
    elif one.day or zone is not UTC_ZONE:
        members["start"], members["end"] = written_moment(one.start, zone), written_moment(one.end, zone)
    if seen.role != "owner":
        mask(seen, one.item, members)
        if seen.mailbox is not seen.holder:
            members["isReminderOn"] = False
    return members


def event_etag(call: Call, one: SeenEvent) -> str:
    """Return the `ETag` of an event."""
    return f'W/"{one.seen.holder.ids.short_change_key(one.item.change)}"'


def event_id(call: Call, one: SeenEvent) -> str:
    """Return the id of an event in the form that the client prefers."""
    ids, seen = one.seen.mailbox.ids, one.seen
    if call.preferences.immutable_ids and seen.mailbox is seen.holder:
        return ids.immutable_occurrence(one.event.stable, one.day) if one.day else ids.immutable(one.event.stable)
    if one.day:
        return ids.occurrence(seen.calendar.number, one.event.number, one.day)
    return ids.item(seen.calendar.number, one.event.number)


def adapt_event(call: Call, one: SeenEvent, members: dict[str, Any]) -> None:
    """Change the members of an event as the client prefers: form of its ids and of its body."""
    preferences = call.preferences
    if preferences.immutable_ids and one.seen.mailbox is one.seen.holder:
        members["id"] = event_id(call, one)
        if one.day:
            members["seriesMasterId"] = one.seen.mailbox.ids.immutable(one.event.stable)
    if preferences.body:
        members["body"] = in_form(members["body"], preferences.body)


def adapt_in_view(call: Call, one: SeenEvent, members: dict[str, Any]) -> None:
    """Do as `adapt_event`, and hide the online meeting where `isOnlineMeeting` is not selected with it.

    A view answers `onlineMeeting` only together with that property (`graph-calendar.md` section 11, observed).
    """
    adapt_event(call, one, members)
    select = call.options.select
    if select is not None and ("isonlinemeeting",) not in {tuple(part.lower() for part in path) for path in select}:
        members["onlineMeeting"] = None


_document_of: Callable[[Any], bytes] = attrgetter("item.document")


def _member(*names: str) -> Getter:
    return member(_document_of, *names)


def _as_instant(text: str) -> datetime:
    found = read_time(text)
    if found is None:
        raise ValueError(f"{text!r} is no time: write 2026-03-02T09:00:00")
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _moment(name: str, get: Callable[[SeenEvent], datetime]) -> Property:
    parts = by_name(
        Property("dateTime", "string", get, nullable=False, literal=_as_instant),
        Property("timeZone", "string", lambda _: "UTC", nullable=False, filterable=False, sortable=False),
    )
    return Property(name, "complex", None, parts, sortable=False, type_name="microsoft.graph.dateTimeTimeZone")


def _organizer() -> Property:
    email = Property(
        "emailAddress",
        "complex",
        None,
        by_name(
            plain("address", "string", _member("organizer", "emailAddress", "address"), nullable=True),
            plain("name", "string", _member("organizer", "emailAddress", "name"), nullable=True),
        ),
        type_name="microsoft.graph.emailAddress",
    )
    return Property("organizer", "complex", None, by_name(email), sortable=False, type_name="microsoft.graph.recipient")


def _location() -> Property:
    name = plain("displayName", "string", _member("location", "displayName"), nullable=True)
    return Property("location", "complex", None, by_name(name), sortable=False, type_name="microsoft.graph.location")


def _closed(name: str, kind: Kind) -> Property:
    return Property(name, kind, _member(name), filterable=False, sortable=False)


@cache
def event_type() -> RecordType:
    """Return what `$filter`, `$orderby` and `$select` know of an event."""
    closed: list[tuple[str, Kind]] = [
        ("id", "string"),
        ("changeKey", "string"),
        ("webLink", "string"),
        ("occurrenceId", "string"),
        ("onlineMeetingUrl", "string"),
        ("originalStartTimeZone", "string"),
        ("originalEndTimeZone", "string"),
        ("isDraft", "boolean"),
        ("originalStart", "datetime"),
        ("locations", "collection"),
        ("attendees", "collection"),
        ("responseStatus", "complex"),
        ("recurrence", "complex"),
        ("onlineMeeting", "complex"),
        ("cancelledOccurrences", "collection"),
        ("exceptionOccurrences", "collection"),
        ("attachments", "collection"),
        ("calendar", "complex"),
        ("instances", "collection"),
    ]
    category = Property("", "string", None)
    properties = by_name(
        plain("subject", "string", lambda one: subject_for(one.seen, one.item)),
        _moment("start", lambda one: one.start),
        _moment("end", lambda one: one.end),
        plain("createdDateTime", "datetime", lambda one: one.item.created),
        plain("lastModifiedDateTime", "datetime", lambda one: one.item.modified),
        plain("type", "enum", lambda one: one.kind),
        plain(
            "iCalUId", "string", lambda one: uid_of_day(one.event.ical_uid, one.day) if one.day else one.event.ical_uid
        ),
        plain("isAllDay", "boolean", lambda one: one.item.is_all_day),
        plain("isCancelled", "boolean", lambda one: one.item.is_cancelled),
        plain("isOrganizer", "boolean", lambda one: one.item.is_organizer),
        plain("isOnlineMeeting", "boolean", lambda one: one.item.is_online),
        plain("isReminderOn", "boolean", lambda one: one.item.reminder_on),
        plain("hasAttachments", "boolean", lambda one: one.item.has_attachments),
        plain("reminderMinutesBeforeStart", "integer", lambda one: one.item.reminder_minutes),
        plain("showAs", "enum", lambda one: one.item.show_as),
        plain("sensitivity", "enum", lambda one: one.item.sensitivity),
        plain("importance", "enum", lambda one: one.item.importance),
        plain("transactionId", "string", lambda one: one.item.transaction_id or None, nullable=True),
        plain("seriesMasterId", "string", _master_id, nullable=True),
        plain("bodyPreview", "string", _member("bodyPreview")),
        plain("responseRequested", "boolean", _member("responseRequested")),
        plain("allowNewTimeProposals", "boolean", _member("allowNewTimeProposals")),
        plain("hideAttendees", "boolean", _member("hideAttendees")),
        plain("onlineMeetingProvider", "enum", _member("onlineMeetingProvider")),
        _organizer(),
        _location(),
        body(_document_of),
        Property("categories", "collection", lambda one: one.item.categories, element=category, sortable=False),
        *extended_rows(shown_properties),
        extension_rows(),
        *(_closed(name, kind) for name, kind in closed),
    )
    return RecordType("microsoft.graph.event", properties)


def _master_id(one: SeenEvent) -> str | None:
    return one.seen.mailbox.ids.item(one.seen.calendar.number, one.event.number) if one.day else None


def _cancelled(_: Call, one: SeenEvent) -> list[str]:
    if one.day or one.event.series is None:
        return []
    master = one.seen.mailbox.ids.item(one.seen.calendar.number, one.event.number)
    return [occurrence_name(master, day) for day in sorted(one.event.deleted)]


def _exceptions(call: Call, one: SeenEvent) -> dict[str, Any]:
    if one.day:
        return {"exceptionOccurrences": []}
    shown = [SeenEvent(one.seen, one.event, item, item.start, item.end, item.day) for item in one.event.exceptions]
    found = [event_members(call, each) for each in shown]
    for each, members in zip(shown, found, strict=True):
        adapt_event(call, each, members)
    if call.options.select is not None and ("*",) not in call.options.select:
        wanted = {path[0].lower() for path in call.options.select} | {"id", "occurrenceid"}
        found = [{name: value for name, value in each.items() if name.lower() in wanted} for each in found]
    return {"exceptionOccurrences": found}


def _original_start(_: Call, one: SeenEvent) -> str | None:
    if not one.day or one.event.series is None:
        return None
    return times_of(one.event.series, one.day)[0].strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def event_resource() -> Resource:
    """Return the event as a resource."""
    return Resource(
        name="event",
        type=event_type(),
        document=event_document,
        along={"location": ("locations",)},  # page event-get, example 1
        adapt=adapt_event,
        etag=event_etag,
        on_demand={"cancelledOccurrences": _cancelled, "originalStart": _original_start},
        expand={
            "attachments": attachments_of,
            "exceptionoccurrences": _exceptions,
            "extensions": expanded_extensions,
            **{name.lower(): expanded_properties(name, shown_properties, context_of) for name in EXTENDED},
        },
        filters_own=OWN_FILTERS,
        efficient_order=False,
    )


def _with_calendar(call: Call, one: SeenEvent) -> bytes:
    """Return an event with the links to its calendar that the answer to a GET of one event has."""
    url = f"{call.root}/{call.user_path}/calendars('{one.seen.mailbox.ids.folder(one.seen.calendar.number)}')"
    links = {"calendar@odata.associationLink": f"{url}/$ref", "calendar@odata.navigationLink": url}
    return event_document(call, one)[:-1] + b"," + msgspec.json.encode(links)[1:]


@cache
def single_resource() -> Resource:
    """Return the event as a resource of a GET by id."""
    return msgspec.structs.replace(event_resource(), document=_with_calendar)


@cache
def view_resource() -> Resource:
    """Return the event as a resource of `calendarView` and `instances`."""
    return msgspec.structs.replace(event_resource(), adapt=adapt_in_view, default_order=("start/datetime", False))
