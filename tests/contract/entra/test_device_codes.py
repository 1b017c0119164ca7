"""The device code flow: what the device asks, what the person types and decides, what the device is told."""

from datetime import timedelta
from typing import Any

import pytest

CODES = "login.microsoftonline.com/{contoso}/oauth2/v2.0/devicecode"
TOKEN = "login.microsoftonline.com/{contoso}/oauth2/v2.0/token"
URN = "urn:ietf:params:oauth:grant-type:device_code"
PAGE = "/common/oauth2/deviceauth"


@pytest.fixture
def device(site: Any) -> Any:
    """What the device was told."""
    form = {"client_id": "{desktop}", "scope": "openid profile offline_access User.Read Mail.Read"}
    return site.ask("POST", CODES, form).json


@pytest.fixture
def poll(site: Any, device: Any) -> Any:
    """Polls as the device does."""

    def ask(grant: str = URN, **changes: str) -> Any:
        form = {"grant_type": grant, "client_id": "{desktop}", "device_code": device["device_code"], **changes}
        return site.ask("POST", TOKEN, form)

    return ask


def approve(browser: Any, user_code: str) -> Any:
    browser.ask("GET", PAGE)
    browser.send(otc=user_code)
    browser.send(loginfmt="ada@contoso.example")
    browser.send(passwd="wonderland")
    browser.send(decision="continue")
    return browser.send(stay="0")


def test_the_answer_is_entras(device: Any, site: Any) -> None:
    assert list(device) == ["user_code", "device_code", "verification_uri", "expires_in", "interval", "message"]
    assert (device["expires_in"], device["interval"]) == (900, 5)
    assert device["verification_uri"] == "https://microsoft.com/devicelogin"
    assert len(device["user_code"]) == 9
    assert device["user_code"].isalnum()
    assert device["user_code"] in device["message"]
    assert device["device_code"].startswith(f"1.D{site.world.key}")


def test_v1_writes_numbers_as_texts(site: Any) -> None:
    form = {"client_id": "{desktop}", "resource": "https://graph.microsoft.com"}
    body = site.ask("POST", "login.microsoftonline.com/{contoso}/oauth2/devicecode", form).json
    assert (body["expires_in"], body["interval"]) == ("900", "5")
    assert body["verification_url"] == "https://microsoft.com/devicelogin"


@pytest.mark.parametrize(
    ("form", "number"),
    [
        ({"client_id": "{desktop}"}, 900144),
        ({"scope": "openid"}, 900144),
        ({"client_id": "x", "scope": "openid"}, 700038),
        ({"client_id": "{desktop}", "scope": 'a"b'}, 70011),
        ({"client_id": "{desktop}", "scope": "openid", "resource": "x"}, 901002),
    ],
)
def test_what_the_device_asks_is_judged(site: Any, form: dict[str, str], number: int) -> None:
    assert site.ask("POST", CODES, form).json["error_codes"] == [number]


def test_in_the_prefix_form_the_page_is_here(site: Any) -> None:
    form = {"client_id": "{desktop}", "scope": "openid"}
    body = site.ask("POST", CODES, form, door="http://127.0.0.1:8365").json
    assert body["verification_uri"] == "http://127.0.0.1:8365/login.microsoftonline.com/common/oauth2/deviceauth"


@pytest.mark.parametrize(
    ("url", "to"),
    [
        ("microsoft.com/devicelogin", "https://login.microsoftonline.com/common/oauth2/deviceauth"),
        ("microsoft.com/devicelogin?otc=ABC", "https://login.microsoftonline.com/common/oauth2/deviceauth?otc=ABC"),
        ("microsoft.com/deviceloginus", "https://login.microsoftonline.us/common/oauth2/deviceauth"),
    ],
)
def test_the_short_address_leads_to_the_page(site: Any, url: str, to: str) -> None:
    answer = site.ask("GET", url)
    assert (answer.status, answer.headers["location"]) == (302, to)


@pytest.mark.parametrize("grant", [URN, "device_code"])
def test_from_pending_to_tokens(browser: Any, device: Any, poll: Any, grant: str) -> None:
    pending = poll(grant)
    assert (pending.status, pending.json["error"], pending.json["error_codes"]) == (
        400,
        "authorization_pending",
        [70016],
    )
    assert "error_uri" not in pending.json
    page = approve(browser, device["user_code"].lower())
    assert "You have signed in" in page.text
    body = poll(grant).json
    assert body["scope"] == "Mail.Read User.Read profile openid"
    assert {"refresh_token", "id_token"} <= set(body)
    again = poll(grant)
    assert (again.json["error"], again.json["error_codes"]) == ("invalid_grant", [70000])


