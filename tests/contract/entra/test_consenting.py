"""Consent as a state: who may grant what under which policy, what the pages say, and what is granted."""

from typing import Any

import pytest
from outlook365_emulator.directory.applications import change_application
from outlook365_emulator.directory.consent import granted_scopes
from outlook365_emulator.directory.consent_policy import set_consent_policy
from outlook365_emulator.directory.consent_requests import AlreadyDecided, decide, pending_request


def grants(site: Any, app: str = "fresh") -> dict[str | None, set[str]]:
    contoso = site.tenants["contoso"]
    principal = contoso.service_principals.find("client", site.apps[app].client_id)
    return {one.principal: set(one.scopes) for one in contoso.grants if principal and one.client == principal.id}


def ask(browser: Any, user: str = "{ada}", **changes: Any) -> Any:
    page = browser.authorize(**{"client_id": "{fresh}", **changes})
    return page if page.location or page.heading != "Sign in" else browser.sign_in(user)


def test_a_user_is_asked_in_words_and_grants_for_itself(browser: Any, site: Any) -> None:
    page = ask(browser)
    assert page.heading == "Permissions requested"
    for words in ("Sign you in", "View your basic profile", "Maintain access to data", "Read user mail", "Mail.Read"):
        assert words in page.text
    assert "unverified" in page.text
    assert "behalf of your organization" not in page.text
    assert page.answer.entry.missing == ["User.Read", "Mail.Read", "openid", "profile", "offline_access"]
    done = browser.send(decision="accept")
    assert done.sent["code"]
    assert grants(site) == {site.users["ada"].id: {"User.Read", "Mail.Read", "openid", "profile", "offline_access"}}
    assert ask(browser).sent["code"], "nobody is asked twice"


def test_declining_tells_the_application(browser: Any, site: Any) -> None:
    ask(browser)
    page = browser.send(decision="cancel")
    assert (page.sent["error"], page.told) == ("access_denied", 65004)
    assert page.sent["state"] == "a state"
    assert not grants(site)


def test_only_what_is_new_is_asked_for(browser: Any, site: Any) -> None:
    ask(browser)
    browser.send(decision="accept")
    page = ask(browser, scope="User.Read Calendars.Read")
    assert page.answer.entry.missing == ["Calendars.Read"]
    assert "Mail.Read" not in page.text
    browser.send(decision="accept")
    assert {"Mail.Read", "Calendars.Read"} <= grants(site)[site.users["ada"].id]


def test_a_permission_of_another_part_of_graph_is_granted_like_ours(browser: Any, site: Any) -> None:
    page = ask(browser, scope="Tasks.ReadWrite files.read")
    assert page.answer.entry.missing == ["Tasks.ReadWrite", "Files.Read"]
    assert "Read user files" in page.text
    assert browser.send(decision="accept").sent["code"]
    assert {"Tasks.ReadWrite", "Files.Read"} <= grants(site)[site.users["ada"].id]


def test_a_permission_of_another_part_of_graph_may_take_an_administrator(browser: Any) -> None:
    page = ask(browser, scope="Group.ReadWrite.All")
    assert page.heading == "Need admin approval"


def test_prompt_consent_asks_in_any_case_and_once(browser: Any) -> None:
    page = ask(browser, client_id="{site}", prompt="consent")
    assert page.heading == "Permissions requested"
    assert browser.send(decision="accept").sent["code"]


def test_prompt_none_says_that_consent_is_missing(browser: Any) -> None:
    browser.authorize()
    browser.sign_in()
    page = browser.authorize(client_id="{fresh}", prompt="none")
    assert (page.sent["error"], page.told) == ("consent_required", 65001)


def test_an_administrator_may_consent_for_everybody(browser: Any, another_browser: Any, site: Any) -> None:
    page = ask(browser, "{root}")
    assert "behalf of your organization" in page.text
    browser.send(decision="accept", organization="1")
    assert set(grants(site)) == {None}
    assert ask(another_browser).sent["code"], "nobody else is asked"


