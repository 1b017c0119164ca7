"""Faults on what the emulator sends to webhooks."""

from typing import Any

import pytest


@pytest.fixture
def fault(org: Any) -> Any:
    """Set a fault: `fault("lost_notification", times=1)`; further keywords are its settings."""

    def add(kind: str, match: Any = None, times: int | None = 1, **settings: Any) -> None:
        document = {"kind": kind, "name": kind, "match": match or {}, "times": times, "with": settings}
        org.world.faults.add(document, org.world.clock.now())

    return add


def last(org: Any) -> Any:
    return org.world.notices.deliveries[-1]


def test_lost(org: Any, endpoint: Any, subscribe: Any, deliver: Any, fault: Any) -> None:
    subscribe()
    fault("lost_notification", {"operation": "notifications.deliver"})
    org.receive(org.ada)
    deliver()
    assert (endpoint.posted, last(org).outcome, last(org).fault) == ([], "lost", "lost_notification")
    org.receive(org.ada)
    deliver()
    assert endpoint.kinds == ["created"]


def test_missed(org: Any, endpoint: Any, subscribe: Any, deliver: Any, fault: Any) -> None:
    subscribe(lifecycleNotificationUrl=endpoint.url + "/life")
    fault("missed_notification", {"operation": "notifications.deliver"})
    org.receive(org.ada)
    deliver()
    assert endpoint.kinds == ["missed"]


def test_a_lifecycle_notification_can_be_lost(
    org: Any, endpoint: Any, subscribe: Any, advance: Any, fault: Any
) -> None:
    subscribe(minutes=600, lifecycleNotificationUrl=endpoint.url + "/life")
    fault("lost_notification", {"operation": "notifications.lifecycle"})
    advance(hours=1)
    assert endpoint.posted == []
    assert [one.outcome for one in org.world.notices.deliveries if one.topic == "lifecycle"] == ["lost"]


def test_duplicated(org: Any, endpoint: Any, subscribe: Any, deliver: Any, fault: Any) -> None:
    subscribe()
    fault("duplicated_notification", {"operation": "notifications.deliver"}, copies=2)
    org.receive(org.ada)
    deliver()
    assert endpoint.kinds == ["created"] * 3
    assert len({one["id"] for one in endpoint.notifications}) == 1


def test_delayed(org: Any, endpoint: Any, subscribe: Any, deliver: Any, advance: Any, fault: Any) -> None:
    subscribe()
    fault("delayed_notification", {"operation": "notifications.deliver"}, seconds=300)
    org.receive(org.ada)
    deliver()
    advance(seconds=299)
    assert endpoint.posted == []
    advance(seconds=1)
    assert endpoint.kinds == ["created"]


def test_reordered(graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any, fault: Any) -> None:
    subscribe()
    fault("reordered_notification", {"operation": "notifications.deliver"})
    record = org.receive(org.ada)
    deliver()
    graph.delete(f"/me/messages/{org.mailbox(org.ada).ids.item(record.folder, record.number)}", as_=org.ada)
    deliver()
    assert endpoint.kinds[-1] == "created"
    assert "deleted" in endpoint.kinds[:-1]


def test_reordered_without_another_one(
    org: Any, endpoint: Any, subscribe: Any, deliver: Any, advance: Any, fault: Any
) -> None:
    subscribe()
    fault("reordered_notification", {"operation": "notifications.deliver"}, seconds=30)
    org.receive(org.ada)
    deliver()
    advance(seconds=30)
    assert endpoint.kinds == ["created"]


@pytest.mark.parametrize("tell", [False, True])
def test_an_expired_subscription(
    graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any, fault: Any, tell: bool
) -> None:
    made = subscribe(lifecycleNotificationUrl=endpoint.url + "/life")
    fault("expired_subscription", {"operation": "notifications.deliver"}, tell=tell)
    org.receive(org.ada)
    deliver()
    assert endpoint.kinds == (["subscriptionRemoved"] if tell else [])
    assert graph.get(f"/subscriptions/{made['id']}").status == 404


def test_an_answer_in_place_of_the_endpoint(org: Any, endpoint: Any, subscribe: Any, deliver: Any, fault: Any) -> None:
    subscribe()
    fault("error", {"service": "notifications", "operation": "notifications.deliver"}, status=503)
    org.receive(org.ada)
    deliver()
    assert (endpoint.posted, last(org).status, last(org).outcome) == ([], 503, "retrying")
    deliver(everything=True)
    assert endpoint.kinds == ["created"]


def test_a_refused_validation(graph: Any, org: Any, body: Any, fault: Any) -> None:
    fault("error", {"service": "notifications", "operation": "notifications.validate"}, status=403)
    refused = graph.post("/subscriptions", body(), as_=org.ada)
    assert "HTTP status code is 'Forbidden'" in refused.message


def test_a_fault_that_names_no_service_leaves_notifications_alone(
    graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any, fault: Any
) -> None:
    subscribe()
    fault("error", status=503)
    org.receive(org.ada)
    deliver()
    assert endpoint.kinds == ["created"]
    assert graph.get("/me/messages", as_=org.ada).status == 503


def test_one_mailbox_only(org: Any, endpoint: Any, subscribe: Any, deliver: Any, fault: Any) -> None:
    subscribe()
    subscribe(as_=org.ben)
    fault("lost_notification", {"mailbox": "ben@contoso.example", "folder": "inbox"}, None)
    org.receive(org.ada)
    org.receive(org.ben)
    deliver()
    assert [org.ada.id in one["resource"] for one in endpoint.notifications] == [True]