def test_a_person_may_decline(browser: Any, device: Any, poll: Any) -> None:
    browser.ask("GET", f"{PAGE}?otc={device['user_code']}")
    assert browser.page.forms.fields["otc"] == device["user_code"]
    browser.send()
    browser.sign_in()
    assert browser.page.heading == "Are you trying to sign in to Desktop?"
    assert browser.page.number == 50199
    assert browser.send(decision="cancel").heading == "You did not sign in"
    answer = poll()
    assert (answer.json["error"], answer.json["error_codes"]) == ("authorization_declined", [70018])


def test_declining_consent_declines_the_device(browser: Any, site: Any) -> None:
    form = {"client_id": "{desktop}", "scope": "Calendars.Read"}
    body = site.ask("POST", CODES, form).json
    page = approve(browser, body["user_code"])
    assert page.heading == "Permissions requested"
    assert browser.send(decision="cancel").heading == "You did not sign in"
    grant = {"grant_type": URN, "client_id": "{desktop}", "device_code": body["device_code"]}
    assert site.ask("POST", TOKEN, grant).json["error"] == "authorization_declined"


def test_a_code_ends_after_fifteen_minutes_by_the_worlds_clock(browser: Any, device: Any, poll: Any, site: Any) -> None:
    site.world.clock.set(site.world.clock.now() + timedelta(seconds=900))
    answer = poll()
    assert (answer.json["error"], answer.json["error_codes"]) == ("expired_token", [70020])
    browser.ask("GET", PAGE)
    assert browser.send(otc=device["user_code"]).number == 70019


def test_a_code_that_ends_while_the_page_is_open(browser: Any, device: Any, site: Any) -> None:
    browser.ask("GET", PAGE)
    browser.send(otc=device["user_code"])
    site.world.clock.set(site.world.clock.now() + timedelta(seconds=900))
    assert browser.send(loginfmt="ada@contoso.example").number == 70019


@pytest.mark.parametrize(("typed", "number"), [("", 90119), ("WRONGCODE", 70018), ("<b>", 70018), ("x" * 500, 70018)])
def test_a_wrong_code_is_told_on_the_page(browser: Any, typed: str, number: int) -> None:
    browser.ask("GET", PAGE)
    page = browser.send(otc=typed)
    assert (page.heading, page.number, page.answer.status) == ("Enter code", number, 200)


def test_a_code_that_was_used_is_told_on_the_page(browser: Any, another_browser: Any, device: Any) -> None:
    another_browser.ask("GET", PAGE)
    another_browser.send(otc=device["user_code"])
    approve(browser, device["user_code"])
    browser.ask("GET", PAGE)
    assert browser.send(otc=device["user_code"]).number == 90120
    assert another_browser.send(loginfmt="ada@contoso.example").number == 90120


@pytest.mark.parametrize(
    ("changes", "error", "number"),
    [
        ({"device_code": "garbage"}, "bad_verification_code", 9002313),
        ({"device_code": ""}, "invalid_request", 900144),
        ({"client_id": "{public}"}, "invalid_grant", 70000),
    ],
)
def test_a_poll_that_is_wrong(poll: Any, changes: dict[str, str], error: str, number: int) -> None:
    answer = poll(**changes)
    assert (answer.json["error"], answer.json["error_codes"]) == (error, [number])


def test_a_client_that_is_no_public_one_proves_itself(site: Any, poll: Any) -> None:
    assert poll(client_id="{web}").json["error_codes"] == [7000218]


def test_who_is_signed_in_already_picks_and_confirms(browser: Any, device: Any, poll: Any) -> None:
    browser.authorize()
    browser.sign_in()
    browser.ask("GET", PAGE)
    page = browser.send(otc=device["user_code"])
    assert page.heading == "Pick an account"
    page = browser.send(account=page.forms.buttons["account"][0])
    assert page.heading == "Are you trying to sign in to Desktop?"
    browser.send(decision="continue")
    assert poll().status == 200


def test_v1_polls_too(browser: Any, site: Any) -> None:
    form = {"client_id": "{desktop}", "resource": "https://graph.microsoft.com"}
    body = site.ask("POST", "login.microsoftonline.com/{contoso}/oauth2/devicecode", form).json
    grant = {"grant_type": "device_code", "client_id": "{desktop}", "device_code": body["device_code"]}
    grant["resource"] = "https://graph.microsoft.com"
    approve(browser, body["user_code"])
    answer = site.ask("POST", "login.microsoftonline.com/{contoso}/oauth2/token", grant)
    assert answer.json["resource"] == "https://graph.microsoft.com"
    site.world.clock.set(site.world.clock.now() + timedelta(seconds=900))
    other = site.ask("POST", "login.microsoftonline.com/{contoso}/oauth2/devicecode", form).json
    site.world.clock.set(site.world.clock.now() + timedelta(seconds=900))
    late = site.ask(
        "POST",
        "login.microsoftonline.com/{contoso}/oauth2/token",
        {**grant, "device_code": other["device_code"]},
    )
    assert (late.json["error"], late.json["error_codes"]) == ("code_expired", [70020])
