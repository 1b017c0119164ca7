"""Sign-out: whose session ends, where one is led, and who is told."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from outlook365_emulator.config import Settings
from outlook365_emulator.directory.applications import change_application
from outlook365_emulator.emulator import Emulator

REDIRECT = "https://connector.example/callback"
LOGOUT = "/common/oauth2/v2.0/logout"


def signed_in(browser: Any, user: str = "{ada}") -> str:
    browser.authorize(prompt="login")
    return browser.sign_in(user).sent["session_state"]


def test_the_session_ends_and_tokens_live(browser: Any, site: Any) -> None:
    signed_in(browser)
    page = browser.ask("GET", LOGOUT)
    assert (page.answer.status, page.heading) == (200, "You signed out of your account")
    assert browser.authorize(prompt="none").sent["error"] == "login_required"
    assert not {"ESTSAUTH", "ESTSAUTHPERSISTENT"} & set(browser.cookies)


def test_a_registered_address_is_led_to(browser: Any) -> None:
    signed_in(browser)
    page = browser.ask("GET", f"{LOGOUT}?post_logout_redirect_uri={quote(REDIRECT)}&state=s")
    assert page.location == f"{REDIRECT}?state=s"


@pytest.mark.parametrize("uri", ["https://evil.example/", "javascript:alert(1)", "//evil.example", REDIRECT + "/x"])
def test_no_other_address_is_led_to(browser: Any, uri: str) -> None:
    signed_in(browser)
    page = browser.ask("GET", f"{LOGOUT}?post_logout_redirect_uri={quote(uri)}")
    assert (page.answer.status, page.location) == (200, "")
    assert uri not in page.text
    assert page.answer.entry.reason


def test_an_application_that_nobody_signed_in_to_is_not_led_to(browser: Any) -> None:
    page = browser.ask("GET", f"{LOGOUT}?post_logout_redirect_uri={quote(REDIRECT)}")
    assert (page.answer.status, page.heading) == (200, "You are signed out")


def test_applications_are_told_in_frames(browser: Any, site: Any) -> None:
    with site.world.unit() as unit:
        app = site.tenants["contoso"].applications.find("client", site.apps["site"].client_id)
        change_application(site.tenants["contoso"], unit, app, logout_url="https://connector.example/bye")
    session = signed_in(browser)
    page = browser.ask("POST", LOGOUT, {"post_logout_redirect_uri": REDIRECT})
    assert f'<iframe src="https://connector.example/bye?sid={session}&amp;iss=https%3a%2f%2f' in page.text
    assert "frame-src https://connector.example" in page.answer.headers["content-security-policy"]
    assert f'url={REDIRECT}"' in page.text
    assert f'href="{REDIRECT}"' in page.text


def test_several_people_are_asked_who_leaves(browser: Any) -> None:
    sessions = [signed_in(browser), signed_in(browser, "{eve}")]
    page = browser.ask("GET", LOGOUT)
    assert page.heading == "Pick an account"
    browser.send(account=sessions[0])
    assert browser.authorize(prompt="none").answer.entry.user == "eve@contoso.example"


@pytest.mark.parametrize("hint", ["session", "token"])
def test_hints_say_who_leaves(browser: Any, site: Any, hint: str) -> None:
    session = signed_in(browser)
    code = browser.authorize().sent["code"]
    form = {"grant_type": "authorization_code", "client_id": "{site}", "client_secret": "{site.secret}"}
    token = site.token(**form, code=code, redirect_uri=REDIRECT).json["id_token"]
    signed_in(browser, "{eve}")
    query = f"logout_hint={session}" if hint == "session" else f"id_token_hint={token}"
    browser.ask("GET", f"{LOGOUT}?{query}")
    assert browser.authorize(prompt="none").answer.entry.user == "eve@contoso.example"


def test_a_forged_hint_is_no_hint(browser: Any) -> None:
    signed_in(browser)
    signed_in(browser, "{eve}")
    assert browser.ask("GET", f"{LOGOUT}?id_token_hint=eyJ.x.y").heading == "Pick an account"


def test_v1_signs_out_too(browser: Any) -> None:
    signed_in(browser)
    assert browser.ask("GET", "/{contoso}/oauth2/logout").heading == "You signed out of your account"


def test_nobody_is_signed_in_where_no_world_is() -> None:
    with Emulator(Settings()) as empty:
        url = f"{empty.url_for('login.microsoftonline.com')}{LOGOUT}"
        for method in ("GET", "POST"):
            answer = httpx.request(method, url, trust_env=False)
            assert (answer.status_code, empty.errors) == (200, [])
            assert "You are signed out" in answer.text
