"""Events of a document, put into a calendar as the owner would."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from outlook365_emulator.graph.calendar.adding import add_event
from outlook365_emulator.graph.zones import Zone, to_utc, to_wall, zone_named
from outlook365_emulator.store.records.calendar import Event
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.worlds.contents import EventDocument
from outlook365_emulator.worlds.instants import moment
from outlook365_emulator.worlds.messages import recipient
from outlook365_emulator.worlds.reading import at, inside
from outlook365_emulator.worlds.refusals import refusals_at

_DAY_AND_TIME = re.compile(
    r"(?:(?P<days>[+-]?\d{1,5})d|(?P<weekday>mon|tues|wednes|thurs|fri|satur|sun)day(?:(?P<weeks>[+-]\d{1,4})w)?)"
    r"\s+(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)",
    re.ASCII,
)
_WEEKDAYS: Mapping[str, int] = MappingProxyType(
    {"mon": 0, "tues": 1, "wednes": 2, "thurs": 3, "fri": 4, "satur": 5, "sun": 6}
)


def add_event_of(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    owner: User,
    document: EventDocument,
    place: str,
    *,
    mail: bool = False,
) -> Event:
    """Put one event into a calendar and return it.

    Args:
        world: the world.
        tenant: the owner's tenant.
        unit: the unit of work that it happens in.
        owner: whose calendar it is.
        document: the event.
        place: place of the event, for errors.
        mail: whether attendees are sent invitations; a world that begins with meetings has their copies alone.

    Raises:
        DocumentError: there is no such calendar or zone, a moment cannot be read, or Exchange would refuse the event.
    """
    members = graph_event(document, unit.now, place)
    with at(inside(place, "calendar")), refusals_at(place):
        return add_event(world, tenant, unit, owner, members, document.calendar, mail=mail)


def graph_event(document: EventDocument, now: datetime, place: str) -> dict[str, Any]:
    """Write an event as members of the Graph resource `event`.

    Args:
        document: the event.
        now: the instant from which offsets and weekdays count.
        place: place of the event, for errors.

    Raises:
        DocumentError: a moment or the zone cannot be read.
    """
    with refusals_at(inside(place, "zone")):
        zone = zone_named(document.zone)
    start = _wall(document.start, now, zone, inside(place, "start"))
    if document.end is not None:
        end = _wall(document.end, now, zone, inside(place, "end"))
    else:
        length = timedelta(days=1) if document.all_day else timedelta(minutes=30)
        end = start + (length if document.minutes is None else timedelta(minutes=document.minutes))
    if document.all_day:
        start, end = (datetime(one.year, one.month, one.day) for one in (start, end))
    members: dict[str, Any] = {
        "subject": document.subject,
        "start": {"dateTime": start.isoformat(), "timeZone": document.zone},
        "end": {"dateTime": end.isoformat(), "timeZone": document.zone},
        "isAllDay": document.all_day,
        "body": {"contentType": document.body_type, "content": document.body},
        "location": {"displayName": document.location},
        "attendees": [recipient(address) for address in document.attendees],
        "categories": list(document.categories),
        "showAs": document.show_as,
        "sensitivity": document.sensitivity,
        "importance": document.importance,
        "isOnlineMeeting": document.online,
        "isReminderOn": document.reminder is not None,
    }
    if document.reminder is not None:
        members["reminderMinutesBeforeStart"] = document.reminder
    if document.recurrence is not None:
        members["recurrence"] = _begun(document.recurrence, start)
    return members


def _begun(recurrence: dict[str, Any], start: datetime) -> dict[str, Any]:
    """Return a `patternedRecurrence` that begins with the event, without an end where none is given."""
    given = recurrence.get("range")
    limits = {"type": "noEnd", "startDate": start.date().isoformat(), **(given if isinstance(given, dict) else {})}
    return {**recurrence, "range": limits}


def _wall(text: str, now: datetime, zone: Zone, place: str) -> datetime:
    """Return a moment as wall-clock time of the event's zone."""
    found = _DAY_AND_TIME.fullmatch(text.strip().lower())
    with at(place):
        if found is None:
            instant = moment(text, now).astimezone(UTC)
            return to_wall(instant.replace(microsecond=0), zone.iana)
        here = to_wall(now, zone.iana)
        midnight = datetime(here.year, here.month, here.day)
        if found["days"] is not None:
            midnight += timedelta(days=int(found["days"]))
        else:
            days = _WEEKDAYS[found["weekday"]] - midnight.weekday()
            midnight += timedelta(days=days, weeks=int(found["weeks"] or 0))
        wall = midnight + timedelta(hours=int(found["hour"]), minutes=int(found["minute"]))
        to_utc(wall, zone.iana)
        return wall
