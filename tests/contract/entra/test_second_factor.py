"""The page for a second factor, and what policies do to a sign-in in a browser."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from outlook365_emulator.directory.account_states import require_mfa
from outlook365_emulator.directory.applications import change_application
from outlook365_emulator.directory.conditional_access import add_policy


@pytest.fixture
def contoso(browser: Any) -> Any:
    return browser.scene.tenants["contoso"]


def demand(browser: Any, *, registered: bool = True) -> None:
    scene = browser.scene
    with scene.world.unit() as unit:
        contoso = scene.tenants["contoso"]
        require_mfa(contoso, unit, contoso.users.get(scene.users["ada"].id), True, registered=registered)


def policy(browser: Any, control: Any, **options: Any) -> None:
    scene = browser.scene
    with scene.world.unit() as unit:
        add_policy(scene.world, scene.tenants["contoso"], unit, control, **options)


def test_approving_leads_on(browser: Any, contoso: Any) -> None:
    demand(browser)
    browser.authorize()
    page = browser.sign_in()
    assert (page.heading, page.number, page.answer.status) == ("Approve sign in request", 50076, 200)
    assert page.answer.entry.code == "AADSTS50076"
    page = browser.send(decision="approve")
    page = browser.send(stay="0") if page.heading == "Stay signed in?" else page
    code = browser.scene.world.sign_ins.codes.get(page.sent["code"])
    assert code.methods == ("pwd", "mfa")
    assert browser.authorize().sent["code"], "the session remembers it"


def test_denying_stays_on_the_page(browser: Any) -> None:
    demand(browser)
    browser.authorize()
    browser.sign_in()
    page = browser.send(decision="deny")
    assert (page.heading, page.number) == ("Approve sign in request", 500121)
    assert "denied" in page.alert
    assert "denied" in page.answer.entry.reason
    browser.send(decision="approve")


def test_whoever_has_none_sets_one_up(browser: Any, contoso: Any) -> None:
    demand(browser, registered=False)
    browser.authorize()
    page = browser.sign_in()
    assert (page.heading, page.number) == ("More information required", 50079)
    browser.send(decision="approve")
    assert contoso.users.get(browser.scene.users["ada"].id).mfa_registered


def test_names_are_no_markup(browser: Any, contoso: Any) -> None:
    site = contoso.applications.find("client", browser.scene.apps["site"].client_id)
    with browser.scene.world.unit() as unit:
        change_application(contoso, unit, site, display_name="<script>alert(1)</script>")
    demand(browser)
    browser.authorize()
    page = browser.sign_in()
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_a_form_from_elsewhere_counts_for_nothing(browser: Any) -> None:
    demand(browser)
    browser.authorize()
    browser.sign_in()
    page = browser.send(decision="approve", canary="forged")
    assert page.number == 90013


@pytest.mark.parametrize(
    ("control", "number"), [("block", 53003), ("compliant_device", 53000), ("domain_joined_device", 53001)]
)
def test_what_nobody_can_remedy(browser: Any, control: str, number: int) -> None:
    policy(browser, control)
    browser.authorize()
    page = browser.sign_in()
    assert str(number) in page.sent.get("error_description", "") + str(page.number)


def test_an_old_sign_in_is_asked_for_the_password_again(browser: Any) -> None:
    browser.authorize()
    browser.sign_in()
    policy(browser, "sign_in_frequency", hours=1)
    assert browser.authorize().sent["code"]
    browser.scene.world.clock.set(browser.scene.world.clock.now() + timedelta(hours=1, seconds=1))
    assert browser.authorize().heading == "Enter password"
    assert browser.sign_in().sent["code"]
    assert browser.authorize().sent["code"]


def test_prompt_none_is_told(browser: Any) -> None:
    browser.authorize()
    browser.sign_in()
    policy(browser, "sign_in_frequency", hours=1)
    browser.scene.world.clock.set(browser.scene.world.clock.now() + timedelta(hours=2))
    sent = browser.authorize(prompt="none").sent
    assert (sent["error"], "AADSTS70044" in sent["error_description"]) == ("login_required", True)
    demand(browser)
    contoso = browser.scene.tenants["contoso"]
    with browser.scene.world.unit() as unit:
        for one in list(contoso.access_policies):
            unit.put(contoso.access_policies, msgspec.structs.replace(one, enabled=False))
    sent = browser.authorize(prompt="none").sent
    assert (sent["error"], "AADSTS50076" in sent["error_description"]) == ("interaction_required", True)
