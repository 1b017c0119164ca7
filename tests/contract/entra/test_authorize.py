"""The authorize endpoint: parameters, where errors go, what comes back, in every response type and mode."""

import base64
import hashlib
import html
import re
from typing import Any
from urllib.parse import quote_plus

import jwt
import msgspec
import pytest
from outlook365_emulator.directory.applications import change_application

REDIRECT = "https://connector.example/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
CODE_FIELDS = ["code", "state", "session_state"]


def decoded(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def half(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("changes", "number", "error"),
    [
        ({"response_type": None}, 900144, "invalid_request"),
        ({"response_type": "code token"}, 70005, "unsupported_response_type"),
        ({"response_type": "wish"}, 70005, "unsupported_response_type"),
        ({"response_type": "id_token", "nonce": "n"}, 700054, "unsupported_response_type"),
        ({"response_type": "code id_token", "nonce": "n"}, 700054, "unsupported_response_type"),
        ({"response_type": "id_token token", "nonce": "n"}, 700051, "unsupported_response_type"),
        ({"response_type": "token"}, 700051, "unsupported_response_type"),
        ({"client_id": "{hybrid}", "response_type": "id_token"}, 900144, "invalid_request"),
        (
            {"client_id": "{hybrid}", "response_type": "id_token", "nonce": "n", "scope": "User.Read"},
            70011,
            "invalid_scope",
        ),
        (
            {"client_id": "{hybrid}", "response_type": "id_token", "nonce": "n", "response_mode": "query"},
            70007,
            "invalid_request",
        ),
        ({"response_mode": "smoke"}, 70007, "invalid_request"),
        ({"scope": None}, 900144, "invalid_request"),
        ({"scope": 'a"b'}, 70011, "invalid_scope"),
        ({"scope": "https://graph.microsoft.com/.default Mail.Read"}, 70011, "invalid_scope"),
        ({"resource": "https://graph.microsoft.com"}, 901002, "invalid_request"),
        ({"prompt": "surprise"}, 90023, "invalid_request"),
        ({"max_age": "soon"}, 90023, "invalid_request"),
        ({"code_challenge": "short"}, 501491, "invalid_request"),
        ({"code_challenge_method": "S256"}, 501491, "invalid_request"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "md5"}, 90023, "invalid_request"),
        ({"client_id": "{spa}"}, 9002325, "invalid_request"),
        ({"prompt": "none"}, 50058, "login_required"),
    ],
    ids=str,
)
def test_an_error_goes_to_a_redirect_uri_that_is_registered(
    browser: Any, changes: dict[str, str | None], number: int, error: str
) -> None:
    page = browser.authorize(**changes)
    assert page.answer.status == 302
    assert page.location.startswith((f"{REDIRECT}?error=", f"{REDIRECT}#error="))
    assert page.sent["error"] == error
    assert page.sent["error_description"].startswith(f"AADSTS{number}: ")
    assert page.sent["state"] == "a state"
    assert page.answer.entry.code == f"AADSTS{number}"
    assert page.answer.entry.reason


@pytest.mark.parametrize(
    ("tenant", "changes", "number", "status"),
    [
        ("11111111-2222-4333-8444-555555555555", {}, 90002, 400),
        ("undefined!", {}, 900023, 400),
        ("{contoso}", {"client_id": None}, 900144, 200),
        ("{contoso}", {"client_id": "nobody"}, 700038, 200),
        ("{contoso}", {"client_id": "00000000-0000-0000-0000-000000000000"}, 700038, 200),
        ("{contoso}", {"client_id": "11111111-2222-4333-8444-555555555555"}, 700016, 200),
        ("{contoso}", {"client_id": "{retired}"}, 7000112, 200),
        ("{contoso}", {"client_id": "{nowhere}"}, 500113, 200),
        ("{contoso}", {"redirect_uri": None, "scope": "User.Read"}, 900971, 200),
        ("{contoso}", {"redirect_uri": "https://evil.example/callback"}, 50011, 200),
        ("{contoso}", {"redirect_uri": "https://connector.example/callback/"}, 50011, 200),
        ("{contoso}", {"redirect_uri": "javascript:alert(1)"}, 50011, 200),
        ("common", {"client_id": "{fresh}", "scope": "x" * 20_000}, 90015, 200),
        ("common", {"client_id": "{spa}", "code_challenge": CHALLENGE}, 50194, 200),
        ("organizations", {"client_id": "{hybrid}"}, 50194, 200),
        ("consumers", {}, 9002332, 200),
        ("{contoso}", {"client_id": "{personal}"}, 500113, 200),
    ],
    ids=str,
)
def test_an_error_before_the_redirect_uri_is_trusted_is_a_page(
    browser: Any, tenant: str, changes: dict[str, str | None], number: int, status: int
) -> None:
    page = browser.authorize(tenant, **changes)
    assert page.answer.status == status
    assert "location" not in page.answer.headers
    assert page.number == number
    assert page.config["strServiceExceptionMessage"].startswith(f"AADSTS{number}: ")
    assert f"AADSTS{number}" in page.text
    assert page.answer.headers["content-type"] == "text/html; charset=utf-8"
    assert (page.answer.entry.code, bool(page.answer.entry.reason)) == (f"AADSTS{number}", True)


