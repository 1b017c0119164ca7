"""States of an account that keep a person out: locked, expired password, second factor.

Microsoft Entra, "Smart lockout" and "Per-user multifactor authentication".
"""

from datetime import datetime, timedelta

import msgspec

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork

LOCKOUT_THRESHOLD = 10
"""Wrong passwords in a row that lock an account, where the tenant says nothing else."""

LOCKOUT_THRESHOLD_OF_GOVERNMENT = 3
"""The same in the clouds of the US government."""

FIRST_LOCK = timedelta(seconds=60)
LONGEST_LOCK = timedelta(hours=5)
THRESHOLD = "lockout_threshold"
"""Name of the tenant's setting: a whole number."""


def lockout_threshold(tenant: Tenant) -> int:
    """Return after how many wrong passwords in a row an account of a tenant is locked."""
    chosen = tenant.settings.get(THRESHOLD)
    if isinstance(chosen, int):
        return chosen
    government = cloud_named(tenant.cloud).region_scope == "USGov"
    return LOCKOUT_THRESHOLD_OF_GOVERNMENT if government else LOCKOUT_THRESHOLD


def is_locked(user: User, now: datetime) -> bool:
    """Tell whether an account is locked: by somebody, or for a while after wrong passwords."""
    return user.locked or (user.locked_until is not None and now < user.locked_until)


def note_wrong_password(tenant: Tenant, unit: UnitOfWork, user: User) -> User:
    """Count a wrong password; the last one that the tenant tolerates locks the account, each time for longer.

    Every wrong password counts. Entra does not count the last three again when they are repeated; a test that wants a
    locked account should not have to know that.
    """
    failed = user.failed_sign_ins + 1
    changed = msgspec.structs.replace(user, failed_sign_ins=failed)
    if failed >= lockout_threshold(tenant):
        lasting = min(FIRST_LOCK * 2 ** min(user.lockouts, 12), LONGEST_LOCK)
        changed = msgspec.structs.replace(
            changed, failed_sign_ins=0, lockouts=user.lockouts + 1, locked_until=unit.now + lasting
        )
    return unit.put(tenant.users, changed)


def note_right_password(tenant: Tenant, unit: UnitOfWork, user: User) -> User:
    """Forget the wrong passwords before a right one."""
    return unit.put(tenant.users, msgspec.structs.replace(user, failed_sign_ins=0, lockouts=0, locked_until=None))


def set_lock(tenant: Tenant, unit: UnitOfWork, user: User, locked: bool) -> User:
    """Lock an account until it is unlocked, or unlock it."""
    changed = msgspec.structs.replace(user, locked=locked, failed_sign_ins=0, lockouts=0, locked_until=None)
    return unit.put(tenant.users, changed)


def register_mfa(tenant: Tenant, unit: UnitOfWork, user: User) -> User:
    """Note that a user has set a second factor up."""
    return unit.put(tenant.users, msgspec.structs.replace(user, mfa_registered=True))


def require_mfa(
    tenant: Tenant, unit: UnitOfWork, user: User, required: bool, *, registered: bool | None = None
) -> User:
    """Demand a second factor at every sign-in of a user, or no longer.

    Args:
        tenant: the tenant.
        unit: the unit of work that it happens in.
        user: the user.
        required: whether it is demanded.
        registered: whether the person has one to answer with; as it is when None.
    """
    has = user.mfa_registered if registered is None else registered
    since = unit.now if required and not user.mfa_required else user.mfa_required_since
    changed = msgspec.structs.replace(user, mfa_required=required, mfa_registered=has, mfa_required_since=since)
    return unit.put(tenant.users, changed)
