"""`serve --data`: subscriptions outlive the process, and so does what was on its way to their endpoints."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.client import Control, Webhook, World


def contoso(served: Any) -> World:
    return Control(served.details["http_url"]).world("contoso")


@pytest.fixture
def subscribe() -> Callable[..., str]:
    """Subscribe to the first user's messages as the application, and return the subscription's id."""

    def make(served: Any, world: World, hook: Webhook) -> str:
        body = {
            "changeType": "created",
            "notificationUrl": hook.url,
            "resource": f"users/{served.details['user']}/messages",
            "expirationDateTime": (world.clock.now + timedelta(hours=2)).isoformat(),
        }
        with served.graph(served.as_application()) as graph:
            answer = graph.post("/subscriptions", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return make


def receive(served: Any, subject: str) -> None:
    contoso(served).tenant.user(served.details["user"]).mailbox.receive(subject=subject)


def test_a_subscription_goes_on_delivering(
    tmp_path: Path, serve: Callable[..., Any], subscribe: Callable[..., str]
) -> None:
    first = serve(tmp_path / "data")
    world = contoso(first)
    hook = world.webhook()
    made = subscribe(first, world, hook)
    hook.answer_with(500)
    receive(first, "before")
    world.notifications.deliver_pending(everything=False)
    assert [one.attempts for one in world.notifications.pending] == [1]
    first.kill()

    second = serve(tmp_path / "data")
    receive(second, "after")
    contoso(second).notifications.deliver_pending()
    found = hook.wait_for(2)  # what was not taken before is sent again
    assert [one["subscriptionId"] for one in found] == [made] * 2
    assert len({one["resourceData"]["id"] for one in found}) == 2
    contoso(second).clock.advance(hours=3)
    receive(second, "too late")
    assert [one.outcome for one in contoso(second).notifications.deliver_pending()] == []


def test_one_that_a_snapshot_brings_back_delivers_too(
    tmp_path: Path, serve: Callable[..., Any], subscribe: Callable[..., str]
) -> None:
    first = serve(tmp_path / "data")
    world = contoso(first)
    hook = world.webhook()
    made = subscribe(first, world, hook)
    world.snapshot("subscribed")
    with first.graph(first.as_application()) as graph:
        assert graph.delete(f"/subscriptions/{made}").status_code == 204
    first.kill()

    second = serve(tmp_path / "data")
    contoso(second).restore("subscribed")
    receive(second, "after")
    assert [one["subscriptionId"] for one in hook.wait_for(1)] == [made]
