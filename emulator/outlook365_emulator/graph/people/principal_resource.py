"""The service principal as a resource: what Graph shows of an application in a tenant.

Graph resource `servicePrincipal`. What the emulator does not hold (home page, notes, single sign-on) is shown empty.
"""

import hashlib
from functools import cache
from types import MappingProxyType
from typing import Any

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.clouds import CLOUDS
from outlook365_emulator.directory.applications import GRAPH_CLIENT_ID, find_application
from outlook365_emulator.entra.redirect_uris import registered_uris
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.graph.search.directory import search_directory
from outlook365_emulator.ids import guid_of
from outlook365_emulator.odata.records import Kind, Property, RecordType, by_name
from outlook365_emulator.store.records.directory import Application, ServicePrincipal
from outlook365_emulator.tables.permissions import every_permission

_MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""The tenant in which Microsoft's own applications are registered."""

EMPTY_INFO = MappingProxyType(
    dict.fromkeys(("logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl"))
)
"""Addresses of an application that says nothing of itself."""


def principal_members(call: Call, principal: ServicePrincipal) -> dict[str, Any]:
    """Return a service principal as a JSON object."""
    is_graph = principal.client_id == GRAPH_CLIENT_ID
    application = None if is_graph else find_application(call.world, call.tenant, principal.client_id)
    home = next(
        (one.id for one in call.world.tenants.values() if application and application.id in one.applications), None
    )
    return {
        "id": principal.id,
        "deletedDateTime": None,
        "accountEnabled": principal.enabled,
        "alternativeNames": [],
        "appDisplayName": principal.display_name,
        "appDescription": None,
        "appId": principal.client_id,
        "applicationTemplateId": None,
        "appOwnerOrganizationId": _MICROSOFT_TENANT if is_graph else home,
        "appRoleAssignmentRequired": principal.assignment_required,
        "createdDateTime": iso_seconds(principal.created),
        "description": None,
        "disabledByMicrosoftStatus": None,
        "displayName": principal.display_name,
        "homepage": None,
        "loginUrl": None,
        "logoutUrl": application.logout_url if application else None,
        "notes": None,
        "notificationEmailAddresses": [],
        "preferredSingleSignOnMode": None,
        "preferredTokenSigningKeyThumbprint": None,
        "replyUrls": list(registered_uris(application)) if application else [],
        "servicePrincipalNames": list(principal_names(principal)),
        "servicePrincipalType": "Application",
        "signInAudience": application.audience if application else "AzureADMultipleOrgs",
        "tags": [],
        "tokenEncryptionKeyId": None,
        "samlSingleSignOnSettings": None,
        "addIns": [],
        "appRoles": list(_app_roles()) if is_graph else [],
        "info": dict(EMPTY_INFO),
        "keyCredentials": [],
        "oauth2PermissionScopes": list(_scopes()) if is_graph else api_scopes(application),
        "passwordCredentials": [],
        "resourceSpecificApplicationPermissions": [],
        "verifiedPublisher": verified_publisher(application),
    }


def principal_names(principal: ServicePrincipal) -> tuple[str, ...]:
    """Return what a service principal is known by: its client id, and what it is asked for as a resource."""
    if principal.client_id == GRAPH_CLIENT_ID:
        return (GRAPH_CLIENT_ID, *(cloud.graph_url for cloud in CLOUDS.values()))
    return (principal.client_id, f"api://{principal.client_id}")


def verified_publisher(application: Application | None) -> dict[str, Any]:
    """Return the `verifiedPublisher` of an application, whose members are null where it has none."""
    name = application.verified_publisher if application else None
    return {"displayName": name, "verifiedPublisherId": None, "addedDateTime": None}


@cache
def _app_roles() -> tuple[dict[str, Any], ...]:
    """Return the application permissions of Microsoft Graph as it shows them (`appRole`)."""
    return tuple(
        {
            "allowedMemberTypes": ["Application"],
            "description": row.application_title or row.name,
            "displayName": row.application_title or row.name,
            "id": row.application_id,
            "isEnabled": True,
            "origin": "Application",
            "value": row.name,
        }
        for row in every_permission()
        if row.application_id
    )


