"""What every answer of Entra has, the spellings of its addresses, and input that is no input."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
GRAPH = "https://graph.microsoft.com/.default"
WORLDWIDE = "login.microsoftonline.com"
TOKEN = f"{WORLDWIDE}/{{contoso}}/oauth2/v2.0/token"
APP = {
    "grant_type": "client_credentials",
    "client_id": "{daemon}",
    "client_secret": "{daemon.secret}",
    "scope": GRAPH,
}


def app(**change: str) -> dict[str, str]:
    return {**APP, **change}


@pytest.mark.parametrize("where", ["query", "body"])
def test_the_correlation_id_may_come_as_a_parameter(scene: Any, where: str) -> None:
    correlation = "0f8fad5b-d9cb-469f-a165-70867728950e"
    form = app(client_secret="x") | ({"client-request-id": correlation} if where == "body" else {})
    query = f"?client-request-id={correlation}" if where == "query" else ""
    assert scene.ask("POST", TOKEN + query, form).json["correlation_id"] == correlation


def test_a_correlation_id_that_is_no_guid_is_replaced(scene: Any) -> None:
    headers = {"client-request-id": "seven", "return-client-request-id": "true"}
    answer = scene.ask("POST", TOKEN, app(client_secret="x"), headers=headers)
    assert GUID.fullmatch(answer.json["correlation_id"])
    assert "client-request-id" not in answer.headers


def test_every_answer_has_the_fields_of_the_service(scene: Any) -> None:
    headers = scene.credentials().headers
    assert headers["cache-control"] == "no-store, no-cache"
    assert headers["pragma"] == "no-cache"
    assert headers["expires"] == "-1"
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["p3p"] == 'CP="DSP CUR OTPi IND OTRi ONL FIN"'
    assert GUID.fullmatch(headers["x-ms-request-id"])
    assert "client-request-id" not in headers
    cookies = [value for name, value in scene.credentials().response.headers if name == "Set-Cookie"]
    assert [cookie.partition("=")[0] for cookie in cookies] == ["fpc", "x-ms-gateway-slice", "stsservicecookie"]


def test_telemetry_is_answered_to_clients_that_send_it(scene: Any) -> None:
    telemetry = {"x-client-current-telemetry": "4|730,2|"}
    assert (
        scene.ask("POST", TOKEN, app(client_secret="x"), headers=telemetry).headers["x-ms-clitelem"] == "1,7000215,0,,"
    )
    assert scene.ask("POST", TOKEN, APP, headers=telemetry).headers["x-ms-clitelem"] == "1,0,0,,"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"grant_type": "client_credentials"}'),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
        ("text/plain", b"grant_type=client_credentials"),
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00%zz&&=&"),
        ("application/x-www-form-urlencoded", b""),
    ],
)
def test_a_body_that_is_no_form_misses_its_first_parameter(scene: Any, content_type: str, body: bytes) -> None:
    answer = scene.ask("POST", TOKEN, headers={"content-type": content_type}, body=body)
    assert answer.json["error_codes"] == [900144]
    assert "'grant_type'" in answer.json["error_description"]


def test_a_parameter_that_comes_twice_is_malformed(scene: Any) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    twice = scene.ask("POST", TOKEN, headers=kind, body=b"grant_type=password&grant_type=client_credentials")
    assert twice.json["error_codes"] == [9002313]


def test_a_request_that_belongs_to_no_world_finds_no_tenant(scene: Any) -> None:
    assert scene.ask("POST", TOKEN, APP, nowhere=True).json["error_codes"] == [90002]
    assert scene.ask("POST", f"{WORLDWIDE}/common/oauth2/v2.0/token", APP, nowhere=True).json["error_codes"] == [700016]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("{contoso}/openid/userinfo", "/oidc/userinfo of Microsoft Graph is there"),
        ("common/OpenID/UserInfo/", "/oidc/userinfo of Microsoft Graph is there"),
        ("{contoso}/oauth2/checksession", "which Microsoft does not describe"),
        ("{contoso}/kerberos", "Kerberos"),
        ("{contoso}/userinfo", "this address"),
    ],
)
def test_addresses_that_the_metadata_names_say_what_they_would_be(scene: Any, path: str, reason: str) -> None:
    answer = scene.ask("GET", f"{WORLDWIDE}/{path}")
    assert answer.status == 501
    assert reason in answer.entry.reason


@pytest.mark.parametrize(
    ("method", "url", "form"),
    [
        ("GET", f"{WORLDWIDE}/{{contoso}}/saml2?SAMLRequest=x", None),
        ("GET", f"{WORLDWIDE}/", None),
        ("POST", TOKEN, {"grant_type": "urn:ietf:params:oauth:grant-type:saml2-bearer"}),
        ("GET", f"{WORLDWIDE}/a/b/c/d/e/f/g", None),
        ("POST", TOKEN, app(scope="https://outlook.office365.com/.default")),
    ],
)
def test_what_is_not_emulated_says_so(scene: Any, method: str, url: str, form: dict[str, str] | None) -> None:
    answer = scene.ask(method, url, form)
    assert (answer.status, answer.json["error"], answer.entry.code) == (501, "NotEmulated", "NotEmulated")
    assert answer.json["trace_id"] == answer.headers["x-ms-request-id"]
    assert answer.entry.reason


@pytest.mark.parametrize(
    "path",
    ["/{contoso}/OAuth2/V2.0/Token", "//{contoso}//oauth2/v2.0/token/", "/CONTOSO.example/oauth2/v2.0/token"],
)
def test_a_path_has_many_spellings(scene: Any, path: str) -> None:
    assert scene.ask("POST", f"{WORLDWIDE}{path}", APP).status == 200


FIELDS = st.sampled_from(
    "grant_type client_id client_secret client_assertion client_assertion_type scope resource username password "
    "refresh_token client_info claims".split()
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["client_credentials", "password", "refresh_token", GRAPH, "Mail.Read", "1.A", "{daemon}", "{public}", "{web}",
         "{ada}", "{daemon.secret}", "wonderland", "a.b.c", "eyJhbGciOiJSUzI1NiJ9.e30.AA", ".default", "https://[/",
         "1", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    ),
)  # fmt: skip
TENANTS = st.one_of(st.sampled_from(["{contoso}", "common", "organizations", "consumers"]), st.text(max_size=20))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.dictionaries(FIELDS, VALUES, max_size=9),
    tenant=TENANTS,
    tail=st.sampled_from(["oauth2/v2.0/token", "oauth2/token"]),
    body=st.one_of(st.none(), st.binary(max_size=60)),
    authorization=st.one_of(
        st.none(), st.text(alphabet=st.characters(max_codepoint=126, min_codepoint=32), max_size=30)
    ),
)
def test_no_form_raises(
    scene: Any, form: dict[str, str], tenant: str, tail: str, body: bytes | None, authorization: str | None
) -> None:
    url = f"{WORLDWIDE}/{quote(tenant, safe='{}')}/{tail}"
    headers = {"authorization": f"Basic {authorization}"} if authorization is not None else {}
    if body is not None:
        answer = scene.ask("POST", url, headers=headers, body=body)
    else:
        answer = scene.ask("POST", url, form, headers=headers)
    assert answer.status in (200, 400, 401, 501)
    assert answer.json


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["GET", "POST", "OPTIONS", "PATCH"]))
def test_no_address_raises(scene: Any, path: str, query: str, method: str) -> None:
    for prefix in ("", "common/discovery/instance?authorization_endpoint=", "common/userrealm/"):
        answer = scene.ask(method, f"{WORLDWIDE}/{prefix}{quote(path)}?{quote(query)}")
        assert answer.status in (200, 400, 401, 501)
