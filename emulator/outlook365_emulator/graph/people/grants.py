"""Delegated permission grants: list, get, create, change, delete.

Graph resource `oAuth2PermissionGrant`; reference `entra.md` section 5.2. One grant for each client and principal; what
a token gets is read from here at every issue.
"""

from functools import cache
from typing import Any

import msgspec

from outlook365_emulator.directory.app_roles import find_principal, graph_principal
from outlook365_emulator.directory.users import find_user
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import DELTA_OPTIONS, Document, NoContent, Page
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.people.convertors import not_found
from outlook365_emulator.graph.people.directory_delta import Tracked, cut_directory_round
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Property, RecordType, by_name
from outlook365_emulator.store.records.directory import PermissionGrant, ServicePrincipal, User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.tables.permissions import OIDC_SCOPES, exists_as, permission

_KINDS = {"allprincipals": "AllPrincipals", "principal": "Principal"}


class Granted(msgspec.Struct, frozen=True):
    """A grant together with the object id of Microsoft Graph's service principal, which it is for."""

    grant: PermissionGrant
    resource: str

    @property
    def kind(self) -> str:
        """`AllPrincipals` or `Principal`."""
        return "AllPrincipals" if self.grant.principal is None else "Principal"

    @property
    def scope(self) -> str:
        """The scopes in the order in which they were given, separated by blanks."""
        return " ".join(self.grant.scopes)


def _members(_: Call, granted: Granted) -> dict[str, Any]:
    grant = granted.grant
    return {
        "clientId": grant.client,
        "consentType": granted.kind,
        "id": grant.id,
        "principalId": grant.principal,
        "resourceId": granted.resource,
        "scope": granted.scope,
    }


@cache
def grant_resource() -> Resource:
    """Return the grant as a resource of the directory."""
    properties = (
        Property("id", "string", lambda granted: granted.grant.id, nullable=False, fold=False),
        Property("clientId", "string", lambda granted: granted.grant.client, nullable=False),
        Property("consentType", "string", lambda granted: granted.kind, nullable=False),
        Property("principalId", "string", lambda granted: granted.grant.principal),
        Property("resourceId", "string", lambda granted: granted.resource, nullable=False),
        Property("scope", "string", lambda granted: granted.scope, nullable=False),
    )
    return Resource(
        name="oAuth2PermissionGrant",
        type=RecordType("microsoft.graph.oAuth2PermissionGrant", by_name(*properties)),
        compute=_members,
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
    )


def _page(tenant: Tenant, grants: list[PermissionGrant]) -> Page:
    resource = graph_principal(tenant).id
    found = [Granted(grant, resource) for grant in grants]
    return Page(resource=grant_resource(), records=found, path="oauth2PermissionGrants", total=len(found))


@operation("GET /oauth2PermissionGrants", least="Directory.Read.All")
def list_(call: Call) -> Page:
    """List the grants of the tenant."""
    return _page(call.tenant, list(call.tenant.grants))


@operation("GET /users/{user}/oauth2PermissionGrants", least="Directory.Read.All", workload="directory")
def list_of_user(call: Call, user: User) -> Page:
    """List the grants that a user has given."""
    return _page(call.tenant, [one for one in call.tenant.grants if one.principal == user.id])


@operation(
    "GET /servicePrincipals/{principal}/oauth2PermissionGrants", least="Directory.Read.All", workload="directory"
)
def list_of_client(call: Call, principal: ServicePrincipal) -> Page:
    """List the grants that a client holds."""
    return _page(call.tenant, [one for one in call.tenant.grants if one.client == principal.id])


def _answer(call: Call, grant: PermissionGrant, status: int = 200) -> EntityAnswer:
    location = f"oauth2PermissionGrants/{grant.id}" if status == 201 else ""
    record = Granted(grant, graph_principal(call.tenant).id)
    path = "oauth2PermissionGrants"
    return EntityAnswer(resource=grant_resource(), record=record, path=path, status=status, location=location)