@cache
def _scopes() -> tuple[dict[str, Any], ...]:
    """Return the delegated permissions of Microsoft Graph."""
    return tuple(
        scope_members(row.delegated_id, row.name, row.title, admin=row.admin_consent)
        for row in every_permission()
        if row.delegated_id
    )


def api_scopes(application: Application | None) -> list[dict[str, Any]]:
    """Return the delegated permissions that an application offers as an API."""
    names = application.api_scopes if application is not None else ()
    return [scope_members(_id_of(application, name), name, name) for name in names if application is not None]


def _id_of(application: Application, name: str) -> str:
    """Return the id of a delegated permission of an API: always the same for the same application and name."""
    return guid_of(hashlib.blake2b(f"{application.client_id} {name}".encode(), digest_size=16).digest())


def scope_members(id_: str, name: str, title: str | None, *, admin: bool = False) -> dict[str, Any]:
    """Return a delegated permission as Graph shows it (`permissionScope`).

    Args:
        id_: its id.
        name: its name (`value`).
        title: what people read, or None where that is the name.
        admin: whether only administrators consent to it.
    """
    words = title or name
    return {
        "adminConsentDescription": words,
        "adminConsentDisplayName": words,
        "id": id_,
        "isEnabled": True,
        "type": "Admin" if admin else "User",
        "userConsentDescription": words,
        "userConsentDisplayName": words,
        "value": name,
    }


_TEXTS = (
    "appDescription applicationTemplateId appOwnerOrganizationId deletedDateTime description "
    "disabledByMicrosoftStatus homepage loginUrl logoutUrl notes preferredSingleSignOnMode "
    "preferredTokenSigningKeyThumbprint signInAudience tokenEncryptionKeyId"
).split()
_LISTS = (
    "addIns alternativeNames appRoles keyCredentials notificationEmailAddresses oauth2PermissionScopes "
    "passwordCredentials replyUrls resourceSpecificApplicationPermissions"
).split()
_OBJECTS = ("info", "samlSingleSignOnSettings", "verifiedPublisher")


@cache
def principal_type() -> RecordType:
    """Return what queries know of a service principal; what it only shows can be selected."""
    shown: dict[str, Kind] = {
        **dict.fromkeys(_TEXTS, "string"),
        **dict.fromkeys(_LISTS, "collection"),
        **dict.fromkeys(_OBJECTS, "complex"),
    }
    properties = (
        Property("id", "string", lambda principal: principal.id, nullable=False),
        Property("appId", "string", lambda principal: principal.client_id, nullable=False),
        Property("displayName", "string", lambda principal: principal.display_name, nullable=False),
        Property("appDisplayName", "string", lambda principal: principal.display_name, nullable=False),
        Property("accountEnabled", "boolean", lambda principal: principal.enabled, nullable=False),
        Property("appRoleAssignmentRequired", "boolean", lambda principal: principal.assignment_required),
        Property("servicePrincipalType", "string", lambda _: "Application", nullable=False),
        Property("createdDateTime", "datetime", lambda principal: principal.created, nullable=False),
        Property("tags", "collection", lambda _: (), element=Property("", "string", None), sortable=False),
        Property(
            "servicePrincipalNames",
            "collection",
            principal_names,
            element=Property("", "string", None),
            sortable=False,
        ),
        *(Property(name, kind, None, filterable=False, sortable=False) for name, kind in shown.items()),
    )
    return RecordType("microsoft.graph.servicePrincipal", by_name(*properties))


@cache
def principal_resource() -> Resource:
    """Return the service principal as a resource of the directory."""
    return Resource(
        name="servicePrincipal",
        type=principal_type(),
        compute=principal_members,
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
        search=lambda call, records: search_directory(call, records, principal_type()),
    )
