"""Optional claims of ID tokens: configured, asked for by `claims`, and `auth_time` where `max_age` was sent."""

import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from outlook365_emulator.directory.applications import change_application
from outlook365_emulator.directory.users import change_user
from outlook365_emulator.entra.optional_claims import hint_of

REDIRECT = "https://connector.example/callback"
OPTIONAL = {
    "acct": 0,
    "auth_time": 1772442000,
    "ctry": "DE",
    "email": "ada@contoso.example",
    "family_name": "Lovelace",
    "given_name": "Ada",
    "ipaddr": "127.0.0.1",
    "tenant_region_scope": "NA",
    "upn": "ada@contoso.example",
    "xms_pl": "de-DE",
}


def redeem(site: Any, code: str) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", "client_id": "{site}", "client_secret": "{site.secret}"}
    body = site.token(**form, code=code, redirect_uri=REDIRECT).json
    return jwt.decode(body["id_token"], options={"verify_signature": False})


@pytest.fixture
def ada(site: Any) -> Any:
    with site.world.unit() as unit:
        fields = {"usage_location": "DE", "preferred_language": "de-DE"}
        return change_user(site.tenants["contoso"], unit, site.users["ada"], **fields)


def configure(site: Any, *names: str) -> None:
    contoso = site.tenants["contoso"]
    with site.world.unit() as unit:
        change_application(contoso, unit, contoso.applications.get(site.apps["site"].id), optional_claims=names)


def test_nothing_optional_comes_unasked(site: Any, browser: Any) -> None:
    assert not {*OPTIONAL, "login_hint"} & redeem(site, browser.code()).keys()


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_claim_that_is_configured(site: Any, browser: Any, ada: Any, name: str) -> None:
    configure(site, name)
    claims = redeem(site, browser.code())
    assert claims[name] == OPTIONAL[name]
    assert not (OPTIONAL.keys() - {name}) & claims.keys()


def test_claims_that_the_request_asks_for(site: Any, browser: Any, ada: Any) -> None:
    wanted = {"auth_time": {"essential": True}, "login_hint": None, "signin_state": None, "given_name": None}
    claims = redeem(site, browser.code(claims=json.dumps({"id_token": wanted})))
    assert claims["given_name"] == "Ada"
    assert claims["auth_time"] == OPTIONAL["auth_time"]
    assert claims["login_hint"] == hint_of(site.tenants["contoso"].id, ada.id)
    assert "signin_state" not in claims


@pytest.mark.parametrize("text", ['{"id_token": 1}', '{"id_token": []}', '{"id_token": null}', "{}"])
def test_odd_requests_ask_for_nothing(site: Any, browser: Any, text: str) -> None:
    assert not {*OPTIONAL, "login_hint"} & redeem(site, browser.code(claims=text)).keys()


def test_what_a_person_does_not_have_is_left_out(site: Any, browser: Any) -> None:
    configure(site, "ctry", "xms_pl")
    assert not {"ctry", "xms_pl"} & redeem(site, browser.code()).keys()


def test_max_age_has_the_time_of_the_sign_in_told(site: Any, browser: Any) -> None:
    """OpenID Connect Core 1.0, 2 and 3.1.2.1; the time is that of the sign-in, not of the token."""
    signed_in = int(site.world.clock.now().timestamp())
    browser.code()
    site.world.clock.set(site.world.clock.now() + timedelta(minutes=20))
    claims = redeem(site, browser.code(max_age="3600"))
    assert claims["auth_time"] == signed_in
    assert claims["iat"] + 300 == signed_in + 20 * 60
    assert browser.authorize(max_age="600").heading == "Enter password"


def test_max_age_counts_for_tokens_from_the_authorize_endpoint_too(site: Any, browser: Any) -> None:
    asked = {"client_id": "{hybrid}", "response_type": "id_token", "nonce": "n", "max_age": "60"}
    browser.authorize(**asked)
    page = browser.sign_in()
    claims = jwt.decode(page.sent["id_token"], options={"verify_signature": False})
    assert claims["auth_time"] == OPTIONAL["auth_time"]


def test_a_hint_leads_to_its_person(site: Any, browser: Any, ada: Any) -> None:
    browser.authorize()
    browser.sign_in()
    browser.authorize(prompt="login")
    browser.sign_in("{eve}")
    hint = hint_of(site.tenants["contoso"].id, ada.id)
    page = browser.authorize(prompt="none", login_hint=hint)
    code = site.world.sign_ins.codes.get(page.sent["code"])
    assert code.user == ada.id
    assert browser.authorize(login_hint=hint, prompt="login").heading == "Enter password"
    assert "ada@contoso.example" in browser.page.text
    browser.ask("GET", f"/common/oauth2/v2.0/logout?logout_hint={hint}")
    left = site.world.sign_ins.sessions
    assert [one.user for one in left] == [site.users["eve"].id]


@pytest.mark.parametrize("hint", ["O.", "O.!", "O.AAAA", "O.w6k", "O." + "A" * 500])
def test_a_hint_of_nobody_is_a_name_that_nobody_has(browser: Any, hint: str) -> None:
    assert browser.authorize(login_hint=hint).number == 50034
