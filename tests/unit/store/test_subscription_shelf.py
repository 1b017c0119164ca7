"""Subscriptions by id and by mailbox."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from outlook365_emulator.store.records.subscriptions import Subscription
from outlook365_emulator.store.subscription_shelf import SubscriptionShelf

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def made(identity: str, mailbox: str = "ada") -> Subscription:
    return Subscription(
        id=identity,
        application="app",
        creator=mailbox,
        delegated=True,
        mailbox=mailbox,
        resource="me/messages",
        watched="message",
        folder=0,
        change_type="created",
        changes=("created",),
        notification_url="http://127.0.0.1/",
        expires=NOW,
        authorized=NOW,
        authorized_until=NOW,
    )


@pytest.fixture
def shelf() -> SubscriptionShelf:
    found = SubscriptionShelf()
    for one in (made("1"), made("2"), made("3", "ben")):
        assert found.put(one) is None
    return found


def test_by_id_and_by_mailbox(shelf: SubscriptionShelf) -> None:
    assert (len(shelf), shelf.get("3"), shelf.get("4")) == (3, made("3", "ben"), None)
    assert [one.id for one in shelf.of("ada")] == ["1", "2"]
    assert shelf.of("eve") == []


def test_one_that_is_replaced_keeps_its_place(shelf: SubscriptionShelf) -> None:
    assert shelf.put(replace(made("1"), standing="paused")) == made("1")
    assert [(one.id, one.standing) for one in shelf.of("ada")] == [("1", "paused"), ("2", "active")]


def test_one_that_is_removed(shelf: SubscriptionShelf) -> None:
    assert shelf.remove(made("3", "ben")) == made("3", "ben")
    assert (shelf.of("ben"), len(shelf)) == ([], 2)


def test_back_to_a_snapshot(shelf: SubscriptionShelf) -> None:
    kept = shelf.state()
    for one in shelf:
        shelf.remove(one)
    shelf.put(made("4"))
    shelf.restore(kept)
    assert [one.id for one in shelf] == ["1", "2", "3"]
    assert [one.id for one in shelf.of("ben")] == ["3"]
