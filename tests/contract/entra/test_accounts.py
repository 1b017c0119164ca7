"""Who signs in: names and passwords, single sign-on, the account picker, every `prompt`, staying signed in."""

from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.directory.consent_policy import set_consent_policy
from outlook365_emulator.directory.users import change_user, revoke_sessions, set_password


def test_a_wrong_password_stays_on_the_page(browser: Any) -> None:
    browser.authorize()
    page = browser.sign_in(password="hunter2")
    assert (page.heading, page.number, page.answer.status) == ("Enter password", 50126, 200)
    assert "password is incorrect" in page.alert
    assert (page.answer.entry.code, page.answer.entry.user) == ("AADSTS50126", "ada@contoso.example")
    assert "hunter2" not in page.text + page.answer.entry.reason
    assert browser.sign_in().sent["code"]


@pytest.mark.parametrize("name", ["nobody@contoso.example", "ada@unknown.example", "ada", "@", "<b>"])
def test_an_unknown_name_stays_on_the_page(browser: Any, name: str) -> None:
    browser.authorize()
    page = browser.send(loginfmt=name)
    assert (page.heading, page.number) == ("Sign in", 50034)
    assert page.forms.fields["loginfmt"] == name


@pytest.mark.parametrize(("user", "number"), [("{support}", 50057), ("{idle}", 50057)])
def test_an_account_that_cannot_sign_in_says_so(browser: Any, user: str, number: int) -> None:
    browser.authorize()
    page = browser.sign_in(user)
    assert (page.heading, page.number) == ("Enter password", number)


def test_back_leads_to_the_name(browser: Any) -> None:
    browser.authorize()
    browser.send(loginfmt="ada@contoso.example")
    page = browser.send(back="1")
    assert (page.heading, page.forms.fields["loginfmt"]) == ("Sign in", "ada@contoso.example")


def test_a_hint_fills_the_name_in(browser: Any) -> None:
    assert browser.authorize(login_hint="{ada}").heading == "Enter password"
    assert browser.authorize(login_hint="nobody@contoso.example").number == 50034


def test_a_session_signs_in_without_a_page(browser: Any) -> None:
    browser.authorize()
    first = browser.sign_in()
    again = browser.authorize()
    assert again.sent["code"] != first.sent["code"]
    assert again.sent["session_state"] == first.sent["session_state"]
    assert browser.authorize(prompt="none").sent["code"]


def test_another_browser_is_not_signed_in(browser: Any, another_browser: Any) -> None:
    browser.authorize()
    browser.sign_in()
    assert another_browser.authorize().heading == "Sign in"
    assert another_browser.authorize(prompt="none").sent["error"] == "login_required"


def test_sessions_are_told_apart_by_a_cookie_that_changes_at_sign_in(browser: Any, site: Any) -> None:
    browser.authorize()
    browser.cookies["ESTSAUTH"] = planted = f"1.{site.world.key}planted"
    browser.sign_in()
    assert browser.cookies["ESTSAUTH"] != planted
    assert browser.cookies["ESTSAUTH"].startswith(f"1.{site.world.key}")


@pytest.mark.parametrize(
    ("prompt", "heading"),
    [("login", "Sign in"), ("create", "Sign in"), ("select_account", "Pick an account"), ("no_session", "")],
)
def test_prompts_that_ask_again(browser: Any, prompt: str, heading: str) -> None:
    browser.authorize()
    browser.sign_in()
    assert browser.authorize(prompt=prompt).heading == heading


def test_prompt_login_is_satisfied_by_a_new_sign_in(browser: Any) -> None:
    browser.authorize()
    browser.sign_in()
    browser.authorize(prompt="login")
    assert browser.sign_in().sent["code"]


def test_several_people_pick(browser: Any, site: Any) -> None:
    for name in ("{ada}", "{eve}"):
        browser.authorize(prompt="login")
        browser.sign_in(name)
    page = browser.authorize()
    assert page.heading == "Pick an account"
    assert page.forms.buttons["account"][-1] == "other"
    assert "&lt;b&gt;Eve&lt;/b&gt;" in page.text
    chosen = browser.send(account=page.forms.buttons["account"][0])
    assert (chosen.sent["session_state"], chosen.answer.entry.user) == (
        page.forms.buttons["account"][0],
        "ada@contoso.example",
    )
    assert browser.authorize(prompt="none").told == 16000
    assert browser.authorize(prompt="none", login_hint="{eve}").sent["code"]
    assert browser.authorize(login_hint="{eve}").answer.entry.user == "eve@contoso.example"
    assert browser.authorize(sid=chosen.sent["session_state"]).answer.entry.user == "ada@contoso.example"


def test_the_picker_lets_another_account_in(browser: Any) -> None:
    browser.authorize()
    browser.sign_in()
    browser.authorize(prompt="select_account")
    assert browser.send(account="other").heading == "Sign in"
    assert browser.sign_in("{eve}").answer.entry.user == "eve@contoso.example"


def test_nobody_can_pick_a_session_of_another_browser(browser: Any, another_browser: Any) -> None:
    browser.authorize()
    stolen = browser.sign_in().sent["session_state"]
    another_browser.authorize()
    another_browser.sign_in("{eve}")
    another_browser.authorize(prompt="select_account")
    assert another_browser.send(account=stolen).heading == "Sign in"


def test_a_hint_that_nobody_signed_in_has_asks_for_a_password(browser: Any) -> None:
    browser.authorize()
    browser.sign_in()
    page = browser.authorize(login_hint="{eve}")
    assert (page.heading, page.forms.fields["loginfmt"]) == ("Enter password", "eve@contoso.example")


