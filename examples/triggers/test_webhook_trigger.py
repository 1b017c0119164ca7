import pytest
from webhook_trigger import WebhookTrigger

SECRET = "only Graph and we know it"


@pytest.fixture
def start(outlook365, graph, ada, fire):
    """Start the trigger for ada's mailbox, behind a web address of the test."""

    def make():
        trigger = WebhookTrigger(graph, f"/users/{ada.upn}", "", SECRET, fire, lambda: outlook365.clock.now)
        trigger.webhook = outlook365.webhook(trigger.receive)
        trigger.url = trigger.webhook.url
        trigger.start()
        return trigger

    return make


def arrivals(trigger, count):
    """Wait until notifications have come in; raises what the trigger raised."""
    return trigger.webhook.wait_for(count)


def test_it_fires_for_what_arrives(start, ada, fired):
    trigger = start()
    ada.mailbox.receive(subject="Invoice 17")
    arrivals(trigger, 1)
    assert fired == ["Invoice 17"]


def test_a_notification_that_comes_twice_fires_once(outlook365, start, ada, fired):
    trigger = start()
    outlook365.faults.add(kind="duplicated_notification", times=1)
    ada.mailbox.receive(subject="Invoice 17")
    arrivals(trigger, 2)
    assert fired == ["Invoice 17"]


def test_our_server_was_down_for_a_while(outlook365, start, ada, fired):
    trigger = start()
    outlook365.clock.freeze()
    trigger.webhook.answer_with(503, 503)
    ada.mailbox.receive(subject="Invoice 17")
    outlook365.clock.advance(minutes=2)
    assert fired == ["Invoice 17"]


def test_missed_notifications_are_read_by_delta(outlook365, start, ada, fired):
    trigger = start()
    outlook365.faults.add(kind="missed_notification", match={"operation": "notifications.deliver"}, times=1)
    ada.mailbox.receive(subject="Invoice 17")
    trigger.webhook.wait_for(1, lifecycle=True)
    assert fired == ["Invoice 17"]


def test_it_renews_its_subscription(outlook365, start, ada, fired):
    trigger = start()
    for _ in range(30):
        outlook365.clock.advance(hours=1)
        trigger.tick()
    ada.mailbox.receive(subject="A day later")
    arrivals(trigger, 1)
    assert fired == ["A day later"]


def test_a_removed_subscription_is_made_again(outlook365, start, ada, fired):
    trigger = start()
    first = trigger.subscription["id"]
    outlook365.faults.add(kind="expired_subscription", match={"operation": "notifications.deliver"}, times=1, tell=True)
    ada.mailbox.receive(subject="Invoice 17")
    trigger.webhook.wait_for(1, lifecycle=True)
    assert trigger.subscription["id"] != first
    assert fired == ["Invoice 17"]
    ada.mailbox.receive(subject="Invoice 18")
    arrivals(trigger, 1)
    assert fired == ["Invoice 17", "Invoice 18"]


def test_somebody_elses_notification_does_not_count(start, fired):
    trigger = start()
    trigger.receive({"clientState": "a guess", "resourceData": {"id": "x"}})
    assert trigger.problems == ["a notification without our secret"]
    assert fired == []
