"""What tokens say: claims of Graph's access tokens, of ID tokens, and `client_info` (reference entra 4.2 to 4.4)."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.entra.instants import mark_of
from outlook365_emulator.ids import base64url
from outlook365_emulator.store.records.directory import Application, ServicePrincipal, User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

SKEW = 300
"""Seconds by which `iat` and `nbf` lie before the instant of issue (reference entra 4.2)."""

ID_TOKEN_LIFETIME = 3600
OIDC_IN_TOKENS = ("profile", "openid", "email")
"""OpenID scopes in the order in which Graph's tokens name them; `offline_access` is never named."""

APPLICATION_WIDS = ("0997a1d0-0d1d-4acb-b408-d5ca73121e90",)
MEMBER_WID = "b79fbf4d-3ef9-4689-8143-76b194e85509"
ROLE_TEMPLATES: Mapping[str, str] = MappingProxyType(
    {
        "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
        "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
        "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
        "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    }
)
"""Template ids of directory roles, for `wids` (Microsoft Entra built-in roles)."""


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a token is for.

    Attributes:
        application: the client's registration.
        principal: its service principal in the tenant.
        permissions: names of the delegated permissions (with a user) or of the application permissions (without).
        authentication: how the client proved itself: 0 not at all, 1 by a secret, 2 by a certificate (`appidacr`).
        user: the signed-in user, or None for the application on its own.
        session: id of the sign-in session.
        methods: how the user signed in (`amr`).
        address: the client's network address (`ipaddr`).
        evaluated_from: for a token that is evaluated continuously (`xms_cc`): the exact instant by which it is dated.
    """

    application: Application
    principal: ServicePrincipal
    permissions: frozenset[str]
    authentication: int = 1
    user: User | None = None
    session: str = ""
    methods: tuple[str, ...] = ("pwd",)
    address: str = ""
    evaluated_from: datetime | None = None


def scope_text(scopes: Iterable[str]) -> str:
    """Write scopes as `scp` does: permissions by name, then `profile openid email`, never `offline_access`."""
    held = frozenset(scopes)
    named = sorted(held.difference(OIDC_IN_TOKENS, ("offline_access",)))
    return " ".join([*named, *(scope for scope in OIDC_IN_TOKENS if scope in held)])


def _digest(*names: str) -> bytes:
    return hashlib.sha256("\x00".join(names).encode()).digest()


def pairwise_subject(tenant_id: str, user_id: str, client_id: str) -> str:
    """Return the `sub` of a user for one application: the same for ever, and another for each application."""
    return opaque_text("sub", tenant_id, user_id, client_id)


def graph_claims(
    tenant: Tenant, holder: Holder, *, audience: str, at: float, lifetime: int, token_id: str
) -> dict[str, Any]:
    """Return the claims of an access token for Microsoft Graph, in the order of recorded tokens.

    Args:
        tenant: the tenant that issues.
        holder: application, user, permissions.
        audience: the resource as the client named it.
        at: the instant of issue in seconds since 1970.
        lifetime: `expires_in` in seconds.
        token_id: the `uti` claim.
    """
    issued = int(at) - SKEW
    first = {
        "aud": audience,
        "iss": cloud_named(tenant.cloud).issuer(tenant.id, 1),
        "iat": issued,
        "nbf": issued,
        "exp": issued + SKEW + lifetime + 1,
    }
    if holder.user is None:
        return {**first, **_application_claims(tenant, holder, token_id)}
    return {**first, **_user_claims(tenant, holder, holder.user, token_id)}


def _evaluated(holder: Holder) -> dict[str, list[str]]:
    return {"xms_cc": ["CP1"]} if holder.evaluated_from is not None else {}


def _mark(holder: Holder) -> str:
    return mark_of(holder.evaluated_from) if holder.evaluated_from is not None else ""


def _application_claims(tenant: Tenant, holder: Holder, token_id: str) -> dict[str, Any]:
    cloud, client, principal = cloud_named(tenant.cloud), holder.application.client_id, holder.principal.id
    roles = {"roles": sorted(holder.permissions)} if holder.permissions else {}
    return {
        "aio": "k2" + opaque_text("aio", tenant.id, client) + _mark(holder),
        "app_displayname": holder.application.display_name,
        "appid": client,
        "appidacr": str(holder.authentication),
        "idp": cloud.issuer(tenant.id, 1),
        "idtyp": "app",
        "oid": principal,
        "rh": _routing_hint(tenant, client),
        **roles,
        "sub": principal,
        "tenant_region_scope": cloud.region_scope,
        "tid": tenant.id,
        "uti": token_id,
        "ver": "1.0",
        "wids": APPLICATION_WIDS,
        "xms_acd": int(holder.application.created.timestamp()),
        "xms_act_fct": "3 9",
        **_evaluated(holder),
        "xms_ftd": opaque_text("ftd", tenant.id),
        "xms_idrel": "7 22",
        "xms_rd": opaque_text("rd", tenant.id),
        "xms_sub_fct": "3 9",
        "xms_tcdt": _created(tenant.id),
        "xms_tnt_fct": "3 8",
        "xms_tdbr": cloud.region_scope,
    }


def _user_claims(tenant: Tenant, holder: Holder, user: User, token_id: str) -> dict[str, Any]:
    cloud, client = cloud_named(tenant.cloud), holder.application.client_id
    roles = [ROLE_TEMPLATES[role] for role in user.roles if role in ROLE_TEMPLATES]
    return {
        "acct": 1 if user.guest_of else 0,
        "acr": "1",
        "aio": "AXQAi/8TAAAA" + opaque_text("aio", tenant.id, client, user.id) + _mark(holder),
        "amr": holder.methods,
        "app_displayname": holder.application.display_name,
        "appid": client,
        "appidacr": str(holder.authentication),
        **_given("family_name", user.surname),
        **_given("given_name", user.given_name),
        **({"idp": cloud.issuer(user.guest_of, 1)} if user.guest_of else {}),
        "idtyp": "user",
        "ipaddr": holder.address,
        "name": user.display_name,
        "oid": user.id,
        "platf": "14",
        "puid": _digest("puid", user.id).hex()[:16].upper(),
        "rh": _routing_hint(tenant, client),
        "scp": scope_text(holder.permissions),
        "sid": holder.session,
        "sub": pairwise_subject(tenant.id, user.id, cloud.graph_host),
        "tenant_region_scope": cloud.region_scope,
        "tid": tenant.id,
        "unique_name": user.user_principal_name,
        "upn": user.user_principal_name,
        "uti": token_id,
        "ver": "1.0",
        "wids": [*roles, MEMBER_WID],
        **_evaluated(holder),
        "xms_ftd": opaque_text("ftd", tenant.id),
        "xms_idrel": "1 12",
        "xms_st": {"sub": pairwise_subject(tenant.id, user.id, client)},
        "xms_tcdt": _created(tenant.id),
        "xms_tdbr": cloud.region_scope,
    }


def id_claims(
    tenant: Tenant,
    holder: Holder,
    user: User,
    *,
    scopes: frozenset[str],
    at: float,
    token_id: str,
    version: int = 2,
    beyond: Mapping[str, Any] = _NOTHING,
) -> dict[str, Any]:
    """Return the claims of an ID token (reference entra 4.3).

    Args:
        tenant: the tenant that issues.
        holder: application and session.
        user: the signed-in user.
        scopes: OpenID scopes that were granted.
        at: the instant of issue in seconds since 1970.
        token_id: the `uti` claim.
        version: 1 or 2, by the endpoint asked.
        beyond: further claims: `nonce`, `c_hash`, `at_hash`, optional ones.
    """
    cloud, client = cloud_named(tenant.cloud), holder.application.client_id
    issued = int(at) - SKEW
    first = {
        "aud": client,
        "iss": cloud.issuer(tenant.id, version),
        "iat": issued,
        "nbf": issued,
        "exp": issued + SKEW + ID_TOKEN_LIFETIME,
    }
    subject = {"sub": pairwise_subject(tenant.id, user.id, client), "tid": tenant.id}
    foreign = {"idp": cloud.issuer(user.guest_of, 1)} if user.guest_of else {}
    if version == 1:
        claims = {
            "amr": holder.methods,
            **_given("family_name", user.surname),
            **_given("given_name", user.given_name),
            **foreign,
            "ipaddr": holder.address,
            "name": user.display_name,
            "oid": user.id,
            "rh": _routing_hint(tenant, client),
            **subject,
            "unique_name": user.user_principal_name,
            "upn": user.user_principal_name,
            "uti": token_id,
            "ver": "1.0",
            **beyond,
        }
        return {**first, **dict(sorted(claims.items()))}
    profile = "profile" in scopes
    claims = {
        "aio": "AXQAi" + opaque_text("aio", tenant.id, client, user.id),
        **_given("email", user.mail if "email" in scopes else None),
        **foreign,
        **({"name": user.display_name, "oid": user.id} if profile else {}),
        **_given("preferred_username", user.user_principal_name if profile else None),
        "rh": _routing_hint(tenant, client),
        "sid": holder.session,
        **subject,
        "uti": token_id,
        "ver": "2.0",
        **beyond,
    }
    return {**first, **dict(sorted(claims.items()))}


def client_info(tenant: Tenant, user: User, world: World | None = None) -> str:
    """Return `client_info`: the account's home ids, from which MSAL makes its account id (reference entra 4.4).

    Args:
        tenant: the tenant that the token is for.
        user: the account there.
        world: where a guest's home tenant lives.
    """
    home = world.tenants.get(user.guest_of) if world is not None and user.guest_of else None
    person = home.users.find("address", (user.mail or "").lower()) if home is not None else None
    uid = person.id if person is not None else user.id
    return base64url(msgspec.json.encode({"uid": uid, "utid": user.guest_of or tenant.id}))


def _given(name: str, value: str | None) -> dict[str, str]:
    return {name: value} if value else {}


@lru_cache(maxsize=4096)
def opaque_text(*names: str) -> str:
    """Return a text that tells nobody anything and is always the same for the same names."""
    return base64url(_digest(*names))


def _routing_hint(tenant: Tenant, client_id: str) -> str:
    return "1." + opaque_text("rh", tenant.id, client_id)


@lru_cache(maxsize=4096)
def _created(tenant_id: str) -> int:
    """Return the tenant's creation time for `xms_tcdt`: some instant between 2013 and 2021, always the same."""
    return 1357000000 + int.from_bytes(_digest("tcdt", tenant_id)[:4], "big") % 250000000
