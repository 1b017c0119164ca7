"""Four clouds: what each says of itself, and what every mistake between them answers (reference entra 1.1, 1.7)."""

from typing import Any

import pytest
from outlook365_emulator.directory.applications import ensure_service_principal
from outlook365_emulator.directory.consent import grant_roles
from outlook365_emulator.entra.tokens import read_token

WORLDWIDE, GOVERNMENT = "login.microsoftonline.com", "login.microsoftonline.us"
CHINA, OLDER_CHINA = "login.partner.microsoftonline.cn", "login.chinacloudapi.cn"

METADATA = [
    # tenant, host, v1 issuer's host, instance, region, sub scope, Graph, authority of role-based access
    (
        "contoso",
        WORLDWIDE,
        "sts.windows.net",
        "microsoftonline.com",
        "NA",
        None,
        "graph.microsoft.com",
        "pas.windows.net",
    ),
    (
        "gov",
        GOVERNMENT,
        "sts.windows.net",
        "microsoftonline.us",
        "USGov",
        "DODCON",
        "graph.microsoft.us",
        "pasff.usgovcloudapi.net",
    ),
    (
        "dod",
        GOVERNMENT,
        "sts.windows.net",
        "microsoftonline.us",
        "USGov",
        "DOD",
        "dod-graph.microsoft.us",
        "pasff.usgovcloudapi.net",
    ),
    (
        "china",
        CHINA,
        "sts.chinacloudapi.cn",
        "partner.microsoftonline.cn",
        "AS",
        None,
        "microsoftgraph.chinacloudapi.cn",
        "pas.chinacloudapi.cn",
    ),
    (
        "china",
        OLDER_CHINA,
        "sts.chinacloudapi.cn",
        "partner.microsoftonline.cn",
        "AS",
        None,
        "microsoftgraph.chinacloudapi.cn",
        "pas.chinacloudapi.cn",
    ),
]


@pytest.mark.parametrize(("tenant", "host", "sts", "instance", "region", "sub", "graph", "rbac"), METADATA)
def test_metadata(
    scene: Any, tenant: str, host: str, sts: str, instance: str, region: str, sub: str | None, graph: str, rbac: str
) -> None:
    tid = scene.tenants[tenant].id
    body = scene.ask("GET", f"{host}/{tid}/v2.0/.well-known/openid-configuration").json
    login = CHINA if host == OLDER_CHINA else host
    assert body["issuer"] == f"https://{login}/{tid}/v2.0"
    assert body["token_endpoint"].endswith(f"/{tid}/oauth2/v2.0/token")
    assert (body["cloud_instance_name"], body["tenant_region_scope"]) == (instance, region)
    assert body.get("tenant_region_sub_scope") == sub
    assert (body["msgraph_host"], body["rbac_url"]) == (graph, f"https://{rbac}")
    assert body["userinfo_endpoint"] == f"https://{graph}/oidc/userinfo"
    older = scene.ask("GET", f"{host}/{tid}/.well-known/openid-configuration").json
    assert older["issuer"] == f"https://{sts}/{tid}/"


def credentials(scene: Any, app: str, tenant: str, host: str, resource: str) -> Any:
    return scene.token(
        f"{{{tenant}}}",
        host,
        grant_type="client_credentials",
        client_id=f"{{{app}}}",
        client_secret=f"{{{app}.secret}}",
        scope=f"{resource}/.default",
    )


