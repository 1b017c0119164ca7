"""OpenID metadata, key sets, instance discovery and user realm, in every tenant form and cloud."""

from typing import Any

import jwt
import pytest

DISCOVERY = ".well-known/openid-configuration"
HOSTS = {
    "contoso": "login.microsoftonline.com",
    "gov": "login.microsoftonline.us",
    "dod": "login.microsoftonline.us",
    "china": "login.partner.microsoftonline.cn",
}
V2_ORDER = (
    "token_endpoint token_endpoint_auth_methods_supported jwks_uri response_modes_supported subject_types_supported "
    "id_token_signing_alg_values_supported response_types_supported scopes_supported issuer "
    "request_uri_parameter_supported userinfo_endpoint authorization_endpoint device_authorization_endpoint "
    "http_logout_supported frontchannel_logout_supported end_session_endpoint claims_supported kerberos_endpoint "
    "mtls_endpoint_aliases tls_client_certificate_bound_access_tokens tenant_region_scope cloud_instance_name "
    "cloud_graph_host_name msgraph_host rbac_url"
).split()
V1_ORDER = (
    "token_endpoint token_endpoint_auth_methods_supported jwks_uri response_modes_supported subject_types_supported "
    "id_token_signing_alg_values_supported response_types_supported scopes_supported issuer "
    "microsoft_multi_refresh_token authorization_endpoint device_authorization_endpoint http_logout_supported "
    "frontchannel_logout_supported end_session_endpoint claims_supported check_session_iframe userinfo_endpoint "
    "kerberos_endpoint tenant_region_scope cloud_instance_name cloud_graph_host_name msgraph_host rbac_url"
).split()


def get(scene: Any, url: str, **where: Any) -> dict[str, Any]:
    answer = scene.ask("GET", url, **where)
    assert answer.status == 200, answer.response.body
    return answer.json


def test_v2_has_the_members_of_the_service_in_its_order(scene: Any) -> None:
    assert list(get(scene, f"login.microsoftonline.com/{{contoso}}/v2.0/{DISCOVERY}")) == V2_ORDER


@pytest.mark.parametrize("name", ["{contoso}", "contoso.example"])
def test_a_domain_gives_the_documents_of_the_id(scene: Any, name: str) -> None:
    tid = scene.tenants["contoso"].id
    root = f"https://login.microsoftonline.com/{tid}"
    document = get(scene, f"login.microsoftonline.com/{name}/v2.0/{DISCOVERY}")
    assert document["issuer"] == f"{root}/v2.0"
    assert document["token_endpoint"] == f"{root}/oauth2/v2.0/token"
    assert document["authorization_endpoint"] == f"{root}/oauth2/v2.0/authorize"
    assert document["device_authorization_endpoint"] == f"{root}/oauth2/v2.0/devicecode"
    assert document["end_session_endpoint"] == f"{root}/oauth2/v2.0/logout"
    assert document["jwks_uri"] == f"{root}/discovery/v2.0/keys"
    assert document["userinfo_endpoint"] == "https://graph.microsoft.com/oidc/userinfo"
    assert document["tenant_region_scope"] == "NA"


@pytest.mark.parametrize(
    ("segment", "issuer"),
    [
        ("common", "{tenantid}"),
        ("organizations", "{tenantid}"),
        ("Common", "{tenantid}"),
        ("consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"),
    ],
)
@pytest.mark.parametrize("version", ["/v2.0", ""], ids=["v2", "v1"])
def test_an_open_tenant_has_a_template_for_issuer(scene: Any, segment: str, issuer: str, version: str) -> None:
    document = get(scene, f"login.microsoftonline.com/{segment}{version}/{DISCOVERY}")
    root = "https://login.microsoftonline.com" if version else "https://sts.windows.net"
    assert document["issuer"] == f"{root}/{issuer}{version or '/'}"
    assert f"/{segment.lower()}/oauth2" in document["token_endpoint"]
    assert document["tenant_region_scope"] is None


