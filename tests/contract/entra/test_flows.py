"""The pages belong to one browser and one sign-in: forged, foreign, late and repeated posts change nothing."""

from datetime import timedelta
from typing import Any

import pytest


def test_a_form_without_its_token_is_refused(browser: Any) -> None:
    page = browser.authorize()
    form = {**page.forms.fields, "loginfmt": "ada@contoso.example"}
    for canary in ("", "guess"):
        refused = browser.ask("POST", page.forms.action, {**form, "canary": canary})
        assert (refused.number, refused.answer.status) == (90013, 200)


def test_every_form_has_a_token(browser: Any) -> None:
    pages = [browser.authorize(client_id="{fresh}", prompt="consent")]
    pages.append(browser.send(loginfmt="ada@contoso.example"))
    pages.append(browser.send(passwd="wonderland"))
    pages.append(browser.send(stay="0"))
    assert [page.heading for page in pages] == ["Sign in", "Enter password", "Stay signed in?", "Permissions requested"]
    assert all(len(page.forms.fields["canary"]) > 20 for page in pages)


def test_another_browser_cannot_go_on(browser: Any, another_browser: Any) -> None:
    page = browser.authorize(client_id="{fresh}")
    another_browser.authorize()
    stolen = another_browser.ask("POST", page.forms.action, {**page.forms.fields, "loginfmt": "ada@contoso.example"})
    assert stolen.number == 90013
    nobody = browser.scene.ask("POST", f"login.microsoftonline.com{page.forms.action}", page.forms.fields)
    assert b"90013" in nobody.response.body


@pytest.mark.parametrize("form", [{}, {"ctx": "1.unknown"}, {"ctx": "x", "canary": "y"}])
def test_a_post_that_belongs_to_nothing_is_refused(browser: Any, form: dict[str, str]) -> None:
    for path in ("login", "kmsi", "consent", "approval", "logout", "oauth2/deviceconfirm"):
        page = browser.ask("POST", f"/common/{path}", form)
        assert (page.answer.status, page.number) == (200, 50089)


def test_a_page_that_was_open_for_too_long_is_refused(browser: Any, site: Any) -> None:
    browser.authorize()
    site.world.clock.set(site.world.clock.now() + timedelta(minutes=61))
    assert browser.send(loginfmt="ada@contoso.example").number == 50089


def test_a_page_cannot_be_sent_twice(browser: Any) -> None:
    browser.authorize()
    browser.send(loginfmt="ada@contoso.example")
    page = browser.send(passwd="wonderland")
    assert browser.send(stay="0").sent["code"]
    again = browser.ask("POST", page.forms.action, {**page.forms.fields, "stay": "0"})
    assert again.number == 50089


def test_a_page_cannot_be_skipped(browser: Any, site: Any) -> None:
    page = browser.authorize(client_id="{fresh}")
    fields = page.forms.fields
    for path, extra in (("consent", {"decision": "accept"}), ("kmsi", {"stay": "1"}), ("approval", {})):
        skipped = browser.ask("POST", f"/common/{path}", {**fields, **extra})
        assert skipped.heading == "Sign in"
    assert site.tenants["contoso"].service_principals.find("client", site.apps["fresh"].client_id) is not None
    assert not [one for one in site.tenants["contoso"].grants if one.principal == site.users["ada"].id]


def test_what_changed_while_a_page_was_open_counts(browser: Any, site: Any) -> None:
    browser.authorize()
    browser.send(loginfmt="ada@contoso.example")
    contoso = site.tenants["contoso"]
    with site.world.unit() as unit:
        unit.remove(contoso.applications, contoso.applications.find("client", site.apps["site"].client_id))
    assert browser.send(passwd="wonderland").number == 700016


def test_cookies_are_for_the_login_host_alone(browser: Any) -> None:
    fields = browser.authorize().answer.response.headers
    cookie = next(value for name, value in fields if name == "Set-Cookie" and value.startswith("buid="))
    assert cookie.endswith("; path=/; secure; HttpOnly; SameSite=None")
    prefixed = browser.ask("GET", "/common/oauth2/v2.0/logout", door="http://127.0.0.1:8365")
    assert prefixed.heading
    browser.cookies.clear()
    fields = browser.ask("GET", "/common/oauth2/v2.0/logout", door="http://127.0.0.1:8365").answer.response.headers
    cookie = next(value for name, value in fields if name == "Set-Cookie" and value.startswith("buid="))
    assert cookie.endswith("; path=/login.microsoftonline.com/; HttpOnly; SameSite=Lax")
