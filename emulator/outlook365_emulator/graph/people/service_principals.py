"""Service principals: the applications that a tenant knows, Microsoft Graph among them.

Graph resource `servicePrincipal`.
"""

from typing import Any

import msgspec

from outlook365_emulator.directory.app_roles import graph_principal, principals
from outlook365_emulator.directory.applications import (
    delete_service_principal,
    ensure_service_principal,
    find_application,
)
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import DELTA_OPTIONS, Count, Document, NoContent, Page
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.people.directory_delta import Tracked, cut_directory_round
from outlook365_emulator.graph.people.principal_resource import principal_resource
from outlook365_emulator.store.records.directory import ServicePrincipal


def _answer(principal: ServicePrincipal, status: int = 200) -> EntityAnswer:
    location = f"servicePrincipals('{principal.id}')" if status == 201 else ""
    resource = principal_resource()
    return EntityAnswer(resource=resource, record=principal, path="servicePrincipals", status=status, location=location)


@operation("GET /servicePrincipals", least="Application.Read.All")
def list_(call: Call) -> Page:
    """List the service principals of the tenant."""
    found = principals(call.tenant)
    return Page(resource=principal_resource(), records=found, path="servicePrincipals", total=len(found))


@operation("GET /servicePrincipals/$count", least="Application.Read.All", workload="directory")
def count(call: Call) -> Count:
    """Count the service principals of the tenant."""
    return Count(list_(call))


@operation("GET /servicePrincipals/delta", least="Directory.Read.All", workload="directory", options=DELTA_OPTIONS)
def list_changes(call: Call) -> Document:
    """List the service principals of the tenant, and from then on which came, changed or went."""
    found = {one.id: one for one in principals(call.tenant)}
    tracked = Tracked(resource=principal_resource(), path="servicePrincipals", records=found, removed="changed")
    return cut_directory_round(call, tracked)


@operation("GET /servicePrincipals/{principal}", least="Application.Read.All")
def get(call: Call, principal: ServicePrincipal) -> EntityAnswer:
    """Get a service principal by its object id or by `servicePrincipals(appId='…')`."""
    return _answer(principal)


@operation("POST /servicePrincipals", least="Application.ReadWrite.All", body=Entity("servicePrincipal"))
def create(call: Call, body: dict[str, Any]) -> EntityAnswer:
    """Make the tenant know an application by its `appId`."""
    client_id = (body.get("appId") or "").lower()
    application = find_application(call.world, call.tenant, client_id)
    if application is None:
        raise _invalid("appId", f"no application {client_id!r} is registered here, nor a multi-tenant one elsewhere")
    if call.tenant.service_principals.find("client", client_id) is not None:
        because = "the tenant has a service principal of that application already"
        raise graph_error("directory_object_exists", property="servicePrincipalNames", because=because)
    return _answer(ensure_service_principal(call.world, call.tenant, call.unit, application), 201)


@operation("PATCH /servicePrincipals/{principal}", least="Application.ReadWrite.All", body=Entity("servicePrincipal"))
def update(call: Call, principal: ServicePrincipal, body: dict[str, Any]) -> NoContent:
    """Enable or disable an application in the tenant, rename it, or let in only people who are assigned."""
    _judge_own(call, principal)
    fields = {
        "accountEnabled": "enabled",
        "appRoleAssignmentRequired": "assignment_required",
        "displayName": "display_name",
    }
    changes = {}
    for name, value in body.items():
        if "@odata." in name or value is None:
            continue
        if name not in fields:
            raise _invalid(name, f"{name} of a service principal cannot be set here; {', '.join(fields)} can")
        changes[fields[name]] = value
    call.unit.put(call.tenant.service_principals, msgspec.structs.replace(principal, **changes))
    return NoContent()


@operation("DELETE /servicePrincipals/{principal}", least="Application.ReadWrite.All")
def delete(call: Call, principal: ServicePrincipal) -> NoContent:
    """Make the tenant forget an application, with everything that it was granted."""
    _judge_own(call, principal)
    delete_service_principal(call.tenant, call.unit, principal)
    return NoContent()


def _judge_own(call: Call, principal: ServicePrincipal) -> None:
    if principal.id == graph_principal(call.tenant).id:
        raise graph_error("authorization_denied", because="Microsoft Graph's own service principal stays as it is")


def _invalid(name: str, because: str) -> GraphError:
    return graph_error("directory_value_invalid", property=name, resource="ServicePrincipal", because=because)