def test_max_age_asks_again_when_the_sign_in_is_too_old(browser: Any, site: Any) -> None:
    browser.authorize()
    browser.sign_in()
    site.world.clock.set(site.world.clock.now() + timedelta(minutes=10))
    assert browser.authorize(max_age="3600").sent["code"]
    assert browser.authorize(max_age="60").heading == "Enter password"
    assert browser.authorize(max_age="60", prompt="none").sent["error"] == "login_required"


def test_domain_hints_narrow_the_people(browser: Any) -> None:
    browser.authorize("organizations")
    browser.sign_in()
    assert browser.authorize("organizations", domain_hint="fabrikam.example").heading == "Sign in"
    assert browser.authorize("organizations", domain_hint="contoso.example").sent["code"]
    assert browser.authorize("organizations", domain_hint="consumers").heading == "Sign in"


def test_staying_signed_in_outlives_a_day(browser: Any, another_browser: Any, site: Any) -> None:
    for who, answer in ((browser, "1"), (another_browser, "0")):
        who.authorize()
        who.send(loginfmt="ada@contoso.example")
        page = who.send(passwd="wonderland")
        assert (page.heading, page.number) == ("Stay signed in?", 50140)
        assert who.send(stay=answer).sent["code"]
    assert "ESTSAUTHPERSISTENT" in browser.cookies
    assert "ESTSAUTHPERSISTENT" not in another_browser.cookies
    site.world.clock.set(site.world.clock.now() + timedelta(hours=25))
    assert browser.authorize().sent["code"]
    assert another_browser.authorize().heading == "Sign in"


def test_a_tenant_may_not_ask_whether_one_stays(browser: Any, site: Any) -> None:
    set_consent_policy(site.tenants["contoso"], stay_signed_in=False)
    browser.authorize()
    browser.send(loginfmt="ada@contoso.example")
    assert browser.send(passwd="wonderland").sent["code"]


@pytest.mark.parametrize("event", ["revoked", "password", "disabled"])
def test_what_ends_a_session(browser: Any, site: Any, event: str) -> None:
    browser.authorize()
    browser.sign_in()
    tenant, ada = site.tenants["contoso"], site.users["ada"]
    with site.world.unit() as unit:
        if event == "revoked":
            revoke_sessions(tenant, unit, ada)
        elif event == "password":
            set_password(tenant, unit, ada, "looking glass")
        else:
            change_user(tenant, unit, ada, enabled=False)
    assert browser.authorize(prompt="none").sent["error"] == "login_required"


def test_a_person_of_another_tenant_is_refused_on_a_page(browser: Any) -> None:
    browser.authorize()
    page = browser.sign_in("{bob}", "builder")
    assert (page.answer.status, page.number) == (200, 50020)
    assert "bob@fabrikam.example" in page.config["strServiceExceptionMessage"]


def test_a_guest_signs_in_with_the_account_at_home(browser: Any, site: Any) -> None:
    contoso, fabrikam = site.tenants["contoso"], site.tenants["fabrikam"]
    from outlook365_emulator.directory.users import add_user

    with site.world.unit() as unit:
        guest = add_user(
            site.world,
            contoso,
            unit,
            "bob_guest",
            guest_of=fabrikam.id,
            mail="bob@fabrikam.example",
            has_mailbox=False,
        )
    browser.authorize()
    page = browser.sign_in("{bob}", "builder")
    code = next(iter(site.world.sign_ins.codes))
    assert page.sent["code"] == code.value
    assert (code.tenant, code.user) == (contoso.id, guest.id)


def test_only_assigned_people_may_use_an_application_that_asks_for_it(browser: Any, site: Any) -> None:
    import msgspec
    from outlook365_emulator.directory.assignments import assign, unassign
    from outlook365_emulator.directory.users import add_group

    contoso, ada = site.tenants["contoso"], site.users["ada"]
    principal = contoso.service_principals.find("client", site.apps["site"].client_id)
    with site.world.unit() as unit:
        closed = unit.put(contoso.service_principals, msgspec.structs.replace(principal, assignment_required=True))
        group = add_group(site.world, contoso, unit, "Sales", (ada.user_principal_name,))
    browser.authorize()
    page = browser.sign_in()
    assert page.number == 50105
    silent = browser.authorize(prompt="none")
    assert silent.sent["error"] == "interaction_required"
    assert silent.sent["error_description"].startswith("AADSTS50105")
    for who in (ada, group):
        with site.world.unit() as unit:
            assign(site.world, contoso, unit, closed, who)
        assert browser.authorize().sent["code"]
        with site.world.unit() as unit:
            assert unassign(contoso, unit, closed, who)
        assert browser.authorize().number == 50105


def test_administrators_have_to_be_assigned_too(browser: Any, site: Any) -> None:
    import msgspec

    contoso = site.tenants["contoso"]
    principal = contoso.service_principals.find("client", site.apps["site"].client_id)
    with site.world.unit() as unit:
        unit.put(contoso.service_principals, msgspec.structs.replace(principal, assignment_required=True))
    browser.authorize()
    assert browser.sign_in("{root}").number == 50105
    consenting = browser.ask(
        "GET", site.fill("/{contoso}/adminconsent?client_id={site}&redirect_uri=https://connector.example/callback")
    )
    assert consenting.heading == "Permissions requested", "an administrator consents without being assigned"


def test_a_refresh_stops_when_the_assignment_does(site: Any) -> None:
    import msgspec

    contoso = site.tenants["contoso"]
    token = site.password().json["refresh_token"]
    principal = contoso.service_principals.find("client", site.apps["public"].client_id)
    with site.world.unit() as unit:
        unit.put(contoso.service_principals, msgspec.structs.replace(principal, assignment_required=True))
    answer = site.refresh(token)
    assert (answer.json["error"], answer.json["error_codes"]) == ("invalid_grant", [50105])