@operation("GET /oauth2PermissionGrants/delta", least="Directory.Read.All", workload="directory", options=DELTA_OPTIONS)
def list_changes(call: Call) -> Document:
    """List the grants of the tenant, and from then on which came, changed or went."""
    resource = graph_principal(call.tenant).id
    tracked = Tracked(
        resource=grant_resource(),
        path="oauth2PermissionGrants",
        records={grant.id: grant for grant in call.tenant.grants},
        row=lambda grant: Granted(grant, resource),
        removed="deleted",
    )
    return cut_directory_round(call, tracked)


@operation("GET /oauth2PermissionGrants/{grant}", least="Directory.Read.All", workload="directory")
def get(call: Call, grant: PermissionGrant) -> EntityAnswer:
    """Get a grant."""
    return _answer(call, grant)


@operation(
    "POST /oauth2PermissionGrants",
    least="Directory.ReadWrite.All",
    body=Entity("oAuth2PermissionGrant"),
)
def create(call: Call, body: dict[str, Any]) -> EntityAnswer:
    """Grant delegated permissions to a client, for one user or for all."""
    client = find_principal(call.tenant, body.get("clientId") or "")
    if client is None:
        raise not_found(call, body.get("clientId") or "", "service principal")
    kind = _KINDS.get(str(body.get("consentType") or "").lower())
    if kind is None:
        raise _invalid("consentType", "consentType is AllPrincipals or Principal")
    if (body.get("resourceId") or "").lower() != graph_principal(call.tenant).id:
        raise not_found(call, body.get("resourceId") or "", "service principal with delegated permissions")
    principal = None
    if kind == "Principal":
        user = find_user(call.tenant, body.get("principalId") or "")
        if user is None:
            raise not_found(call, body.get("principalId") or "", "user")
        principal = user.id
    elif body.get("principalId"):
        raise _invalid("principalId", "a grant for all principals names none")
    if call.tenant.grants.find("pair", f"{client.id} {principal}") is not None:
        because = "the client has a grant for this principal already: PATCH its scope"
        raise graph_error("grant_exists", because=because)
    scopes = _scopes(body.get("scope") or "")
    grant = PermissionGrant(id=call.world.ids.text(43), client=client.id, principal=principal, scopes=scopes)
    return _answer(call, call.unit.put(call.tenant.grants, grant), 201)


@operation(
    "PATCH /oauth2PermissionGrants/{grant}",
    least="Directory.ReadWrite.All",
    body=Entity("oAuth2PermissionGrant"),
    workload="directory",
)
def update(call: Call, grant: PermissionGrant, body: dict[str, Any]) -> NoContent:
    """Replace the permissions of a grant; nothing else of it can change."""
    for name, value in body.items():
        if name != "scope" and "@" not in name and value is not None:
            raise _invalid(name, f"{name} of a grant cannot change")
    if body.get("scope") is not None:
        call.unit.put(call.tenant.grants, msgspec.structs.replace(grant, scopes=_scopes(body["scope"])))
    return NoContent()


@operation("DELETE /oauth2PermissionGrants/{grant}", least="Directory.ReadWrite.All", workload="directory")
def delete(call: Call, grant: PermissionGrant) -> NoContent:
    """Take a grant back; tokens issued from then on lack its permissions."""
    call.unit.remove(call.tenant.grants, grant)
    return NoContent()


def _scopes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_scope, text.split())))


def _scope(name: str) -> str:
    if name.lower() in OIDC_SCOPES:
        return name.lower()
    if not exists_as(name, "delegated"):
        raise _invalid("scope", f"Microsoft Graph has no delegated permission {name!r}")
    return permission(name).name


def _invalid(name: str, because: str) -> GraphError:
    return graph_error("directory_value_invalid", property=name, resource="OAuth2PermissionGrant", because=because)
