"""A browser at the login host of another cloud: refused, or sent there where its client can follow."""

from typing import Any

import pytest
from outlook365_emulator.directory.applications import add_application, add_secret, ensure_service_principal
from outlook365_emulator.directory.consent import grant_scopes
from outlook365_emulator.directory.users import add_user

REDIRECT = "https://connector.example/callback"


@pytest.fixture
def agent(site: Any) -> Any:
    """Somebody of the government, and the application registered in both clouds under one client id."""
    world, gov = site.world, site.tenants["gov"]
    here = site.apps["site"]
    with world.unit() as unit:
        site.users["agent"] = add_user(world, gov, unit, "agent", password="wonderland")
        there = add_application(
            site.hosting, world, gov, unit, "Site", client_id=here.client_id, audience="AzureADMultipleOrgs"
        )
        there, credential = add_secret(world, gov, unit, there)
        there = unit.put(gov.applications, _with_redirect(there))
        principal = ensure_service_principal(world, gov, unit, there)
        grant_scopes(world, gov, unit, principal, ["User.Read", "Mail.Read", "openid", "profile"])
    site.secrets["there"] = credential.secret
    return site.users["agent"]


def _with_redirect(app: Any) -> Any:
    import msgspec

    return msgspec.structs.replace(app, web_redirect_uris=(REDIRECT,))


@pytest.mark.parametrize("tenant", ["{gov}", "agency.example"])
def test_a_tenant_of_another_cloud(browser: Any, agent: Any, tenant: str) -> None:
    page = browser.authorize(tenant)
    assert page.number == 90038
    assert "request is being redirected to the National Cloud 'microsoftonline.us'" in page.text
    assert "login.microsoftonline.us" in page.answer.entry.reason


@pytest.mark.parametrize("version", ["/v2.0", ""], ids=["v2", "v1"])
def test_a_client_that_can_follow_is_sent_on(site: Any, browser: Any, agent: Any, version: str) -> None:
    page = browser.authorize("{gov}", version, instance_aware="true")
    root = site.fill("https://login.microsoftonline.us/{gov}/oauth2")
    assert page.location.startswith(f"{root}{version}/authorize?client_id=")
    assert page.sent["state"] == "a state"


def test_a_person_of_another_cloud(browser: Any, agent: Any) -> None:
    browser.authorize("organizations")
    assert browser.send(loginfmt=agent.user_principal_name).number == 90038
    browser.authorize("organizations", instance_aware="true")
    page = browser.send(loginfmt=agent.user_principal_name)
    assert page.location.startswith("https://login.microsoftonline.us/organizations/oauth2/v2.0/authorize?")
    assert page.sent["login_hint"] == agent.user_principal_name


def test_a_code_is_redeemed_in_its_cloud(site: Any, browser: Any, agent: Any) -> None:
    browser.host = "login.microsoftonline.us"
    browser.authorize("organizations")
    code = browser.sign_in("{agent}").sent["code"]
    form = {"grant_type": "authorization_code", "client_id": "{site}", "code": code, "redirect_uri": REDIRECT}
    elsewhere = site.token("organizations", **form, client_secret="{site.secret}")
    assert elsewhere.json["error_codes"] == [90043]
    assert "login.microsoftonline.us" in elsewhere.entry.reason
    there = site.token("organizations", "login.microsoftonline.us", **form, client_secret="{there.secret}")
    assert there.status == 200


def test_a_tenant_of_another_world_is_unknown(browser: Any) -> None:
    assert browser.authorize("11111111-2222-4333-8444-555555555555").number == 90002
