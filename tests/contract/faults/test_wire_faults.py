"""Harm to the connection, as the bytes on the wire show it."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest

MESSAGES = "?$select=subject"


@pytest.fixture
def listing(place: Any, inbox: Callable[[int], list[str]]) -> str:
    """The path of a list of three messages."""
    inbox(3)
    return f"{place.mailbox}/messages{MESSAGES}"


def test_without_a_fault_the_answer_is_whole(place: Any, listing: str) -> None:
    got = place.raw("GET", listing)
    assert (got.status, got.ended) == (200, "close")
    assert int(got.fields("content-length")[0]) == len(got.body)
    assert len(got.json["value"]) == 3


@pytest.mark.parametrize(
    ("settings", "head", "body", "ended"),
    [
        ({}, False, False, "reset"),
        ({"how": "close"}, False, False, "close"),
        ({"at": "after_headers"}, True, False, "reset"),
        ({"at": "after_headers", "how": "close"}, True, False, "close"),
        ({"at": "body"}, True, True, "reset"),
        ({"at": "body", "how": "close"}, True, True, "close"),
    ],
)
def test_a_reset_cuts_the_connection(
    place: Any, listing: str, settings: dict[str, str], head: bool, body: bool, ended: str
) -> None:
    place.faults.add(kind="reset", **settings)
    got = place.raw("GET", listing)
    assert (bool(got.head), bool(got.body), got.ended) == (head, body, ended)
    if head:
        assert len(got.body) < int(got.fields("content-length")[0])


@pytest.mark.parametrize(("handled", "arrived"), [(False, 0), (True, 1)])
def test_a_reset_before_the_headers_says_whether_the_request_was_handled(
    place: Any, handled: bool, arrived: int
) -> None:
    place.faults.add(kind="reset", handled=handled)
    assert place.raw("POST", f"{place.mailbox}/messages", {"subject": "Draft"}).ended == "reset"
    place.faults.clear()
    assert len(place.graph("GET", f"{place.mailbox}/messages").json()["value"]) == arrived


@pytest.mark.parametrize(("how", "ended"), [("reset", "reset"), ("close", "close"), ("silence", "silence")])
def test_a_lost_answer_belongs_to_a_request_that_was_handled(place: Any, how: str, ended: str) -> None:
    place.faults.add(kind="lost_answer", how=how, match={"method": "POST"})
    got = place.raw("POST", f"{place.mailbox}/messages", {"subject": "Draft"}, patience=0.3)
    assert (got.head, got.ended) == (b"", ended)
    assert [one["subject"] for one in place.graph("GET", f"{place.mailbox}/messages").json()["value"]] == ["Draft"]


def test_no_answer_leaves_the_connection_open(place: Any, listing: str) -> None:
    place.faults.add(kind="no_answer")
    got = place.raw("GET", listing, patience=0.3)
    assert (got.head, got.ended) == (b"", "silence")
    assert place.journal[-1].status == 0
    assert "kept the request from being handled" in place.journal[-1].reason


@pytest.mark.parametrize(("settings", "sent"), [({}, 0.5), ({"share": 0.9}, 0.9), ({"bytes": 10}, None)])
def test_a_truncated_body_is_shorter_than_it_says(
    place: Any, listing: str, settings: dict[str, Any], sent: float | None
) -> None:
    place.faults.add(kind="truncate", **settings)
    got = place.raw("GET", listing)
    length = int(got.fields("content-length")[0])
    assert len(got.body) == (10 if sent is None else int(length * sent))
    assert (got.status, got.ended) == (200, "close")


def test_a_dribbled_body_comes_in_pieces_and_is_whole(place: Any, listing: str) -> None:
    place.faults.add(kind="dribble", seconds=0.1, pieces=5)
    got = place.raw("GET", listing)
    assert len(got.json["value"]) == 3
    assert place.journal[-1].fault == "dribble-1"


def test_a_narrow_line_takes_as_long_as_the_body_is(place: Any, listing: str) -> None:
    whole = place.raw("GET", listing)
    place.faults.add(kind="dribble", rate=len(whole.body) * 4, pieces=2)
    began = perf_counter()
    assert len(place.raw("GET", listing).body) == len(whole.body)
    assert perf_counter() - began >= 0.2


@pytest.mark.parametrize("difference", [7, -7])
def test_a_wrong_content_length(place: Any, listing: str, difference: int) -> None:
    place.faults.add(kind="content_length", difference=difference)
    got = place.raw("GET", listing)
    assert int(got.fields("content-length")[0]) == len(got.body) + difference
    assert got.ended == "close"


def test_a_harmed_connection_is_gone_and_the_next_one_is_fine(place: Any, listing: str) -> None:
    place.faults.add(kind="reset", times=1)
    assert place.raw("GET", listing).ended == "reset"
    assert place.raw("GET", listing).status == 200
    assert [entry.status for entry in place.journal[-2:]] == [0, 200]


def test_a_wait_and_a_harm_come_together(place: Any, listing: str) -> None:
    place.faults.add(kind="latency", seconds=0.05)
    place.faults.add(kind="truncate")
    got = place.raw("GET", listing)
    assert len(got.body) < int(got.fields("content-length")[0])
    assert place.journal[-1].duration_ms >= 50


def test_a_fault_of_one_world_is_not_seen_from_another(emulator: Any, place: Any, listing: str) -> None:
    other = type(place)(emulator)
    other.faults.add(kind="reset")
    assert place.raw("GET", listing).status == 200
    assert other.raw("GET", f"{other.mailbox}/messages").ended == "reset"
    other.world.drop()
