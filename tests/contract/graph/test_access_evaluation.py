"""Graph's claims challenge: what happened to the user since the token was issued (reference entra 6.2)."""

import base64
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from outlook365_emulator.directory.account_states import require_mfa
from outlook365_emulator.directory.users import change_user, delete_user, revoke_sessions, set_password
from outlook365_emulator.entra.claims import Holder
from outlook365_emulator.entra.tokens import graph_access_token

MESSAGE = (
    "Continuous access evaluation resulted in claims challenge with result: InteractionRequired and code: "
    "TokenIssuedBeforeRevocationTimestamp"
)


def long_token(graph: Any, org: Any, user: Any = None, methods: tuple[str, ...] = ("pwd",)) -> str:
    """A token that is evaluated continuously."""
    principal = org.tenant.service_principals.find("client", org.app.client_id)
    now = org.world.clock.now()
    permissions = frozenset({"User.Read"} if user else {"User.Read.All"})
    holder = Holder(
        application=org.app,
        principal=principal,
        permissions=permissions,
        user=user,
        methods=methods,
        evaluated_from=max(now, user.sessions_valid_from, user.password_changed) if user else now,
    )
    url = "https://graph.microsoft.com"
    return graph_access_token(
        graph.keys, org.world, org.tenant, holder, audience=url, at=now.timestamp(), lifetime=86399
    )


def revoke(org: Any, unit: Any) -> None:
    revoke_sessions(org.tenant, unit, org.tenant.users.get(org.ben.id))


def reset(org: Any, unit: Any) -> None:
    set_password(org.tenant, unit, org.ben, "new")


def change(org: Any, unit: Any) -> None:
    set_password(org.tenant, unit, org.ben, "new", event="password_changed_by_user")


def disable(org: Any, unit: Any) -> None:
    change_user(org.tenant, unit, org.ben, enabled=False)


def delete(org: Any, unit: Any) -> None:
    delete_user(org.tenant, unit, org.ben)


def demand_mfa(org: Any, unit: Any) -> None:
    require_mfa(org.tenant, unit, org.ben, True)


EVENTS = [revoke, reset, change, disable, delete, demand_mfa]


def happen(org: Any, event: Any, later: int = 90) -> None:
    org.world.clock.set(org.world.clock.now() + timedelta(seconds=later))
    with org.world.unit() as unit:
        event(org, unit)


@pytest.mark.parametrize("event", EVENTS)
def test_every_critical_event_is_answered_by_a_challenge(graph: Any, org: Any, event: Any) -> None:
    token = long_token(graph, org, org.ben)
    assert graph.get("/me", token=token).status == 200
    happen(org, event)
    answer = graph.get("/me", token=token)
    assert (answer.status, answer.code, answer.message) == (401, "InvalidAuthenticationToken", MESSAGE)
    assert answer.entry.reason


def test_the_challenge_is_written_as_recorded(graph: Any, org: Any) -> None:
    token = long_token(graph, org, org.ben)
    happen(org, revoke)
    answer = graph.get("/me", token=token)
    instant = int(org.world.clock.timestamp()) + 1
    claims = f'{{"access_token":{{"nbf":{{"essential":true, "value":"{instant}"}}}}}}'
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
        'client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", '
        f'claims="{base64.b64encode(claims.encode()).decode()}"'
    )
    org.world.clock.set(org.world.clock.now() + timedelta(hours=1))
    assert graph.get("/me", token=token).headers["www-authenticate"] == answer.headers["www-authenticate"], (
        "the challenge names the event, so it stays the same"
    )


@pytest.mark.parametrize("event", [revoke, reset, change])
@pytest.mark.parametrize("later", [0, 1])
def test_a_token_issued_afterwards_is_taken(graph: Any, org: Any, event: Any, later: int) -> None:
    token = long_token(graph, org, org.ben)
    happen(org, event, later)
    assert graph.get("/me", token=token).status == 401
    fresh = long_token(graph, org, org.tenant.users.get(org.ben.id))
    assert graph.get("/me", token=fresh).status == 200


def test_a_sign_in_with_a_second_factor_is_taken(graph: Any, org: Any) -> None:
    happen(org, demand_mfa)
    ben = org.tenant.users.get(org.ben.id)
    assert graph.get("/me", token=long_token(graph, org, ben, ("pwd", "mfa"))).status == 200


@pytest.mark.parametrize("event", [revoke, reset, change, disable, demand_mfa])
def test_other_tokens_live_to_their_end(graph: Any, org: Any, event: Any) -> None:
    token = graph.token(org.ben)
    happen(org, event)
    assert graph.get("/me", token=token).status == 200
    org.world.clock.set(org.world.clock.now() + timedelta(hours=1))
    answer = graph.get("/me", token=token)
    assert (answer.status, answer.message) == (401, "Lifetime validation failed, the token is expired.")
    assert "insufficient_claims" not in answer.headers["www-authenticate"]


def test_other_people_are_left_alone(graph: Any, org: Any) -> None:
    token = long_token(graph, org, org.ada)
    happen(org, revoke)
    assert graph.get("/me", token=token).status == 200


def test_an_application_that_was_switched_off(graph: Any, org: Any) -> None:
    token = long_token(graph, org)
    assert graph.get("/users", token=token).status == 200
    principal = org.tenant.service_principals.find("client", org.app.client_id)
    with org.world.unit() as unit:
        unit.put(org.tenant.service_principals, msgspec.structs.replace(principal, enabled=False))
    answer = graph.get("/users", token=token)
    assert (answer.status, answer.message) == (401, MESSAGE)
    assert graph.get("/users", roles=["User.Read.All"]).status == 200, "a short token lives to its end"


def test_a_fault_can_make_the_challenge(graph: Any, org: Any) -> None:
    settings = {"error": "access_evaluation_challenge", "params": {"reason": "UserDisabled"}}
    org.world.faults.add({"kind": "error", "times": 1, "with": settings}, org.world.clock.now())
    answer = graph.get("/me", as_=org.ada)
    assert answer.message.endswith("code: UserDisabled")
    assert 'error="insufficient_claims", claims="' in answer.headers["www-authenticate"]
    assert graph.get("/me", as_=org.ada).status == 200
