"""Microsoft's table of revocation events: event x client x what it holds, each row with the answer that it gets."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from outlook365_emulator.directory.account_states import require_mfa
from outlook365_emulator.directory.applications import change_application, ensure_service_principal
from outlook365_emulator.directory.conditional_access import add_policy
from outlook365_emulator.directory.consent import revoke
from outlook365_emulator.directory.revocation import (
    HOLDINGS,
    REVOKED_BY,
    after_event,
    counts_from,
    token_kind,
    valid_from,
)
from outlook365_emulator.directory.users import change_user, delete_user, revoke_sessions, set_password
from outlook365_emulator.entra.tokens import read_token

# What each event does to each column of Microsoft's table ("Refresh tokens", section "Token revocation").
PUBLISHED = """
event                            password_cookie password_token other_cookie other_token confidential_client_token
password_expires                 stays           stays          stays        stays       stays
password_changed_by_user         revoked         revoked        stays        stays       stays
password_reset_by_user           revoked         revoked        stays        stays       stays
password_reset_in_portal         revoked         revoked        stays        stays       stays
password_reset_by_administrator  revoked         revoked        stays        revoked     revoked
sessions_revoked_by_user         revoked         revoked        revoked      revoked     revoked
sessions_revoked_by_administrator revoked        revoked        revoked      revoked     revoked
signed_out                       revoked         stays          revoked      stays       stays
"""
HEAD, *TABLE = [line.split() for line in PUBLISHED.strip().splitlines()]
CELLS = [(row[0], holding, cell == "revoked") for row in TABLE for holding, cell in zip(HEAD[1:], row[1:], strict=True)]
MOVING = [cell for cell in CELLS if cell[0] != "signed_out"]


def test_the_table_has_every_event_and_column() -> None:
    assert [row[0] for row in TABLE] == list(REVOKED_BY)
    assert tuple(HEAD[1:]) == HOLDINGS


@pytest.mark.parametrize(("event", "holding", "revoked"), CELLS)
def test_each_cell_is_as_published(event: Any, holding: Any, revoked: bool) -> None:
    assert (holding in REVOKED_BY[event]) == revoked


@pytest.mark.parametrize(("event", "holding", "revoked"), MOVING)
def test_what_was_issued_before_an_event(scene: Any, event: Any, holding: Any, revoked: bool) -> None:
    now, user = scene.world.clock.now(), scene.users["ada"]
    after = after_event(user, event, now)
    assert (now < valid_from(after, holding)) == revoked
    assert counts_from(now, after) >= valid_from(after, holding), "what is issued now counts, also on a frozen clock"


def put(scene: Any, user: Any) -> None:
    with scene.world.unit() as unit:
        unit.put(scene.tenants["contoso"].users, user)


def token_of(scene: Any, client: str, methods: tuple[str, ...]) -> str:
    """A refresh token of a client, from a sign-in of a kind."""
    answer = scene.password() if client == "public" else scene.password(client_id="{web}", client_secret="{web.secret}")
    value = answer.json["refresh_token"]
    tokens = scene.tenants["contoso"].refresh_tokens
    with scene.world.unit() as unit:
        unit.put(tokens, msgspec.structs.replace(tokens.get(value), methods=methods))
    return value


def renewed(scene: Any, client: str, token: str) -> Any:
    secret = {} if client == "public" else {"client_id": "{web}", "client_secret": "{web.secret}"}
    return scene.refresh(token, **secret)


@pytest.mark.parametrize(("event", "holding", "revoked"), [one for one in MOVING if "cookie" not in one[1]])
def test_a_refresh_token_after_an_event(scene: Any, event: Any, holding: Any, revoked: bool) -> None:
    client = "web" if holding == "confidential_client_token" else "public"
    methods = ("fido",) if holding == "other_token" else ("pwd",)
    assert token_kind(methods, confidential=client == "web") == holding
    token = token_of(scene, client, methods)
    put(scene, after_event(scene.users["ada"], event, scene.world.clock.now()))
    answer = renewed(scene, client, token)
    if not revoked:
        assert answer.status == 200
        return
    body = answer.json
    assert (answer.status, body["error"], body["error_codes"]) == (400, "invalid_grant", [50173])
    assert body["suberror"] == "bad_token"
    assert "issued on '2026-03-02T09:00:00.1234560Z'" in body["error_description"]
    assert "'2026-03-02T09:00:00.1234570Z'" in body["error_description"]


def disabled(scene: Any, tenant: Any, unit: Any, client: str) -> None:
    change_user(tenant, unit, scene.users["ada"], enabled=False)


def deleted(scene: Any, tenant: Any, unit: Any, client: str) -> None:
    delete_user(tenant, unit, scene.users["ada"])


def withdrawn(scene: Any, tenant: Any, unit: Any, client: str) -> None:
    revoke(tenant, unit, tenant.service_principals.find("client", scene.apps[client].client_id))


def switched_off(scene: Any, tenant: Any, unit: Any, client: str) -> None:
    principal = ensure_service_principal(scene.world, tenant, unit, scene.apps[client])
    unit.put(tenant.service_principals, msgspec.structs.replace(principal, enabled=False))


def removed(scene: Any, tenant: Any, unit: Any, client: str) -> None:
    unit.remove(tenant.applications, tenant.applications.get(scene.apps[client].id))


def idle(scene: Any, tenant: Any, unit: Any, client: str) -> None:
    scene.world.clock.set(scene.world.clock.now() + timedelta(days=90, seconds=1))


def aged(scene: Any, tenant: Any, unit: Any, client: str) -> None:
    add_policy(scene.world, tenant, unit, "sign_in_frequency", hours=4)
    scene.world.clock.set(scene.world.clock.now() + timedelta(hours=4, seconds=1))


def second_factor(scene: Any, tenant: Any, unit: Any, client: str) -> None:
    require_mfa(tenant, unit, scene.users["ada"], True)


def blocked(scene: Any, tenant: Any, unit: Any, client: str) -> None:
    add_policy(scene.world, tenant, unit, "block")


def credentials_removed(scene: Any, tenant: Any, unit: Any, client: str) -> None:
    change_application(tenant, unit, tenant.applications.get(scene.apps[client].id), secrets=())


def credentials_expired(scene: Any, tenant: Any, unit: Any, client: str) -> None:
    app = tenant.applications.get(scene.apps[client].id)
    ended = tuple(
        msgspec.structs.replace(one, expires=scene.world.clock.now() - timedelta(hours=1)) for one in app.secrets
    )
    change_application(tenant, unit, app, secrets=ended)


BOTH = ("public", "web")
OTHER_EVENTS = [
    # event, clients, status, error, number, suberror
    (disabled, BOTH, 400, "invalid_grant", 50057, ""),
    (deleted, BOTH, 400, "invalid_grant", 500341, ""),
    (withdrawn, BOTH, 400, "invalid_grant", 65001, "consent_required"),
    (switched_off, BOTH, 400, "unauthorized_client", 7000112, ""),
    (removed, BOTH, 400, "unauthorized_client", 700016, ""),
    (idle, ("public",), 400, "invalid_grant", 700082, ""),
    (aged, BOTH, 400, "invalid_grant", 70043, "token_expired"),
    (second_factor, BOTH, 400, "invalid_grant", 50076, "basic_action"),
    (blocked, BOTH, 400, "interaction_required", 53003, "message_only"),
    (credentials_removed, ("web",), 401, "invalid_client", 7000215, ""),
    (credentials_expired, ("web",), 401, "invalid_client", 7000222, ""),
]


@pytest.mark.parametrize(
    ("event", "client", "status", "error", "number", "suberror"),
    [(event, client, *rest) for event, clients, *rest in OTHER_EVENTS for client in clients],
)
def test_a_refresh_token_after_another_event(
    scene: Any, event: Any, client: str, status: int, error: str, number: int, suberror: str
) -> None:
    token = token_of(scene, client, ("pwd",))
    with scene.world.unit() as unit:
        event(scene, scene.tenants["contoso"], unit, client)
    answer = renewed(scene, client, token)
    body = answer.json
    assert (answer.status, body["error"], body["error_codes"]) == (status, error, [number])
    assert body.get("suberror", "") == suberror
    assert answer.entry.reason


CREDENTIAL_EVENTS = [
    (switched_off, 400, 7000112),
    (removed, 400, 700016),
    (credentials_removed, 401, 7000215),
    (credentials_expired, 401, 7000222),
]


@pytest.mark.parametrize(("event", "status", "number"), CREDENTIAL_EVENTS)
def test_an_application_on_its_own_after_an_event(scene: Any, event: Any, status: int, number: int) -> None:
    with scene.world.unit() as unit:
        event(scene, scene.tenants["contoso"], unit, "daemon")
    answer = scene.credentials()
    assert (answer.status, answer.json["error_codes"]) == (status, [number])


def test_an_application_without_consent_gets_a_token_without_roles(scene: Any) -> None:
    with scene.world.unit() as unit:
        withdrawn(scene, scene.tenants["contoso"], unit, "daemon")
    answer = scene.credentials()
    assert answer.status == 200
    assert "roles" not in read_token(answer.json["access_token"], scene.keys).raw


@pytest.mark.parametrize("event", [revoke_sessions, disabled, idle, blocked])
def test_users_events_leave_applications_alone(scene: Any, event: Any) -> None:
    contoso = scene.tenants["contoso"]
    with scene.world.unit() as unit:
        if event is revoke_sessions:
            revoke_sessions(contoso, unit, scene.users["ada"])
        else:
            event(scene, contoso, unit, "daemon")
    assert scene.credentials().status == 200


def test_signing_in_again_helps_after_a_reset_on_a_frozen_clock(scene: Any) -> None:
    contoso = scene.tenants["contoso"]
    token = token_of(scene, "web", ("pwd",))
    with scene.world.unit() as unit:
        set_password(contoso, unit, scene.users["ada"], "wonderland")
    assert renewed(scene, "web", token).json["error_codes"] == [50173]
    assert renewed(scene, "web", token_of(scene, "web", ("pwd",))).status == 200


def test_an_expired_password_keeps_tokens_and_stops_sign_ins(scene: Any) -> None:
    contoso = scene.tenants["contoso"]
    token = token_of(scene, "public", ("pwd",))
    with scene.world.unit() as unit:
        change_user(contoso, unit, scene.users["ada"], password_expired=True)
    assert renewed(scene, "public", token).status == 200
    answer = scene.password()
    assert (answer.status, answer.json["error_codes"]) == (400, [50055])
    assert answer.json["suberror"] == "user_password_expired"
    with scene.world.unit() as unit:
        set_password(contoso, unit, contoso.users.get(scene.users["ada"].id), "wonderland")
    assert scene.password().status == 200
