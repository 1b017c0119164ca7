"""App role assignments: application permissions of clients, and people assigned to an application.

Graph resource `appRoleAssignment`; reference `entra.md` section 5.2.
"""

from collections.abc import Iterable
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.directory.app_roles import (
    DEFAULT_ROLE,
    Assignment,
    assignments,
    find_principal,
    graph_principal,
    permission_of_role,
    principal_id,
    resource_id,
    role_id,
)
from outlook365_emulator.directory.assignments import assign
from outlook365_emulator.directory.users import find_user
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import NoContent, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.people.convertors import not_found
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Kind, Property, RecordType, by_name
from outlook365_emulator.store.records.directory import AppAssignment, RoleAssignment, ServicePrincipal, User
from outlook365_emulator.store.tenant import Tenant

_OF = "/servicePrincipals/{principal}/appRoleAssignments"
_TO = "/servicePrincipals/{principal}/appRoleAssignedTo"
_USER = "/users/{user}/appRoleAssignments"


class Shown(msgspec.Struct, frozen=True):
    """An assignment with the names of both its ends, as Graph shows it."""

    assignment: Assignment
    role: str
    principal: str
    principal_name: str | None
    principal_type: str
    resource: str
    resource_name: str | None


def _shown(tenant: Tenant, assignment: Assignment) -> Shown:
    if isinstance(assignment, AppAssignment):
        who = tenant.users.get(assignment.principal) or tenant.groups.get(assignment.principal)
        name, kind = (who.display_name if who else None), str(assignment.principal_type)
    else:
        client = tenant.service_principals.get(assignment.client)
        name, kind = (client.display_name if client else None), "ServicePrincipal"
    resource = resource_id(tenant, assignment)
    found = find_principal(tenant, resource)
    return Shown(
        assignment,
        role_id(assignment),
        principal_id(assignment),
        name,
        kind,
        resource,
        found.display_name if found else None,
    )


def _members(_: Call, shown: Shown) -> dict[str, Any]:
    return {
        "id": shown.assignment.id,
        "deletedDateTime": None,
        "appRoleId": shown.role,
        "createdDateTime": iso_seconds(shown.assignment.created),
        "principalDisplayName": shown.principal_name,
        "principalId": shown.principal,
        "principalType": shown.principal_type,
        "resourceDisplayName": shown.resource_name,
        "resourceId": shown.resource,
    }


@cache
def assignment_resource() -> Resource:
    """Return the assignment as a resource of the directory."""
    texts = {
        "appRoleId": "role",
        "principalId": "principal",
        "principalDisplayName": "principal_name",
        "principalType": "principal_type",
        "resourceId": "resource",
        "resourceDisplayName": "resource_name",
    }
    guids: tuple[Kind, Kind] = ("guid", "string")
    properties = (
        Property("id", "string", lambda shown: shown.assignment.id, nullable=False, fold=False),
        *(Property(name, guids[not name.endswith("Id")], attrgetter(slot)) for name, slot in texts.items()),
        Property("createdDateTime", "datetime", lambda shown: shown.assignment.created, nullable=False),
        Property("deletedDateTime", "datetime", lambda _: None),
    )
    return Resource(
        name="appRoleAssignment",
        type=RecordType("microsoft.graph.appRoleAssignment", by_name(*properties)),
        compute=_members,
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
    )


def _page(call: Call, found: Iterable[Assignment], path: str) -> Page:
    records = [_shown(call.tenant, one) for one in found]
    return Page(resource=assignment_resource(), records=records, path=path, total=len(records))


@operation(f"GET {_OF}", least="Application.Read.All", workload="directory")
def list_of_client(call: Call, principal: ServicePrincipal) -> Page:
    """List the application permissions that a client holds."""
    found = [one for one in assignments(call.tenant) if principal_id(one) == principal.id]
    return _page(call, found, f"servicePrincipals('{principal.id}')/appRoleAssignments")


@operation(f"GET {_TO}", least="Application.Read.All", workload="directory")
def list_of_resource(call: Call, principal: ServicePrincipal) -> Page:
    """List who is assigned to an application; to Microsoft Graph every client with an application permission is."""
    found = [one for one in assignments(call.tenant) if resource_id(call.tenant, one) == principal.id]
    return _page(call, found, f"servicePrincipals('{principal.id}')/appRoleAssignedTo")


@operation(f"GET {_USER}", least="Directory.Read.All", workload="directory")
def list_of_user(call: Call, user: User) -> Page:
    """List the applications that a user is assigned to."""
    found = [one for one in assignments(call.tenant) if principal_id(one) == user.id]
    return _page(call, found, "appRoleAssignments")


def _answer(call: Call, assignment: Assignment, path: str, status: int = 200) -> EntityAnswer:
    location = f"{path}/{assignment.id}" if status == 201 else ""
    record = _shown(call.tenant, assignment)
    return EntityAnswer(resource=assignment_resource(), record=record, path=path, status=status, location=location)


@operation(f"GET {_OF}/{{assignment}}", least="Application.Read.All", workload="directory")
def get_of_client(call: Call, principal: ServicePrincipal, assignment: Assignment) -> EntityAnswer:
    """Get one application permission that a client holds."""
    _judge(call, principal_id(assignment) == principal.id, assignment)
    return _answer(call, assignment, f"servicePrincipals('{principal.id}')/appRoleAssignments")


