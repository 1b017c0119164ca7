"""Application registrations of the tenant: list, count, get and their changes.

Graph resource `application`, pages application-list, application-get, application-delta. Registrations are made and
changed by the control API, not by Graph. What the emulator does not hold is shown empty.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.directory.applications import GRAPH_CLIENT_ID
from outlook365_emulator.graph.answers import DELTA_OPTIONS, Count, Document, Entity, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.people.directory_delta import Tracked, cut_directory_round
from outlook365_emulator.graph.people.principal_resource import EMPTY_INFO, api_scopes, verified_publisher
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.graph.search.directory import search_directory
from outlook365_emulator.odata.records import Kind, Property, RecordType, by_name
from outlook365_emulator.store.records.directory import Application, KeyCredential, PasswordCredential
from outlook365_emulator.tables.permissions import find_permission


def _members(call: Call, application: Application) -> dict[str, Any]:
    return {
        "id": application.id,
        "deletedDateTime": None,
        "appId": application.client_id,
        "applicationTemplateId": None,
        "createdDateTime": iso_seconds(application.created),
        "description": None,
        "disabledByMicrosoftStatus": None,
        "displayName": application.display_name,
        "groupMembershipClaims": None,
        "identifierUris": list(_identifiers(application)),
        "isDeviceOnlyAuthSupported": None,
        "isFallbackPublicClient": application.public_client,
        "notes": None,
        "optionalClaims": _optional_claims(application),
        "publisherDomain": call.tenant.domains[0],
        "signInAudience": application.audience,
        "tags": [],
        "tokenEncryptionKeyId": None,
        "addIns": [],
        "api": {
            "acceptMappedClaims": None,
            "knownClientApplications": [],
            "oauth2PermissionScopes": api_scopes(application),
            "preAuthorizedApplications": [],
            "requestedAccessTokenVersion": application.api_token_version,
        },
        "appRoles": [],
        "info": dict(EMPTY_INFO),
        "keyCredentials": [_key(one) for one in application.certificates],
        "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
        "passwordCredentials": [_password(one) for one in application.secrets],
        "publicClient": {"redirectUris": list(application.public_redirect_uris)},
        "requiredResourceAccess": _required(application),
        "spa": {"redirectUris": list(application.spa_redirect_uris)},
        "verifiedPublisher": verified_publisher(application),
        "web": {
            "homePageUrl": None,
            "implicitGrantSettings": {
                "enableAccessTokenIssuance": application.access_tokens,
                "enableIdTokenIssuance": application.id_tokens,
            },
            "logoutUrl": application.logout_url,
            "redirectUris": list(application.web_redirect_uris),
        },
    }


def _identifiers(application: Application) -> tuple[str, ...]:
    return (f"api://{application.client_id}",) if application.api_scopes else ()


def _optional_claims(application: Application) -> dict[str, Any] | None:
    if not application.optional_claims:
        return None
    names: list[dict[str, Any]] = [
        {"additionalProperties": [], "essential": False, "name": name, "source": None}
        for name in application.optional_claims
    ]
    return {"accessToken": [], "idToken": names, "saml2Token": []}


def _password(one: PasswordCredential) -> dict[str, Any]:
    """Return a client secret without its value, which Graph tells once, when it is made."""
    return {
        "customKeyIdentifier": None,
        "displayName": one.display_name,
        "endDateTime": iso_seconds(one.expires),
        "hint": one.secret[:3],
        "keyId": one.id,
        "secretText": None,
        "startDateTime": None,
    }


def _key(one: KeyCredential) -> dict[str, Any]:
    """Return a certificate without its bytes."""
    return {
        "customKeyIdentifier": one.thumbprint,
        "displayName": one.display_name,
        "endDateTime": iso_seconds(one.expires),
        "key": None,
        "keyId": one.id,
        "startDateTime": None,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }


def _required(application: Application) -> list[dict[str, Any]]:
    scopes = ((row.delegated_id, "Scope") for row in map(find_permission, application.required_scopes) if row)
    roles = ((row.application_id, "Role") for row in map(find_permission, application.required_roles) if row)
    listed = [{"id": id_, "type": kind} for id_, kind in (*scopes, *roles) if id_]
    return [{"resourceAppId": GRAPH_CLIENT_ID, "resourceAccess": listed}] if listed else []


_TEXTS = (
    "applicationTemplateId deletedDateTime description disabledByMicrosoftStatus groupMembershipClaims notes "
    "publisherDomain tokenEncryptionKeyId"
).split()
_OBJECTS = "api info optionalClaims parentalControlSettings publicClient spa verifiedPublisher web".split()
_LISTS = "addIns appRoles keyCredentials passwordCredentials requiredResourceAccess".split()


@cache
def application_type() -> RecordType:
    """Return what queries know of an application; what it only shows can be selected."""
    shown: dict[str, Kind] = {
        **dict.fromkeys(_TEXTS, "string"),
        **dict.fromkeys(_OBJECTS, "complex"),
        **dict.fromkeys(_LISTS, "collection"),
        "isDeviceOnlyAuthSupported": "boolean",
        "isFallbackPublicClient": "boolean",
    }
    text = Property("", "string", None)
    read: tuple[tuple[str, Kind, Callable[[Application], Any]], ...] = (
        ("id", "string", lambda one: one.id),
        ("appId", "string", lambda one: one.client_id),
        ("displayName", "string", lambda one: one.display_name),
        ("signInAudience", "string", lambda one: one.audience),
        ("createdDateTime", "datetime", lambda one: one.created),
    )
    properties = (
        *(Property(name, kind, getter, nullable=False) for name, kind, getter in read),
        Property("identifierUris", "collection", _identifiers, element=text, sortable=False),
        Property("tags", "collection", lambda _: (), element=text, sortable=False),
        *(Property(name, kind, None, filterable=False, sortable=False) for name, kind in shown.items()),
    )
    return RecordType("microsoft.graph.application", by_name(*properties))


@cache
def application_resource() -> Resource:
    """Return the application as a resource of the directory."""
    return Resource(
        name="application",
        type=application_type(),
        compute=_members,
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
        search=lambda call, records: search_directory(call, records, application_type()),
    )


@operation("GET /applications", least="Application.Read.All")
def list_(call: Call) -> Page:
    """List the applications that are registered in the tenant."""
    found = list(call.tenant.applications)
    return Page(resource=application_resource(), records=found, path="applications", total=len(found))


@operation("GET /applications/$count", least="Application.Read.All", workload="directory")
def count(call: Call) -> Count:
    """Count the applications that are registered in the tenant."""
    return Count(list_(call))


@operation("GET /applications/delta", least="Directory.Read.All", workload="directory", options=DELTA_OPTIONS)
def list_changes(call: Call) -> Document:
    """List the applications that are registered in the tenant, and from then on which came, changed or went."""
    found = {one.id: one for one in call.tenant.applications}
    tracked = Tracked(resource=application_resource(), path="applications", records=found, removed="changed")
    return cut_directory_round(call, tracked)


@operation("GET /applications/{application}", least="Application.Read.All")
def get(call: Call, application: Application) -> Entity:
    """Get an application by its object id or by `applications(appId='…')`."""
    return Entity(resource=application_resource(), record=application, path="applications")
