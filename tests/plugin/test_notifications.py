"""Webhooks of tests: the receiver, waiting, and what stands between a test and its webhook elsewhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.client import Control, User, Webhook, World

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def ada(outlook365: World) -> User:
    return outlook365.tenant.add_user("ada")


@pytest.fixture
def hook(outlook365: World) -> Webhook:
    return outlook365.webhook()


def subscribe(world: World, webhook: Webhook, user: User, **fields: Any) -> Any:
    """Have a webhook watch the inbox of a user who is signed in, and return the subscription."""
    body = {
        "changeType": "created,updated,deleted",
        "notificationUrl": webhook.url,
        "resource": "me/mailFolders('inbox')/messages",
        "expirationDateTime": (world.clock.now + timedelta(hours=1)).isoformat(),
        "clientState": "ours",
        **fields,
    }
    with world.graph(user) as client:
        answer = client.post("/subscriptions", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_webhook_is_notified(outlook365: World, ada: User, hook: Webhook) -> None:
    made = subscribe(outlook365, hook, ada)
    assert hook.validations == 1
    ada.mailbox.receive(subject="Invoice 17")
    [one] = hook.wait_for(1)
    assert (one["changeType"], one["clientState"]) == ("created", "ours")
    told = outlook365.notifications.wait_for(1, subscription=made["id"], change_type="created")
    assert told[0]["id"] == one["id"]
    assert outlook365.notifications.pending == []


def test_what_did_not_arrive_is_explained(outlook365: World, ada: User, hook: Webhook) -> None:
    with pytest.raises(AssertionError, match="is there one"):
        outlook365.notifications.wait_for(1, timeout=0)
    subscribe(outlook365, hook, ada)
    hook.answer_with(500)
    outlook365.clock.freeze()
    ada.mailbox.receive(subject="Invoice 17")
    outlook365.notifications.deliver_pending(everything=False)
    with pytest.raises(AssertionError, match="the endpoint answered 500"):
        outlook365.notifications.wait_for(1, timeout=0.1)
    with pytest.raises(AssertionError, match="0 of 1 notifications"):
        hook.wait_for(1, timeout=0)
    assert outlook365.notifications.pending[0].attempts == 1
    assert [one.outcome for one in outlook365.notifications.deliver_pending()] == ["delivered"]
    assert len(hook.wait_for(1)) == 1


def test_the_clock_delivers_on_its_way(outlook365: World, ada: User, hook: Webhook) -> None:
    outlook365.clock.freeze()
    subscribe(outlook365, hook, ada, lifecycleNotificationUrl=hook.lifecycle_url)
    hook.answer_with(500, 500, 500)
    ada.mailbox.receive(subject="Invoice 17")
    outlook365.clock.advance(minutes=5)
    assert len(hook.notifications) == 1
    changes = [one for one in outlook365.notifications.deliveries if one.topic == "change"]
    assert [one.attempt for one in changes] == [1, 2, 3, 4]
    outlook365.clock.advance(hours=2)
    assert [one["lifecycleEvent"] for one in hook.lifecycle] == ["reauthorizationRequired"]


def test_a_running_clock_sends_again_by_itself(outlook365: World, ada: User, hook: Webhook) -> None:
    subscribe(outlook365, hook, ada)
    outlook365.faults.add(kind="delayed_notification", match={"operation": "notifications.deliver"}, seconds=0.3)
    ada.mailbox.receive(subject="Invoice 17")
    assert len(outlook365.notifications.wait_for(1)) == len(hook.notifications) == 1
    assert [one.outcome for one in outlook365.notifications.deliveries][1:] == ["delayed", "delivered"]


def test_resource_data_over_tls(outlook365: World, ada: User) -> None:
    hook = outlook365.webhook(tls=True)
    assert hook.url.startswith("https://127.0.0.1:")
    subscribe(outlook365, hook, ada, resource="me/messages?$select=subject", **hook.resource_data)
    ada.mailbox.receive(subject="Invoice 17")
    [one] = hook.wait_for(1)
    assert hook.decrypt(one)["subject"] == "Invoice 17"
    assert len(hook.validation_tokens) == 1


def test_a_handler_that_fails_fails_the_test(outlook365: World, ada: User) -> None:
    def handle(notification: Any) -> None:
        raise KeyError(notification["changeType"])

    hook = outlook365.webhook(handle)
    subscribe(outlook365, hook, ada)
    ada.mailbox.receive(subject="Invoice 17")
    with pytest.raises(KeyError, match="created"):
        hook.wait_for(1)


def test_a_handler_can_ask_graph(outlook365: World, ada: User) -> None:
    subjects = []

    def handle(notification: Any) -> None:
        with outlook365.graph(ada) as client:
            subjects.append(client.get(f"/me/messages/{notification['resourceData']['id']}").json()["subject"])

    hook = outlook365.webhook(handle)
    subscribe(outlook365, hook, ada)
    ada.mailbox.receive(subject="Invoice 17")
    hook.wait_for(1)
    assert subjects == ["Invoice 17"]


def test_two_worlds(outlook365: World, outlook365_emulator: Control, ada: User, hook: Webhook) -> None:
    other = outlook365_emulator.add_world(tenants=[{}])
    others = other.webhook()
    subscribe(outlook365, hook, ada)
    subscribe(other, others, other.tenant.add_user("ada"))
    ada.mailbox.receive(subject="Invoice 17")
    assert len(hook.wait_for(1)) == 1
    assert (others.notifications, other.notifications.deliver_pending()) == ([], [])
    other.drop()


@pytest.mark.parametrize(
    ("plugin", "catches", "options"),
    [
        ("respx", 'request.getfixturevalue("respx_mock")', ()),
        ("pytest_httpx", 'request.getfixturevalue("httpx_mock")', ()),
        ("socket", "", ("--disable-socket", "-W", "ignore:A test tried to use socket:UserWarning")),
    ],
)
def test_what_keeps_the_test_from_the_network_does_not_catch_it(
    run: Run, plugin: str, catches: str, options: tuple[str, ...]
) -> None:
    suite = f"""
        from datetime import timedelta

        def test_it(outlook365, request):
            ada, hook = outlook365.tenant.add_user("ada"), outlook365.webhook()
            body = {{
                "changeType": "created",
                "notificationUrl": hook.url,
                "resource": "me/messages",
                "expirationDateTime": (outlook365.clock.now + timedelta(hours=1)).isoformat(),
            }}
            with outlook365.graph(ada) as client:
                assert client.post("/subscriptions", json=body).status_code == 201
            {catches}
            ada.mailbox.receive(subject="Invoice 17")
            assert len(hook.wait_for(1)) == 1
        """
    run(suite, *options, plugins=(plugin,)).assert_outcomes(passed=1)