WRONG = [
    # what, application, tenant, host, resource, error, number, what the text names
    (
        "gov tenant worldwide",
        "bureau",
        "gov",
        WORLDWIDE,
        "https://graph.microsoft.us",
        "invalid_request",
        90002,
        "correct cloud",
    ),
    (
        "dod tenant worldwide",
        "bureau",
        "dod",
        WORLDWIDE,
        "https://dod-graph.microsoft.us",
        "invalid_request",
        90002,
        "correct cloud",
    ),
    (
        "china tenant worldwide",
        "bureau",
        "china",
        WORLDWIDE,
        "https://microsoftgraph.chinacloudapi.cn",
        "invalid_request",
        90002,
        "correct cloud",
    ),
    (
        "worldwide tenant gov",
        "daemon",
        "contoso",
        GOVERNMENT,
        "https://graph.microsoft.com",
        "invalid_request",
        90002,
        "correct cloud",
    ),
    (
        "worldwide tenant china",
        "daemon",
        "contoso",
        CHINA,
        "https://graph.microsoft.com",
        "invalid_request",
        90002,
        "correct cloud",
    ),
    (
        "worldwide app in gov",
        "daemon",
        "gov",
        GOVERNMENT,
        "https://graph.microsoft.us",
        "unauthorized_client",
        700016,
        "'Gov'",
    ),
    (
        "worldwide app in china",
        "daemon",
        "china",
        CHINA,
        "https://microsoftgraph.chinacloudapi.cn",
        "unauthorized_client",
        700016,
        "'China'",
    ),
    (
        "gov app worldwide",
        "bureau",
        "contoso",
        WORLDWIDE,
        "https://graph.microsoft.com",
        "unauthorized_client",
        700016,
        "'Contoso'",
    ),
    (
        "gov asks for worldwide Graph",
        "bureau",
        "gov",
        GOVERNMENT,
        "https://graph.microsoft.com",
        "invalid_resource",
        500011,
        "https://graph.microsoft.com",
    ),
    (
        "gov asks for chinese Graph",
        "bureau",
        "gov",
        GOVERNMENT,
        "https://microsoftgraph.chinacloudapi.cn",
        "invalid_resource",
        500011,
        "microsoftgraph",
    ),
    (
        "worldwide asks for gov Graph",
        "daemon",
        "contoso",
        WORLDWIDE,
        "https://graph.microsoft.us",
        "invalid_resource",
        500011,
        "https://graph.microsoft.us",
    ),
    (
        "worldwide asks for dod Graph",
        "daemon",
        "contoso",
        WORLDWIDE,
        "https://dod-graph.microsoft.us",
        "invalid_resource",
        500011,
        "dod-graph",
    ),
]


@pytest.mark.parametrize(
    ("app", "tenant", "host", "resource", "error", "number", "says"),
    [row[1:] for row in WRONG],
    ids=[row[0] for row in WRONG],
)
def test_the_wrong_cloud(
    scene: Any, app: str, tenant: str, host: str, resource: str, error: str, number: int, says: str
) -> None:
    answer = credentials(scene, app, tenant, host, resource)
    assert (answer.status, answer.json["error"], answer.json["error_codes"]) == (400, error, [number])
    assert says in answer.json["error_description"]
    assert answer.json["error_uri"] == f"https://{host}/error?code={number}"
    assert answer.entry.reason


@pytest.mark.parametrize("resource", ["https://graph.microsoft.us", "https://dod-graph.microsoft.us"])
def test_the_two_government_clouds_share_an_entra(scene: Any, resource: str) -> None:
    gov = scene.tenants["gov"]
    with scene.world.unit() as unit:
        principal = ensure_service_principal(scene.world, gov, unit, scene.apps["bureau"])
        grant_roles(scene.world, gov, unit, principal, ["Mail.Read"])
    answer = credentials(scene, "bureau", "gov", GOVERNMENT, resource)
    assert read_token(answer.json["access_token"], scene.keys).aud == resource


@pytest.mark.parametrize("tenant", ["gov", "dod"])
def test_a_government_domain_is_found_from_the_worldwide_host(scene: Any, tenant: str) -> None:
    domain = scene.tenants[tenant].domains[0]
    body = scene.ask("GET", f"{WORLDWIDE}/{domain}/v2.0/.well-known/openid-configuration").json
    assert body["cloud_instance_name"] == "microsoftonline.us"
    assert body["tenant_region_scope"] == "USGov"


def test_a_refresh_token_of_another_cloud(scene: Any) -> None:
    token = scene.password().json["refresh_token"]
    answer = scene.token(
        "{gov}",
        GOVERNMENT,
        grant_type="refresh_token",
        client_id="{bureau}",
        client_secret="{bureau.secret}",
        refresh_token=token,
    )
    assert answer.json["error_codes"] == [70000]
    assert "another cloud" in answer.entry.reason


@pytest.mark.parametrize("host", [GOVERNMENT, CHINA, OLDER_CHINA])
def test_personal_accounts_are_in_no_national_cloud(scene: Any, host: str) -> None:
    answer = scene.token(
        "consumers",
        host,
        grant_type="password",
        client_id="{bureau}",
        username="a@b.example",
        password="x",
        scope="User.Read",
    )
    assert answer.status in (400, 401)
    assert answer.json["error_codes"]
