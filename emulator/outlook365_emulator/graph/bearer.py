"""The access token of a request: from the `Authorization` header to claims, tenant and caller.

Each way in which a token is refused, and its text: reference `graph-core.md` section 5.2, `entra.md` section 4.6.
"""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import ceil

from outlook365_emulator.clouds import CLOUDS, Cloud
from outlook365_emulator.directory.applications import GRAPH_CLIENT_ID
from outlook365_emulator.entra.instants import marked_instant
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.tokens import BadToken, Claims, read_token
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant

_CHALLENGE = "WWW-Authenticate"

_REFUSED: Mapping[str, str] = {
    "empty": "token_empty",
    "malformed": "token_malformed",
    "algorithm": "validation_failure",
    "unknown_key": "signing_key_invalid",
    "signature": "signature_invalid",
}


def challenge(call_root: str, error: GraphError, at: float) -> GraphError:
    """Give a 401 its `WWW-Authenticate` header, with the claims that are wanted where access is evaluated continuously.

    Args:
        call_root: root URL of the login host that the client is sent to.
        error: the refusal; one that wants claims has them as a header already.
        at: the present in seconds since 1970, for a challenge that a fault makes.
    """
    field = f'Bearer realm="", authorization_uri="{call_root}/common/oauth2/authorize", client_id="{GRAPH_CLIENT_ID}"'
    wanted = [value for name, value in error.headers if name == _CHALLENGE]
    if error.name == "access_evaluation_challenge" and not wanted:
        wanted = [_wanted_claims(at)]
    rest = [one for one in error.headers if one[0] != _CHALLENGE]
    error.headers = [*rest, (_CHALLENGE, ", ".join([field, *wanted]))]
    return error


def _wanted_claims(instant: float) -> str:
    """Write the claims challenge as recorded: standard base64, and a space behind one comma (reference entra 6.2)."""
    claims = f'{{"access_token":{{"nbf":{{"essential":true, "value":"{ceil(instant)}"}}}}}}'
    return f'error="insufficient_claims", claims="{base64.b64encode(claims.encode()).decode()}"'


def bearer_text(header: str) -> str:
    """Return the token of an `Authorization` header.

    Raises:
        GraphError: `token_empty` when there is none.
    """
    scheme, _, text = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        because = "the request has no Authorization header" if not header else "Authorization holds no bearer token"
        raise graph_error("token_empty", because=f"{because}: send 'Authorization: Bearer <token>'")
    return text.strip()


def read_bearer(call: Call, keys: KeyRing) -> None:
    """Judge the token and fill in claims, tenant, caller and permissions.

    Raises:
        GraphError: every 401 that a token can earn.
    """
    text = bearer_text(call.request.headers.get("authorization"))
    try:
        claims = read_token(text, keys)
    except BadToken as bad:
        raise graph_error(_REFUSED[bad.problem], because=bad.because) from None
    entry = call.entry
    entry.tenant, entry.application, entry.user = claims.tid, claims.appid, claims.upn or ""
    call.claims = claims
    call.permissions = claims.roles if claims.is_app else claims.scopes
    entry.permissions = sorted(call.permissions)
    _judge_audience(claims, call.cloud)
    _judge_lifetime(call, claims)
    _find_tenant(call, claims)


def _judge_audience(claims: Claims, cloud: Cloud) -> None:
    audience = claims.aud.rstrip("/")
    if audience not in (cloud.graph_url, GRAPH_CLIENT_ID):
        other = next((row for row in CLOUDS.values() if row.graph_url == audience), None)
        hint = f"it is meant for Graph of the cloud {other.id!r}" if other else f"it is meant for {claims.aud}"
        raise graph_error("audience_invalid", because=f"{cloud.graph_host} refuses this token: {hint}")


def _judge_lifetime(call: Call, claims: Claims) -> None:
    instant = call.now.timestamp()
    if instant >= claims.exp:
        because = (
            f"the token ended {int(instant - claims.exp)} s ago by the world's clock ({call.now:%Y-%m-%d %H:%M:%S}Z)"
        )
        raise graph_error("token_expired", because=because)
    if instant < claims.iat - 300:
        raise graph_error("token_not_yet_valid", because="the token begins later than the world's clock says it is")


def _find_tenant(call: Call, claims: Claims) -> None:
    tenant = call.world.tenants.get(claims.tid)
    if tenant is None:
        raise graph_error(
            "tenant_not_found",
            tenant=claims.tid,
            because=f"the tenant {claims.tid} of the token does not live in the world {call.world.name!r}",
        )
    if tenant.cloud != call.cloud.id:
        because = f"the tenant lives in the cloud {tenant.cloud!r}, and this is Graph of {call.cloud.id!r}"
        raise graph_error("signature_invalid", because=because)
    call.tenant = tenant
    if claims.is_app:
        if tenant.service_principals.find("client", claims.appid) is None:
            raise graph_error("identity_not_found", because="the application has no service principal in the tenant")
        _evaluate_application(call, tenant, claims)
        return
    call.caller = tenant.users.get(claims.oid)
    _evaluate_user(call, claims, call.caller)
    if call.caller is None:
        raise graph_error("validation_failure", because="the token's user was deleted")


# Continuous access evaluation: what happened to the user or the application since the token was issued. Tokens without
# `xms_cc` live to their end, whatever happens (reference entra 6.1, 6.2).


def _evaluate_user(call: Call, claims: Claims, user: User | None) -> None:
    if "CP1" not in claims.raw.get("xms_cc", ()):
        return
    if user is None:
        raise _challenged(call.now, "the token's user was deleted")
    if not user.enabled:
        raise _challenged(call.now, f"the account {user.user_principal_name} was disabled")
    issued = marked_instant(claims.raw.get("aio"))
    for happened, what in _events(user, claims):
        if issued is not None and issued < happened:
            raise _challenged(happened, f"{what} at {happened:%Y-%m-%d %H:%M:%S}Z, after the token was issued")


def _events(user: User, claims: Claims) -> Iterator[tuple[datetime, str]]:
    """Return the critical events of a user with their instants (reference entra 6.2, "event")."""
    yield user.sessions_valid_from, f"sessions of {user.user_principal_name} were revoked"
    yield max(user.password_changed, user.tokens_valid_from), f"the password of {user.user_principal_name} was changed"
    if user.mfa_required and "mfa" not in claims.raw.get("amr", ()):
        yield user.mfa_required_since, f"{user.user_principal_name} has to use a second factor"


def _evaluate_application(call: Call, tenant: Tenant, claims: Claims) -> None:
    principal = tenant.service_principals.find("client", claims.appid)
    evaluated = "CP1" in claims.raw.get("xms_cc", ())
    if evaluated and principal is not None and not principal.enabled:
        raise _challenged(call.now, "the service principal was disabled")


def _challenged(instant: datetime, because: str) -> GraphError:
    error = graph_error(
        "access_evaluation_challenge",
        reason="TokenIssuedBeforeRevocationTimestamp",
        because=f"{because}; a token that is asked for with the claims of the challenge, or a new sign-in, is taken",
    )
    error.headers.append((_CHALLENGE, _wanted_claims(instant.timestamp())))
    return error