def test_v1_has_the_members_of_the_service_in_its_order(scene: Any) -> None:
    document = get(scene, f"login.microsoftonline.com/{{contoso}}/{DISCOVERY}")
    assert list(document) == V1_ORDER
    assert "self_signed_tls_client_auth" not in document["token_endpoint_auth_methods_supported"]


def test_v1_differs_where_the_service_does(scene: Any) -> None:
    tid = scene.tenants["contoso"].id
    document = get(scene, f"login.microsoftonline.com/contoso.example/{DISCOVERY}")
    assert document["issuer"] == f"https://sts.windows.net/{tid}/"
    assert document["token_endpoint"] == f"https://login.microsoftonline.com/{tid}/oauth2/token"
    assert document["jwks_uri"] == "https://login.microsoftonline.com/common/discovery/keys"
    assert document["userinfo_endpoint"] == f"https://login.microsoftonline.com/{tid}/openid/userinfo"
    assert document["scopes_supported"] == ["openid"]
    assert document["microsoft_multi_refresh_token"] is True
    assert "amr" in document["claims_supported"]


@pytest.mark.parametrize(
    ("name", "graph", "sub_scope", "instance"),
    [
        ("contoso", "graph.microsoft.com", None, "microsoftonline.com"),
        ("gov", "graph.microsoft.us", "DODCON", "microsoftonline.us"),
        ("dod", "dod-graph.microsoft.us", "DOD", "microsoftonline.us"),
        ("china", "microsoftgraph.chinacloudapi.cn", None, "partner.microsoftonline.cn"),
    ],
)
def test_every_cloud_names_its_own(scene: Any, name: str, graph: str, sub_scope: str | None, instance: str) -> None:
    document = get(scene, f"{HOSTS[name]}/{{{name}}}/v2.0/{DISCOVERY}")
    assert document["issuer"] == f"https://{HOSTS[name]}/{scene.tenants[name].id}/v2.0"
    assert document["msgraph_host"] == graph
    assert document["userinfo_endpoint"] == f"https://{graph}/oidc/userinfo"
    assert document["cloud_instance_name"] == instance
    assert document.get("tenant_region_sub_scope") == sub_scope
    assert ("mtls_endpoint_aliases" in document) == (name == "contoso")


