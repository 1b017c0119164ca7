"""What a client may do in a tenant: delegated grants and application permissions.

Graph resources: `oAuth2PermissionGrant` (one per client and principal) and `appRoleAssignment`.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from outlook365_emulator.store.records.directory import PermissionGrant, RoleAssignment, ServicePrincipal
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World


def granted_scopes(tenant: Tenant, client: ServicePrincipal, user_id: str | None) -> frozenset[str]:
    """Return the delegated permissions that a client holds for a user: the tenant's and the user's own together."""
    everybody = tenant.grants.find("pair", f"{client.id} None")
    own = tenant.grants.find("pair", f"{client.id} {user_id}") if user_id else None
    return frozenset(scope for grant in (everybody, own) if grant is not None for scope in grant.scopes)


def granted_roles(tenant: Tenant, client: ServicePrincipal) -> frozenset[str]:
    """Return the application permissions that a client holds in a tenant."""
    return frozenset(one.permission for one in tenant.role_assignments if one.client == client.id)


def grant_scopes(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    client: ServicePrincipal,
    scopes: Iterable[str],
    user_id: str | None = None,
) -> PermissionGrant:
    """Add delegated permissions to a grant.

    Args:
        world: gives the id of a new grant.
        tenant: the tenant that consents.
        unit: the unit of work that it happens in.
        client: the client's service principal.
        scopes: names of delegated permissions.
        user_id: the user who consents, or None for everybody (an administrator's consent).
    """
    held = tenant.grants.find("pair", f"{client.id} {user_id}")
    if held is None:
        held = PermissionGrant(id=world.ids.text(43), client=client.id, principal=user_id, scopes=())
    together = tuple(dict.fromkeys((*held.scopes, *scopes)))
    return unit.put(tenant.grants, msgspec.structs.replace(held, scopes=together))


def grant_roles(
    world: World, tenant: Tenant, unit: UnitOfWork, client: ServicePrincipal, permissions: Iterable[str]
) -> None:
    """Add application permissions, which an administrator consents to."""
    for permission in permissions:
        if tenant.role_assignments.find("pair", f"{client.id} {permission}") is None:
            assignment = RoleAssignment(
                id=world.ids.text(43), client=client.id, permission=permission, created=unit.now
            )
            unit.put(tenant.role_assignments, assignment)


def revoke(
    tenant: Tenant,
    unit: UnitOfWork,
    client: ServicePrincipal,
    permissions: Iterable[str] | None = None,
    user_id: str | None = None,
    kind: Literal["delegated", "application"] | None = None,
) -> list[str]:
    """Take permissions back, delegated and application ones alike.

    Args:
        tenant: the tenant that withdraws.
        unit: the unit of work that it happens in.
        client: the client's service principal.
        permissions: what to take back, or None for everything.
        user_id: only this user's own grant, or None for every grant of the client.
        kind: only delegated or only application permissions, or None for both.

    Returns:
        The names that were held and are gone.
    """
    wanted = None if permissions is None else frozenset(permissions)
    gone: set[str] = set()
    grants = [] if kind == "application" else [one for one in tenant.grants if one.client == client.id]
    for grant in [one for one in grants if user_id in (None, one.principal)]:
        left = () if wanted is None else tuple(scope for scope in grant.scopes if scope not in wanted)
        gone |= set(grant.scopes) - set(left)
        if not left:
            unit.remove(tenant.grants, grant)
        elif left != grant.scopes:
            unit.put(tenant.grants, msgspec.structs.replace(grant, scopes=left))
    if user_id is None and kind != "delegated":
        for held in [one for one in tenant.role_assignments if one.client == client.id]:
            if wanted is None or held.permission in wanted:
                gone.add(held.permission)
                unit.remove(tenant.role_assignments, held)
    return sorted(gone)
