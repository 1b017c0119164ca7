"""Service principals: the applications that a tenant knows, Microsoft Graph among them.

Graph resource `servicePrincipal`.
"""

from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.directory.app_roles import graph_principal, principals
from outlook365_emulator.directory.applications import (
    GRAPH_CLIENT_ID,
    ensure_service_principal,
    find_application,
)
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import NoContent, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Property, RecordType
from outlook365_emulator.store.records.directory import ServicePrincipal
from outlook365_emulator.tables.permissions import PERMISSIONS

_MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""The tenant in which Microsoft's own applications are registered."""


def _members(call: Call, principal: ServicePrincipal) -> dict[str, Any]:
    is_graph = principal.client_id == GRAPH_CLIENT_ID
    application = None if is_graph else find_application(call.world, call.tenant, principal.client_id)
    home = next(
        (one.id for one in call.world.tenants.values() if application and application.id in one.applications), None
    )
    replies = (*application.web_redirect_uris, *application.public_redirect_uris) if application else ()
    return {
        "id": principal.id,
        "deletedDateTime": None,
        "accountEnabled": principal.enabled,
        "appDisplayName": principal.display_name,
        "appId": principal.client_id,
        "appOwnerOrganizationId": _MICROSOFT_TENANT if is_graph else home,
        "appRoleAssignmentRequired": principal.assignment_required,
        "displayName": principal.display_name,
        "replyUrls": list(replies),
        "servicePrincipalNames": [principal.client_id],
        "servicePrincipalType": "Application",
        "signInAudience": application.audience if application else "AzureADMultipleOrgs",
        "tags": [],
        "appRoles": _app_roles() if is_graph else [],
        "oauth2PermissionScopes": _scopes() if is_graph else [],
    }


def _app_roles() -> list[dict[str, Any]]:
    return [
        {
            "allowedMemberTypes": ["Application"],
            "description": row.application_title or row.name,
            "displayName": row.application_title or row.name,
            "id": row.application_id,
            "isEnabled": True,
            "origin": "Application",
            "value": row.name,
        }
        for row in PERMISSIONS.values()
        if row.application_id
    ]


def _scopes() -> list[dict[str, Any]]:
    return [
        {
            "adminConsentDescription": row.title or row.name,
            "adminConsentDisplayName": row.title or row.name,
            "id": row.delegated_id,
            "isEnabled": True,
            "type": "Admin" if row.admin_consent else "User",
            "userConsentDescription": row.title or row.name,
            "userConsentDisplayName": row.title or row.name,
            "value": row.name,
        }
        for row in PERMISSIONS.values()
        if row.delegated_id
    ]


@cache
def principal_resource() -> Resource:
    """Return the service principal as a resource of the directory."""
    hidden = (
        *((name, "string") for name in ("appOwnerOrganizationId", "signInAudience", "deletedDateTime")),
        *((name, "collection") for name in ("replyUrls", "tags", "appRoles", "oauth2PermissionScopes")),
    )
    properties = (
        Property("id", "string", lambda principal: principal.id, nullable=False),
        Property("appId", "string", lambda principal: principal.client_id, nullable=False),
        Property("displayName", "string", lambda principal: principal.display_name, nullable=False),
        Property("appDisplayName", "string", lambda principal: principal.display_name, nullable=False),
        Property("accountEnabled", "boolean", lambda principal: principal.enabled, nullable=False),
        Property("appRoleAssignmentRequired", "boolean", lambda principal: principal.assignment_required),
        Property("servicePrincipalType", "string", lambda _: "Application", nullable=False),
        Property(
            "servicePrincipalNames",
            "collection",
            lambda principal: (principal.client_id,),
            element=Property("", "string", None),
            sortable=False,
        ),
        *(Property(name, kind, None, filterable=False, sortable=False) for name, kind in hidden),  # type: ignore[arg-type]
    )
    by_name = MappingProxyType({one.name.lower(): one for one in properties})
    return Resource(
        name="servicePrincipal",
        type=RecordType("microsoft.graph.servicePrincipal", by_name),
        compute=_members,
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
    )


def _answer(principal: ServicePrincipal, status: int = 200) -> EntityAnswer:
    location = f"servicePrincipals('{principal.id}')" if status == 201 else ""
    resource = principal_resource()
    return EntityAnswer(resource=resource, record=principal, path="servicePrincipals", status=status, location=location)


@operation("GET /servicePrincipals", least="Application.Read.All")
def list_(call: Call) -> Page:
    """List the service principals of the tenant."""
    found = principals(call.tenant)
    return Page(resource=principal_resource(), records=found, path="servicePrincipals", total=len(found))


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
    tenant = call.tenant
    for grant in [one for one in tenant.grants if one.client == principal.id]:
        call.unit.remove(tenant.grants, grant)
    for role in [one for one in tenant.role_assignments if one.client == principal.id]:
        call.unit.remove(tenant.role_assignments, role)
    for assigned in [one for one in tenant.app_assignments if one.resource == principal.id]:
        call.unit.remove(tenant.app_assignments, assigned)
    call.unit.remove(tenant.service_principals, principal)
    return NoContent()


def _judge_own(call: Call, principal: ServicePrincipal) -> None:
    if principal.id == graph_principal(call.tenant).id:
        raise graph_error("authorization_denied", because="Microsoft Graph's own service principal stays as it is")


def _invalid(name: str, because: str) -> GraphError:
    return graph_error("directory_value_invalid", property=name, resource="ServicePrincipal", because=because)