def test_an_administrator_may_consent_for_itself_alone(browser: Any, site: Any) -> None:
    ask(browser, "{root}")
    browser.send(decision="accept")
    assert set(grants(site)) == {site.users["root"].id}


def test_a_user_cannot_consent_for_everybody_by_a_forged_field(browser: Any, site: Any) -> None:
    ask(browser)
    browser.send(decision="accept", organization="1")
    assert set(grants(site)) == {site.users["ada"].id}


POLICIES = [
    ("everything", "User.Read Mail.Read Calendars.ReadWrite Mail.Send", "Permissions requested"),
    ("everything", "User.Read.All", "Need admin approval"),
    ("low-impact", "openid profile User.Read", "Permissions requested"),
    ("low-impact", "User.Read Mail.Read", "Need admin approval"),
    ("microsoft-default-2026", "openid User.Read Mail.Send", "Permissions requested"),
    ("microsoft-default-2026", "User.Read Mail.Read", "Need admin approval"),
    ("microsoft-default-2026", "Calendars.Read.Shared", "Need admin approval"),
    ("microsoft-default-2026", "Tasks.ReadWrite", "Need admin approval"),
    ("microsoft-default-2026", "MailboxSettings.ReadWrite", "Need admin approval"),
    ("nothing", "openid", "Need admin approval"),
]


@pytest.mark.parametrize(("policy", "scope", "heading"), POLICIES)
def test_the_policy_decides(browser: Any, site: Any, policy: str, scope: str, heading: str) -> None:
    set_consent_policy(site.tenants["contoso"], user_consent=policy)
    page = ask(browser, scope=scope)
    assert page.heading == heading
    if heading == "Need admin approval":
        assert (page.number, page.answer.entry.code) == (90094, "AADSTS90094")
        assert page.answer.entry.reason
        assert "justification" not in page.text


def test_the_low_impact_policy_wants_a_publisher_for_applications_of_others(browser: Any, site: Any) -> None:
    set_consent_policy(site.tenants["fabrikam"], user_consent="low-impact")
    browser.authorize("common", client_id="{fresh}", scope="User.Read")
    assert browser.sign_in("{bob}", "builder").heading == "Need admin approval"
    with site.world.unit() as unit:
        change_application(site.tenants["contoso"], unit, site.apps["fresh"], verified_publisher="Fresh Ltd")
    page = browser.authorize("common", client_id="{fresh}", scope="User.Read")
    assert page.heading == "Permissions requested"
    assert "Fresh Ltd (verified publisher)" in page.text


def test_an_administrator_is_never_kept_from_consenting(browser: Any, site: Any) -> None:
    set_consent_policy(site.tenants["contoso"], user_consent="nothing")
    assert ask(browser, "{root}", scope="User.Read.All").heading == "Permissions requested"


def test_a_post_that_no_page_offered_grants_nothing(browser: Any, site: Any) -> None:
    set_consent_policy(site.tenants["contoso"], user_consent="nothing")
    page = ask(browser)
    forged = browser.ask("POST", "/common/consent", {**page.forms.fields, "decision": "accept", "organization": "1"})
    assert forged.heading == "Need admin approval"
    assert not grants(site)


def test_leaving_the_page_tells_the_application(browser: Any, site: Any) -> None:
    set_consent_policy(site.tenants["contoso"], user_consent="nothing")
    ask(browser)
    page = browser.send(decision="cancel")
    assert (page.sent["error"], page.sent["error_subcode"]) == ("access_denied", "cancel")


def test_the_page_lets_an_administrator_in_instead(browser: Any, site: Any) -> None:
    set_consent_policy(site.tenants["contoso"], user_consent="nothing")
    ask(browser)
    assert browser.send(decision="other").heading == "Sign in"
    assert browser.sign_in("{root}").heading == "Permissions requested"


