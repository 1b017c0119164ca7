"""An application on its own: the answer, its token, and how it may prove itself."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus

import jwt
import pytest
from outlook365_emulator.directory.applications import add_application, add_secret, ensure_service_principal
from outlook365_emulator.directory.consent import revoke
from outlook365_emulator.entra.tokens import read_token


def test_the_answer_has_just_these_members(scene: Any) -> None:
    answer = scene.credentials(client_info="1")
    assert answer.status == 200
    assert list(answer.json) == ["token_type", "expires_in", "ext_expires_in", "access_token"]
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == answer.json["ext_expires_in"] == 3599


def test_the_token_is_the_applications(scene: Any) -> None:
    token = scene.credentials().json["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    contoso, daemon = scene.tenants["contoso"], scene.apps["daemon"]
    principal = contoso.service_principals.find("client", daemon.client_id)
    now = int(scene.world.clock.timestamp())
    assert list(claims)[:5] == ["aud", "iss", "iat", "nbf", "exp"]
    assert claims["aud"] == "https://graph.microsoft.com"
    assert claims["iss"] == claims["idp"] == f"https://sts.windows.net/{contoso.id}/"
    assert claims["iat"] == claims["nbf"] == now - 300
    assert claims["exp"] - claims["iat"] == 3900
    assert claims["roles"] == ["Mail.Read", "User.Read.All"]
    assert (claims["appid"], claims["app_displayname"], claims["appidacr"]) == (daemon.client_id, "Daemon", "1")
    assert claims["oid"] == claims["sub"] == principal.id
    assert (claims["tid"], claims["idtyp"], claims["ver"]) == (contoso.id, "app", "1.0")
    assert claims["wids"] == ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"]
    assert claims["tenant_region_scope"] == "NA"
    assert "scp" not in claims
    assert "upn" not in claims
    assert {"aio", "rh", "uti", "xms_tcdt", "xms_idrel", "xms_ftd"} <= set(claims)


def test_graph_reads_it(scene: Any) -> None:
    answer = scene.credentials()
    claims = read_token(answer.json["access_token"], scene.keys)
    assert claims.is_app
    assert claims.roles == {"Mail.Read", "User.Read.All"}
    assert not claims.scopes
    assert answer.entry.permissions == ["Mail.Read", "User.Read.All"]
    assert answer.entry.operation == "token.client_credentials"
    assert (answer.entry.tenant, answer.entry.application) == (claims.tid, claims.appid)


def test_two_tokens_differ(scene: Any) -> None:
    assert scene.credentials().json["access_token"] != scene.credentials().json["access_token"]


def test_without_permissions_the_token_has_no_roles(scene: Any) -> None:
    contoso = scene.tenants["contoso"]
    principal = contoso.service_principals.find("client", scene.apps["daemon"].client_id)
    with scene.world.unit() as unit:
        revoke(contoso, unit, principal)
    answer = scene.credentials()
    assert "roles" not in jwt.decode(answer.json["access_token"], options={"verify_signature": False})
    assert "no application permission" in answer.entry.reason


def test_an_application_that_has_to_be_assigned_a_role_needs_one(scene: Any) -> None:
    contoso = scene.tenants["contoso"]
    with scene.world.unit() as unit:
        application = add_application(scene.hosting, scene.world, contoso, unit, "Bare")
        add_secret(scene.world, contoso, unit, application, secret="s3cret")
        principal = ensure_service_principal(scene.world, contoso, unit, application)
        unit.put(contoso.service_principals, type(principal)(**{
            **{name: getattr(principal, name) for name in principal.__struct_fields__}, "assignment_required": True
        }))  # fmt: skip
    answer = scene.credentials(client_id=application.client_id, client_secret="s3cret")
    assert answer.json["error_codes"] == [501051]


@pytest.mark.parametrize(
    ("scope", "audience"),
    [
        ("https://graph.microsoft.com/.default", "https://graph.microsoft.com"),
        ("https://graph.microsoft.com//.default", "https://graph.microsoft.com/"),
        ("https://Graph.Microsoft.com/.default", "https://graph.microsoft.com"),
        ("00000003-0000-0000-c000-000000000000/.default", "00000003-0000-0000-c000-000000000000"),
        ("openid profile offline_access https://graph.microsoft.com/.default", "https://graph.microsoft.com"),
    ],
)
def test_the_audience_is_the_resource_as_asked(scene: Any, scope: str, audience: str) -> None:
    answer = scene.credentials(scope=scope)
    assert read_token(answer.json["access_token"], scene.keys).aud == audience


@pytest.mark.parametrize("tenant", ["{contoso}", "contoso.example", "CONTOSO.EXAMPLE"])
@pytest.mark.parametrize("host", ["login.microsoftonline.com", "login.windows.net", "westeurope.login.microsoft.com"])
def test_every_name_of_the_tenant_and_the_cloud_will_do(scene: Any, tenant: str, host: str) -> None:
    answer = scene.ask("POST", f"{host}/{tenant}/oauth2/v2.0/token", {
        "grant_type": "client_credentials", "client_id": "{daemon}", "client_secret": "{daemon.secret}",
        "scope": "https://graph.microsoft.com/.default",
    })  # fmt: skip
    assert read_token(answer.json["access_token"], scene.keys).tid == scene.tenants["contoso"].id


@pytest.mark.parametrize("in_body", [False, True], ids=["header alone", "client_id in the body too"])
@pytest.mark.parametrize("encoded", [quote_plus, str], ids=["escaped", "plain"])
def test_basic_authentication(scene: Any, in_body: bool, encoded: Any) -> None:
    pair = f"{scene.apps['daemon'].client_id}:{encoded(scene.secrets['daemon'])}"
    form = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"}
    form |= {"client_id": "{daemon}"} if in_body else {}
    headers = {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    url = "login.microsoftonline.com/{contoso}/oauth2/v2.0/token"
    assert scene.ask("POST", url, form, headers=headers).status == 200
    wrong = {"authorization": "Basic " + base64.b64encode(f"{scene.apps['daemon'].client_id}:x".encode()).decode()}
    assert scene.ask("POST", url, form, headers=wrong).json["error_codes"] == [7000215]


def test_a_secret_ends_by_the_worlds_clock(scene: Any) -> None:
    assert scene.credentials().status == 200
    scene.world.clock.set(scene.world.clock.now() + timedelta(days=721))
    answer = scene.credentials()
    assert answer.json["error_codes"] == [7000222]
    assert "the secret ended 2028-02-20" in answer.entry.reason
    assert scene.secrets["daemon"] not in answer.entry.reason


def test_the_id_of_a_secret_is_told_from_its_value(scene: Any) -> None:
    answer = scene.credentials(client_secret=scene.apps["daemon"].secrets[0].id)
    assert answer.json["error_codes"] == [7000215]
    assert "the id of a secret, not its value" in answer.entry.reason


@pytest.mark.parametrize(
    ("cloud", "host", "graph", "issuer", "region"),
    [
        ("gov", "login.microsoftonline.us", "graph.microsoft.us", "sts.windows.net", "USGov"),
        ("gov", "login.usgovcloudapi.net", "dod-graph.microsoft.us", "sts.windows.net", "USGov"),
        ("dod", "login.microsoftonline.us", "dod-graph.microsoft.us", "sts.windows.net", "USGov"),
        ("china", "login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn", "sts.chinacloudapi.cn", "AS"),
    ],
)
def test_every_cloud_issues_for_its_graph(
    scene: Any, cloud: str, host: str, graph: str, issuer: str, region: str
) -> None:
    tenant = scene.tenants[cloud]
    with scene.world.unit() as unit:
        application = add_application(scene.hosting, scene.world, tenant, unit, "Local")
        add_secret(scene.world, tenant, unit, application, secret="s3cret")
    form = {"grant_type": "client_credentials", "client_id": application.client_id, "client_secret": "s3cret"}
    answer = scene.ask("POST", f"{host}/{tenant.id}/oauth2/v2.0/token", form | {"scope": f"https://{graph}/.default"})
    claims = read_token(answer.json["access_token"], scene.keys)
    assert claims.aud == f"https://{graph}"
    assert claims.iss == f"https://{issuer}/{tenant.id}/"
    assert claims.raw["tenant_region_scope"] == region


def test_v1_answers_in_strings(scene: Any) -> None:
    answer = scene.ask("POST", "login.microsoftonline.com/{contoso}/oauth2/token", {
        "grant_type": "client_credentials", "client_id": "{daemon}", "client_secret": "{daemon.secret}",
        "resource": "https://graph.microsoft.com",
    })  # fmt: skip
    body = answer.json
    now = int(scene.world.clock.timestamp())
    token = body.pop("access_token")
    assert body == {
        "token_type": "Bearer",
        "expires_in": "3599",
        "ext_expires_in": "3599",
        "expires_on": str(now + 3600),
        "not_before": str(now - 300),
        "resource": "https://graph.microsoft.com",
    }
    assert read_token(token, scene.keys).roles == {"Mail.Read", "User.Read.All"}
