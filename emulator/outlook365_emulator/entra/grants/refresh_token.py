"""`grant_type=refresh_token`: a new token for a session that exists (reference entra 2.4, 4.5, 6.1)."""

from datetime import datetime, timedelta

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.directory.revocation import token_kind, valid_from
from outlook365_emulator.entra.call import Call, SignIn
from outlook365_emulator.entra.conditional_access import stranger
from outlook365_emulator.entra.opaque import CODE
from outlook365_emulator.entra.tenancy import settle
from outlook365_emulator.store.records.directory import RefreshToken, User
from outlook365_emulator.store.tenant import Tenant

name = "refresh_token"
grant_type = ("refresh_token",)
parameters = ("refresh_token",)
application_only = False

INACTIVITY = timedelta(days=90)
SPA_LIFETIME = "1.00:00:00"


def handle(call: Call) -> None:
    """Find the token and judge whether it still counts, by the world's clock.

    Raises:
        EntraError: 9002313 for a text that is no refresh token, 70000 for one of another client or unknown, 50020 for a
            user of another tenant, 500341 for a deleted user, 50173 after revocation or a new password, 700082 after 90
            days, 700084 after the fixed life of a single-page application's token.
    """
    token, home = _find(call, call.form["refresh_token"])
    assert call.application is not None
    if token.client_id != call.application.client_id:
        raise call.error(70000, because=f"the refresh token was issued to another client, {token.client_id}")
    user = home.users.get(token.user)
    call.entry.user = user.user_principal_name if user is not None else ""
    if call.tenant is None:
        settle(call, home)
    elif call.tenant is not home:
        raise _foreign(call, home, user)
    if user is None:
        because = "the user that the token was issued for is deleted"
        raise call.error(500341, user="{EmailHidden}", tid=home.id, because=because)
    _check_life(call, token, user)
    call.user, call.given = user, token
    call.sign_in = SignIn(
        token.session, token.methods, token.authenticated, token.scopes, token.platform, expires=token.expires
    )


def _find(call: Call, value: str) -> tuple[RefreshToken, Tenant]:
    if not value.startswith(CODE):
        raise call.error(9002313, because="what was sent is no refresh token")
    for tenant in call.world.tenants.values() if call.world is not None else ():
        found = tenant.refresh_tokens.get(value)
        if found is not None and any(cloud.id == tenant.cloud for cloud in call.clouds):
            return found, tenant
    because = "no refresh token of this world reads so, or it belongs to another cloud"
    raise call.error(70000, where="parameter", parameter="refresh_token' or 'assertion", because=because)


def _foreign(call: Call, home: Tenant, user: User | None) -> Exception:
    name_of = user.user_principal_name if user is not None else "{EmailHidden}"
    provider = cloud_named(home.cloud).issuer(home.id, 1)
    number = stranger(call.tenant) if call.tenant is not None else 50020
    because = f"the token's user belongs to {home.domains[0]} and is no guest of {call.directory}"
    return call.error(number, user=name_of, provider=provider, tenant=call.directory, because=because)


def _check_life(call: Call, token: RefreshToken, user: User) -> None:
    check_revoked(call, user, token.issued, token.methods)
    if token.expires is not None and token.expires <= call.now:
        because = "a single-page application's refresh token lives 24 hours"
        raise call.error(700084, issued=_stamp(token.issued), lifetime=SPA_LIFETIME, because=because)
    if call.now - token.issued > INACTIVITY:
        because = "the refresh token was not used for 90 days; each use gives a new one"
        raise call.error(700082, issued=_stamp(token.issued), inactive="90.00:00:00", because=because)


def check_revoked(call: Call, user: User, issued: datetime, methods: tuple[str, ...]) -> None:
    """Judge whether what was issued to a user at an instant still counts.

    Args:
        call: the request.
        user: the user.
        issued: when the refresh token, code or approval was issued.
        methods: how the user had signed in.

    Raises:
        EntraError: 50173 after revocation or a new password.
    """
    counts_from = valid_from(user, token_kind(methods, confidential=call.authentication > 0))
    if issued < counts_from:
        changed = counts_from == user.password_changed
        because = f"{user.user_principal_name}: {'the password was changed' if changed else 'sessions were revoked'}"
        raise call.error(50173, issued=_stamp(issued), valid_from=_stamp(counts_from), because=because)


def _stamp(instant: datetime) -> str:
    """Write an instant as the error texts do: seven digits of fraction."""
    return f"{instant:%Y-%m-%dT%H:%M:%S.%f}0Z"
