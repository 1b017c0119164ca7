"""The step that issues: access, ID and refresh token, and the answer around them (reference entra 2.2, 2.10)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from outlook365_emulator.directory.revocation import counts_from
from outlook365_emulator.entra.access_evaluation import is_evaluated, lifetime_of
from outlook365_emulator.entra.apis import api_claims
from outlook365_emulator.entra.call import Call, SignIn
from outlook365_emulator.entra.claims import Holder, client_info, id_claims
from outlook365_emulator.entra.envelope import PRIVATE
from outlook365_emulator.entra.opaque import CODE
from outlook365_emulator.entra.optional_claims import optional_claims
from outlook365_emulator.entra.pruning import prune
from outlook365_emulator.entra.scopes import echo
from outlook365_emulator.entra.tokens import graph_access_token, signed
from outlook365_emulator.store.records.directory import RefreshToken, User
from outlook365_emulator.wire import Response

APPLICATION_LIFETIME = 3599
"""`expires_in` of client credentials, in seconds (reference entra 4.5)."""

USER_LIFETIME = (3600, 5400)
"""Bounds in seconds between which the life of a user's token is drawn; `expires_in` is one less."""


SPA_LIFETIME = timedelta(hours=24)
"""How long a single-page application's refresh tokens live from the first one (reference entra 4.5)."""


def issue(call: Call) -> Response:
    """Step: answer with tokens."""
    body = _for_application(call) if call.user is None else _for_user(call, call.user)
    return Response(200, msgspec.json.encode(body), [*PRIVATE])


def _holder(call: Call, session: str = "", methods: tuple[str, ...] = ()) -> Holder:
    assert call.application is not None
    assert call.principal is not None
    return Holder(
        application=call.application,
        principal=call.principal,
        permissions=call.permissions,
        authentication=call.authentication,
        user=call.user,
        session=session,
        methods=methods,
        address=call.request.client,
        evaluated_from=_dated(call) if is_evaluated(call) else None,
    )


def _dated(call: Call) -> datetime:
    return counts_from(call.now, call.user) if call.user is not None else call.now


def _signed(call: Call, holder: Holder, lifetime: int) -> str:
    world, tenant, _ = call.known()
    at, audience = call.now.timestamp(), call.audience
    if call.api is None:
        return graph_access_token(call.keys, world, tenant, holder, audience=audience, at=at, lifetime=lifetime)
    token_id = world.ids.text(22)
    claims = api_claims(tenant, holder, call.api, audience=audience, at=at, lifetime=lifetime, token_id=token_id)
    return signed(call.keys, claims, thumbprint=call.api.api_token_version == 1, world=world)


def _access_token(call: Call, holder: Holder, usual: int, scope: str | None = None) -> dict[str, Any]:
    """Return the answer up to and with the access token, in the order of recorded answers."""
    lifetime, refresh_in = lifetime_of(call, usual)
    at = call.now.timestamp()
    token = _signed(call, holder, lifetime)
    scopes = {} if scope is None else {"scope": scope}
    renewal = {} if refresh_in is None else {"refresh_in": refresh_in if call.version == 2 else str(refresh_in)}
    if call.version == 2:
        times: dict[str, Any] = {"expires_in": lifetime, "ext_expires_in": lifetime, **renewal}
        return {"token_type": "Bearer", **scopes, **times, "access_token": token}
    return {
        "token_type": "Bearer",
        **scopes,
        "expires_in": str(lifetime),
        "ext_expires_in": str(lifetime),
        **renewal,
        "expires_on": str(int(at) + lifetime + 1),
        "not_before": str(int(at) - 300),
        "resource": call.asked.resource or call.audience,
        "access_token": token,
    }


def _for_application(call: Call) -> dict[str, Any]:
    return _access_token(call, _holder(call), APPLICATION_LIFETIME)


def _for_user(call: Call, user: User) -> dict[str, Any]:
    _, tenant, _ = call.known()
    if call.sign_in is None:
        call.sign_in = SignIn(call.known()[0].ids.guid(), scopes=tuple(call.form.get("scope", "").split()))
    body = access_token_fields(call)
    if call.given is not None or call.version == 1 or "offline_access" in call.asked.openid:
        body["refresh_token"] = _refresh_token(call, user, call.sign_in)
    if "openid" in call.permissions and (call.version == 2 or "openid" in call.asked.openid):
        body["id_token"] = id_token(call)
    if "1" in (call.form.get("client_info"), call.query.get("client_info")):
        body["client_info"] = client_info(tenant, user, call.world)
    _redeem(call)
    return body


def access_token_fields(call: Call) -> dict[str, Any]:
    """Return a user's access token with the fields around it, as an answer has them.

    Args:
        call: a request whose user, sign-in and permissions are known.
    """
    world, _, _ = call.known()
    assert call.sign_in is not None
    holder = _holder(call, call.sign_in.session, call.sign_in.methods)
    named = echo(call.asked, call.permissions, call.cloud.graph_url) if call.version == 2 else _short(call)
    return _access_token(call, holder, world.chance.randint(*USER_LIFETIME) - 1, named)


def id_token(call: Call, hashes: Mapping[str, str] | None = None) -> str:
    """Return an ID token of a user.

    Args:
        call: a request whose user, sign-in and permissions are known.
        hashes: `c_hash` and `at_hash`, which only tokens from the authorize endpoint have.
    """
    world, tenant, _ = call.known()
    assert call.sign_in is not None
    assert call.user is not None
    nonce = {"nonce": call.sign_in.nonce} if call.sign_in.nonce else {}
    claims = id_claims(
        tenant,
        _holder(call, call.sign_in.session, call.sign_in.methods),
        call.user,
        scopes=call.permissions,
        at=call.now.timestamp(),
        token_id=world.ids.text(22),
        version=call.version,
        beyond={**optional_claims(call), **nonce, **(hashes or {})},
    )
    return signed(call.keys, claims, thumbprint=call.version == 1, world=world)


def _short(call: Call) -> str:
    return echo(call.asked._replace(resources=(), default=False), call.permissions, "")


def _redeem(call: Call) -> None:
    """Mark the code that was presented as used: from here on nobody else gets anything for it."""
    world, _, _ = call.known()
    if call.code is None and call.device is None:
        return
    with world.unit(call.now) as unit:
        if call.code is not None:
            unit.put(world.sign_ins.codes, msgspec.structs.replace(call.code, redeemed=call.now))
        if call.device is not None:
            unit.put(world.sign_ins.device_codes, msgspec.structs.replace(call.device, state="redeemed"))


def _refresh_token(call: Call, user: User, sign_in: SignIn) -> str:
    """Issue a refresh token; one that was presented stays valid beside it.

    It counts from the instant from which the user's sessions count, where that is later: revoking and signing in again
    can happen at one instant of a frozen clock.
    """
    world, tenant, application = call.known()
    issued = counts_from(call.now, user)
    ends = call.now + SPA_LIFETIME if sign_in.platform == "spa" else None
    token = RefreshToken(
        value=world.opaque(CODE, 85),
        client_id=application.client_id,
        user=user.id,
        session=sign_in.session,
        scopes=tuple(call.form.get("scope", "").split()) or sign_in.scopes,
        issued=issued,
        authenticated=sign_in.authenticated or issued,
        methods=sign_in.methods,
        expires=sign_in.expires or ends,
        platform=sign_in.platform,
    )
    with world.unit(call.now) as unit:
        unit.put(tenant.refresh_tokens, token)
        prune(tenant, unit)
    return token.value
