"""Conditional access policies of a tenant: made, removed, and found for a sign-in.

Microsoft Entra, "Building a Conditional Access policy".
"""

from collections.abc import Iterable, Iterator

from outlook365_emulator.directory.applications import application_named
from outlook365_emulator.directory.users import user_named
from outlook365_emulator.store.records.directory import Group, User
from outlook365_emulator.store.records.policies import AccessPolicy, Control
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

ORDER: tuple[Control, ...] = ("block", "sign_in_frequency", "mfa", "compliant_device", "domain_joined_device")
"""Which demand is answered first where several policies are not met: what nobody can remedy comes first."""


class UnknownPolicy(LookupError):
    """No policy of the tenant has that id or name."""


def add_policy(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    control: Control,
    *,
    name: str | None = None,
    users: Iterable[str] = (),
    applications: Iterable[str] = (),
    hours: float = 0,
) -> AccessPolicy:
    """Add a policy; it is enforced at once.

    Args:
        world: gives the id.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        control: what it demands.
        name: display name, unique in the tenant; made from the control when left out.
        users: ids, names or addresses of users, names or ids of groups; none for everybody.
        applications: client ids or names; none for all.
        hours: for `sign_in_frequency`: how old a sign-in may be.

    Raises:
        Taken: a policy has that name.
        UnknownUser: nobody and no group has a name.
        UnknownApplication: no application has a name.
    """
    id_ = world.ids.guid()
    policy = AccessPolicy(
        id=id_,
        name=name or f"{control} {id_[:8]}",
        control=control,
        users=tuple(dict.fromkeys(_member(tenant, one).id for one in users)),
        applications=tuple(dict.fromkeys(application_named(tenant, one).client_id for one in applications)),
        hours=hours,
    )
    return unit.put(tenant.access_policies, policy)


def _member(tenant: Tenant, key: str) -> User | Group:
    group = tenant.groups.get(key.lower())
    group = group or next((one for one in tenant.groups if one.display_name.lower() == key.lower()), None)
    return group or user_named(tenant, key)


def policy_named(tenant: Tenant, key: str) -> AccessPolicy:
    """Return a policy by id or name.

    Raises:
        UnknownPolicy: none has it; the message names the nearest.
    """
    found = tenant.access_policies.get(key.lower()) or tenant.access_policies.find("name", key.lower())
    if found is None:
        from difflib import get_close_matches

        names = [one.name for one in tenant.access_policies]
        near = get_close_matches(key, names, n=2, cutoff=0.4) or names[:5]
        told = ", ".join(near) or "none"
        raise UnknownPolicy(f"no conditional access policy {key!r} in {tenant.domains[0]}; there is {told}")
    return found


def policies_for(tenant: Tenant, user: User, client_id: str) -> Iterator[AccessPolicy]:
    """Return the enforced policies that a user meets with an application, in the order in which they are judged."""
    met = [one for one in tenant.access_policies if one.enabled and _is_for(tenant, one, user, client_id)]
    yield from sorted(met, key=lambda one: ORDER.index(one.control))


def _is_for(tenant: Tenant, policy: AccessPolicy, user: User, client_id: str) -> bool:
    if policy.applications and client_id not in policy.applications:
        return False
    groups = (tenant.groups.get(one) for one in policy.users)
    in_group = any(group is not None and user.id in group.members for group in groups)
    return not policy.users or user.id in policy.users or in_group