def test_an_unknown_parameter_is_ignored_and_a_doubled_one_refused(browser: Any) -> None:
    assert browser.authorize(wish="x", mkt="de-DE").heading == "Sign in"
    twice = browser.ask("GET", "/{contoso}/oauth2/v2.0/authorize?client_id=a&client_id=b")
    assert twice.number == 9002313


def test_a_request_may_be_posted(browser: Any) -> None:
    form = {"client_id": "{site}", "response_type": "code", "redirect_uri": REDIRECT, "scope": "User.Read"}
    assert browser.ask("POST", "/{contoso}/oauth2/v2.0/authorize", form).heading == "Sign in"


def test_a_code_comes_back_in_the_query(browser: Any, site: Any) -> None:
    browser.authorize(client_info="1")
    page = browser.sign_in()
    assert page.answer.status == 302
    assert list(page.sent) == ["code", "client_info", "state", "session_state"]
    assert page.sent["code"].startswith(f"1.A{site.world.key}")
    assert len(page.sent["code"]) > 100
    assert (page.answer.entry.operation, page.answer.entry.user) == ("authorize.stay", "ada@contoso.example")


def test_without_a_redirect_uri_openid_takes_the_registered_one(browser: Any) -> None:
    browser.authorize(redirect_uri=None)
    assert browser.sign_in().location.startswith(f"{REDIRECT}?code=")


def test_state_and_escapes_are_entras(browser: Any) -> None:
    page = browser.authorize(state="a b&c/ü", prompt="none")
    assert page.location.endswith("&state=a+b%26c%2f%c3%bc")
    assert "error_description=AADSTS50058%3a+A+silent" in page.location
    assert f"error_uri={quote_plus('https://login.microsoftonline.com/error?code=50058').lower()}" in page.location


def test_no_state_gives_no_state(browser: Any) -> None:
    browser.authorize(state=None)
    assert "state" not in browser.sign_in().sent


@pytest.mark.parametrize(
    ("registered", "given", "start"),
    [
        ("https://contoso.example", "https://contoso.example", "https://contoso.example/?code="),
        ("https://a.example/x?y=1", "https://a.example/x?y=1", "https://a.example/x?y=1&code="),
        ("http://localhost", "http://localhost:4711", "http://localhost:4711/?code="),
        ("http://localhost/back", "http://localhost:1/back", "http://localhost:1/back?code="),
        ("http://127.0.0.1/", "http://127.0.0.1:9/", "http://127.0.0.1:9/?code="),
        ("myapp://auth", "myapp://auth", "myapp://auth?code="),
    ],
)
def test_redirect_uris_are_matched_and_extended(
    browser: Any, site: Any, registered: str, given: str, start: str
) -> None:
    with site.world.unit() as unit:
        app = site.apps["desktop"]
        change_application(site.tenants["contoso"], unit, app, public_redirect_uris=(registered,))
    browser.authorize(client_id="{desktop}", redirect_uri=given)
    assert browser.sign_in().location.startswith(start)


def test_the_fragment_carries_what_is_asked_for(browser: Any) -> None:
    browser.authorize(response_mode="fragment")
    assert browser.sign_in().location.startswith(f"{REDIRECT}#code=")


def test_form_post_is_a_form_that_sends_itself(browser: Any) -> None:
    browser.authorize(response_mode="form_post", state='"><script>alert(1)</script>')
    page = browser.sign_in()
    assert page.answer.status == 200
    assert (page.forms.action, list(page.forms.fields)) == (REDIRECT, CODE_FIELDS)
    assert page.forms.fields["state"] == '"><script>alert(1)</script>'
    assert page.text.count("<script>") == 1
    assert "<noscript>" in page.text
    policy = page.answer.headers["content-security-policy"]
    script = re.search(r"<script>(.*)</script>", page.text)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "form-action 'self' https://connector.example" in policy


def test_form_post_carries_errors_too(browser: Any) -> None:
    page = browser.authorize(response_mode="form_post", prompt="none")
    assert page.forms.fields["error"] == "login_required"
    assert html.unescape(page.forms.fields["state"]) == "a state"


def test_an_id_token_alone(browser: Any, site: Any) -> None:
    browser.authorize(client_id="{hybrid}", response_type="id_token", nonce="n-1", scope="openid profile email")
    page = browser.sign_in()
    assert list(page.sent) == ["id_token", "state", "session_state"]
    claims = decoded(page.sent["id_token"])
    assert claims["nonce"] == "n-1"
    assert claims["aud"] == site.apps["hybrid"].client_id
    assert claims["sid"] == page.sent["session_state"]
    assert not {"c_hash", "at_hash"} & set(claims)


def test_the_hybrid_flow_binds_the_code(browser: Any) -> None:
    browser.authorize(client_id="{hybrid}", response_type="code id_token", nonce="n")
    page = browser.sign_in()
    assert list(page.sent) == ["code", "id_token", "state", "session_state"]
    assert decoded(page.sent["id_token"])["c_hash"] == half(page.sent["code"])


