"""From keys in the path to calendars, events, calendar groups and calendar permissions.

What is loaded is what the caller may see: a calendar or event is refused where the caller has no right to it.
"""

import base64
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.calendar.meetings.rooms import load_place
from outlook365_emulator.graph.calendar.seen_calendars import (
    SeenCalendar,
    default_calendar,
    judge_owner,
    judge_write,
    seen_calendar,
)
from outlook365_emulator.graph.calendar.seen_events import SeenEvent, occurrence, seen_event
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.path_ids import read_item_id
from outlook365_emulator.graph.paths import DEFAULT_CALENDAR
from outlook365_emulator.store.calendar_shelf import DEFAULT_GROUP
from outlook365_emulator.store.records.calendar import Calendar, CalendarGroup, CalendarPermission
from outlook365_emulator.store.records.mail import Attachment

_EVERYBODY_ID = "RGVmYXVsdA=="
_TO_PATH = str.maketrans("+/", "-_")


def find_calendar(call: Call, key: str) -> Calendar:
    """Return a calendar of the mailbox addressed by id, or the default one where the client wrote `/calendar`.

    Raises:
        GraphError: `id_malformed`, `item_not_in_mailbox`, `item_not_found`.
    """
    if key == DEFAULT_CALENDAR:
        return default_calendar(call.mailbox)
    found = call.mailbox.calendars.get(read_item_id(call, key, "folder").number)
    if found is None:
        raise graph_error("item_not_found", because="no calendar of this mailbox has this id")
    return found


def load_calendar(call: Call, key: str) -> SeenCalendar:
    """Load `{calendar}`; reached through a group it must belong to that, through an event it is that of the event.

    Raises:
        GraphError: as `find_calendar` and `seen_calendar`.
    """
    if call.place.event:
        return find_event(call, call.place.event).seen
    calendar = find_calendar(call, key)
    if call.place.group and load_group(call, call.place.group).number != calendar.group:
        raise graph_error("item_not_found", because="the calendar is not in the group in the path")
    return seen_calendar(call, calendar)


def load_group(call: Call, key: str) -> CalendarGroup:
    """Load `{group}`; the default one where the client wrote `/calendarGroup`.

    Raises:
        GraphError: `access_denied`, `id_malformed`, `item_not_in_mailbox`, `item_not_found`.
    """
    judge_owner(call)
    number = DEFAULT_GROUP if key == DEFAULT_CALENDAR else read_item_id(call, key, "folder").number
    found = call.mailbox.calendar_groups.get(number)
    if found is None:
        raise graph_error("item_not_found", because="no calendar group of this mailbox has this id")
    return found


def load_event(call: Call, key: str) -> SeenEvent:
    """Load `{event}`: a single event, a series or an occurrence, by its ordinary or immutable id.

    Reached through a calendar or a series it must belong to that. An operation that writes needs the right to.

    Raises:
        GraphError: `id_malformed`, `item_not_in_mailbox`, `item_not_found`, `access_denied`.
    """
    found = find_event(call, key)
    place = call.place
    if place.calendar and find_calendar(call, place.calendar).number != found.seen.calendar.number:
        raise graph_error("item_not_found", because="the event does not lie in the calendar in the path")
    if place.series and find_event(call, place.series).event.number != found.event.number:
        raise graph_error("item_not_found", because="the event is no instance of the series in the path")
    row = call.operation.permissions
    if call.operation.writes and (row is None or row.least != "Calendars.Read"):
        judge_write(call, found.seen, found.item)
    return found


def find_event(call: Call, key: str) -> SeenEvent:
    """Return an event of the mailbox addressed by id.

    Raises:
        GraphError: `id_malformed`, `item_not_in_mailbox`, `item_not_found`, `access_denied`.
    """
    identity = read_item_id(call, key, "item", "immutable")
    because = "no event has this id: it was deleted, or moved to another calendar"
    if identity.kind == "immutable":
        event = call.mailbox.events.by_stable(identity.number)
        calendar = call.mailbox.calendars.get(event.calendar) if event is not None else None
    else:
        event, calendar = None, call.mailbox.calendars.get(identity.folder)
    if calendar is None:
        raise graph_error("item_not_found", because=because)
    seen = seen_calendar(call, calendar)
    if event is None:
        event = seen.holder.events.get(identity.number)
    if event is None or event.calendar != seen.source.number:
        raise graph_error("item_not_found", because=because)
    if not identity.day:
        return seen_event(seen, event)
    one = occurrence(seen, event, identity.day)
    if one is None:
        raise graph_error("item_not_found", because="the series has no occurrence on this day, or it was deleted")
    return one


def permission_id(permission: CalendarPermission) -> str:
    """Return the id of a calendar permission: base64 of whom it is for."""
    if not permission.address:
        return _EVERYBODY_ID
    if permission.inside:
        name = f"/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn={permission.address}"
    else:
        name = f"ExchangePublishedUser.{permission.address}"
    return base64.b64encode(name.encode()).decode().translate(_TO_PATH)


def load_permission(call: Call, key: str) -> CalendarPermission:
    """Load `{permission}` of the calendar in the path.

    Raises:
        GraphError: `item_not_found`.
    """
    seen: SeenCalendar = call.loaded["calendar"]
    for permission in seen.holder.calendar_permissions:
        if permission.calendar == seen.source.number and permission_id(permission) == key.translate(_TO_PATH):
            return permission
    raise graph_error("item_not_found", because="the calendar has no permission with this id")


def load_file(call: Call, key: str) -> Attachment:
    """Load `{file}`: an attachment of the event in the path.

    Raises:
        GraphError: `id_malformed`, `item_not_in_mailbox`, `item_not_found`.
    """
    identity = read_item_id(call, key, "attachment")
    one: SeenEvent = call.loaded["event"]
    for attachment in one.seen.holder.attachments.of(one.item):
        if attachment.number == identity.attachment and not one.seen.hides(one.item):
            return attachment
    raise graph_error("item_not_found", because="the event has no attachment with this id")


CALENDAR_CONVERTORS: Mapping[str, Callable[[Call, str], Any]] = MappingProxyType(
    {
        "calendar": load_calendar,
        "group": load_group,
        "event": load_event,
        "permission": load_permission,
        "file": load_file,
        "place": load_place,
    }
)
"""What loads each placeholder of a calendar's route."""
