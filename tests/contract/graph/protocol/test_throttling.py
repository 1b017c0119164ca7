"""Exchange's limits in the world's time, on where a world asks for them (reference graph-core 11)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.graph import throttling
from outlook365_emulator.graph.service import Graph
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.wire import Headers, Request, Response
from outlook365_emulator.worlds.building import build_world
from outlook365_emulator.worlds.documents import WorldDocument
from outlook365_emulator.worlds.reading import read_document


@pytest.fixture
def limited(graph: Any) -> Any:
    graph.world.settings["throttling"] = "realistic"
    return graph


@pytest.fixture
def few(limited: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The limits made small, so that tests meet them soon."""
    monkeypatch.setattr(throttling, "REQUESTS", 5)
    monkeypatch.setattr(throttling, "UPLOAD_BYTES", 1000)
    return limited


def test_it_is_off_by_default(graph: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "REQUESTS", 1)
    assert [graph("GET", "/me/messages").status_code for _ in range(3)] == [200, 200, 200]


def test_requests_in_ten_minutes(few: Any) -> None:
    assert [few("GET", "/me/messages").status_code for _ in range(6)] == [200] * 5 + [429]
    answer = few("GET", "/me/messages")
    assert answer.json() == {
        "error": {"code": "ApplicationThrottled", "message": "Application is over its RequestCount limit."}
    }
    assert answer.headers["Retry-After"] == "600"
    few.world.clock.set(few.world.clock.now() + timedelta(seconds=590))
    assert few("GET", "/me/messages").headers["Retry-After"] == "10"
    few.world.clock.set(few.world.clock.now() + timedelta(seconds=10))
    assert few("GET", "/me/messages").status_code == 200
    assert "5 times within 600 s" in next(one.reason for one in few.world.journal if one.status == 429)


def test_limits_are_those_of_an_application_and_a_mailbox(few: Any) -> None:
    few.as_application("Mail.ReadWrite")
    spelled = [f"/users/{key}/messages" for key in (few.ada.id, "ada@contoso.example", "ADA@contoso.example")]
    assert [few("GET", spelled[number % 3]).status_code for number in range(6)] == [200] * 5 + [429]
    assert few("GET", "/users/bob@contoso.example/messages").status_code == 200


def test_the_directory_has_no_such_limit(few: Any) -> None:
    assert {few("GET", "/me").status_code for _ in range(7)} == {200}


def test_upload_volume(few: Any) -> None:
    draft = {"body": {"contentType": "text", "content": "x" * 600}}
    assert few("POST", "/me/messages", json=draft).status_code == 201
    answer = few("POST", "/me/messages", json=draft)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert "IncomingBytes" in answer.text
    few.world.clock.set(few.world.clock.now() + timedelta(seconds=301))
    assert few("POST", "/me/messages", json=draft).status_code == 201


def test_four_at_once(limited: Any) -> None:
    fault = {"kind": "latency", "with": {"seconds": 0.05}, "match": {"operation": "mail.messages.list"}}
    limited.world.faults.add(fault, limited.world.clock.now())

    async def together(count: int) -> list[int]:
        calls = [limited.client.get("/me/messages", headers=limited.headers) for _ in range(count)]
        return sorted([answer.status_code for answer in await asyncio.gather(*calls)])

    assert limited.loop.run_until_complete(together(4)) == [200] * 4
    assert limited.loop.run_until_complete(together(6)) == [200] * 4 + [429] * 2
    assert limited.loop.run_until_complete(together(4)) == [200] * 4, "the waiting ones were released"


def test_a_refused_request_is_released_too(limited: Any) -> None:
    assert {limited("GET", "/me/messages/AAA").status_code for _ in range(9)} == {400}


def test_inside_a_batch(few: Any, batch_of: Any) -> None:
    found = batch_of(few, *["/me/messages"] * 7)
    assert sorted(one["status"] for one in found.values()) == [200] * 5 + [429] * 2
    throttled = next(one for one in found.values() if one["status"] == 429)
    assert throttled["headers"]["Retry-After"] == "600"
    assert throttled["body"]["error"]["code"] == "ApplicationThrottled"


def test_a_request_runs_until_its_answer_is_sent(limited: Any) -> None:
    service = Graph(limited.hosting, limited.keys)

    def ask() -> tuple[Request, Response]:
        pairs = [(b"authorization", limited.headers["Authorization"].encode())]
        request = Request("GET", "graph.microsoft.com", "/v1.0/me/messages", headers=Headers(pairs))
        answer = service.answer(request, limited.cloud, limited.world, Entry())
        assert isinstance(answer, Response)
        return request, answer

    running = [ask() for _ in range(4)]
    assert ask()[1].status == 429
    running[0][0].finish()
    running[0][0].finish()
    assert [ask()[1].status for _ in range(2)] == [200, 429]


def test_a_world_document_asks_for_it() -> None:
    document = {"name": "limited", "throttling": "realistic", "batch_order": "request", "delta_token_days": 2}
    world = build_world(Hosting(), read_document(document, WorldDocument))
    assert {name: world.settings[name] for name in ("throttling", "batch_order", "delta_token_days")} == {
        "throttling": "realistic",
        "batch_order": "request",
        "delta_token_days": "2",
    }