def test_an_access_token_alone(browser: Any) -> None:
    """As the page of the implicit flow asks for it: silently, in a session that exists."""
    browser.authorize(client_id="{hybrid}")
    browser.sign_in()
    page = browser.authorize(
        client_id="{hybrid}",
        response_type="token",
        scope="https://graph.microsoft.com/user.read",
        response_mode="fragment",
        nonce="678910",
        prompt="none",
        login_hint="{ada}",
    )
    assert list(page.sent) == ["access_token", "token_type", "expires_in", "scope", "state", "session_state"]
    assert "User.Read" in decoded(page.sent["access_token"])["scp"]


def test_an_access_token_beside_the_id_token(browser: Any) -> None:
    browser.authorize(client_id="{hybrid}", response_type="id_token token", nonce="n")
    sent = browser.sign_in().sent
    wanted = ["access_token", "token_type", "expires_in", "scope", "id_token", "state", "session_state"]
    assert list(sent) == wanted
    assert sent["token_type"] == "Bearer"
    assert decoded(sent["id_token"])["at_hash"] == half(sent["access_token"])
    assert "Mail.Read" in decoded(sent["access_token"])["scp"]


def test_v1_asks_for_a_resource(browser: Any, site: Any) -> None:
    with site.world.unit() as unit:
        app = site.apps["site"]
        change_application(site.tenants["contoso"], unit, app, required_scopes=("User.Read", "Mail.Read"))
    browser.authorize(version="", scope=None, resource="https://graph.microsoft.com")
    page = browser.sign_in()
    assert list(page.sent) == CODE_FIELDS


def test_v1_names_what_the_registration_lists(browser: Any) -> None:
    browser.authorize(version="", scope=None, resource="https://graph.microsoft.com")
    page = browser.sign_in()
    assert (page.sent["error"], page.told) == ("invalid_resource", 650057)


@pytest.mark.parametrize(
    ("scope", "number"),
    [
        ("https://unknown.example/Read", 500011),
        ("https://graph.microsoft.us/Mail.Read", 500011),
        ("Mail.Reed", 650053),
        ("api://{site}/x", 90009),
    ],
)
def test_scopes_are_judged_once_the_person_is_known(browser: Any, scope: str, number: int) -> None:
    browser.authorize(scope=scope)
    page = browser.sign_in()
    assert page.sent["error_description"].startswith(f"AADSTS{number}")


def test_a_misconfigured_application_lists_nothing(browser: Any) -> None:
    browser.authorize(client_id="{wild}", scope="https://graph.microsoft.com/.default")
    assert browser.sign_in().number == 650056


def test_instance_aware_names_the_cloud(browser: Any) -> None:
    browser.authorize(instance_aware="true")
    sent = browser.sign_in().sent
    assert sent["cloud_instance_host_name"] == "login.microsoftonline.com"
    assert sent["msgraph_host"] == "graph.microsoft.com"


def test_a_person_of_another_cloud_is_led_there_or_refused(browser: Any, site: Any) -> None:
    from outlook365_emulator.directory.users import add_user

    with site.world.unit() as unit:
        add_user(site.world, site.tenants["gov"], unit, "grace", password="x")
    browser.authorize("organizations")
    assert browser.send(loginfmt="grace@agency.example").number == 90038
    browser.authorize("organizations", instance_aware="true")
    led = browser.send(loginfmt="grace@agency.example")
    assert led.location.startswith("https://login.microsoftonline.us/organizations/oauth2/v2.0/authorize?")
    assert led.sent["login_hint"] == "grace@agency.example"


def test_nothing_leads_to_a_world(browser: Any) -> None:
    query = "response_type=code&scope=openid"
    unknown = browser.ask("GET", f"/common/oauth2/v2.0/authorize?client_id=x&{query}", nowhere=True)
    assert unknown.number == 700016
    assert browser.ask("GET", f"/common/oauth2/v2.0/authorize?{query}", nowhere=True).number == 50059


def test_a_wildcard_leads_to_what_it_covers_without_the_query(site: Any, browser: Any) -> None:
    contoso = site.tenants["contoso"]
    with site.world.unit() as unit:
        app = contoso.applications.get(site.apps["site"].id)
        uris = ("https://*.connector.example/callback",)
        unit.put(contoso.applications, msgspec.structs.replace(app, web_redirect_uris=uris))
    asked = "https://shop.connector.example/callback?from=x"
    browser.authorize(redirect_uri=asked)
    page = browser.sign_in()
    assert page.location.startswith("https://shop.connector.example/callback?code=")
    form = {"grant_type": "authorization_code", "client_id": "{site}", "client_secret": "{site.secret}"}
    assert site.token(**form, code=page.sent["code"], redirect_uri=asked).status == 200
    assert browser.authorize(redirect_uri=None).number == 900971
    assert browser.authorize(redirect_uri="https://evil.example/callback").number == 50011