@pytest.mark.parametrize(
    ("name", "alias", "issuer"),
    [
        ("contoso", "login.windows.net", "login.microsoftonline.com"),
        ("gov", "login.usgovcloudapi.net", "login.microsoftonline.us"),
        ("china", "login.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
    ],
)
@pytest.mark.parametrize("version", ["/v2.0", ""], ids=["v2", "v1"])
def test_an_alias_names_itself_but_for_the_issuer(scene: Any, name: str, alias: str, issuer: str, version: str) -> None:
    document = get(scene, f"{alias}/{{{name}}}{version}/{DISCOVERY}")
    assert document["token_endpoint"].startswith(f"https://{alias}/")
    assert document["jwks_uri"].startswith(f"https://{alias}/")
    if version:
        assert document["issuer"] == f"https://{issuer}/{scene.tenants[name].id}/v2.0"


def test_a_regional_host_names_the_usual_one(scene: Any) -> None:
    document = get(scene, f"westeurope.login.microsoft.com/{{contoso}}/v2.0/{DISCOVERY}")
    assert document["token_endpoint"].startswith("https://login.microsoftonline.com/")


def test_a_government_domain_can_be_looked_up_at_the_worldwide_host(scene: Any) -> None:
    document = get(scene, f"login.microsoftonline.com/agency.example/v2.0/{DISCOVERY}")
    assert document["tenant_region_scope"] == "USGov"
    assert document["tenant_region_sub_scope"] == "DODCON"
    assert document["cloud_instance_name"] == "microsoftonline.us"
    assert document["token_endpoint"].startswith("https://login.microsoftonline.com/")


def test_urls_come_back_in_the_form_of_the_request_but_the_issuer_is_real(scene: Any) -> None:
    door = "http://127.0.0.1:8365"
    tid = scene.tenants["contoso"].id
    document = get(scene, f"login.microsoftonline.com/{{contoso}}/v2.0/{DISCOVERY}", door=door)
    assert document["issuer"] == f"https://login.microsoftonline.com/{tid}/v2.0"
    assert document["token_endpoint"] == f"{door}/login.microsoftonline.com/{tid}/oauth2/v2.0/token"
    assert document["jwks_uri"].startswith(f"{door}/login.microsoftonline.com/")
    assert document["userinfo_endpoint"] == f"{door}/graph.microsoft.com/oidc/userinfo"


def test_the_query_is_ignored_but_for_the_application(scene: Any) -> None:
    document = get(scene, f"login.microsoftonline.com/common/v2.0/{DISCOVERY}?appid=x&x-client-SKU=MSAL")
    assert document["jwks_uri"].endswith("/common/discovery/v2.0/keys?appid=x")


def test_at_v1_an_applications_keys_are_those_of_the_tenant(scene: Any) -> None:
    document = get(scene, f"login.microsoftonline.com/{{contoso}}/{DISCOVERY}?appid=x")
    assert document["jwks_uri"] == scene.fill("https://login.microsoftonline.com/{contoso}/discovery/keys?appid=x")
    assert get(scene, document["jwks_uri"].removeprefix("https://"))["keys"]


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_public_documents_may_be_cached_and_read_from_anywhere(scene: Any, method: str) -> None:
    headers = scene.ask(method, f"login.microsoftonline.com/common/v2.0/{DISCOVERY}").headers
    assert headers["cache-control"] == "max-age=86400, private"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["access-control-allow-methods"] == "GET, OPTIONS"
    assert "pragma" not in headers


@pytest.mark.parametrize(
    ("path", "issuer"),
    [
        ("{contoso}/discovery/v2.0/keys", "https://login.microsoftonline.com/{contoso}/v2.0"),
        ("contoso.example/discovery/v2.0/keys?appid=x", "https://login.microsoftonline.com/{contoso}/v2.0"),
        ("common/discovery/v2.0/keys", "https://login.microsoftonline.com/{tenantid}/v2.0"),
        ("common/discovery/keys", None),
        ("{contoso}/discovery/keys", None),
        ("discovery/keys", None),
    ],
)
def test_the_key_set_verifies_tokens(scene: Any, path: str, issuer: str | None) -> None:
    (entry,) = get(scene, f"login.microsoftonline.com/{path}")["keys"]
    assert entry.get("issuer") == (scene.fill(issuer) if issuer else None)
    assert entry.get("cloud_instance_name") == ("microsoftonline.com" if issuer else None)
    assert (entry["kty"], entry["use"], entry["e"], entry["x5t"]) == ("RSA", "sig", "AQAB", entry["kid"])
    assert "alg" not in entry
    token = scene.credentials().json["access_token"]
    assert jwt.get_unverified_header(token) == {
        "typ": "JWT",
        "alg": "RS256",
        "x5t": entry["kid"],
        "kid": entry["kid"],
    }
    claims = jwt.decode(
        token,
        jwt.PyJWK(entry, "RS256"),
        algorithms=["RS256"],
        audience="https://graph.microsoft.com",
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    assert claims["appid"] == scene.apps["daemon"].client_id


def test_x5c_is_the_certificate_of_the_key(scene: Any) -> None:
    import base64
    import hashlib

    from cryptography.x509 import load_der_x509_certificate

    (entry,) = get(scene, "login.microsoftonline.com/common/discovery/v2.0/keys")["keys"]
    der = base64.b64decode(entry["x5c"][0])
    assert base64.urlsafe_b64encode(hashlib.sha1(der).digest()).decode().rstrip("=") == entry["kid"]
    numbers = load_der_x509_certificate(der).public_key().public_numbers()
    assert base64.urlsafe_b64encode(numbers.n.to_bytes(256, "big")).decode().rstrip("=") == entry["n"]


def discover(scene: Any, endpoint: str, **where: Any) -> dict[str, Any]:
    query = f"api-version=1.1&authorization_endpoint={endpoint}"
    return get(scene, f"login.microsoftonline.com/common/discovery/instance?{query}", **where)


@pytest.mark.parametrize(
    ("endpoint", "found"),
    [
        (
            "https%3A%2F%2Flogin.microsoftonline.com%2Fcontoso.example%2Foauth2%2Fv2.0%2Fauthorize",
            "https://login.microsoftonline.com/contoso.example/v2.0",
        ),
        ("https://login.microsoftonline.com/common/oauth2/authorize", "https://login.microsoftonline.com/common"),
        (
            "https://login.microsoftonline.us/t/oauth2/v2.0/authorize",
            "https://login.microsoftonline.us/t/v2.0",
        ),
        ("https://LOGIN.windows.net/t/oauth2/v2.0/authorize", "https://login.windows.net/t/v2.0"),
    ],
)
def test_instance_discovery_knows_microsofts_hosts(scene: Any, endpoint: str, found: str) -> None:
    document = discover(scene, endpoint)
    assert document["tenant_discovery_endpoint"] == f"{found}/{DISCOVERY}"
    assert document["api-version"] == "1.1"
    aliases = [alias for one in document["metadata"] for alias in one["aliases"]]
    assert {"sts.windows.net", "login.usgovcloudapi.net", "login.chinacloudapi.cn"} <= set(aliases)
    assert list(document["metadata"][0]) == ["preferred_network", "preferred_cache", "aliases"]


def test_instance_discovery_knows_our_own_door(scene: Any) -> None:
    authority = "https://127.0.0.1:8443/login.microsoftonline.com/contoso.example"
    document = discover(scene, f"{authority}/oauth2/v2.0/authorize")
    assert document["tenant_discovery_endpoint"] == f"{authority}/v2.0/{DISCOVERY}"
    assert "127.0.0.1:8443" in document["metadata"][-1]["aliases"]


def test_instance_discovery_through_the_door_leads_back_to_it(scene: Any) -> None:
    door = "http://127.0.0.1:8365"
    document = discover(scene, "https://login.microsoftonline.com/common/oauth2/v2.0/authorize", door=door)
    assert document["tenant_discovery_endpoint"] == f"{door}/login.microsoftonline.com/common/v2.0/{DISCOVERY}"


@pytest.mark.parametrize("path", ["userrealm", "UserRealm"])
@pytest.mark.parametrize(
    ("host", "user", "kind", "instance"),
    [
        ("login.microsoftonline.com", "ada@contoso.example", "Managed", "microsoftonline.com"),
        ("login.microsoftonline.com", "nobody%40CONTOSO.example", "Managed", "microsoftonline.com"),
        ("login.microsoftonline.com", "ada@elsewhere.example", "Unknown", "microsoftonline.com"),
        ("login.microsoftonline.us", "ada@contoso.example", "Unknown", "microsoftonline.us"),
        ("login.microsoftonline.us", "x@defense.example", "Managed", "microsoftonline.us"),
    ],
)
def test_user_realm(scene: Any, path: str, host: str, user: str, kind: str, instance: str) -> None:
    answer = scene.ask("GET", f"{host}/common/{path}/{user}?api-version=1.0")
    body = answer.json
    assert (answer.status, body["ver"], body["account_type"]) == (200, "1.0", kind)
    assert body["cloud_instance_name"] == instance
    assert body["cloud_audience_urn"] == "urn:federation:MicrosoftOnline"
    assert ("domain_name" in body) == (kind == "Managed")
    assert answer.headers["content-disposition"] == "inline; filename=userrealm.json"
