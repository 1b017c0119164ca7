"""MSAL for Python signs people in: authorization code with PKCE, device code, the cache, refresh."""

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import msal
import pytest

SCOPES = ["User.Read", "Mail.Read"]
GRAPH = "https://graph.microsoft.com/v1.0"
AUTHORITY = "https://login.microsoftonline.com/common"


@pytest.fixture
def ada(outlook365):
    ada = outlook365.tenant.add_user("ada", display_name="Ada Lovelace")
    ada.mailbox.receive(subject="Invoice 17", sender="billing@example.org")
    return ada


@pytest.fixture
def vendor(outlook365):
    """The vendor's public application, that nobody has consented to."""
    return outlook365.tenant.add_app(auth="authorization_code", permissions=SCOPES, consent=None)


@pytest.fixture
def desktop(vendor):
    return msal.PublicClientApplication(vendor.client_id, authority=AUTHORITY)


@pytest.fixture
def begin(desktop, vendor):
    """Begins an authorization code flow; MSAL advises against codes in the query."""

    def start(scopes=SCOPES, app=None, **options):
        options = {"redirect_uri": vendor.redirect_uri, "response_mode": "form_post", **options}
        return (app or desktop).initiate_auth_code_flow(scopes, **options)

    return start


def reads_as(token):
    answer = httpx.get(f"{GRAPH}/me", headers={"Authorization": f"Bearer {token}"})
    return answer.json()["userPrincipalName"]


def test_an_authorization_code(desktop, begin, ada):
    flow = begin()
    assert "code_challenge_method=S256" in flow["auth_uri"]
    redirect = ada.sign_in(flow["auth_uri"])
    result = desktop.acquire_token_by_auth_code_flow(flow, redirect.parameters)
    assert "error" not in result, result
    assert result["id_token_claims"]["preferred_username"] == ada.upn
    assert reads_as(result["access_token"]) == ada.upn
    again = desktop.acquire_token_by_auth_code_flow(flow, redirect.parameters)
    assert again["error_codes"] == [54005]


def test_max_age_is_judged_by_msal(desktop, begin, ada):
    """MSAL refuses an ID token without `auth_time` where it has sent `max_age`."""
    flow = begin(max_age=3600)
    result = desktop.acquire_token_by_auth_code_flow(flow, ada.sign_in(flow["auth_uri"]).parameters)
    assert "error" not in result, result
    assert result["id_token_claims"]["auth_time"] > 0


def test_a_secret_and_a_tenant(outlook365, begin, ada):
    app = outlook365.tenant.add_app(auth="own_app", permissions=SCOPES, consent="user")
    web = msal.ConfidentialClientApplication(
        app.client_id, authority=app.authority, client_credential=app.client_secret
    )
    flow = begin(app=web, redirect_uri=app.redirect_uri, login_hint=ada.upn)
    result = web.acquire_token_by_auth_code_flow(flow, ada.sign_in(flow["auth_uri"]).parameters)
    assert reads_as(result["access_token"]) == ada.upn


@pytest.mark.filterwarnings("ignore:response_mode='form_post':UserWarning")
@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_modes_and_prompts(desktop, begin, ada, mode):
    flow = begin(response_mode=mode, prompt="select_account")
    result = desktop.acquire_token_by_auth_code_flow(flow, ada.sign_in(flow["auth_uri"]).parameters)
    assert result["access_token"]


def test_the_cache_answers_silently_and_refreshes(outlook365, desktop, begin, ada):
    flow = begin()
    first = desktop.acquire_token_by_auth_code_flow(flow, ada.sign_in(flow["auth_uri"]).parameters)
    [account] = desktop.get_accounts()
    assert account["username"] == ada.upn
    assert desktop.acquire_token_silent(SCOPES, account)["access_token"] == first["access_token"]
    refreshed = desktop.acquire_token_silent(SCOPES, account, force_refresh=True)
    assert refreshed["access_token"] != first["access_token"]
    assert reads_as(refreshed["access_token"]) == ada.upn


def test_declining_is_an_answer(desktop, begin, ada):
    flow = begin()
    result = desktop.acquire_token_by_auth_code_flow(flow, ada.sign_in(flow["auth_uri"], consent=False).parameters)
    assert result["error"] == "access_denied"
    assert result["error_description"].startswith("AADSTS65004")