def test_the_workflow_from_request_to_approval(browser: Any, site: Any) -> None:
    contoso, ada = site.tenants["contoso"], site.users["ada"]
    set_consent_policy(contoso, user_consent="nothing", workflow=True)
    page = ask(browser)
    assert (page.heading, page.number) == ("Approval required", 90095)
    sent = browser.send(decision="request", justification="<script>please</script>")
    assert sent.heading == "Request sent"
    assert browser.send(decision="cancel").sent["error_subcode"] == "cancel"
    request = pending_request(contoso, site.apps["fresh"].client_id, ada.id)
    assert request is not None
    assert request.reason == "<script>please</script>"
    assert request.scopes == ("User.Read", "Mail.Read", "openid", "profile", "offline_access")
    with site.world.unit() as unit:
        decided = decide(site.world, contoso, unit, site.apps["fresh"], request, "approved")
    assert ask(browser).sent["code"]
    with pytest.raises(AlreadyDecided), site.world.unit() as unit:
        decide(site.world, contoso, unit, site.apps["fresh"], decided, "denied")


def test_a_denied_request_changes_nothing(browser: Any, site: Any) -> None:
    contoso, ada = site.tenants["contoso"], site.users["ada"]
    set_consent_policy(contoso, user_consent="nothing", workflow=True)
    ask(browser)
    browser.send(decision="request", justification="please")
    request = pending_request(contoso, site.apps["fresh"].client_id, ada.id)
    with site.world.unit() as unit:
        decide(site.world, contoso, unit, site.apps["fresh"], request, "denied")
    assert ask(browser).heading == "Approval required"


def test_without_the_workflow_no_request_is_taken(browser: Any, site: Any) -> None:
    set_consent_policy(site.tenants["contoso"], user_consent="nothing")
    ask(browser)
    browser.send(decision="request", justification="please")
    assert not len(site.tenants["contoso"].consent_requests)


def test_default_means_the_static_list_until_something_is_granted(browser: Any, site: Any) -> None:
    page = ask(browser, scope="https://graph.microsoft.com/.default openid")
    assert page.answer.entry.missing == ["User.Read", "Mail.Read", "openid"]
    browser.send(decision="accept")
    with site.world.unit() as unit:
        app = site.tenants["contoso"].applications.find("client", site.apps["fresh"].client_id)
        change_application(site.tenants["contoso"], unit, app, required_scopes=("User.Read", "Calendars.Read"))
    assert ask(browser, scope="https://graph.microsoft.com/.default openid").sent["code"]
    forced = ask(browser, scope="https://graph.microsoft.com/.default openid", prompt="consent")
    assert forced.answer.entry.missing == ["User.Read", "Calendars.Read", "openid"]


def test_the_first_consent_brings_the_application_into_the_tenant(browser: Any, site: Any) -> None:
    fabrikam, client = site.tenants["fabrikam"], site.apps["fresh"].client_id
    assert fabrikam.service_principals.find("client", client) is None
    browser.authorize("common", client_id="{fresh}")
    assert browser.sign_in("{bob}", "builder").heading == "Permissions requested"
    assert fabrikam.service_principals.find("client", client) is None
    browser.send(decision="accept")
    principal = fabrikam.service_principals.find("client", client)
    assert principal is not None
    assert "Mail.Read" in granted_scopes(fabrikam, principal, site.users["bob"].id)


def test_users_cannot_consent_where_assignment_is_required(browser: Any, site: Any) -> None:
    import msgspec
    from outlook365_emulator.directory.assignments import assign

    contoso = site.tenants["contoso"]
    principal = contoso.service_principals.find("client", site.apps["fresh"].client_id)
    with site.world.unit() as unit:
        closed = unit.put(contoso.service_principals, msgspec.structs.replace(principal, assignment_required=True))
        assign(site.world, contoso, unit, closed, site.users["ada"])
    assert ask(browser).heading == "Need admin approval"


def test_v1_prompt_admin_consent_takes_an_administrator(browser: Any, another_browser: Any, site: Any) -> None:
    v1 = {"version": "", "scope": None, "resource": "https://graph.microsoft.com", "prompt": "admin_consent"}
    assert ask(browser, **v1).heading == "Need admin approval"
    page = ask(another_browser, "{root}", **v1)
    assert "Review for your organization" in page.text
    assert another_browser.send(decision="accept").sent["admin_consent"] == "True"
    assert set(grants(site)) == {None}
