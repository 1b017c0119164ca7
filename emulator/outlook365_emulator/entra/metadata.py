"""OpenID metadata, key sets, instance discovery and user realm (reference entra 1.3 to 1.6, 2.12)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import msgspec

from outlook365_emulator.clouds import INSTANCE_ALIASES, Cloud, service_of
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.envelope import PRIVATE, PUBLIC
from outlook365_emulator.entra.tenancy import CONSUMERS, tenant_of
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Response

TEMPLATE = "{tenantid}"
"""What stands for the tenant in the issuer of `common` and `organizations`, literally."""

_CLAIMS_V2 = (
    "sub iss cloud_instance_name cloud_instance_host_name cloud_graph_host_name msgraph_host aud exp iat auth_time acr "
    "nonce preferred_username name tid ver at_hash c_hash email"
).split()
_CLAIMS_V1 = (
    "sub iss cloud_instance_name cloud_instance_host_name cloud_graph_host_name msgraph_host aud exp iat auth_time acr "
    "amr nonce email given_name family_name nickname"
).split()
_AUTH_METHODS = ("client_secret_post", "private_key_jwt", "client_secret_basic")
_TLS_METHOD = "self_signed_tls_client_auth"
_VERSIONS: Mapping[int, Mapping[str, Any]] = MappingProxyType(
    {
        1: {
            "oauth2": "oauth2",
            "responses": ("code", "id_token", "code id_token", "token id_token", "token"),
            "scopes": ("openid",),
            "claims": tuple(_CLAIMS_V1),
        },
        2: {
            "oauth2": "oauth2/v2.0",
            "responses": ("code", "id_token", "code id_token", "id_token token"),
            "scopes": ("openid", "profile", "email", "offline_access"),
            "claims": tuple(_CLAIMS_V2),
        },
    }
)


def metadata_v2(call: Call) -> Response:
    """Step: answer with the OpenID metadata of the v2.0 endpoints."""
    return _public(_metadata(call, 2))


def metadata_v1(call: Call) -> Response:
    """Step: answer with the OpenID metadata of the v1 endpoints."""
    return _public(_metadata(call, 1))


def keys_v2(call: Call) -> Response:
    """Step: answer with the tenant's key set."""
    issuer = _issuer_cloud(call).issuer(_issuer_tenant(call), 2)
    return Response(200, call.keys.key_set(call.cloud.cloud_instance_name, issuer, world=_of_tenant(call)), [*PUBLIC])


def _of_tenant(call: Call) -> World | None:
    """Return the world whose keys are published: every world's at `common`, where nobody knows whose token it is."""
    return call.world if call.tenant is not None else None


def keys_v1(call: Call) -> Response:
    """Step: answer with the key set of the v1 endpoints, which names no issuer."""
    return Response(200, call.keys.key_set("", "", 1, _of_tenant(call)), [*PUBLIC])


def _public(document: object) -> Response:
    return Response(200, msgspec.json.encode(document), [*PUBLIC])


def _issuer_tenant(call: Call) -> str:
    if call.tenant is not None:
        return call.tenant.id
    return CONSUMERS if call.segments["tenant"].lower() in ("consumers", CONSUMERS) else TEMPLATE


def _issuer_cloud(call: Call) -> Cloud:
    """Return the cloud whose URLs the documents name: the one asked, also for a tenant of another (see `tenant_of`)."""
    return call.cloud if call.cloud in call.clouds else call.clouds[0]


def _login_host(call: Call) -> str:
    """Return the host that the documents name: the one asked where it is a fixed name of the cloud, else the usual."""
    cloud = _issuer_cloud(call)
    return call.request.host if call.request.host in cloud.login_hosts else cloud.login_host


def _metadata(call: Call, version: int) -> dict[str, Any]:
    """Return the metadata in the order of recorded documents.

    Mutual TLS is known of the v2.0 document only (recorded in 2026); the recorded documents of v1 lack it.
    """
    cloud, row = _issuer_cloud(call), _VERSIONS[version]
    segment = call.tenant.id if call.tenant is not None else call.segments["tenant"].lower()
    login = call.request.root_of(_login_host(call))
    root = f"{login}/{segment}"
    flows = f"{root}/{row['oauth2']}"
    v1 = version == 1
    keys = _keys(call.query.get("appid", ""), login, root, v1=v1)
    userinfo = f"{root}/openid/userinfo" if v1 else f"{call.request.root_of(call.cloud.graph_host)}/oidc/userinfo"
    multiple = {"microsoft_multi_refresh_token": True}
    session = {"check_session_iframe": f"{flows}/checksession", "userinfo_endpoint": userinfo}
    return {
        "token_endpoint": f"{flows}/token",
        "token_endpoint_auth_methods_supported": _AUTH_METHODS if v1 else (*_AUTH_METHODS, _TLS_METHOD),
        "jwks_uri": keys,
        "response_modes_supported": ("query", "fragment", "form_post"),
        "subject_types_supported": ("pairwise",),
        "id_token_signing_alg_values_supported": ("RS256",),
        "response_types_supported": row["responses"],
        "scopes_supported": row["scopes"],
        "issuer": cloud.issuer(_issuer_tenant(call), version),
        **(multiple if v1 else {"request_uri_parameter_supported": False, "userinfo_endpoint": userinfo}),
        "authorization_endpoint": f"{flows}/authorize",
        "device_authorization_endpoint": f"{flows}/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{flows}/logout",
        "claims_supported": row["claims"],
        **(session if v1 else {}),
        "kerberos_endpoint": f"{root}/kerberos",
        **({} if v1 else _mutual_tls(cloud, segment)),
        **_region(call),
    }


