"""Refresh tokens: they roll, stay valid, and end for the reasons for which Microsoft ends them."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from outlook365_emulator.directory.applications import change_application, ensure_service_principal
from outlook365_emulator.directory.consent import revoke
from outlook365_emulator.directory.users import change_user, delete_user, revoke_sessions, set_password
from outlook365_emulator.entra.tokens import read_token


@pytest.fixture
def token(scene: Any) -> str:
    return scene.password().json["refresh_token"]


def test_it_gives_new_tokens_and_stays_valid(scene: Any, token: str) -> None:
    first, second = scene.refresh(token, scope="Mail.Read openid offline_access"), scene.refresh(token)
    assert first.status == second.status == 200
    assert len({token, first.json["refresh_token"], second.json["refresh_token"]}) == 3
    assert read_token(first.json["access_token"], scene.keys).upn == "ada@contoso.example"
    assert first.entry.operation == "token.refresh_token"


def test_without_scope_it_gives_what_was_asked_before(scene: Any, token: str) -> None:
    body = scene.refresh(token).json
    assert body["scope"] == "Mail.Read User.Read profile openid"
    assert "id_token" in body


def test_the_session_goes_on(scene: Any, token: str) -> None:
    session = read_token(scene.refresh(token).json["access_token"], scene.keys).raw["sid"]
    assert read_token(scene.refresh(token).json["access_token"], scene.keys).raw["sid"] == session
    assert read_token(scene.password().json["access_token"], scene.keys).raw["sid"] != session


def test_at_common_it_knows_its_tenant(scene: Any) -> None:
    with scene.world.unit() as unit:
        change_application(scene.tenants["contoso"], unit, scene.apps["public"], audience="AzureADMultipleOrgs")
    token = scene.password().json["refresh_token"]
    answer = scene.token("common", grant_type="refresh_token", client_id="{public}", refresh_token=token)
    assert read_token(answer.json["access_token"], scene.keys).tid == scene.tenants["contoso"].id


def revoked(scene: Any) -> None:
    with scene.world.unit() as unit:
        revoke_sessions(scene.tenants["contoso"], unit, scene.users["ada"])


def reset(scene: Any) -> None:
    with scene.world.unit() as unit:
        set_password(scene.tenants["contoso"], unit, scene.users["ada"], "wonderland")


def disabled(scene: Any) -> None:
    with scene.world.unit() as unit:
        change_user(scene.tenants["contoso"], unit, scene.users["ada"], enabled=False)


def deleted(scene: Any) -> None:
    with scene.world.unit() as unit:
        delete_user(scene.tenants["contoso"], unit, scene.users["ada"])


def withdrawn(scene: Any) -> None:
    contoso = scene.tenants["contoso"]
    principal = contoso.service_principals.find("client", scene.apps["public"].client_id)
    with scene.world.unit() as unit:
        revoke(contoso, unit, principal)


def idle(scene: Any) -> None:
    scene.world.clock.set(scene.world.clock.now() + timedelta(days=90, seconds=1))


def switched_off(scene: Any) -> None:
    contoso = scene.tenants["contoso"]
    with scene.world.unit() as unit:
        principal = ensure_service_principal(scene.world, contoso, unit, scene.apps["public"])
        unit.put(contoso.service_principals, msgspec.structs.replace(principal, enabled=False))


@pytest.mark.parametrize(
    ("event", "error", "number", "suberror", "says"),
    [
        (revoked, "invalid_grant", 50173, "bad_token", "issued on '2026-03-02T09:00:00.1234560Z'"),
        (reset, "invalid_grant", 50173, "bad_token", "TokensValidFrom date"),
        (disabled, "invalid_grant", 50057, "", "disabled"),
        (deleted, "invalid_grant", 500341, "", "has been deleted"),
        (withdrawn, "invalid_grant", 65001, "consent_required", "has not consented"),
        (idle, "invalid_grant", 700082, "", "issued on 2026-03-02T09:00:00.1234560Z and was inactive for 90.00:00:00"),
        (switched_off, "unauthorized_client", 7000112, "", "is disabled"),
    ],
)
def test_what_ends_it(scene: Any, token: str, event: Any, error: str, number: int, suberror: str, says: str) -> None:
    event(scene)
    answer = scene.refresh(token)
    body = answer.json
    assert (answer.status, body["error"], body["error_codes"]) == (400, error, [number])
    assert body.get("suberror", "") == suberror
    assert says in body["error_description"]
    assert answer.entry.reason


def test_signing_in_again_helps_even_on_a_frozen_clock(scene: Any, token: str) -> None:
    for event in (revoked, reset, revoked):
        event(scene)
        scene.users["ada"] = scene.tenants["contoso"].users.get(scene.users["ada"].id)
        assert scene.refresh(token).json["error_codes"] == [50173]
        token = scene.password().json["refresh_token"]
        assert scene.refresh(token).status == 200


def test_each_use_counts_ninety_days_anew(scene: Any, token: str) -> None:
    for _ in range(3):
        scene.world.clock.set(scene.world.clock.now() + timedelta(days=60))
        token = scene.refresh(token).json["refresh_token"]
    assert scene.refresh(token).status == 200


def test_one_of_a_single_page_application_lives_a_day(scene: Any, token: str) -> None:
    contoso = scene.tenants["contoso"]
    record = contoso.refresh_tokens.get(token)
    with scene.world.unit() as unit:
        unit.put(contoso.refresh_tokens, msgspec.structs.replace(record, expires=record.issued + timedelta(days=1)))
    scene.world.clock.set(scene.world.clock.now() + timedelta(hours=23))
    later = scene.refresh(token).json["refresh_token"]
    scene.world.clock.set(scene.world.clock.now() + timedelta(hours=1))
    for one in (token, later):
        answer = scene.refresh(one)
        assert answer.json["error_codes"] == [700084]
        assert "limited lifetime of 1.00:00:00" in answer.json["error_description"]


def test_it_belongs_to_its_client(scene: Any, token: str) -> None:
    answer = scene.refresh(token, client_id="{web}", client_secret="{web.secret}")
    assert answer.json["error_codes"] == [70000]
    assert "issued to another client" in answer.entry.reason


def test_it_belongs_to_its_users_tenant(scene: Any) -> None:
    with scene.world.unit() as unit:
        change_application(scene.tenants["contoso"], unit, scene.apps["public"], audience="AzureADMultipleOrgs")
    token = scene.password().json["refresh_token"]
    answer = scene.token("{fabrikam}", grant_type="refresh_token", client_id="{public}", refresh_token=token)
    assert answer.json["error_codes"] == [50020]
    assert "ada@contoso.example" in answer.json["error_description"]


def test_it_asks_for_what_is_not_granted(scene: Any, token: str) -> None:
    answer = scene.refresh(token, scope="Mail.Send")
    assert (answer.json["error_codes"], answer.json["suberror"]) == ([65001], "consent_required")


def test_telemetry_tells_its_age(scene: Any, token: str) -> None:
    scene.world.clock.set(scene.world.clock.now() + timedelta(seconds=5))
    form = {"grant_type": "refresh_token", "client_id": "{public}", "refresh_token": token, "scope": "Mail.Send"}
    url = "login.microsoftonline.com/{contoso}/oauth2/v2.0/token"
    answer = scene.ask("POST", url, form, headers={"x-client-current-telemetry": "4|84,0|"})
    assert answer.headers["x-ms-clitelem"] == "1,65001,0,5000.0000,"


def test_v1_needs_no_resource_to_renew(scene: Any, token: str) -> None:
    url = "login.microsoftonline.com/{contoso}/oauth2/token"
    form = {"grant_type": "refresh_token", "client_id": "{public}", "refresh_token": token}
    body = scene.ask("POST", url, form).json
    assert body["resource"] == "00000003-0000-0000-c000-000000000000"
    assert isinstance(body["expires_in"], str)
