"""Calendars: list, get, create, update, delete.

Reference `graph-calendar.md` sections 2 and 22.
"""

from typing import Any

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Count, NoContent, Page
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.calendar.calendar_resource import HEX_COLORS, calendar_resource
from outlook365_emulator.graph.calendar.changing import remove_event
from outlook365_emulator.graph.calendar.seen_calendars import (
    SeenCalendar,
    default_calendar,
    judge_manage,
    judge_owner,
    seen_calendar,
    setting_of,
)
from outlook365_emulator.graph.calendar.sharing import put_everybody, withdraw_all
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.extended_properties import merged, read_properties
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.paths import DEFAULT_CALENDAR
from outlook365_emulator.store.records.calendar import Calendar, CalendarGroup


def visible(call: Call, group: CalendarGroup | None = None) -> list[SeenCalendar]:
    """Return the calendars of the mailbox addressed that the caller may see, the default one first.

    Raises:
        GraphError: `access_denied` where the caller sees none of them.
    """
    found, refusal = [], None
    calendars = sorted(call.mailbox.calendars, key=lambda one: (not one.is_default, one.number))
    for calendar in calendars:
        if group is not None and calendar.group != group.number:
            continue
        try:
            found.append(seen_calendar(call, calendar))
        except GraphError as error:
            refusal = error
    if not found and refusal is not None:
        raise refusal
    return found


def _page(found: list[SeenCalendar], path: str) -> Page:
    return Page(resource=calendar_resource(), records=found, path=path, total=len(found))


@operation("GET /users/{user}/calendars", least="Calendars.ReadBasic")
def list_(call: Call) -> Page:
    """List all calendars of a mailbox, of whatever group; shared ones of others among them."""
    return _page(visible(call), f"{call.user_path}/calendars")


@operation("GET /users/{user}/calendars/$count", least="Calendars.ReadBasic")
def count(call: Call) -> Count:
    """Count the calendars of a mailbox."""
    return Count(list_(call))


@operation("GET /users/{user}/calendarGroups/{group}/calendars", least="Calendars.ReadBasic")
def list_in_group(call: Call, group: CalendarGroup) -> Page:
    """List the calendars of a group."""
    return _page(visible(call, group), _path_in(call, group))


def _path_in(call: Call, group: CalendarGroup) -> str:
    return f"{call.user_path}/calendarGroups('{call.mailbox.ids.folder(group.number)}')/calendars"


def _answer(call: Call, seen: SeenCalendar) -> EntityAnswer:
    path = f"{call.user_path}/{'calendar' if call.keys[-1] == DEFAULT_CALENDAR else 'calendars'}"
    return EntityAnswer(resource=calendar_resource(), record=seen, path=path)


@operation("GET /users/{user}/calendars/{calendar}", least="Calendars.Read")
def get(call: Call, calendar: SeenCalendar) -> EntityAnswer:
    """Get a calendar; `/calendar` is the default one."""
    return _answer(call, calendar)


def _judge_name(call: Call, name: str, calendar: Calendar | None = None) -> None:
    if not name.strip():
        raise graph_error("property_required", property="name", because="a calendar needs a name")
    for other in call.mailbox.calendars:
        if other.name.lower() == name.lower() and (calendar is None or other.number != calendar.number):
            raise graph_error("calendar_exists", because=f"the mailbox has a calendar {other.name!r} already")


def _create(call: Call, body: dict[str, Any], group: int, path: str) -> EntityAnswer:
    judge_owner(call)
    _judge_name(call, body.get("name") or "")
    mailbox = call.mailbox
    color = body.get("color") or "auto"
    made = Calendar(
        number=mailbox.take_number(),
        group=group,
        name=body["name"],
        color=color,
        hex_color=HEX_COLORS[color],
        change=mailbox.take_number(),
        properties=merged((), read_properties(body)),
    )
    call.unit.put_item(mailbox, mailbox.calendars, made)
    put_everybody(call.unit, mailbox, made)
    location = f"{call.user_path}/calendars('{mailbox.ids.folder(made.number)}')"
    seen = seen_calendar(call, made)
    return EntityAnswer(resource=calendar_resource(), record=seen, path=path, status=201, location=location)


@operation("POST /users/{user}/calendars", least="Calendars.ReadWrite", body=Entity("calendar"))
def create(call: Call, body: dict[str, Any]) -> EntityAnswer:
    """Create a calendar in the group of the default one."""
    return _create(call, body, default_calendar(call.mailbox).group, f"{call.user_path}/calendars")


@operation("POST /users/{user}/calendarGroups/{group}/calendars", least="Calendars.ReadWrite", body=Entity("calendar"))
def create_in_group(call: Call, group: CalendarGroup, body: dict[str, Any]) -> EntityAnswer:
    """Create a calendar in a group."""
    return _create(call, body, group.number, _path_in(call, group))


@operation("PATCH /users/{user}/calendars/{calendar}", least="Calendars.ReadWrite", body=Entity("calendar"))
def update(call: Call, calendar: SeenCalendar, body: dict[str, Any]) -> EntityAnswer:
    """Rename or colour a calendar, set its extended properties, or make it the default one.

    A sharee does so to the own copy of it.
    """
    mailbox, record = call.mailbox, calendar.calendar
    judge_owner(call)
    changes: dict[str, Any] = {}
    if body.get("name") is not None:
        _judge_name(call, body["name"], record)
        changes["name"] = body["name"]
    if body.get("color") is not None:
        changes |= {"color": body["color"], "hex_color": HEX_COLORS[body["color"]]}
    if given := read_properties(body):
        changes["properties"] = merged(record.properties, given)
    if body.get("isDefaultCalendar") and not record.is_default and not record.shown:
        before = default_calendar(mailbox)
        change = mailbox.take_number()
        call.unit.put_item(mailbox, mailbox.calendars, msgspec.structs.replace(before, is_default=False, change=change))
        changes["is_default"] = True
    if changes:
        record = msgspec.structs.replace(record, **changes, change=mailbox.take_number())
        call.unit.put_item(mailbox, mailbox.calendars, record)
    return _answer(call, seen_calendar(call, record))


@operation("DELETE /users/{user}/calendars/{calendar}", least="Calendars.ReadWrite")
def delete(call: Call, calendar: SeenCalendar) -> NoContent:
    """Delete a calendar with its events, or a sharee's copy of one; never the default calendar."""
    mailbox, record = call.mailbox, calendar.calendar
    judge_owner(call)
    if record.is_default:
        raise graph_error("default_calendar_not_deletable", because="every mailbox keeps its default calendar")
    if not record.shown:
        judge_manage(call, calendar)
        setting = setting_of(call, calendar)
        for event in mailbox.events.in_calendar(record.number):
            remove_event(setting, event)
        withdraw_all(call.tenant, call.unit, mailbox, record)
    call.unit.remove_item(mailbox, mailbox.calendars, record)
    return NoContent()


@operation("POST /users/{user}/calendars/{calendar}/permanentDelete", least="Calendars.ReadWrite")
def delete_permanently(call: Call, calendar: SeenCalendar) -> NoContent:
    """Delete a calendar without a way back."""
    return delete(call, calendar)