@operation(f"GET {_TO}/{{assignment}}", least="Application.Read.All", workload="directory")
def get_of_resource(call: Call, principal: ServicePrincipal, assignment: Assignment) -> EntityAnswer:
    """Get one assignment to an application."""
    _judge(call, resource_id(call.tenant, assignment) == principal.id, assignment)
    return _answer(call, assignment, f"servicePrincipals('{principal.id}')/appRoleAssignedTo")


@operation(
    f"POST {_OF}",
    least="AppRoleAssignment.ReadWrite.All",
    body=Entity("appRoleAssignment"),
    workload="directory",
)
def create_of_client(call: Call, principal: ServicePrincipal, body: dict[str, Any]) -> EntityAnswer:
    """Give an application permission to a client."""
    _judge_member(body, "principalId", principal.id)
    path = f"servicePrincipals('{principal.id}')/appRoleAssignments"
    return _answer(call, _assigned(call, body), path, 201)


@operation(
    f"POST {_TO}",
    least="AppRoleAssignment.ReadWrite.All",
    body=Entity("appRoleAssignment"),
    workload="directory",
)
def create_of_resource(call: Call, principal: ServicePrincipal, body: dict[str, Any]) -> EntityAnswer:
    """Assign a client, a user or a group to an application."""
    _judge_member(body, "resourceId", principal.id)
    path = f"servicePrincipals('{principal.id}')/appRoleAssignedTo"
    return _answer(call, _assigned(call, body), path, 201)


@operation(
    f"POST {_USER}",
    least="AppRoleAssignment.ReadWrite.All",
    body=Entity("appRoleAssignment"),
    workload="directory",
)
def create_of_user(call: Call, user: User, body: dict[str, Any]) -> EntityAnswer:
    """Assign a user to an application."""
    _judge_member(body, "principalId", user.id)
    return _answer(call, _assigned(call, body), f"users('{user.id}')/appRoleAssignments", 201)


@operation(f"DELETE {_OF}/{{assignment}}", least="AppRoleAssignment.ReadWrite.All", workload="directory")
def delete_of_client(call: Call, principal: ServicePrincipal, assignment: Assignment) -> NoContent:
    """Take an application permission back; tokens issued from then on lack it."""
    _judge(call, principal_id(assignment) == principal.id, assignment)
    return _removed(call, assignment)


@operation(f"DELETE {_TO}/{{assignment}}", least="AppRoleAssignment.ReadWrite.All", workload="directory")
def delete_of_resource(call: Call, principal: ServicePrincipal, assignment: Assignment) -> NoContent:
    """Take an assignment to an application back."""
    _judge(call, resource_id(call.tenant, assignment) == principal.id, assignment)
    return _removed(call, assignment)


@operation(f"DELETE {_USER}/{{assignment}}", least="AppRoleAssignment.ReadWrite.All", workload="directory")
def delete_of_user(call: Call, user: User, assignment: Assignment) -> NoContent:
    """Take a user's assignment to an application back."""
    _judge(call, principal_id(assignment) == user.id, assignment)
    return _removed(call, assignment)


def _removed(call: Call, assignment: Assignment) -> NoContent:
    if isinstance(assignment, AppAssignment):
        call.unit.remove(call.tenant.app_assignments, assignment)
    else:
        call.unit.remove(call.tenant.role_assignments, assignment)
    return NoContent()


def _judge(call: Call, belongs: bool, assignment: Assignment) -> None:
    if not belongs:
        raise not_found(call, assignment.id, "app role assignment here")


def _judge_member(body: dict[str, Any], name: str, wanted: str) -> None:
    if (body.get(name) or "").lower() != wanted:
        raise _invalid(name, f"{name} must be the object in the path, {wanted}")


def _assigned(call: Call, body: dict[str, Any]) -> Assignment:
    resource = find_principal(call.tenant, body.get("resourceId") or "")
    if resource is None:
        raise not_found(call, body.get("resourceId") or "", "service principal")
    role = (body.get("appRoleId") or "").lower()
    principal = body.get("principalId") or ""
    client = find_principal(call.tenant, principal)
    if client is not None and resource.id == graph_principal(call.tenant).id:
        permission = permission_of_role(role)
        if permission is None:
            raise _no_role(role, resource)
        if call.tenant.role_assignments.find("pair", f"{client.id} {permission}") is not None:
            raise _exists(f"the client holds {permission} already")
        held = RoleAssignment(
            id=call.world.ids.text(43), client=client.id, permission=permission, created=call.unit.now
        )
        return call.unit.put(call.tenant.role_assignments, held)
    who = find_user(call.tenant, principal) or call.tenant.groups.get(principal.lower())
    if who is None:
        raise not_found(call, principal, "user, group or client that could be assigned")
    if role != DEFAULT_ROLE or resource.id == graph_principal(call.tenant).id:
        raise _no_role(role, resource)
    if call.tenant.app_assignments.find("triple", f"{who.id} {resource.id} {role}") is not None:
        raise _exists(f"{who.display_name} is assigned already")
    return assign(call.world, call.tenant, call.unit, resource, who)


def _no_role(role: str, resource: ServicePrincipal) -> GraphError:
    return graph_error("role_not_found", because=f"{resource.display_name} has no role {role!r} for this principal")


def _exists(because: str) -> GraphError:
    return graph_error("role_assignment_exists", because=because)


def _invalid(name: str, because: str) -> GraphError:
    return graph_error("directory_value_invalid", property=name, resource="AppRoleAssignment", because=because)
