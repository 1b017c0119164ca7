"""What a tenant demands of a sign-in, at the token endpoints: each demand with the error that Microsoft answers."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from outlook365_emulator.directory.account_states import require_mfa
from outlook365_emulator.directory.conditional_access import add_policy, policy_named
from outlook365_emulator.directory.users import add_group

GRAPH = "00000003-0000-0000-c000-000000000000"
CONTROLS = [
    # control, number, error at v2, error at v1, suberror, what the text says
    ("block", 53003, "interaction_required", "interaction_required", "message_only", "does not allow token issuance"),
    ("mfa", 50076, "invalid_grant", "interaction_required", "basic_action", "must use multi-factor authentication to"),
    (
        "compliant_device",
        53000,
        "invalid_grant",
        "invalid_grant",
        "message_only",
        "required device state: unregistered",
    ),
    ("domain_joined_device", 53001, "invalid_grant", "invalid_grant", "message_only", "state: domain_joined"),
]


def demand(scene: Any, control: str, **options: Any) -> Any:
    with scene.world.unit() as unit:
        return add_policy(scene.world, scene.tenants["contoso"], unit, control, **options)


@pytest.mark.parametrize(("control", "number", "error", "_", "suberror", "says"), CONTROLS)
def test_what_a_policy_answers(
    scene: Any, control: str, number: int, error: str, _: str, suberror: str, says: str
) -> None:
    token = scene.password().json["refresh_token"]
    policy = demand(scene, control, name="Rule 1")
    for answer in (scene.password(), scene.refresh(token)):
        body = answer.json
        assert (answer.status, body["error"], body["error_codes"]) == (400, error, [number])
        assert body["suberror"] == suberror
        assert says in body["error_description"]
        assert "'Rule 1'" in answer.entry.reason
        assert msgspec.json.decode(body["claims"]) == {
            "access_token": {"capolids": {"essential": True, "values": [policy.id]}}
        }


@pytest.mark.parametrize(("control", "number", "_", "error", "suberror", "says"), CONTROLS)
def test_what_it_answers_at_v1(
    scene: Any, control: str, number: int, _: str, error: str, suberror: str, says: str
) -> None:
    demand(scene, control)
    form = {"grant_type": "password", "client_id": "{public}", "username": "{ada}", "password": "wonderland"}
    body = scene.ask("POST", "login.microsoftonline.com/{contoso}/oauth2/token", {**form, "resource": GRAPH}).json
    assert (body["error"], body["error_codes"], body["suberror"]) == (error, [number], suberror)


def test_a_second_factor_satisfies(scene: Any) -> None:
    token = scene.password().json["refresh_token"]
    demand(scene, "mfa")
    tokens = scene.tenants["contoso"].refresh_tokens
    with scene.world.unit() as unit:
        unit.put(tokens, msgspec.structs.replace(tokens.get(token), methods=("pwd", "mfa")))
    assert scene.refresh(token).status == 200


@pytest.mark.parametrize(("registered", "number"), [(True, 50076), (False, 50079)])
def test_per_user_multifactor_authentication(scene: Any, registered: bool, number: int) -> None:
    contoso = scene.tenants["contoso"]
    with scene.world.unit() as unit:
        user = require_mfa(contoso, unit, scene.users["ada"], True, registered=registered)
    answer = scene.password()
    assert (answer.json["error_codes"], answer.json["suberror"]) == ([number], "basic_action")
    assert f"'{GRAPH}'" in answer.json["error_description"]
    assert "claims" not in answer.json
    with scene.world.unit() as unit:
        require_mfa(contoso, unit, user, False)
    assert scene.password().status == 200


def test_whom_a_policy_is_for(scene: Any) -> None:
    with scene.world.unit() as unit:
        add_group(scene.world, scene.tenants["contoso"], unit, "Sales", ("idle",))
    demand(scene, "block", users=["support"])
    demand(scene, "block", users=["Sales"])
    demand(scene, "block", applications=["Web"])
    assert scene.password().status == 200
    answer = scene.password(client_id="{web}", client_secret="{web.secret}")
    assert answer.json["error_codes"] == [53003]
    demand(scene, "block", users=["ada"])
    assert scene.password().json["error_codes"] == [53003]


def test_members_of_a_group_meet_its_policy(scene: Any) -> None:
    with scene.world.unit() as unit:
        add_group(scene.world, scene.tenants["contoso"], unit, "Sales", ("ada",))
    demand(scene, "mfa", users=["Sales"])
    assert scene.password().json["error_codes"] == [50076]


def test_a_policy_that_is_off_or_gone(scene: Any) -> None:
    contoso = scene.tenants["contoso"]
    policy = demand(scene, "block", name="Closed")
    with scene.world.unit() as unit:
        unit.put(contoso.access_policies, msgspec.structs.replace(policy, enabled=False))
    assert scene.password().status == 200
    with scene.world.unit() as unit:
        unit.remove(contoso.access_policies, policy_named(contoso, "closed"))
    assert not list(contoso.access_policies)


def test_what_nobody_can_remedy_comes_first(scene: Any) -> None:
    for control in ("domain_joined_device", "mfa", "block"):
        demand(scene, control)
    assert scene.password().json["error_codes"] == [53003]


def test_applications_on_their_own_meet_no_users_policy(scene: Any) -> None:
    demand(scene, "block")
    assert scene.credentials().status == 200


@pytest.mark.parametrize(("hours", "later", "fine"), [(1, 3600, True), (1, 3601, False), (0, 0, True), (0, 1, False)])
def test_sign_in_frequency(scene: Any, hours: float, later: int, fine: bool) -> None:
    token = scene.password().json["refresh_token"]
    demand(scene, "sign_in_frequency", hours=hours)
    scene.world.clock.set(scene.world.clock.now() + timedelta(seconds=later))
    answer = scene.refresh(token)
    if fine:
        assert answer.status == 200
        return
    body = answer.json
    assert (body["error_codes"], body["suberror"], "error_uri" in body) == ([70043], "token_expired", False)
    assert (
        f"issued on 2026-03-02T09:00:00.1234560Z and the maximum allowed lifetime for this request is {hours * 3600}"
        in (body["error_description"])
    )
    assert scene.password().status == 200, "signing in anew helps"


def test_renewing_does_not_make_a_sign_in_younger(scene: Any) -> None:
    demand(scene, "sign_in_frequency", hours=2)
    token = scene.password().json["refresh_token"]
    for _ in range(2):
        scene.world.clock.set(scene.world.clock.now() + timedelta(minutes=50))
        token = scene.refresh(token).json["refresh_token"]
    scene.world.clock.set(scene.world.clock.now() + timedelta(minutes=50))
    assert scene.refresh(token).json["error_codes"] == [70043]


@pytest.mark.parametrize(("control", "number"), [(None, 50020), ("mfa", 90072)])
def test_people_of_other_tenants(scene: Any, control: str | None, number: int) -> None:
    """A stranger is told so; where the tenant wants a second factor of everybody, by another number."""
    fabrikam = scene.tenants["fabrikam"]
    token = scene.password(client_id="{multi}", client_secret="{multi.secret}", scope="openid offline_access").json
    assert token["error_codes"] == [65001]
    if control is not None:
        with scene.world.unit() as unit:
            add_policy(scene.world, fabrikam, unit, control)
    token = scene.password().json["refresh_token"]
    with scene.world.unit() as unit:
        contoso = scene.tenants["contoso"]
        public = contoso.applications.get(scene.apps["public"].id)
        unit.put(contoso.applications, msgspec.structs.replace(public, audience="AzureADMultipleOrgs"))
    answer = scene.token("{fabrikam}", grant_type="refresh_token", client_id="{public}", refresh_token=token)
    assert (answer.json["error"], answer.json["error_codes"]) == ("invalid_grant", [number])
    assert "from identity provider 'https://sts.windows.net/" in answer.json["error_description"]
    assert "does not exist in tenant 'Fabrikam'" in answer.json["error_description"]
