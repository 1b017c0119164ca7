"""Calendar groups: list, get, create, rename, delete.

Reference `graph-calendar.md` section 3.
"""

from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Count, NoContent, Page
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.calendar.calendar_resource import group_resource
from outlook365_emulator.graph.calendar.seen_calendars import judge_owner
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.store.records.calendar import CalendarGroup


def _path(call: Call) -> str:
    return f"{call.user_path}/calendarGroups"


@operation("GET /users/{user}/calendarGroups", least="Calendars.ReadBasic")
def list_(call: Call) -> Page:
    """List the calendar groups of a mailbox, in the order of their making."""
    judge_owner(call)
    found = list(call.mailbox.calendar_groups)
    return Page(resource=group_resource(), records=found, path=_path(call), total=len(found))


@operation("GET /users/{user}/calendarGroups/$count", least="Calendars.ReadBasic")
def count(call: Call) -> Count:
    """Count the calendar groups of a mailbox."""
    return Count(list_(call))


@operation("GET /users/{user}/calendarGroups/{group}", least="Calendars.ReadBasic")
def get(call: Call, group: CalendarGroup) -> EntityAnswer:
    """Get a calendar group."""
    return EntityAnswer(resource=group_resource(), record=group, path=_path(call))


def _judge_name(call: Call, name: str, group: CalendarGroup | None = None) -> None:
    if not name.strip():
        raise graph_error("property_required", property="name", because="a calendar group needs a name")
    for other in call.mailbox.calendar_groups:
        if other.name.lower() == name.lower() and (group is None or other.number != group.number):
            raise graph_error("calendar_exists", because=f"the mailbox has a calendar group {other.name!r} already")


@operation("POST /users/{user}/calendarGroups", least="Calendars.ReadWrite", body=Entity("calendarGroup"))
def create(call: Call, body: dict[str, Any]) -> EntityAnswer:
    """Create a calendar group; it gets a class id of its own."""
    judge_owner(call)
    mailbox = call.mailbox
    _judge_name(call, body.get("name") or "")
    made = CalendarGroup(
        number=mailbox.take_number(),
        name=body["name"],
        class_id=call.world.ids.guid(),
        change=mailbox.take_number(),
    )
    call.unit.put_item(mailbox, mailbox.calendar_groups, made)
    location = f"{_path(call)}('{mailbox.ids.folder(made.number)}')"
    return EntityAnswer(resource=group_resource(), record=made, path=_path(call), status=201, location=location)


@operation("PATCH /users/{user}/calendarGroups/{group}", least="Calendars.ReadWrite", body=Entity("calendarGroup"))
def update(call: Call, group: CalendarGroup, body: dict[str, Any]) -> EntityAnswer:
    """Rename a calendar group."""
    mailbox = call.mailbox
    if body.get("name") is not None:
        _judge_name(call, body["name"], group)
        group = msgspec.structs.replace(group, name=body["name"], change=mailbox.take_number())
        call.unit.put_item(mailbox, mailbox.calendar_groups, group)
    return EntityAnswer(resource=group_resource(), record=group, path=_path(call))


@operation("DELETE /users/{user}/calendarGroups/{group}", least="Calendars.ReadWrite")
def delete(call: Call, group: CalendarGroup) -> NoContent:
    """Delete a calendar group that is empty and none of the first three."""
    mailbox = call.mailbox
    if group.well_known:
        raise graph_error("delete_distinguished_folder", because=f"{group.name} belongs to every mailbox")
    held = [calendar.name for calendar in mailbox.calendars if calendar.group == group.number]
    if held:
        because = f"the group {group.name!r} still has the calendars {', '.join(held)}"
        raise graph_error("invalid_request", detail="The calendar group is not empty.", because=because)
    call.unit.remove_item(mailbox, mailbox.calendar_groups, group)
    return NoContent()
