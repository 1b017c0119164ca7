"""Administrator's consent at `/adminconsent`, v1 and v2.0."""

from typing import Any
from urllib.parse import urlencode

import pytest
from outlook365_emulator.directory.consent import granted_roles, granted_scopes

REDIRECT = "https://connector.example/callback"
GRAPH = "https://graph.microsoft.com"


@pytest.fixture
def ask(browser: Any, site: Any) -> Any:
    """Opens the endpoint; a change to None leaves a parameter out."""

    def go(version: str = "/v2.0", tenant: str = "{contoso}", **changes: str | None) -> Any:
        given = {"client_id": "{fresh}", "redirect_uri": REDIRECT, "state": "s", **changes}
        if version:
            given.setdefault("scope", f"{GRAPH}/Calendars.Read {GRAPH}/Mail.Send")
        query = urlencode({name: site.fill(value) for name, value in given.items() if value is not None})
        return browser.ask("GET", f"/{tenant}{version}/adminconsent?{query}")

    return go


def held(site: Any, tenant: str = "contoso") -> tuple[set[str], set[str]]:
    home = site.tenants[tenant]
    principal = home.service_principals.find("client", site.apps["fresh"].client_id)
    return set(granted_scopes(home, principal, None)), set(granted_roles(home, principal))


def test_v2_grants_what_was_asked_for(browser: Any, ask: Any, site: Any) -> None:
    ask()
    page = browser.sign_in("{root}")
    assert "Review for your organization" in page.text
    sent = browser.send(decision="accept").sent
    assert sent == {
        "admin_consent": "True",
        "tenant": site.tenants["contoso"].id,
        "scope": f"{GRAPH}/Calendars.Read {GRAPH}/Mail.Send",
        "state": "s",
    }
    assert held(site) == ({"Calendars.Read", "Mail.Send"}, set())


def test_v2_default_grants_the_static_list(browser: Any, ask: Any, site: Any) -> None:
    ask(scope=f"{GRAPH}/.default")
    page = browser.sign_in("{root}")
    assert "Send mail as any user" in page.text
    assert "without a signed-in user" in page.text
    browser.send(decision="accept")
    assert held(site) == ({"User.Read", "Mail.Read"}, {"Mail.Send"})


@pytest.mark.parametrize("tenant", ["{contoso}", "common", "organizations"])
def test_v1_grants_the_static_list(browser: Any, ask: Any, site: Any, tenant: str) -> None:
    ask("", tenant)
    browser.sign_in("{root}")
    sent = browser.send(decision="accept").sent
    assert sent == {"tenant": site.tenants["contoso"].id, "state": "s", "admin_consent": "True"}
    assert held(site) == ({"User.Read", "Mail.Read"}, {"Mail.Send"})


def test_declining(browser: Any, ask: Any) -> None:
    ask()
    browser.sign_in("{root}")
    sent = browser.send(decision="cancel").sent
    assert sent.keys() == {"admin_consent", "error", "error_description", "state"}
    assert (sent["admin_consent"], sent["error"]) == ("True", "consent_required")
    text = "AADSTS65004: The resource owner or authorization server denied the request."
    assert sent["error_description"].startswith(text)
    ask("")
    sent = browser.send(decision="cancel").sent
    assert sent == {"error": "access_denied", "error_subcode": "cancel", "state": "s"}


def test_who_is_no_administrator_needs_one(browser: Any, ask: Any, site: Any) -> None:
    ask()
    page = browser.sign_in()
    assert (page.heading, page.number) == ("Need admin approval", 90094)
    forged = browser.ask("POST", "/common/consent", {**page.forms.fields, "decision": "accept"})
    assert forged.number == 90093
    assert held(site) == (set(), set())


def test_another_account_may_take_over(browser: Any, ask: Any) -> None:
    ask()
    browser.sign_in()
    assert browser.send(decision="other").heading == "Sign in"
    assert browser.sign_in("{root}").heading == "Permissions requested"


@pytest.mark.parametrize(
    ("version", "tenant", "changes", "number"),
    [
        ("/v2.0", "common", {}, 90130),
        ("/v2.0", "{contoso}", {"client_id": "{nowhere}"}, 500113),
        ("/v2.0", "{contoso}", {"redirect_uri": None}, 900971),
        ("/v2.0", "{contoso}", {"redirect_uri": "https://evil.example"}, 50011),
        ("/v2.0", "{contoso}", {"redirect_uri": f"{REDIRECT}/more"}, 50011),
        ("", "{contoso}", {"redirect_uri": f"{REDIRECT}more"}, 50011),
        ("", "{contoso}", {"client_id": "11111111-2222-4333-8444-555555555555"}, 700016),
    ],
)
def test_what_is_a_page(ask: Any, version: str, tenant: str, changes: dict[str, str | None], number: int) -> None:
    page = ask(version, tenant, **changes)
    assert (page.number, page.location) == (number, "")


@pytest.mark.parametrize(("scope", "number"), [(None, 900144), ('a"b', 70011)])
def test_what_goes_to_the_application(ask: Any, scope: str | None, number: int) -> None:
    page = ask(scope=scope)
    assert page.sent["error_description"].startswith(f"AADSTS{number}")
    assert page.sent["admin_consent"] == "True"


def test_v1_takes_a_path_below_a_registered_one(browser: Any, ask: Any) -> None:
    ask("", redirect_uri=f"{REDIRECT}/done")
    browser.sign_in("{root}")
    assert browser.send(decision="accept").location.startswith(f"{REDIRECT}/done?tenant=")


def test_a_multi_tenant_application_comes_into_the_administrators_tenant(browser: Any, ask: Any, site: Any) -> None:
    from outlook365_emulator.directory.users import change_user

    with site.world.unit() as unit:
        change_user(site.tenants["fabrikam"], unit, site.users["bob"], roles=("Application Administrator",))
    ask("", "organizations")
    browser.sign_in("{bob}", "builder")
    assert browser.send(decision="accept").sent["tenant"] == site.tenants["fabrikam"].id
    assert held(site, "fabrikam")[0] == {"User.Read", "Mail.Read"}
