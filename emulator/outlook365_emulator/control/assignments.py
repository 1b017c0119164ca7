"""Users and groups that are assigned to an application."""

import msgspec

from outlook365_emulator.control.consent_views import AssignmentList, AssignmentView
from outlook365_emulator.control.context import Call
from outlook365_emulator.control.problems import unknown
from outlook365_emulator.control.requests import Assignment
from outlook365_emulator.directory.applications import ensure_service_principal
from outlook365_emulator.directory.assignments import assign, unassign
from outlook365_emulator.directory.users import user_named
from outlook365_emulator.store.records.directory import Group, User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.worlds.reading import DocumentError, at


def list_assignments(call: Call) -> AssignmentList:
    """List who is assigned to an application in the tenant."""
    app, tenant = call.client, call.tenant
    principal = tenant.service_principals.find("client", app.client_id)
    found = []
    for one in tenant.app_assignments:
        if principal is not None and one.resource == principal.id:
            user, group = tenant.users.get(one.principal), tenant.groups.get(one.principal)
            name = user.user_principal_name if user else group.display_name if group else one.principal
            found.append(AssignmentView(one.id, name, one.principal_type))
    return AssignmentList(found)


def add_assignment(call: Call, body: Assignment) -> AssignmentList:
    """Assign a user or a group to an application; only assigned ones may use it from then on."""
    app, who = call.client, _who(call.tenant, body)
    with call.unit() as unit:
        principal = ensure_service_principal(call.world, call.tenant, unit, app)
        if not principal.assignment_required:
            principal = unit.put(
                call.tenant.service_principals, msgspec.structs.replace(principal, assignment_required=True)
            )
        assign(call.world, call.tenant, unit, principal, who)
    return list_assignments(call)


def remove_assignment(call: Call, body: Assignment) -> AssignmentList:
    """Take a user's or a group's assignment back; whether only assigned ones may use the application stays."""
    app, who = call.client, _who(call.tenant, body)
    principal = call.tenant.service_principals.find("client", app.client_id)
    if principal is not None:
        with call.unit() as unit:
            unassign(call.tenant, unit, principal, who)
    return list_assignments(call)


def _who(tenant: Tenant, body: Assignment) -> User | Group:
    if (body.user is None) == (body.group is None):
        raise DocumentError("user", "give 'user' or 'group', one of them")
    if body.user is not None:
        with at("user"):
            return user_named(tenant, body.user)
    return group_named(tenant, body.group or "")


def group_named(tenant: Tenant, key: str) -> Group:
    """Return a group by id or display name.

    Raises:
        ControlError: there is none; the message names the nearest.
    """
    found = tenant.groups.get(key.lower())
    found = found or next((one for one in tenant.groups if one.display_name.lower() == key.lower()), None)
    if found is None:
        raise unknown("group", key, (one.display_name for one in tenant.groups))
    return found
