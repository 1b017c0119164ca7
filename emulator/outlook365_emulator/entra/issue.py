"""The step that issues: access, ID and refresh token, and the answer around them (reference entra 2.2, 2.10)."""

from typing import Any

import msgspec

from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.claims import Holder, client_info, id_claims
from outlook365_emulator.entra.envelope import PRIVATE
from outlook365_emulator.entra.grants.refresh_token import PREFIX
from outlook365_emulator.entra.scopes import echo
from outlook365_emulator.entra.tokens import graph_access_token, signed
from outlook365_emulator.store.records.directory import RefreshToken, User
from outlook365_emulator.wire import Response

APPLICATION_LIFETIME = 3599
"""`expires_in` of client credentials, in seconds (reference entra 4.5)."""

USER_LIFETIME = (3600, 5400)
"""Bounds in seconds between which the life of a user's token is drawn; `expires_in` is one less."""


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
    )


def _access_token(call: Call, holder: Holder, lifetime: int, scope: str | None = None) -> dict[str, Any]:
    """Return the answer up to and with the access token, in the order of recorded answers."""
    world, tenant, _ = call.known()
    at = call.now.timestamp()
    token = graph_access_token(call.keys, world, tenant, holder, audience=call.audience, at=at, lifetime=lifetime)
    scopes = {} if scope is None else {"scope": scope}
    if call.version == 2:
        times: dict[str, Any] = {"expires_in": lifetime, "ext_expires_in": lifetime}
        return {"token_type": "Bearer", **scopes, **times, "access_token": token}
    return {
        "token_type": "Bearer",
        **scopes,
        "expires_in": str(lifetime),
        "ext_expires_in": str(lifetime),
        "expires_on": str(int(at) + lifetime + 1),
        "not_before": str(int(at) - 300),
        "resource": call.asked.resource or call.audience,
        "access_token": token,
    }


def _for_application(call: Call) -> dict[str, Any]:
    return _access_token(call, _holder(call), APPLICATION_LIFETIME)


def _for_user(call: Call, user: User) -> dict[str, Any]:
    world, tenant, _ = call.known()
    given = call.given
    session = given.session if given is not None else world.ids.guid()
    methods = given.methods if given is not None else ("pwd",)
    holder = _holder(call, session, methods)
    named = echo(call.asked, call.permissions, call.cloud.graph_url) if call.version == 2 else _short(call)
    body = _access_token(call, holder, world.chance.randint(*USER_LIFETIME) - 1, named)
    if given is not None or call.version == 1 or "offline_access" in call.asked.openid:
        body["refresh_token"] = _refresh_token(call, user, session, methods)
    if "openid" in call.permissions and (call.version == 2 or "openid" in call.asked.openid):
        claims = id_claims(
            tenant,
            holder,
            user,
            scopes=call.permissions,
            at=call.now.timestamp(),
            token_id=world.ids.text(22),
            version=call.version,
        )
        body["id_token"] = signed(call.keys, claims, thumbprint=call.version == 1)
    if "1" in (call.form.get("client_info"), call.query.get("client_info")):
        body["client_info"] = client_info(tenant, user)
    return body


def _short(call: Call) -> str:
    return echo(call.asked._replace(resources=(), default=False), call.permissions, "")


def _refresh_token(call: Call, user: User, session: str, methods: tuple[str, ...]) -> str:
    """Issue a refresh token; one that was presented stays valid beside it.

    It counts from the instant from which the user's sessions count, where that is later: revoking and signing in again
    can happen at one instant of a frozen clock.
    """
    world, tenant, application = call.known()
    given = call.given
    issued = max(call.now, user.sessions_valid_from, user.password_changed)
    token = RefreshToken(
        value=world.opaque(PREFIX, 85),
        client_id=application.client_id,
        user=user.id,
        session=session,
        scopes=tuple(call.form.get("scope", "").split()) or (given.scopes if given is not None else ()),
        issued=issued,
        authenticated=given.authenticated if given is not None else issued,
        methods=methods,
        expires=given.expires if given is not None else None,
    )
    with world.unit(call.now) as unit:
        unit.put(tenant.refresh_tokens, token)
    return token.value