def test_more_scopes_are_consented_to_later(desktop, begin, ada):
    flow = begin(["User.Read"])
    desktop.acquire_token_by_auth_code_flow(flow, ada.sign_in(flow["auth_uri"]).parameters)
    [account] = desktop.get_accounts()
    refused = desktop.acquire_token_silent_with_error(["Calendars.Read"], account)
    assert (refused["suberror"], refused["classification"]) == ("consent_required", "consent_required")
    flow = begin(["Calendars.Read"])
    result = desktop.acquire_token_by_auth_code_flow(flow, ada.sign_in(flow["auth_uri"]).parameters)
    assert "Calendars.Read" in result["scope"]


def test_an_administrator_has_to_consent(outlook365, desktop, begin, ada):
    from outlook365_emulator.client import NeedsAdministrator

    outlook365.tenant.set_consent_policy(user_consent="microsoft-default-2026", workflow=True)
    flow = begin()
    with pytest.raises(NeedsAdministrator) as told:
        ada.sign_in(flow["auth_uri"])
    assert told.value.number == 90095
    ada.request_approval(flow["auth_uri"], "for the invoices")
    [request] = outlook365.tenant.consent_requests
    assert (request.user, request.reason, request.state) == (ada.upn, "for the invoices", "pending")
    request.approve()
    result = desktop.acquire_token_by_auth_code_flow(flow, ada.sign_in(flow["auth_uri"]).parameters)
    assert reads_as(result["access_token"]) == ada.upn


def test_an_administrator_consents_for_everybody(outlook365, desktop, begin, ada):
    root = outlook365.tenant.add_user("root", roles=["Global Administrator"])
    outlook365.tenant.set_consent_policy(user_consent="nothing")
    flow = begin()
    root.sign_in(flow["auth_uri"], organization=True)
    result = desktop.acquire_token_by_auth_code_flow(flow, ada.sign_in(flow["auth_uri"]).parameters)
    assert reads_as(result["access_token"]) == ada.upn


def test_an_error_page_is_told_with_its_number(outlook365, vendor, begin, ada):
    from outlook365_emulator.client import SignInFailed

    vendor.assign(outlook365.tenant.add_user("ben"))
    flow = begin()
    with pytest.raises(SignInFailed) as told:
        ada.sign_in(flow["auth_uri"])
    assert told.value.number == 50105
    elsewhere = begin(redirect_uri="https://evil.example/")
    with pytest.raises(SignInFailed, match="AADSTS50011"):
        ada.sign_in(elsewhere["auth_uri"])
    forgetful = outlook365.tenant.add_user("cleo")
    forgetful._view["password"] = "forgotten"
    with pytest.raises(SignInFailed, match="password") as told:
        forgetful.sign_in(flow["auth_uri"])
    assert told.value.number == 50126


def test_one_browser_signs_in_once(begin, ada):
    browser = ada.browser()
    flow = begin()
    first = ada.sign_in(flow["auth_uri"], browser=browser)
    silent = begin(prompt="none")
    again = ada.sign_in(silent["auth_uri"], browser=browser)
    assert again.parameters["session_state"] == first.parameters["session_state"]
    assert ada.sign_in(silent["auth_uri"]).parameters["error"] == "login_required"


def test_a_device_code(desktop, ada):
    flow = desktop.initiate_device_flow(SCOPES)
    assert flow["user_code"] in flow["message"]
    flow["interval"] = 1
    waiting = threading.Timer(0.3, ada.approve_device_code, [flow["user_code"]])
    waiting.start()
    result = desktop.acquire_token_by_device_flow(flow)
    waiting.join()
    assert "error" not in result, result
    assert reads_as(result["access_token"]) == ada.upn


def test_a_declined_device_code(desktop, ada):
    flow = desktop.initiate_device_flow(SCOPES)
    ada.approve_device_code(flow["user_code"], consent=False)
    assert desktop.acquire_token_by_device_flow(flow)["error"] == "authorization_declined"


def test_an_expired_device_code(outlook365, desktop, ada):
    from outlook365_emulator.client import SignInFailed

    flow = desktop.initiate_device_flow(SCOPES)
    outlook365.clock.advance(minutes=16)
    with pytest.raises(SignInFailed) as told:
        ada.approve_device_code(flow["user_code"])
    assert told.value.number == 70019
    assert desktop.acquire_token_by_device_flow(flow)["error"] == "expired_token"


