"""Calendar permissions: list, get, create, change the role, delete; the roles that a person can be given.

Reference `graph-calendar.md` section 22. Only the owner manages them; a sharee reads an empty collection.
"""

from functools import cache
from typing import Any

from outlook365_emulator.directory.users import find_by_address
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Document, NoContent, Page
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.calendar.convertors import permission_id
from outlook365_emulator.graph.calendar.invitations import invite
from outlook365_emulator.graph.calendar.seen_calendars import SeenCalendar, judge_manage
from outlook365_emulator.graph.calendar.sharing import (
    allowed_roles,
    permissions_of,
    roles_for,
    share_calendar,
    with_role,
    withdraw,
)
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import is_address
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.paths import DEFAULT_CALENDAR
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Property, RecordType, by_name
from outlook365_emulator.store.records.calendar import CalendarPermission

_PATH = "/users/{user}/calendars/{calendar}/calendarPermissions"


def _members(call: Call, permission: CalendarPermission) -> dict[str, Any]:
    seen: SeenCalendar = call.loaded["calendar"]
    email = (
        {"name": permission.name, "address": permission.address} if permission.address else {"name": permission.name}
    )
    return {
        "id": permission_id(permission),
        "isRemovable": permission.removable,
        "isInsideOrganization": permission.inside,
        "role": permission.role,
        "allowedRoles": list(allowed_roles(seen.source, permission)),
        "emailAddress": email,
    }


@cache
def permission_resource() -> Resource:
    """Return the calendar permission as a resource."""
    properties = [
        Property("role", "enum", lambda permission: permission.role, nullable=False),
        Property("isRemovable", "boolean", lambda permission: permission.removable, nullable=False),
        Property("isInsideOrganization", "boolean", lambda permission: permission.inside, nullable=False),
        Property("id", "string", None, filterable=False, sortable=False),
        Property("allowedRoles", "collection", None, filterable=False, sortable=False),
        Property("emailAddress", "complex", None, filterable=False, sortable=False),
    ]
    type_ = RecordType("microsoft.graph.calendarPermission", by_name(*properties))
    return Resource(name="calendarPermission", type=type_, compute=_members, efficient_order=False)


def _path(call: Call, seen: SeenCalendar) -> str:
    if call.keys[1] == DEFAULT_CALENDAR:
        return f"{call.user_path}/calendar/calendarPermissions"
    return f"{call.user_path}/calendars('{seen.mailbox.ids.folder(seen.calendar.number)}')/calendarPermissions"


@operation(f"GET {_PATH}", least="Calendars.Read")
def list_(call: Call, calendar: SeenCalendar) -> Page:
    """List the permissions on a calendar, that of everybody first; none for a sharee."""
    found = list(permissions_of(calendar.holder, calendar.source)) if calendar.role == "owner" else []
    return Page(resource=permission_resource(), records=found, path=_path(call, calendar), total=len(found))


def _answer(call: Call, seen: SeenCalendar, permission: CalendarPermission, status: int = 200) -> EntityAnswer:
    path = _path(call, seen)
    location = f"{path}('{permission_id(permission)}')" if status == 201 else ""
    return EntityAnswer(resource=permission_resource(), record=permission, path=path, status=status, location=location)


@operation(f"GET {_PATH}/{{permission}}", least="Calendars.Read")
def get(call: Call, calendar: SeenCalendar, permission: CalendarPermission) -> EntityAnswer:
    """Get a permission on a calendar."""
    judge_manage(call, calendar)
    return _answer(call, calendar, permission)


@operation(f"POST {_PATH}", least="Calendars.ReadWrite", body=Entity("calendarPermission"))
def create(call: Call, calendar: SeenCalendar, body: dict[str, Any]) -> EntityAnswer:
    """Share a calendar with a person inside or outside of the organisation, who gets an invitation by mail."""
    judge_manage(call, calendar)
    email = body.get("emailAddress") or {}
    address = str(email.get("address") or "").strip()
    if not is_address(address):
        because = f"emailAddress.address is {address!r}: name the person to share with"
        raise graph_error("property_required", property="emailAddress", because=because)
    user = find_by_address(call.tenant, address)
    if user is not None and user.id == calendar.owner.id:
        raise graph_error("invalid_request", detail="The owner can't be a sharee.", because="the owner has every right")
    inside = user is not None
    address = (user.mail or user.user_principal_name) if user is not None else address
    permission = CalendarPermission(
        calendar=calendar.source.number,
        address=address.lower(),
        name=user.display_name if user is not None else email.get("name") or address,
        role=_judged(calendar, body.get("role"), roles_for(calendar.source, inside=inside)),
        user=user.id if user is not None else "",
        inside=inside,
        removable=True,
    )
    share_calendar(call.tenant, call.unit, calendar.owner, calendar.holder, calendar.source, permission)
    invite(call.world, call.tenant, call.unit, calendar.owner, calendar.holder, calendar.source, permission)
    return _answer(call, calendar, permission, 201)


def _judged(seen: SeenCalendar, role: Any, allowed: tuple[Any, ...]) -> Any:
    if role is None:
        raise graph_error("property_required", property="role", because=f"role is one of {', '.join(allowed)}")
    if role not in allowed:
        because = f"{role} cannot be given here on {seen.source.name!r}: one of {', '.join(allowed)} can"
        raise graph_error("invalid_request", detail=f"The role '{role}' is not allowed.", because=because)
    return role


@operation(f"PATCH {_PATH}/{{permission}}", least="Calendars.ReadWrite", body=Entity("calendarPermission"))
def update(call: Call, calendar: SeenCalendar, permission: CalendarPermission, body: dict[str, Any]) -> EntityAnswer:
    """Change the role of somebody; nothing else of a permission can be changed."""
    judge_manage(call, calendar)
    if body.get("role") is not None:
        role = _judged(calendar, body["role"], allowed_roles(calendar.source, permission))
        permission = with_role(permission, role)
        call.unit.put(calendar.holder.calendar_permissions, permission)
    return _answer(call, calendar, permission)


@operation(f"DELETE {_PATH}/{{permission}}", least="Calendars.ReadWrite")
def delete(call: Call, calendar: SeenCalendar, permission: CalendarPermission) -> NoContent:
    """Stop sharing a calendar with somebody; the permission of everybody stays."""
    judge_manage(call, calendar)
    if not permission.removable:
        because = f"the permission of {permission.name} cannot be removed: set its role to none"
        raise graph_error("invalid_request", detail="This permission can't be removed.", because=because)
    withdraw(call.tenant, call.unit, calendar.holder, permission)
    return NoContent()


@operation("GET /users/{user}/calendars/{calendar}/allowedCalendarSharingRoles", least="Calendars.Read")
def list_roles(call: Call, calendar: SeenCalendar) -> Document:
    """List the roles that a person can be given on a calendar."""
    judge_manage(call, calendar)
    address = call.place.arguments.get("user")
    if not address:
        because = "write allowedCalendarSharingRoles(User='ben@contoso.example')"
        raise graph_error("parameter_invalid", detail="The parameter 'User' is required.", because=because)
    inside = find_by_address(call.tenant, address) is not None
    roles = list(roles_for(calendar.source, inside=inside))
    return Document(body={"value": roles}, context="Collection(microsoft.graph.calendarRoleType)")
