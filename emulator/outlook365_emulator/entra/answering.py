"""The end of an authorization request: code, ID token and access token to the redirect URI (reference entra 2.1)."""

import hashlib
from datetime import timedelta

import msgspec

from outlook365_emulator.directory.consent import granted_scopes
from outlook365_emulator.directory.revocation import counts_from
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.claims import client_info
from outlook365_emulator.entra.flows import finish
from outlook365_emulator.entra.issue import access_token_fields, id_token
from outlook365_emulator.entra.opaque import CODE
from outlook365_emulator.entra.redirects import Fields, send
from outlook365_emulator.ids import base64url
from outlook365_emulator.store.records.sign_in import AuthorizationCode
from outlook365_emulator.store.sign_ins import make_room
from outlook365_emulator.wire import Response

LIFETIME = timedelta(minutes=10)
KEPT = timedelta(days=1)
"""How long a code is remembered, so that it is told from one that never was."""


def answer_authorization(call: Call) -> Response:
    """Step: send the browser back to the application with what it asked for."""
    _, tenant, _ = call.known()
    assert call.user is not None
    assert call.redirect is not None
    assert call.sign_in is not None
    held = granted_scopes(tenant, call.principal, call.user.id) if call.principal is not None else frozenset()
    call.permissions = held | call.asked.openid
    call.entry.permissions = sorted(call.permissions)
    fields: Fields = []
    hashes: dict[str, str] = {}
    if "code" in call.responses:
        code = _code(call)
        fields.append(("code", code))
        hashes["c_hash"] = _half_hash(code)
    if "token" in call.responses:
        body = access_token_fields(call)
        fields += [(name, str(body[name])) for name in ("access_token", "token_type", "expires_in", "scope")]
        hashes["at_hash"] = _half_hash(body["access_token"])
    if "id_token" in call.responses:
        fields.append(("id_token", id_token(call, hashes)))
    if call.form.get("client_info") == "1" and "code" in call.responses:
        fields.append(("client_info", client_info(tenant, call.user, call.world)))
    if call.redirect.state is not None:
        fields.append(("state", call.redirect.state))
    fields.append(("session_state", call.sign_in.session))
    if call.prompt == "admin_consent":
        fields.append(("admin_consent", "True"))
    fields += _instance(call)
    _remember_client(call)
    finish(call)
    return send(call, call.redirect, fields)


def _code(call: Call) -> str:
    world, tenant, application = call.known()
    assert call.user is not None
    assert call.redirect is not None
    assert call.sign_in is not None
    code = AuthorizationCode(
        value=world.opaque(CODE, 85) + world.ids.text(85),
        client_id=application.client_id,
        tenant=tenant.id,
        user=call.user.id,
        redirect_uri=call.form["redirect_uri"].strip(),
        platform=call.redirect.platform,
        scopes=_scopes(call),
        session=call.sign_in.session,
        methods=call.sign_in.methods,
        authenticated=call.sign_in.authenticated or call.now,
        issued=counts_from(call.now, call.user),
        expires=call.now + LIFETIME,
        nonce=call.form.get("nonce", ""),
        challenge=call.form.get("code_challenge", ""),
        challenge_method=call.form.get("code_challenge_method") or "plain",
        claims=call.form.get("claims", ""),
        version=call.version,
        tells_time=call.sign_in.tells_time,
    )
    codes = world.sign_ins.codes
    with world.unit(call.now) as unit:
        make_room(unit, codes, lambda one: one.expires + KEPT)
        unit.put(codes, code)
    return code.value


def _scopes(call: Call) -> tuple[str, ...]:
    """Return the scopes of the grant; at v1 everything of the resource, with a refresh token in any case."""
    if call.version == 2:
        return tuple(call.form.get("scope", "").split())
    resource = call.asked.resource
    return (f"{resource}/.default" if resource else ".default", "openid", "profile", "offline_access")


def _half_hash(text: str) -> str:
    """Hash a code or token for an ID token (OpenID Connect Core 3.3.2.11)."""
    return base64url(hashlib.sha256(text.encode()).digest()[:16])


def _instance(call: Call) -> Fields:
    if call.form.get("instance_aware", "").lower() != "true":
        return []
    cloud = call.cloud
    return [
        ("cloud_instance_name", cloud.cloud_instance_name),
        ("cloud_instance_host_name", cloud.login_host),
        ("cloud_graph_host_name", cloud.aad_graph_host),
        ("msgraph_host", cloud.graph_host),
    ]


def _remember_client(call: Call) -> None:
    """Note in the session which application was signed in to: its sign-out is told there."""
    world, _, application = call.known()
    session = world.sign_ins.sessions.get(call.sign_in.session) if call.sign_in is not None else None
    if session is not None and application.client_id not in session.clients:
        changed = msgspec.structs.replace(session, clients=(*session.clients, application.client_id))
        with world.unit(call.now) as unit:
            unit.put(world.sign_ins.sessions, changed)
