"""Redeeming an authorization code: for one client, one redirect URI, one verifier, ten minutes, one use."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import jwt
import msgspec
import pytest
from outlook365_emulator.directory.users import change_user, delete_user, revoke_sessions

REDIRECT = "https://connector.example/callback"
GRAPH = "https://graph.microsoft.com"
VERIFIER = "a-verifier-of-forty-three-characters-or-more-1"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
ORIGIN = {"origin": "https://app.example"}


@pytest.fixture
def redeem(site: Any) -> Any:
    """Redeems a code as the web client; changes to None leave a field out."""

    def ask(code: str, tenant: str = "{contoso}", headers: dict[str, str] | None = None, **changes: Any) -> Any:
        form = {
            "grant_type": "authorization_code",
            "client_id": "{site}",
            "client_secret": "{site.secret}",
            "code": code,
            "redirect_uri": REDIRECT,
            **changes,
        }
        sent = {name: value for name, value in form.items() if value is not None}
        return site.ask("POST", f"login.microsoftonline.com/{tenant}/oauth2/v2.0/token", sent, headers=headers)

    return ask


def numbers(answer: Any) -> Any:
    return answer.status, answer.json.get("error"), answer.json.get("error_codes")


def test_a_code_gives_tokens_of_the_sign_in(browser: Any, redeem: Any, site: Any) -> None:
    page = browser.authorize(nonce="n-0S6")
    page = browser.sign_in()
    body = redeem(page.sent["code"], client_info="1").json
    fields = "token_type scope expires_in ext_expires_in access_token refresh_token id_token client_info"
    assert list(body) == fields.split()
    access = jwt.decode(body["access_token"], options={"verify_signature": False})
    identity = jwt.decode(body["id_token"], options={"verify_signature": False})
    assert (access["upn"], access["appidacr"], access["sid"]) == (
        "ada@contoso.example",
        "1",
        page.sent["session_state"],
    )
    assert (identity["nonce"], identity["preferred_username"]) == ("n-0S6", "ada@contoso.example")
    assert not {"c_hash", "at_hash"} & set(identity)
    assert body["scope"] == "Mail.Read User.Read profile openid"
    assert site.refresh(body["refresh_token"], client_id="{site}", client_secret="{site.secret}").status == 200


def test_a_code_counts_once(browser: Any, redeem: Any) -> None:
    code = browser.code()
    assert redeem(code).status == 200
    answer = redeem(code)
    assert numbers(answer) == (400, "invalid_grant", [54005])
    assert "already redeemed" in answer.json["error_description"]


def test_a_code_lives_ten_minutes_by_the_worlds_clock(browser: Any, redeem: Any, site: Any) -> None:
    early, late = browser.code(), browser.code()
    site.world.clock.set(site.world.clock.now() + timedelta(minutes=9, seconds=59))
    assert redeem(early).status == 200
    site.world.clock.set(site.world.clock.now() + timedelta(seconds=1))
    assert numbers(redeem(late)) == (400, "invalid_grant", [70008])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "garbage"}, (400, "invalid_request", [9002313])),
        ({"code": "1.Aunknown"}, (400, "invalid_grant", [70000])),
        ({"code": None}, (400, "invalid_request", [900144])),
        ({"redirect_uri": None}, (400, "invalid_request", [900144])),
        ({"redirect_uri": "https://evil.example/"}, (401, "invalid_client", [50011])),
        ({"client_secret": None}, (401, "invalid_client", [7000218])),
        ({"client_secret": "x"}, (401, "invalid_client", [7000215])),
        ({"client_id": "{web}", "client_secret": "{web.secret}"}, (400, "invalid_grant", [70000])),
        ({"tenant": "{fabrikam}"}, (400, "invalid_grant", [700005])),
        ({"headers": ORIGIN}, (400, "invalid_request", [9002326])),
        ({"code_verifier": VERIFIER}, (400, "invalid_grant", [501481])),
        ({"scope": "Mail.Send"}, (400, "invalid_grant", [65001])),
    ],
    ids=str,
)
def test_what_is_wrong_leaves_the_code_alone(browser: Any, redeem: Any, changes: dict[str, Any], expected: Any) -> None:
    code = browser.code()
    answer = redeem(**{"code": code, **changes})
    assert numbers(answer) == expected
    assert answer.entry.reason
    assert redeem(code).status == 200


def test_a_redirect_uri_that_is_registered_but_another(browser: Any, redeem: Any, site: Any) -> None:
    from outlook365_emulator.directory.applications import change_application

    app = site.tenants["contoso"].applications.find("client", site.apps["site"].client_id)
    with site.world.unit() as unit:
        change_application(site.tenants["contoso"], unit, app, web_redirect_uris=(REDIRECT, f"{REDIRECT}/2"))
    answer = redeem(browser.code(), redirect_uri=f"{REDIRECT}/2")
    assert numbers(answer) == (401, "invalid_client", [500112])
    assert f"'{REDIRECT}/2'" in answer.json["error_description"]


@pytest.mark.parametrize("tenant", ["common", "organizations", "contoso.example"])
def test_a_code_is_redeemed_at_any_spelling_of_its_tenant(browser: Any, redeem: Any, tenant: str) -> None:
    assert redeem(browser.code(), tenant).status == 200


def test_a_code_of_another_cloud_is_redeemed_there(browser: Any, site: Any, redeem: Any) -> None:
    from outlook365_emulator.directory.applications import add_application

    code, client_id = browser.code(), site.apps["site"].client_id
    with site.world.unit() as unit:
        twin = {"client_id": client_id, "audience": "AzureADMultipleOrgs", "public_redirect_uris": (REDIRECT,)}
        add_application(site.hosting, site.world, site.tenants["gov"], unit, "Twin", public_client=True, **twin)
    form = {"grant_type": "authorization_code", "client_id": client_id, "code": code, "redirect_uri": REDIRECT}
    url = "login.microsoftonline.us/common/oauth2/v2.0/token"
    assert site.ask("POST", url, form).json["error_codes"] == [7000218]
    with site.world.unit() as unit:
        app = site.tenants["gov"].applications.find("client", client_id)
        secret = site.apps["site"].secrets
        unit.put(site.tenants["gov"].applications, msgspec.structs.replace(app, secrets=secret, public_client=False))
    answer = site.ask("POST", url, {**form, "client_secret": secret[0].secret})
    assert numbers(answer) == (400, "invalid_grant", [90043])


@pytest.mark.parametrize(
    ("asked", "verifier", "ok"),
    [
        (PKCE, VERIFIER, True),
        ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, VERIFIER, True),
        ({"code_challenge": VERIFIER}, VERIFIER, True),
        (PKCE, VERIFIER + "2", False),
        (PKCE, CHALLENGE, False),
        (PKCE, None, False),
        ({"code_challenge": VERIFIER}, VERIFIER + "2", False),
    ],
)
def test_the_verifier_has_to_fit(browser: Any, redeem: Any, asked: Any, verifier: str | None, ok: bool) -> None:
    code = browser.code(**asked)
    answer = redeem(code, code_verifier=verifier)
    assert (answer.status == 200) is ok
    if not ok:
        assert numbers(answer) == (400, "invalid_grant", [501481])


def test_a_wrong_verifier_leaves_the_code(browser: Any, redeem: Any) -> None:
    code = browser.code(**PKCE)
    assert redeem(code, code_verifier="x" * 43).status == 400
    assert redeem(code, code_verifier=VERIFIER).status == 200


def test_without_scope_the_sign_ins_scopes_count(browser: Any, redeem: Any) -> None:
    body = redeem(browser.code(scope="openid Mail.Read")).json
    assert "refresh_token" not in body
    assert "id_token" in body
    short = redeem(browser.code(), scope="Mail.Read").json
    assert "id_token" in short


def test_a_desktop_client_has_no_secret(browser: Any, redeem: Any, site: Any) -> None:
    back = "http://localhost:5000/back"
    public = {"client_id": "{desktop}", "redirect_uri": back}
    code = browser.code(**public)
    assert numbers(redeem(code, **public, client_secret="x")) == (401, "invalid_client", [700025])
    body = redeem(code, **public, client_secret=None).json
    assert jwt.decode(body["access_token"], options={"verify_signature": False})["appidacr"] == "0"
    assert site.refresh(body["refresh_token"], client_id="{desktop}").status == 200


@pytest.fixture
def spa(browser: Any, redeem: Any) -> Any:
    """Redeems a new code as the single-page application."""

    def ask(headers: dict[str, str] | None = ORIGIN, **changes: Any) -> Any:
        code = browser.code(client_id="{spa}", **PKCE)
        form = {"client_id": "{spa}", "client_secret": None, "code_verifier": VERIFIER, **changes}
        return redeem(code, headers=headers, **form)

    return ask


def test_a_single_page_application_is_a_script(spa: Any) -> None:
    answer = spa()
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert numbers(spa(None)) == (400, "invalid_request", [9002327])
    missing = spa(code_verifier=None)
    assert numbers(missing) == (400, "invalid_request", [9002325])
    assert missing.headers["access-control-allow-origin"] == "https://app.example", "the script reads errors too"


def test_its_refresh_tokens_end_after_a_day_whatever_it_does(spa: Any, site: Any) -> None:
    token = spa().json["refresh_token"]

    def refresh(value: str, headers: dict[str, str] | None = ORIGIN) -> Any:
        form = {"grant_type": "refresh_token", "client_id": "{spa}", "refresh_token": value}
        return site.ask("POST", "login.microsoftonline.com/{contoso}/oauth2/v2.0/token", form, headers=headers)

    assert numbers(refresh(token, {})) == (400, "invalid_request", [9002327])
    site.world.clock.set(site.world.clock.now() + timedelta(hours=23))
    newer = refresh(token).json["refresh_token"]
    site.world.clock.set(site.world.clock.now() + timedelta(hours=1))
    assert numbers(refresh(newer)) == (400, "invalid_grant", [700084])


def test_a_browser_may_ask_whether_its_script_may_ask(site: Any) -> None:
    headers = {"access-control-request-headers": "content-type, client-request-id, x<y"}
    answer = site.ask("OPTIONS", "login.microsoftonline.com/common/oauth2/v2.0/token", headers=headers)
    assert answer.status == 200
    assert answer.headers["access-control-allow-headers"] == "content-type,client-request-id"


@pytest.mark.parametrize(("event", "number"), [("disabled", 50057), ("revoked", 50173), ("deleted", 500341)])
def test_what_happened_to_the_person_counts(browser: Any, redeem: Any, site: Any, event: str, number: int) -> None:
    code = browser.code()
    tenant, ada = site.tenants["contoso"], site.users["ada"]
    with site.world.unit() as unit:
        if event == "disabled":
            change_user(tenant, unit, ada, enabled=False)
        elif event == "revoked":
            revoke_sessions(tenant, unit, ada)
        else:
            delete_user(tenant, unit, ada)
    assert redeem(code).json["error_codes"] == [number]


def test_a_snapshot_brings_codes_back(browser: Any, redeem: Any, site: Any) -> None:
    from outlook365_emulator.store.snapshot import restore, take

    code = browser.code()
    kept = take(site.world)
    assert redeem(code).status == 200
    restore(site.world, kept)
    assert redeem(code).status == 200


def test_v1_redeems_its_codes(browser: Any, site: Any) -> None:
    from outlook365_emulator.directory.applications import change_application

    app = site.tenants["contoso"].applications.find("client", site.apps["site"].client_id)
    with site.world.unit() as unit:
        change_application(site.tenants["contoso"], unit, app, required_scopes=("User.Read", "Mail.Read"))
    code = browser.code(version="", scope=None, resource=GRAPH)
    form = {"grant_type": "authorization_code", "client_id": "{site}", "client_secret": "{site.secret}"}
    form |= {"code": code, "redirect_uri": REDIRECT, "resource": GRAPH}
    body = site.ask("POST", "login.microsoftonline.com/common/oauth2/token", form).json
    assert body["resource"] == GRAPH
    assert isinstance(body["expires_in"], str)
    assert body["refresh_token"]
