"""What can happen to people, applications and consent on demand: steps of scenarios, faults of kind `change`."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from outlook365_emulator.directory.account_states import require_mfa
from outlook365_emulator.directory.applications import (
    UnknownApplication,
    application_named,
    change_application,
    find_application,
)
from outlook365_emulator.directory.conditional_access import add_policy
from outlook365_emulator.directory.consent import revoke
from outlook365_emulator.directory.consent_policy import set_consent_policy
from outlook365_emulator.directory.users import (
    UnknownUser,
    change_user,
    delete_user,
    revoke_sessions,
    set_password,
    user_named,
)
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.faults.kinds.changing import Change
from outlook365_emulator.store.records.directory import Application, ServicePrincipal, User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.permissions import permission


class Scene(NamedTuple):
    """A tenant, and whom and what in it a change concerns.

    Attributes:
        world: the world.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        change: what is to happen.
        users: the people.
        apps: the applications.
        named: whether people were named; where not, all are meant.
    """

    world: World
    tenant: Tenant
    unit: UnitOfWork
    change: Change
    users: list[User]
    apps: list[Application]
    named: bool


def make_change(
    world: World, change: Change, keys: KeyRing | None, *, tenant: str = "", user: str = "", app: str = ""
) -> None:
    """Let something happen in a world.

    Args:
        world: the world.
        change: what, and to whom.
        keys: the ring that makes signing keys; needed for `roll_signing_key`.
        tenant: id of the tenant that is meant, or "" for all.
        user: who is meant where the change names nobody: a principal name, or "" for everybody.
        app: the client id that is meant where the change names none, or "" for all.

    Raises:
        LookupError: the change names somebody or something that is in none of the tenants.
    """
    if change.change == "roll_signing_key":
        if keys is not None:
            keys.roll(world)
        return
    tenants = [one for one in world.tenants.values() if not tenant or one.id == tenant]
    check_names(tenants, change)
    for one in tenants:
        users = _users(one, change, user)
        apps = _apps(world, one, change, app)
        with world.unit() as unit:
            CHANGES[change.change](Scene(world, one, unit, change, users, apps, bool(change.user or user)))


def check_names(tenants: list[Tenant], change: Change) -> None:
    """Refuse a change that names nobody of these tenants, no application of theirs, or no permission.

    Raises:
        LookupError: the message names the nearest.
    """
    for name in change.permissions or ():
        permission(name)
    problems: list[LookupError] = []
    for tenant in tenants:
        try:
            if change.user is not None:
                user_named(tenant, change.user)
            if change.app is not None:
                application_named(tenant, change.app)
        except (UnknownUser, UnknownApplication) as problem:
            problems.append(problem)
        else:
            return
    if problems:
        raise problems[0]


def _users(tenant: Tenant, change: Change, user: str) -> list[User]:
    wanted = change.user or user
    if not wanted:
        return [one for one in tenant.users if one.purpose == "user"]
    try:
        return [user_named(tenant, wanted)]
    except UnknownUser:
        return []


def _apps(world: World, tenant: Tenant, change: Change, app: str) -> list[Application]:
    if change.app is not None:
        try:
            return [application_named(tenant, change.app)]
        except UnknownApplication:
            return []
    if not app:
        return list(tenant.applications)
    found = find_application(world, tenant, app)
    return [found] if found is not None else []


def _principals(scene: Scene) -> Iterator[ServicePrincipal]:
    for app in scene.apps:
        principal = scene.tenant.service_principals.find("client", app.client_id)
        if principal is not None:
            yield principal


def _revoke_sessions(scene: Scene) -> None:
    for user in scene.users:
        revoke_sessions(scene.tenant, scene.unit, user)


def _withdraw_consent(scene: Scene) -> None:
    for principal in _principals(scene):
        revoke(scene.tenant, scene.unit, principal, scene.change.permissions)


def _demand_admin_consent(scene: Scene) -> None:
    _withdraw_consent(scene)
    set_consent_policy(scene.tenant, user_consent="nothing")


def _a_moment_ago(scene: Scene) -> datetime:
    """Return an instant before that of the request that brings the change with it, so that this one meets it too."""
    return scene.unit.now - timedelta(seconds=1)


def _expire_secrets(scene: Scene) -> None:
    for app in scene.apps:
        ended = tuple(msgspec.structs.replace(one, expires=_a_moment_ago(scene)) for one in app.secrets)
        change_application(scene.tenant, scene.unit, app, secrets=ended)


def _roll_secrets(scene: Scene) -> None:
    for app in scene.apps:
        fresh = tuple(msgspec.structs.replace(one, secret=scene.world.ids.secret()) for one in app.secrets)
        change_application(scene.tenant, scene.unit, app, secrets=fresh)


def _expire_certificates(scene: Scene) -> None:
    for app in scene.apps:
        ended = tuple(msgspec.structs.replace(one, expires=_a_moment_ago(scene)) for one in app.certificates)
        change_application(scene.tenant, scene.unit, app, certificates=ended)


def _roll_certificates(scene: Scene) -> None:
    for app in scene.apps:
        change_application(scene.tenant, scene.unit, app, certificates=())


def _enable_account(scene: Scene) -> None:
    for user in scene.users:
        change_user(scene.tenant, scene.unit, user, enabled=True)


def _disable_account(scene: Scene) -> None:
    for user in scene.users:
        change_user(scene.tenant, scene.unit, user, enabled=False)


def _delete_account(scene: Scene) -> None:
    for user in scene.users:
        delete_user(scene.tenant, scene.unit, user)


def _change_password(scene: Scene) -> None:
    for user in scene.users:
        set_password(scene.tenant, scene.unit, user, scene.change.password or scene.world.ids.text(20))


def _expire_password(scene: Scene) -> None:
    for user in scene.users:
        change_user(scene.tenant, scene.unit, user, password_expired=True)


def _require_mfa(scene: Scene) -> None:
    for user in scene.users:
        require_mfa(scene.tenant, scene.unit, user, True)


def _block_by_policy(scene: Scene) -> None:
    users = [user.id for user in scene.users] if scene.named else []
    add_policy(scene.world, scene.tenant, scene.unit, "block", users=users)


def _lift_policies(scene: Scene) -> None:
    for policy in list(scene.tenant.access_policies):
        scene.unit.remove(scene.tenant.access_policies, policy)


def _enable_app(scene: Scene) -> None:
    _set_enabled(scene, enabled=True)


def _disable_app(scene: Scene) -> None:
    _set_enabled(scene, enabled=False)


def _set_enabled(scene: Scene, *, enabled: bool) -> None:
    for principal in _principals(scene):
        scene.unit.put(scene.tenant.service_principals, msgspec.structs.replace(principal, enabled=enabled))


def _reset_delta(scene: Scene) -> None:
    owners = {user.id for user in scene.users} if scene.named else None
    for mailbox in scene.tenant.mailboxes:
        if owners is None or mailbox.owner in owners:
            mailbox.generation += 1


CHANGES: Mapping[str, Callable[[Scene], None]] = MappingProxyType(
    {
        "revoke_sessions": _revoke_sessions,
        "withdraw_consent": _withdraw_consent,
        "demand_admin_consent": _demand_admin_consent,
        "expire_secrets": _expire_secrets,
        "roll_secrets": _roll_secrets,
        "expire_certificates": _expire_certificates,
        "roll_certificates": _roll_certificates,
        "enable_account": _enable_account,
        "disable_account": _disable_account,
        "delete_account": _delete_account,
        "change_password": _change_password,
        "expire_password": _expire_password,
        "require_mfa": _require_mfa,
        "block_by_policy": _block_by_policy,
        "lift_policies": _lift_policies,
        "enable_app": _enable_app,
        "disable_app": _disable_app,
        "reset_delta": _reset_delta,
    }
)
"""Every change of the directory by its name; `roll_signing_key` is the key ring's."""