@pytest.mark.parametrize("environment", ["usgov", "usgov_dod", "china"])
def test_another_cloud(outlook365, begin, environment):
    tenant = outlook365.add_tenant(name="Agency", cloud=environment)
    app = tenant.add_app(auth="authorization_code", permissions=SCOPES)
    grace = tenant.add_user("grace")
    desktop = msal.PublicClientApplication(app.client_id, authority=app.authority)
    flow = begin(app=desktop, redirect_uri=app.redirect_uri)
    result = desktop.acquire_token_by_auth_code_flow(flow, grace.sign_in(flow["auth_uri"]).parameters)
    assert result["id_token_claims"]["tid"] == tenant.id
    device = desktop.initiate_device_flow(SCOPES)
    grace.approve_device_code(device["user_code"])
    assert desktop.acquire_token_by_device_flow(device)["access_token"]


def test_of_eight_that_redeem_one_code_one_wins(outlook365, vendor, ada):
    query = httpx.QueryParams(
        client_id=vendor.client_id, response_type="code", redirect_uri=vendor.redirect_uri, scope="openid User.Read"
    )
    code = ada.sign_in(f"{AUTHORITY}/oauth2/v2.0/authorize?{query}").parameters["code"]
    form = {"client_id": vendor.client_id, "redirect_uri": vendor.redirect_uri, "code": code}
    answers = at_once(f"{AUTHORITY}/oauth2/v2.0/token", {"grant_type": "authorization_code", **form})
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert {code for one in answers for code in one.json().get("error_codes", [])} == {54005}


def test_of_eight_that_poll_one_device_code_one_wins(desktop, vendor, ada):
    flow = desktop.initiate_device_flow(SCOPES)
    ada.approve_device_code(flow["user_code"])
    form = {"grant_type": "device_code", "client_id": vendor.client_id, "device_code": flow["device_code"]}
    answers = at_once(f"{AUTHORITY}/oauth2/v2.0/token", form)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


def at_once(url, form):
    gate = threading.Barrier(8)

    def ask(client):
        gate.wait(30)
        return client.post(url, data=form)

    clients = [httpx.Client() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, clients))
    for client in clients:
        client.close()
    return answers


def test_one_vendor_in_two_worlds(outlook365, outlook365_emulator):
    """A client id that two worlds know leads to the right one by the person's name, on every page."""
    from outlook365_emulator.client import Control

    control = Control(outlook365.http_url)
    client_id = "3f2a6f0e-5b1c-4d7e-9a8b-0c1d2e3f4a5b"
    people = []
    for number in (1, 2):
        world = outlook365 if number == 1 else control.add_world(tenants=[{"name": "Other"}])
        app = world.tenant.add_app(auth="authorization_code", client_id=client_id, consent=None)
        people.append((world, app, world.tenant.add_user("ada")))
    for _, app, ada in people:
        query = httpx.QueryParams(
            client_id=client_id, response_type="code", redirect_uri=app.redirect_uri, scope="openid User.Read"
        )
        redirect = ada.sign_in(f"{AUTHORITY}/oauth2/v2.0/authorize?{query}")
        form = {"grant_type": "authorization_code", "client_id": client_id, "code": redirect.parameters["code"]}
        login = f"{outlook365.http_url}/login.microsoftonline.com/common/oauth2/v2.0/token"
        answer = httpx.post(login, data={**form, "redirect_uri": app.redirect_uri}).json()
        assert ada.upn in json.loads(base64.b64decode(answer["access_token"].split(".")[1] + "=="))["upn"]
    people[1][0].drop()
    control.close()


@pytest.mark.parametrize("version", ["", "/v2.0"])
def test_the_administrators_endpoint(outlook365, vendor, desktop, begin, ada, version):
    root = outlook365.tenant.add_user("root", roles=["Cloud Application Administrator"])
    outlook365.tenant.set_consent_policy(user_consent="nothing")
    query = httpx.QueryParams(client_id=vendor.client_id, redirect_uri=vendor.redirect_uri, state="s")
    if version:
        query = query.add("scope", "https://graph.microsoft.com/.default")
    redirect = root.sign_in(f"{vendor.authority}{version}/adminconsent?{query}")
    assert (redirect.parameters["admin_consent"], redirect.parameters["tenant"]) == ("True", vendor.tenant_id)
    assert vendor.consent.permissions == sorted(SCOPES)
    flow = begin()
    result = desktop.acquire_token_by_auth_code_flow(flow, ada.sign_in(flow["auth_uri"]).parameters)
    assert reads_as(result["access_token"]) == ada.upn
