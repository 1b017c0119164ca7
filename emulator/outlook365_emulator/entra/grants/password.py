"""`grant_type=password`: a user's name and password, sent by the client (reference entra 2.6)."""

from outlook365_emulator.directory.account_states import is_locked, note_right_password, note_wrong_password
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.tenancy import settle, tenant_of
from outlook365_emulator.ids import same_secret
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant

name = "password"
grant_type = ("password",)
parameters = ("username", "password", "scope")
application_only = False


def handle(call: Call) -> None:
    """Find the user and compare the password.

    Raises:
        EntraError: 9001023 at `common` and `consumers`; 50128 where the domain of the name is no tenant's; 50034 for an
            unknown user; 50126 for a wrong password; 50056 and 50057 for accounts without one.
    """
    username = call.form["username"]
    call.entry.user = username
    tenant = call.tenant or _home(call, username)
    user = tenant.users.find("name", username.strip().lower())
    if user is None:
        raise call.error(50034, user=username, tid=tenant.id, because=_why_unknown(tenant, username))
    check_password(call, user, call.form["password"])
    call.user = user


def _home(call: Call, username: str) -> Tenant:
    if call.segments["tenant"].lower() != "organizations":
        raise call.error(9001023, because="the password grant needs organizations or a tenant in the path")
    domain = username.rpartition("@")[2].strip().lower()
    found = tenant_of(call, domain)
    if found is None:
        raise call.error(50128, because=f"the domain {domain!r} belongs to no tenant of this cloud in this world")
    settle(call, found)
    return found


def check_password(call: Call, user: User, given: str) -> None:
    """Compare a password with the user's.

    Args:
        call: the request, for the wording of errors.
        user: whose password it should be.
        given: what was typed.

    Raises:
        EntraError: 50126 where it is wrong; 50053 where the account is locked; 50055 where the password has expired;
            50056 and 50057 for accounts without one.
    """
    who = f"{user.user_principal_name} ({user.purpose})"
    if user.password is None:
        if not user.enabled:
            raise call.error(50057, because=f"{who}: nobody can sign in to this account")
        raise call.error(50056, because=f"{who} has no password")
    if is_locked(user, call.now):
        raise call.error(50053, because=_why_locked(user))
    right = same_secret(given, user.password)
    _count(call, user, right)
    if not right:
        raise call.error(50126, because=f"the password is not the one of {user.user_principal_name}")
    if user.password_expired:
        raise call.error(50055, because=f"the password of {user.user_principal_name} has expired: it has to be changed")


def _count(call: Call, user: User, right: bool) -> None:
    """Note a right or wrong password, so that many wrong ones lock the account."""
    tenant = next((one for one in call.world.tenants.values() if user.id in one.users), None) if call.world else None
    if call.world is None or tenant is None or (right and not user.failed_sign_ins and not user.lockouts):
        return
    with call.world.unit(call.now) as unit:
        (note_right_password if right else note_wrong_password)(tenant, unit, user)


def _why_locked(user: User) -> str:
    if user.locked or user.locked_until is None:
        return f"the account {user.user_principal_name} is locked until somebody unlocks it"
    until = f"{user.locked_until:%Y-%m-%d %H:%M:%S}Z"
    return f"too many wrong passwords: {user.user_principal_name} is locked until {until} by the world's clock"


def _why_unknown(tenant: Tenant, username: str) -> str:
    from difflib import get_close_matches

    names = [user.user_principal_name for user in tenant.users]
    near = get_close_matches(username.lower(), names, n=2, cutoff=0.6)
    hint = f"; there is {' and '.join(near)}" if near else ""
    return f"nobody in {tenant.domains[0]} is called {username!r}{hint}"
