"""Notifications over the control API."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from outlook365_emulator.client import Control, World

Make = Callable[[], dict[str, Any]]


@pytest.fixture
def world(details: dict[str, Any]) -> Iterator[World]:
    made = Control(details["http_url"]).add_world(tenants=[{"users": [{"name": "ada"}]}])
    yield made
    made.drop()


@pytest.fixture
def ask(control: httpx.Client, world: World) -> Callable[..., httpx.Response]:
    """Ask below `/notifications` of the world."""

    def send(method: str, path: str = "", **options: Any) -> httpx.Response:
        return control.request(method, f"/worlds/{world.name}/notifications{path}", timeout=30, **options)

    return send


@pytest.fixture
def hook(world: World) -> Any:
    """A webhook that is notified of ada's mail."""
    webhook = world.webhook()
    body = {
        "changeType": "created",
        "notificationUrl": webhook.url,
        "resource": "me/messages",
        "expirationDateTime": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    }
    with world.graph(world.tenant.user("ada")) as graph:
        assert graph.post("/subscriptions", json=body).status_code == 201
    return webhook


def test_nothing_yet(ask: Any) -> None:
    assert ask("GET").json() == {"deliveries": [], "pending": [], "sending": 0, "total": 0, "dropped": 0}
    assert ask("POST", "/deliver", json={}).json() == {"deliveries": [], "answered": True, "pending": []}


def test_waiting_ends_when_something_is_delivered(ask: Any, hook: Any, world: World) -> None:
    total = ask("GET").json()["total"]
    world.tenant.user("ada").mailbox.receive(subject="Invoice 17")
    found = ask("GET", f"/wait?since={total}&milliseconds=15000").json()
    [one] = found["deliveries"]
    assert (one["outcome"], one["status"], one["topic"]) == ("delivered", 202, "change")
    assert one["notifications"][0]["changeType"] == "created"


def test_waiting_ends_when_the_time_is_over(ask: Any) -> None:
    assert ask("GET", "/wait?since=0&milliseconds=10").json()["deliveries"] == []


def test_what_waits_is_shown_and_sent(ask: Any, hook: Any, world: World) -> None:
    world.clock.freeze()
    hook.answer_with(500)
    world.tenant.user("ada").mailbox.receive(subject="Invoice 17")
    ask("POST", "/deliver", json={"everything": False})
    assert ask("GET").json()["deliveries"][-1]["outcome"] == "retrying"
    [one] = ask("GET").json()["pending"]
    assert (one["event"], one["attempts"], one["url"]) == ("created", 1, hook.url)
    sent = ask("POST", "/deliver", json={}).json()
    assert ([one["outcome"] for one in sent["deliveries"]], sent["pending"]) == (["delivered"], [])


@pytest.mark.parametrize(
    "query", ["?since=x", "?sinse=1", "?since=9", "/wait?since=9&milliseconds=1", "/wait?seconds=1"]
)
def test_what_is_refused(ask: Any, query: str) -> None:
    assert ask("GET", query).status_code == 400


def test_a_misspelt_key(ask: Any) -> None:
    refused = ask("POST", "/deliver", json={"everthing": True})
    assert (refused.status_code, "everything" in refused.text) == (400, True)
