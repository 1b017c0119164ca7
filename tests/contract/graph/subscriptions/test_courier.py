"""How notifications reach their endpoints: order, repetition, endpoints that fail (reference graph-core 10.4)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from outlook365_emulator.directory.consent import grant_scopes
from outlook365_emulator.graph.subscriptions import courier
from outlook365_emulator.graph.subscriptions.attempts import endpoint_of


def outcomes(deliveries: list[Any]) -> list[str]:
    return [one.outcome for one in deliveries if one.topic != "validation"]


def test_notifications_share_a_request(org: Any, endpoint: Any, subscribe: Any, deliver: Any) -> None:
    subscribe()
    subscribe(changeType="created")
    for number in range(3):
        org.receive(org.ada, subject=str(number))
    [delivery] = [one for one in deliver() if one.topic == "change"]
    assert len(endpoint.posted) == 1
    assert len(endpoint.notifications) == len(delivery.notifications) == 6
    assert delivery.status == 202


def test_whoever_waits_gets_it_at_once(
    graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "GATHER_SECONDS", 60.0)
    subscribe()
    org.receive(org.ada)
    deliver()

    async def wait() -> None:
        org.receive(org.ada)  # gathered with what may follow, for a delivery was just made
        assert endpoint.kinds == ["created"]
        await graph.graph._courier.recorded(org.world, org.world.notices.total, 10)

    asyncio.run(wait())
    assert endpoint.kinds == ["created", "created"]


def test_the_order_follows_the_seed(new_graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any) -> None:
    subscribe()
    records = [org.receive(org.ada, subject=str(number)) for number in range(20)]
    deliver()
    sent = [org.mailbox(org.ada).ids.item(one.folder, one.number) for one in records]
    got = [one["resourceData"]["id"] for one in endpoint.notifications]
    assert sorted(got) == sorted(sent)
    assert got != sent


def test_applications_do_not_share_one(graph: Any, org: Any, endpoint: Any, subscribe: Any, deliver: Any) -> None:
    made = subscribe()
    one = org.tenant.subscriptions.get(made["id"])
    other = org.tenant.service_principals.find("client", org.app.client_id)
    org.tenant.service_principals.put(replace(other, id="other", client_id="other"))
    org.tenant.subscriptions.put(replace(one, id="two", application="other"))
    with org.world.unit() as unit:
        grant_scopes(org.world, org.tenant, unit, org.tenant.service_principals.find("client", "other"), ["Mail.Read"])
    org.receive(org.ada)
    deliver()
    assert len(endpoint.posted) == 2


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_success_will_do(org: Any, endpoint: Any, subscribe: Any, deliver: Any, status: int) -> None:
    subscribe()
    endpoint.answers = [status]
    org.receive(org.ada)
    assert outcomes(deliver()) == ["delivered"]


@pytest.mark.parametrize("status", [302, 400, 410, 429, 500, 503])
def test_anything_else_is_sent_again(
    org: Any, endpoint: Any, subscribe: Any, deliver: Any, advance: Any, status: int
) -> None:
    subscribe()
    endpoint.answers = [status, status]
    org.receive(org.ada)
    assert outcomes(deliver()) == ["retrying"]
    advance(seconds=9)
    assert len(endpoint.posted) == 1
    advance(seconds=1)
    assert len(endpoint.posted) == 2
    advance(seconds=30)
    assert outcomes(deliver()) == ["retrying", "retrying", "delivered"]
    assert len({one["id"] for one in endpoint.notifications}) == 1


def test_what_waits_can_be_sent_at_once(org: Any, endpoint: Any, subscribe: Any, deliver: Any) -> None:
    subscribe()
    endpoint.answers = [503]
    org.receive(org.ada)
    deliver()
    assert org.world.notices.pending == 1
    deliver(everything=True)
    assert org.world.notices.pending == 0
    assert [one.attempt for one in org.world.notices.deliveries if one.topic == "change"] == [1, 2]


def test_after_four_hours_it_is_given_up(org: Any, endpoint: Any, subscribe: Any, deliver: Any, advance: Any) -> None:
    subscribe(minutes=600)
    endpoint.answers = [500] * 100
    org.receive(org.ada)
    deliver()
    advance(hours=3)
    attempts = len(endpoint.posted)
    assert attempts > 5
    advance(hours=2)
    found = deliver()
    assert outcomes(found)[-1] == "given_up"
    last, first = found[-1].at, org.world.clock.now() - timedelta(hours=5)
    assert last - first <= timedelta(hours=4)
    advance(hours=10)
    assert outcomes(deliver())[-1] == "given_up"


def test_what_is_given_up_is_announced_as_missed(
    org: Any, endpoint: Any, subscribe: Any, deliver: Any, advance: Any
) -> None:
    subscribe(minutes=600, lifecycleNotificationUrl=endpoint.url + "/life")
    one = next(iter(org.tenant.subscriptions))
    org.tenant.subscriptions.put(replace(one, authorized_until=one.expires))
    endpoint.answers = [500] * 100
    org.receive(org.ada)
    deliver()
    advance(hours=5)
    assert [content["value"][0]["lifecycleEvent"] for path, content in endpoint.posted if path == "/hook/life"] == [
        "missed"
    ]


def test_an_endpoint_that_is_gone(org: Any, endpoint: Any, subscribe: Any, deliver: Any) -> None:
    subscribe()
    endpoint.close()
    org.receive(org.ada)
    found = deliver()[-1]
    assert (found.outcome, found.status) == ("retrying", 0)
    assert found.reason
    [entry] = [one for one in org.world.journal if one.operation == "notifications.deliver"]
    assert (entry.status, entry.service, entry.mailbox) == (0, "notifications", "ada@contoso.example")


def test_the_journal_hides_the_query_of_the_endpoint(org: Any, endpoint: Any, subscribe: Any, deliver: Any) -> None:
    subscribe(notificationUrl=endpoint.url + "?code=secret")
    org.receive(org.ada)
    deliver()
    assert not [one for one in org.world.journal if "secret" in one.url]


class TestSlow:
    @pytest.fixture
    def slow(self, org: Any, endpoint: Any) -> Any:
        """Remember that of the last hundred answers some were slow."""

        def remember(count: int) -> None:
            known = endpoint_of(org.world.notices, endpoint.url)
            known.answers.append((org.world.clock.now(), 100, count))
            known.total, known.slow = known.total + 100, known.slow + count

        return remember

    def test_under_a_tenth(self, org: Any, subscribe: Any, deliver: Any, slow: Any) -> None:
        subscribe()
        slow(9)
        org.receive(org.ada)
        assert outcomes(deliver()) == ["delivered"]

    def test_from_a_tenth_on_it_waits(self, org: Any, endpoint: Any, subscribe: Any, deliver: Any, slow: Any) -> None:
        subscribe()
        slow(12)
        org.receive(org.ada)
        assert outcomes(deliver()) == []
        [waiting] = org.world.notices.waiting.values()
        assert waiting.due == org.world.clock.now() + timedelta(seconds=10)

    def test_it_comes_after_ten_seconds(
        self, org: Any, endpoint: Any, subscribe: Any, deliver: Any, slow: Any, advance: Any
    ) -> None:
        subscribe()
        slow(12)
        org.receive(org.ada)
        deliver()
        advance(seconds=10)
        assert endpoint.kinds == ["created"]

    def test_too_many_slow_answers_drop_it_for_ten_minutes(
        self, org: Any, endpoint: Any, subscribe: Any, deliver: Any, slow: Any, advance: Any
    ) -> None:
        delivering = {"service": "notifications", "operation": "notifications.deliver"}
        latency = {"kind": "latency", "match": delivering, "times": 1, "with": {"seconds": 5}}
        org.world.faults.add(latency, org.world.clock.now())
        subscribe()
        slow(15)
        org.receive(org.ada)
        deliver()
        advance(seconds=10)
        org.receive(org.ada)
        assert outcomes(deliver()) == ["retrying", "given_up"]
        advance(minutes=11)
        org.receive(org.ada)
        deliver()
        assert endpoint.kinds == ["created"], "what came before was dropped"


def test_a_snapshot_remembers_subscriptions_and_what_waits(
    org: Any, endpoint: Any, subscribe: Any, deliver: Any
) -> None:
    from outlook365_emulator.store.snapshot import restore, take

    subscribe()
    org.receive(org.ada)
    kept = take(org.world)
    deliver()
    subscribe()
    restore(org.world, kept)
    assert len(org.tenant.subscriptions) == 1
    assert org.world.notices.pending == 1
    deliver()
    assert endpoint.kinds == ["created", "created"]
