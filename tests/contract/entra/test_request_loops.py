"""Clients that loop: the same token request again and again."""

from datetime import timedelta
from typing import Any

import msgspec
from outlook365_emulator.entra.request_loops import LIMIT


def test_nobody_is_stopped_unless_the_tenant_says_so(scene: Any) -> None:
    assert {scene.credentials().status for _ in range(60)} == {200}


def test_the_request_after_the_last_that_is_tolerated(scene: Any) -> None:
    scene.tenants["contoso"].settings[LIMIT] = 3
    assert [scene.credentials().status for _ in range(4)] == [200, 200, 200, 400]
    answer = scene.credentials()
    assert (answer.json["error"], answer.json["error_codes"]) == ("invalid_grant", [50196])
    assert "client request loop" in answer.json["error_description"]
    assert "5 times within five minutes; the tenant answers 3" in answer.entry.reason
    scene.world.clock.set(scene.world.clock.now() + timedelta(minutes=5))
    assert scene.credentials().status == 200


def test_other_requests_are_counted_on_their_own(scene: Any) -> None:
    scene.tenants["contoso"].settings[LIMIT] = 1
    assert scene.credentials().status == 200
    token = scene.password().json["refresh_token"]
    for _ in range(3):
        token = scene.refresh(token).json["refresh_token"]
    assert scene.credentials(scope="00000003-0000-0000-c000-000000000000/.default").status == 200
    assert scene.credentials().json["error_codes"] == [50196]


def test_a_world_that_was_exported_counts_on(scene: Any) -> None:
    contoso = scene.tenants["contoso"]
    contoso.settings[LIMIT] = 2
    assert scene.credentials().status == 200
    contoso.settings = msgspec.json.decode(msgspec.json.encode(contoso.settings))
    assert [scene.credentials().status for _ in range(2)] == [200, 400]


def test_what_is_forgotten(scene: Any) -> None:
    contoso = scene.tenants["contoso"]
    contoso.settings[LIMIT] = 5
    for number in range(20):
        scene.password(scope=f"User.Read {'openid ' * number}".strip())
        scene.world.clock.set(scene.world.clock.now() + timedelta(minutes=1))
    assert len(contoso.settings["identical_requests_seen"]) <= 6
