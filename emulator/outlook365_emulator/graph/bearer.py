"""The access token of a request: from the `Authorization` header to claims, tenant and caller.

Each way in which a token is refused, and its text: reference `graph-core.md` section 5.2, `entra.md` section 4.6.
"""

from collections.abc import Mapping

from outlook365_emulator.clouds import CLOUDS, Cloud
from outlook365_emulator.directory.applications import GRAPH_CLIENT_ID
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.tokens import BadToken, Claims, read_token
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.call import Call

_REFUSED: Mapping[str, str] = {
    "empty": "token_empty",
    "malformed": "token_malformed",
    "algorithm": "validation_failure",
    "unknown_key": "signing_key_invalid",
    "signature": "signature_invalid",
}


def challenge(call_root: str, error: GraphError) -> GraphError:
    """Give a 401 its `WWW-Authenticate` header.

    Args:
        call_root: root URL of the login host that the client is sent to.
        error: the refusal.
    """
    field = f'Bearer realm="", authorization_uri="{call_root}/common/oauth2/authorize", client_id="{GRAPH_CLIENT_ID}"'
    error.headers.append(("WWW-Authenticate", field))
    return error


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
        return
    call.caller = tenant.users.get(claims.oid)
    if call.caller is None or not call.caller.enabled:
        raise graph_error("validation_failure", because="the token's user was deleted or disabled")
