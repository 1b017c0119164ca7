"""The life of a subscription: when it ends, when it has to be reauthorized, and what its endpoint is told about it.

Reference `graph-core.md` section 10.6. The agenda of the world holds what comes later.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from outlook365_emulator.directory.consent import granted_roles, granted_scopes
from outlook365_emulator.directory.revocation import counts_from
from outlook365_emulator.graph.subscriptions.permissions import opening
from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.subscriptions import Subscription
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.graph_permissions import Scheme

EXPIRE: Final = "subscriptions.expire"
FORGET: Final = "subscriptions.forget"
CHALLENGE: Final = "subscriptions.challenge"

REMEMBERED: Final = timedelta(days=1)
"""How long a subscription that has expired answers 410; afterwards it was never there."""

AHEAD: Final = timedelta(minutes=5)
"""How long before a token or a subscription ends its endpoint is asked to reauthorize."""

APART: Final = timedelta(minutes=10)
"""How long an endpoint that has reauthorized is left alone, also where its token was about to end."""

Allowed = Literal["allowed", "unauthorized", "gone"]

_SHELVES: Mapping[str, str] = MappingProxyType({"message": "messages", "event": "events"})


def find_subscription(world: World, identity: str) -> tuple[Tenant, Subscription] | None:
    """Return a subscription of a world with its tenant, or None."""
    for tenant in world.tenants.values():
        found = tenant.subscriptions.get(identity)
        if found is not None:
            return tenant, found
    return None


def plan(world: World, unit: UnitOfWork, one: Subscription) -> None:
    """Put the end of a subscription, and the challenge before, on the agenda when the unit of work has succeeded."""
    unit.after(lambda: world.agenda.add(one.expires, EXPIRE, id=one.id))
    if one.lifecycle_url is not None:
        unit.after(lambda: world.agenda.add(challenge_at(one), CHALLENGE, id=one.id))


def challenge_at(one: Subscription) -> datetime:
    """Return when a subscription has to be reauthorized."""
    return max(min(one.authorized_until, one.expires) - AHEAD, one.authorized + APART)


def authorized_from(now: datetime, caller: User | None) -> datetime:
    """Return by which instant an authorization is dated: never before the person's sessions were revoked."""
    return now if caller is None else counts_from(now, caller)


def reauthorized(
    world: World, unit: UnitOfWork, one: Subscription, caller: User | None, token_ends: float
) -> Subscription:
    """Return a subscription for which a token was shown; what it missed while it was paused is announced.

    Args:
        world: the world.
        unit: the unit of work that it happens in.
        one: the subscription.
        caller: who is signed in, or None for an application.
        token_ends: when the token ends, in seconds since 1970.
    """
    until = datetime.fromtimestamp(token_ends, UTC)
    active = msgspec.structs.replace(
        one, standing="active", authorized=authorized_from(unit.now, caller), authorized_until=until
    )
    if one.id in world.notices.missed:
        unit.after(lambda: announce_missed(world, active))
    return active


def announce(world: World, tenant: Tenant, one: Subscription, event: str) -> None:
    """Send a lifecycle notification to the endpoint that wants them, if there is one."""
    if one.lifecycle_url is not None:
        world.notices.add("lifecycle", event, tenant.id, one.id, one.lifecycle_url, world.clock.now(), one)


def announce_missed(world: World, one: Subscription) -> None:
    """Tell the endpoint of a subscription that it missed notifications: it has to read the changes itself."""
    world.notices.missed.discard(one.id)
    found = find_subscription(world, one.id)
    if found is not None:
        announce(world, found[0], found[1], "missed")


def judge_standing(tenant: Tenant, one: Subscription) -> Allowed:
    """Say whether a subscription may still notify: whether its person, mailbox and permission are still there.

    Args:
        tenant: the tenant.
        one: the subscription.
    """
    principal = tenant.service_principals.find("client", one.application)
    if principal is None or tenant.mailboxes.get(one.mailbox) is None:
        return "gone"
    if one.delegated:
        user = tenant.users.get(one.creator)
        if user is None or not user.enabled:
            return "gone"
        revoked = max(user.sessions_valid_from, user.password_changed, user.tokens_valid_from)
        if revoked > one.authorized:
            return "gone"
        held = granted_scopes(tenant, principal, one.creator)
    else:
        held = granted_roles(tenant, principal)
    scheme: Scheme = "work" if one.delegated else "application"
    return "allowed" if opening(_SHELVES[one.watched], scheme) & held and principal.enabled else "unauthorized"


def remove(world: World, tenant: Tenant, one: Subscription, *, tell: bool = True) -> None:
    """End a subscription because what it stands on is gone.

    Args:
        world: the world.
        tenant: the tenant.
        one: the subscription.
        tell: whether its endpoint gets `subscriptionRemoved`.
    """
    with world.unit() as unit:
        unit.remove(tenant.subscriptions, one)
    if tell:
        announce(world, tenant, one, "subscriptionRemoved")


def pause(world: World, tenant: Tenant, one: Subscription) -> None:
    """Ask the endpoint of a subscription to reauthorize; until it does, nothing is sent."""
    if one.standing != "active":
        return
    with world.unit() as unit:
        paused = unit.put(tenant.subscriptions, msgspec.structs.replace(one, standing="paused"))
    announce(world, tenant, paused, "reauthorizationRequired")


def expire(world: World, due: Due) -> None:
    """End a subscription whose time has come; one that was renewed lives on."""
    found = find_subscription(world, str(dict(due.data)["id"]))
    if found is None or found[1].expires > due.at or found[1].standing == "ended":
        return
    tenant, one = found
    with world.unit() as unit:
        unit.put(tenant.subscriptions, msgspec.structs.replace(one, standing="ended"))
        unit.after(lambda: world.agenda.add(due.at + REMEMBERED, FORGET, id=one.id))


def forget(world: World, due: Due) -> None:
    """Forget a subscription that ended a day ago."""
    found = find_subscription(world, str(dict(due.data)["id"]))
    if found is not None and found[1].standing == "ended":
        with world.unit() as unit:
            unit.remove(found[0].subscriptions, found[1])


def challenge(world: World, due: Due) -> None:
    """Ask for reauthorization where that has not come of its own accord."""
    found = find_subscription(world, str(dict(due.data)["id"]))
    if found is not None and challenge_at(found[1]) <= due.at:
        pause(world, *found)
