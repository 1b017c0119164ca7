"""Old refresh tokens are forgotten, so that a connector that renews for years does not fill the memory."""

from datetime import timedelta
from typing import Any

from outlook365_emulator.entra.pruning import KEPT


def test_a_session_keeps_its_newest_tokens(scene: Any) -> None:
    first = token = scene.password().json["refresh_token"]
    for _ in range(1200):
        token = scene.refresh(token).json["refresh_token"]
    tokens = scene.tenants["contoso"].refresh_tokens
    assert KEPT <= len(tokens) < 700
    assert scene.refresh(token).status == 200
    assert scene.refresh(first).json["error_codes"] == [70000]


def test_tokens_that_nobody_uses_are_forgotten_in_the_end(scene: Any) -> None:
    for _ in range(300):
        scene.password()
    scene.world.clock.set(scene.world.clock.now() + timedelta(days=100))
    old = scene.password().json["refresh_token"]
    scene.world.clock.set(scene.world.clock.now() + timedelta(days=100))
    for _ in range(199):
        scene.password()
    assert len(scene.tenants["contoso"].refresh_tokens) == 200
    assert scene.refresh(old).json["error_codes"] == [700082]
