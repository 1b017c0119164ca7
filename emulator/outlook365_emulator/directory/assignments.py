"""Users and groups that are assigned to an application (`appRoleAssignedTo` of its service principal)."""

from outlook365_emulator.directory.app_roles import DEFAULT_ROLE
from outlook365_emulator.store.records.directory import AppAssignment, Group, ServicePrincipal, User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World


def is_assigned(tenant: Tenant, principal: ServicePrincipal, user_id: str) -> bool:
    """Tell whether a user is assigned to an application, directly or as a direct member of an assigned group.

    Nested groups do not count (Microsoft, "Manage users and groups assignment to an application").
    """
    for one in tenant.app_assignments:
        if one.resource != principal.id:
            continue
        group = tenant.groups.get(one.principal)
        if one.principal == user_id or (group is not None and user_id in group.members):
            return True
    return False


def is_kept_out(tenant: Tenant, principal: ServicePrincipal | None, user: User) -> bool:
    """Tell whether an application takes assigned users only and the user is none (AADSTS50105)."""
    if principal is None or not principal.assignment_required:
        return False
    return not is_assigned(tenant, principal, user.id)


def assign(
    world: World, tenant: Tenant, unit: UnitOfWork, principal: ServicePrincipal, who: User | Group
) -> AppAssignment:
    """Assign a user or a group to an application, in its default role.

    Args:
        world: gives the id.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        principal: the application's service principal.
        who: the user or group.
    """
    found = tenant.app_assignments.find("triple", f"{who.id} {principal.id} {DEFAULT_ROLE}")
    if found is not None:
        return found
    assignment = AppAssignment(
        id=world.ids.text(43),
        principal=who.id,
        principal_type="User" if isinstance(who, User) else "Group",
        resource=principal.id,
        role=DEFAULT_ROLE,
        created=unit.now,
    )
    return unit.put(tenant.app_assignments, assignment)


def unassign(tenant: Tenant, unit: UnitOfWork, principal: ServicePrincipal, who: User | Group) -> bool:
    """Take every assignment of a user or group to an application back; return whether there was one."""
    held = [one for one in tenant.app_assignments if (one.principal, one.resource) == (who.id, principal.id)]
    for one in held:
        unit.remove(tenant.app_assignments, one)
    return bool(held)
