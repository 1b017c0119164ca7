"""`grant_type=…:jwt-bearer` with `requested_token_use=on_behalf_of`: a middle tier acts for its caller's user.

Reference entra 2.8; Microsoft, "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow".
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from outlook365_emulator.directory.revocation import token_kind, valid_from
from outlook365_emulator.entra.call import Call, SignIn
from outlook365_emulator.entra.claims import SKEW
from outlook365_emulator.entra.conditional_access import stamp
from outlook365_emulator.entra.tenancy import settle
from outlook365_emulator.entra.tokens import BadToken, Claims, read_token
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant

name = "on_behalf_of"
grant_type = ("urn:ietf:params:oauth:grant-type:jwt-bearer",)
parameters = ("assertion", "scope", "requested_token_use")
application_only = False

_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "algorithm": "The provided signature value did not match the expected signature value.",
        "unknown_key": "The key was not found.",
        "signature": "The provided signature value did not match the expected signature value.",
    }
)
"""What the text of 50013 gives as reason, by what is wrong."""


def handle(call: Call) -> None:
    """Judge the caller's token, and take over its user and sign-in.

    Raises:
        EntraError: 7000218 for a client that does not prove itself, 90023 for another use of the grant, 7000114 for an
            application that may not act on behalf of others, 50027 for what is no JWT, 50013 for a foreign or changed
            one and one of an application, 240002 for an ID token, 500131 for another audience, 500133 for an expired
            one, 500341 and 50173 for its user.
    """
    assert call.application is not None
    if call.authentication == 0:
        raise call.error(7000218, because="only a client that proves itself can act on behalf of others")
    if call.form["requested_token_use"].strip().lower() != name:
        detail = "The value of the input parameter 'requested_token_use' is not supported."
        raise call.error(90023, detail=detail, because=f"requested_token_use is {name}")
    if not call.application.on_behalf_of:
        raise call.error(7000114, because="the registration does not allow on-behalf-of calls")
    claims = _read(call, call.form["assertion"])
    _check_audience(call, claims)
    _check_time(call, claims)
    tenant = _tenant(call, claims)
    user = tenant.users.get(claims.oid)
    if user is None:
        raise call.error(500341, user="{EmailHidden}", tid=tenant.id, because="the user of the assertion is deleted")
    _check_revocation(call, claims, user)
    if call.tenant is None:
        settle(call, tenant)
    elif call.tenant is not tenant:
        because = f"the assertion is of {tenant.domains[0]}, and the path says {call.tenant.domains[0]}"
        raise call.error(50013, reason="The key was not found.", because=because)
    call.user = user
    call.sign_in = SignIn(
        session=str(claims.raw.get("sid", "")) or call.known()[0].ids.guid(),
        methods=_methods(claims),
        authenticated=_issued(claims),
        scopes=tuple(call.form.get("scope", "").split()),
    )


def _read(call: Call, text: str) -> Claims:
    try:
        claims = read_token(text, call.keys)
    except BadToken as bad:
        if bad.problem in ("empty", "malformed"):
            raise call.error(50027, because=bad.because) from None
        raise call.error(50013, reason=_REASONS[bad.problem], because=bad.because) from None
    if "appid" not in claims.raw and "azp" not in claims.raw:
        raise call.error(240002, because="an ID token was sent; the assertion is the access token that the caller sent")
    if not claims.scopes:
        because = "the assertion is of an application on its own, and there is nobody on whose behalf to act"
        raise call.error(50013, reason="The token carries no user.", because=because)
    return claims


def _check_audience(call: Call, claims: Claims) -> None:
    assert call.application is not None
    own = call.application.client_id
    if claims.aud.rstrip("/").lower() not in (own, f"api://{own}"):
        because = f"the caller's token is for {claims.aud}: it has to ask for api://{own}"
        raise call.error(500131, audience=claims.aud, because=because)


def _check_time(call: Call, claims: Claims) -> None:
    if call.now.timestamp() < claims.exp:
        return
    ended = stamp(datetime.fromtimestamp(claims.exp, UTC))
    because = "the caller's token has ended by the world's clock"
    raise call.error(500133, current=stamp(call.now), expires=ended, because=because)


def _tenant(call: Call, claims: Claims) -> Tenant:
    tenant = call.world.tenants.get(claims.tid) if call.world is not None else None
    if tenant is None or all(cloud.id != tenant.cloud for cloud in call.clouds):
        because = f"the tenant {claims.tid} of the assertion lives in another world or cloud"
        raise call.error(50013, reason="The key was not found.", because=because)
    return tenant


def _check_revocation(call: Call, claims: Claims, user: User) -> None:
    issued = _issued(claims)
    counts_from = valid_from(user, token_kind(_methods(claims), confidential=False))
    if issued < counts_from.replace(microsecond=0):
        because = f"sessions of {user.user_principal_name} were revoked, or the password was changed, since"
        raise call.error(50173, issued=stamp(issued), valid_from=stamp(counts_from), because=because)


def _issued(claims: Claims) -> datetime:
    return datetime.fromtimestamp(claims.iat + SKEW, UTC)


def _methods(claims: Claims) -> tuple[str, ...]:
    held = claims.raw.get("amr")
    return tuple(one for one in held if isinstance(one, str)) if isinstance(held, list) else ("pwd",)
