"""Who is assigned to which application: application permissions of Graph, and people assigned to an application.

Graph resources `servicePrincipal` and `appRoleAssignment`.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache

from outlook365_emulator.directory.applications import GRAPH_CLIENT_ID
from outlook365_emulator.ids import guid_of
from outlook365_emulator.store.records.directory import AppAssignment, RoleAssignment, ServicePrincipal
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.tables.permissions import find_application_permission, find_permission

DEFAULT_ROLE = "00000000-0000-0000-0000-000000000000"
"""The role of an assignment to an application that declares none."""

Assignment = RoleAssignment | AppAssignment


def graph_principal(tenant: Tenant) -> ServicePrincipal:
    """Return Microsoft Graph's own service principal in a tenant: there from the start, its id follows the tenant's."""
    return _graph_principal(tenant.id)


@lru_cache(maxsize=256)
def _graph_principal(tenant_id: str) -> ServicePrincipal:
    digest = hashlib.blake2b(f"Microsoft Graph in {tenant_id}".encode(), digest_size=16).digest()
    return ServicePrincipal(id=guid_of(digest), client_id=GRAPH_CLIENT_ID, display_name="Microsoft Graph")


def principals(tenant: Tenant) -> list[ServicePrincipal]:
    """Return every service principal of a tenant, Microsoft Graph's first."""
    return [graph_principal(tenant), *tenant.service_principals]


def find_principal(tenant: Tenant, key: str) -> ServicePrincipal | None:
    """Return a service principal by its object id, or None."""
    wanted, graph = key.lower(), graph_principal(tenant)
    return graph if wanted == graph.id else tenant.service_principals.get(wanted)


def find_principal_of(tenant: Tenant, client_id: str) -> ServicePrincipal | None:
    """Return the service principal of an application by its client id, or None."""
    wanted = client_id.lower()
    return graph_principal(tenant) if wanted == GRAPH_CLIENT_ID else tenant.service_principals.find("client", wanted)


def find_assignment(tenant: Tenant, key: str) -> Assignment | None:
    """Return a role assignment of either kind by its id, or None."""
    return tenant.role_assignments.get(key) or tenant.app_assignments.get(key)


def assignments(tenant: Tenant) -> Iterator[Assignment]:
    """Yield every role assignment of a tenant: permissions of clients first, then people."""
    yield from tenant.role_assignments
    yield from tenant.app_assignments


def role_id(assignment: Assignment) -> str:
    """Return the `appRoleId` of an assignment."""
    if isinstance(assignment, AppAssignment):
        return assignment.role
    row = find_permission(assignment.permission)
    return (row.application_id if row else None) or DEFAULT_ROLE


def principal_id(assignment: Assignment) -> str:
    """Return the object id of who is assigned."""
    return assignment.principal if isinstance(assignment, AppAssignment) else assignment.client


def resource_id(tenant: Tenant, assignment: Assignment) -> str:
    """Return the object id of the service principal that somebody is assigned to."""
    return assignment.resource if isinstance(assignment, AppAssignment) else graph_principal(tenant).id


def permission_of_role(role: str) -> str | None:
    """Return the application permission of Graph that a role id stands for, or None."""
    row = find_application_permission(role)
    return row.name if row else None
