"""What the observer finds of clients: waits, lost answers, refused tokens and grants, repetitions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from outlook365_emulator.clock import Clock
from outlook365_emulator.journal import Entry
from outlook365_emulator.report.observer import MOST, Observer
from outlook365_emulator.wire import Harm, Headers, Request, Response

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Client:
    """Sends requests past an observer, on a clock that stands still."""

    def __init__(self) -> None:
        self.clock = Clock(START, frozen=True)
        self.observer = Observer(self.clock)

    def send(
        self,
        status: int,
        *,
        method: str = "GET",
        path: str = "/v1.0/me",
        body: bytes = b"",
        token: str = "t",
        service: str = "graph",
        operation: str = "people.users.get",
        harm: str = "",
        query: str = "",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        fields = Headers([(b"authorization", f"Bearer {token}".encode())])
        request = Request(method, "graph.microsoft.com", path, query, fields, body)
        request.harm = Harm(harm, {}) if harm else None
        entry = Entry(method=method, service=service, operation=operation, status=status)
        self.observer(request, Response(status, b"", list(headers)), entry)

    def batch(self, *items: tuple[str, int, bytes], token: str = "t", lost: bool = False) -> None:
        """Send a `$batch` of POSTs: path, status and body of each."""
        fields = Headers([(b"authorization", f"Bearer {token}".encode())])
        outer = Request("POST", "graph.microsoft.com", "/v1.0/$batch", "", fields, b"the batch")
        outer.harm = Harm("lost_answer", {}) if lost else None
        for path, status, body in items:
            request = Request("POST", "graph.microsoft.com", path, "", fields, body)
            headers = [("Retry-After", "5")] if status == 429 else []
            entry = Entry(method="POST", service="graph", operation="mail.messages.create", status=status)
            outer.items.append((request, Response(status, b"", headers), entry))
        entry = Entry(method="POST", service="graph", operation="batch", status=200)
        self.observer(outer, Response(200, b""), entry)

    def count(self, name: str) -> int:
        return self.observer.counts[name]


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.mark.parametrize(
    ("value", "waited", "finding"),
    [
        ("5", 5, "honoured_waits"),
        ("5", 4, "early_retries"),
        ("0", 0, "honoured_waits"),
        ("Mon, 02 Mar 2026 09:00:30 GMT", 30, "honoured_waits"),
        ("Mon, 02 Mar 2026 09:00:30 GMT", 20, "early_retries"),
        ("2.5", 2.5, "honoured_waits"),
    ],
)
def test_whether_a_wait_is_honoured(client: Client, value: str, waited: float, finding: str) -> None:
    client.send(429, headers=(("Retry-After", value),))
    assert client.observer.unanswered == 1
    client.clock.set(client.clock.now() + timedelta(seconds=waited))
    client.send(200)
    assert dict(client.observer.counts) == {finding: 1}
    assert client.observer.unanswered == 0


@pytest.mark.parametrize("value", ["soon", "", "Mon, 99 Foo"])
def test_a_wait_that_nobody_can_read_is_none(client: Client, value: str) -> None:
    client.send(429, headers=(("Retry-After", value),))
    assert client.observer.unanswered == 0


def test_another_request_is_no_retry(client: Client) -> None:
    client.send(429, headers=(("Retry-After", "5"),))
    client.send(200, path="/v1.0/users")
    assert client.observer.unanswered == 1


@pytest.mark.parametrize(
    ("second", "found"), [({"body": b"a"}, 1), ({"body": b"b"}, 0), ({"body": b"a", "path": "/v1.0/x"}, 0)]
)
def test_a_send_whose_answer_was_lost_is_sent_twice(client: Client, second: dict[str, Any], found: int) -> None:
    client.send(202, method="POST", body=b"a", harm="lost_answer")
    client.send(202, method="POST", **second)
    assert client.count("duplicate_sends") == found


def test_sending_twice_on_purpose_is_no_duplicate(client: Client) -> None:
    client.send(202, method="POST", body=b"a")
    client.send(202, method="POST", body=b"a")
    assert client.count("duplicate_sends") == 0


def test_a_refused_token_is_used_again(client: Client) -> None:
    client.send(401, token="old")
    client.send(200, token="new")
    assert client.count("refused_tokens_reused") == 0
    client.send(401, token="old", path="/v1.0/users")
    assert client.count("refused_tokens_reused") == 1


def test_a_refused_grant_is_repeated(client: Client) -> None:
    form = {"service": "entra", "operation": "token.refresh_token", "method": "POST", "token": ""}
    client.send(400, body=b"refresh_token=a&scope=x", **form)
    client.send(400, body=b"refresh_token=a&scope=y", **form)
    client.send(200, body=b"refresh_token=b", **form)
    assert client.count("refused_grants_repeated") == 1


@pytest.mark.parametrize(
    ("status", "fields", "found"),
    [
        (403, {}, 1),
        (404, {}, 0),
        (429, {}, 0),
        (503, {}, 0),
        (507, {}, 1),
        (401, {"service": "entra", "operation": "token.client_credentials"}, 1),
        (400, {"service": "entra", "operation": "token.device_code"}, 0),
    ],
)
def test_what_was_refused_for_good_is_repeated(client: Client, status: int, fields: dict[str, Any], found: int) -> None:
    client.send(status, **fields)
    client.send(status, **fields)
    assert client.count("identical_repeats") == found


@pytest.mark.parametrize(("kind", "found"), [("truncate", 1), ("malformed", 1), ("headers", 0), ("dribble", 0)])
def test_an_answer_that_can_be_read_is_not_lost(client: Client, kind: str, found: int) -> None:
    client.send(202, method="POST", body=b"a", harm=kind)
    client.send(202, method="POST", body=b"a")
    assert client.count("duplicate_sends") == found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, 1),
        ({"query": "$select=subject"}, 0),
        ({"query": "%24select=subject"}, 0),
        ({"query": "$top=5&$skip=5"}, 0),
        ({"query": "$skiptoken=x"}, 0),
        ({"operation": "mail.messages.get"}, 0),
        ({"status": 404}, 0),
    ],
)
def test_a_list_without_select(client: Client, fields: dict[str, Any], found: int) -> None:
    client.send(**{"status": 200, "operation": "mail.messages.list", "path": "/v1.0/me/messages", **fields})
    assert client.count("reads_without_select") == found


def test_beta(client: Client) -> None:
    client.send(200, path="/beta/me")
    client.send(200, path="/v1.0/me/beta/")
    assert client.count("beta_requests") == 1


class TestBatch:
    def test_an_item_that_is_told_to_wait_comes_back_alone_or_in_another_batch(self, client: Client) -> None:
        client.batch(("/v1.0/a", 429, b""), ("/v1.0/b", 429, b""), ("/v1.0/c", 201, b""))
        assert client.observer.unanswered == 2
        client.send(201, method="POST", path="/v1.0/a")
        client.clock.set(client.clock.now() + timedelta(seconds=5))
        client.batch(("/v1.0/b", 201, b""))
        assert (client.count("early_retries"), client.count("honoured_waits")) == (1, 1)

    def test_what_is_sent_again_because_the_answer_was_lost_counts_by_item(self, client: Client) -> None:
        items = (("/v1.0/a", 201, b"1"), ("/v1.0/a", 201, b"2"), ("/v1.0/a", 400, b"3"))
        client.batch(*items, lost=True)
        client.batch(*items[:1])
        assert client.count("duplicate_sends") == 1
        client.send(201, method="POST", path="/v1.0/a", body=b"2")
        assert client.count("duplicate_sends") == 2

    def test_items_of_one_batch_cannot_learn_from_each_other(self, client: Client) -> None:
        client.batch(("/v1.0/a", 401, b""), ("/v1.0/b", 401, b""), ("/v1.0/c", 403, b""), ("/v1.0/c", 403, b""))
        assert not client.observer.counts
        client.batch(("/v1.0/a", 401, b""), ("/v1.0/c", 403, b""))
        assert (client.count("refused_tokens_reused"), client.count("identical_repeats")) == (2, 1)

    def test_a_batch_that_is_refused_as_a_whole_counts_as_one(self, client: Client) -> None:
        for _ in range(2):
            client.send(400, method="POST", path="/v1.0/$batch", operation="batch")
        assert client.count("identical_repeats") == 1


def test_examples_are_few_and_memory_has_an_end(client: Client) -> None:
    for _ in range(20):
        client.send(403)
    assert len(client.observer.examples["identical_repeats"]) == 5
    for number in range(MOST + 1):
        client.send(403, path=f"/v1.0/{number}")
    client.send(403)
    assert client.count("identical_repeats") == 19