def _keys(application: str, login: str, root: str, *, v1: bool) -> str:
    """Return the address of the key set: of `common` at v1, but for an application whose keys may be its own."""
    of = f"?appid={application}" if application else ""
    if v1:
        return f"{root if of else f'{login}/common'}/discovery/keys{of}"
    return f"{root}/discovery/v2.0/keys{of}"


def _mutual_tls(cloud: Cloud, segment: str) -> dict[str, Any]:
    if cloud.mtls_host is None:
        return {"tls_client_certificate_bound_access_tokens": True}
    alias = f"https://{cloud.mtls_host}/{segment}/oauth2/v2.0/token"
    return {"mtls_endpoint_aliases": {"token_endpoint": alias}, "tls_client_certificate_bound_access_tokens": True}


def _region(call: Call) -> dict[str, Any]:
    cloud = call.cloud
    found: dict[str, Any] = {"tenant_region_scope": cloud.region_scope if call.tenant is not None else None}
    if call.tenant is not None and cloud.region_sub_scope is not None:
        found["tenant_region_sub_scope"] = cloud.region_sub_scope
    found["cloud_instance_name"] = cloud.cloud_instance_name
    found["cloud_graph_host_name"] = cloud.aad_graph_host
    found["msgraph_host"] = cloud.graph_host
    found["rbac_url"] = cloud.rbac_url
    return found


def instance(call: Call) -> Response:
    """Step: answer instance discovery: is the host of an authority one of Microsoft's, and which names does it go by?

    An authority in the prefix form (`http://127.0.0.1:8365/login.microsoftonline.com/{tenant}`) is known too; its door
    is then listed as an instance of its own, since MSAL looks there for the host that it asked for.

    Raises:
        EntraError: 50050 without a readable `authorization_endpoint`, 50049 for a host that is none of Microsoft's.
    """
    given = call.query.get("authorization_endpoint", "")
    try:
        parts = urlsplit(given)
        host = parts.hostname or ""
    except ValueError:
        raise call.error(50050, because="authorization_endpoint is no URL") from None
    segments = [one for one in parts.path.split("/") if one]
    if parts.scheme not in ("http", "https") or not host or not segments:
        raise call.error(50050, because="authorization_endpoint has to be the URL of an authorize endpoint")
    instances = [msgspec.to_builtins(one) for one in INSTANCE_ALIASES]
    if _is_login(host):
        root = call.request.root_of(host) if call.request.form == "prefix" else f"https://{host}"
        tenant = segments[0]
    elif _is_login(segments[0]) and len(segments) > 1:
        root, tenant = f"{parts.scheme}://{parts.netloc}/{segments[0]}", segments[1]
        door = parts.netloc
        instances.append({"preferred_network": door, "preferred_cache": door, "aliases": [door]})
    else:
        because = f"{host!r} is no login host; in the prefix form a login host is the first segment of the path"
        raise call.error(50049, because=because)
    version = "/v2.0" if "v2.0" in segments else ""
    discovery = f"{root}/{tenant}{version}/.well-known/openid-configuration"
    return _public({"tenant_discovery_endpoint": discovery, "api-version": "1.1", "metadata": instances})


def _is_login(host: str) -> bool:
    place = service_of(host)
    listed = any(host.lower() in one.aliases for one in INSTANCE_ALIASES)
    return listed or (place is not None and place[1] == "login")


def user_realm(call: Call) -> Response:
    """Step: say whether a user's domain is managed here; no domain is federated."""
    domain = call.segments["user"].rpartition("@")[2].strip().lower()
    found = tenant_of(call, domain)
    document: dict[str, str] = {"ver": "1.0", "account_type": "Unknown"}
    if found is not None:
        call.tenant = found
        call.entry.tenant = found.id
        document = {"ver": "1.0", "account_type": "Managed", "domain_name": domain}
    document["cloud_instance_name"] = call.cloud.cloud_instance_name
    document["cloud_audience_urn"] = "urn:federation:MicrosoftOnline"
    shown = ("Content-Disposition", "inline; filename=userrealm.json")
    return Response(200, msgspec.json.encode(document), [*PRIVATE, shown])
