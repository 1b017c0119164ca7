"""Accounts that are locked: by wrong passwords for a while, or by somebody until they are unlocked."""

from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.directory.account_states import THRESHOLD, lockout_threshold, set_lock
from outlook365_emulator.directory.users import add_user


def wrong(scene: Any, times: int) -> list[int]:
    return [scene.password(password=f"guess {n}").json["error_codes"][0] for n in range(times)]


def test_ten_wrong_passwords_lock_for_a_minute(scene: Any) -> None:
    assert wrong(scene, 10) == [50126] * 10
    answer = scene.password()
    assert (answer.status, answer.json["error"], answer.json["error_codes"]) == (400, "invalid_grant", [50053])
    assert "locked until 2026-03-02 09:01:00Z" in answer.entry.reason
    scene.world.clock.set(scene.world.clock.now() + timedelta(seconds=60))
    assert scene.password().status == 200


def test_each_lock_lasts_longer(scene: Any) -> None:
    for seconds in (60, 120, 240):
        wrong(scene, 10)
        scene.world.clock.set(scene.world.clock.now() + timedelta(seconds=seconds - 1))
        assert scene.password().json["error_codes"] == [50053]
        scene.world.clock.set(scene.world.clock.now() + timedelta(seconds=1))
    assert scene.password().status == 200
    wrong(scene, 10)
    scene.world.clock.set(scene.world.clock.now() + timedelta(seconds=60))
    assert scene.password().status == 200, "a right password makes the next lock short again"


def test_a_right_password_forgives(scene: Any) -> None:
    wrong(scene, 9)
    assert scene.password().status == 200
    assert wrong(scene, 9) == [50126] * 9
    assert scene.password().status == 200


def test_a_locked_account_keeps_its_tokens(scene: Any) -> None:
    token = scene.password().json["refresh_token"]
    wrong(scene, 10)
    assert scene.refresh(token).status == 200


def test_a_lock_that_somebody_set_lasts(scene: Any) -> None:
    contoso = scene.tenants["contoso"]
    with scene.world.unit() as unit:
        user = set_lock(contoso, unit, scene.users["ada"], True)
    scene.world.clock.set(scene.world.clock.now() + timedelta(days=30))
    assert scene.password().json["error_codes"] == [50053]
    with scene.world.unit() as unit:
        set_lock(contoso, unit, user, False)
    assert scene.password().status == 200


@pytest.mark.parametrize(
    ("tenant", "expected"), [("contoso", 10), ("china", 10), ("gov", 3), ("dod", 3)], ids=lambda one: str(one)
)
def test_thresholds_of_the_clouds(scene: Any, tenant: str, expected: int) -> None:
    assert lockout_threshold(scene.tenants[tenant]) == expected


def test_a_tenant_may_be_stricter(scene: Any) -> None:
    scene.tenants["contoso"].settings[THRESHOLD] = 2
    assert wrong(scene, 3) == [50126, 50126, 50053]


def test_wrong_passwords_count_for_each_account(scene: Any) -> None:
    with scene.world.unit() as unit:
        add_user(scene.world, scene.tenants["contoso"], unit, "eve", password="apple")
    wrong(scene, 10)
    assert scene.password(username="eve@contoso.example", password="apple").status == 200
