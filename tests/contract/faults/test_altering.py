"""Answers that a fault has changed, as the bytes on the wire show them, alone and inside a `$batch`."""

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def listing(place: Any, inbox: Callable[[int], list[str]]) -> str:
    inbox(3)
    return f"{place.mailbox}/messages?$select=subject&$top=2"


@pytest.mark.parametrize(
    ("how", "begins"),
    [
        ("cut", b"{"),
        ("html", b"<html>"),
        ("garbage", b"\xff"),
        ("empty", b""),
        ("bom", b"\xef\xbb\xbf{"),
        ("null", b"null"),
    ],
)
def test_a_malformed_body_has_the_length_that_it_says(place: Any, listing: str, how: str, begins: bytes) -> None:
    place.faults.add(kind="malformed", how=how)
    got = place.raw("GET", listing)
    assert got.status == 200
    assert got.body.startswith(begins)
    assert int(got.fields("content-length")[0]) == len(got.body)
    assert got.fields("content-type")[0].startswith("application/json")
    if how not in ("null", "bom"):  # Python reads past a byte order mark
        with pytest.raises(ValueError, match=r"."):
            _ = got.json


@pytest.mark.parametrize("settings", [{"kind": "malformed", "how": "null"}, {"kind": "gzip", "how": "plain"}])
def test_an_answer_without_content_gets_none(place: Any, listing: str, settings: Any) -> None:
    message = place.raw("GET", listing).json["value"][0]["id"]
    place.faults.add(**settings)
    got = place.raw("DELETE", f"{place.mailbox}/messages/{message}")
    assert (got.status, got.body) == (204, b"")


def test_garbage_repeats_with_the_seed(place: Any, listing: str) -> None:
    place.faults.add(kind="malformed", name="garbage", how="garbage")
    first = [place.raw("GET", listing).body for _ in range(2)]
    place.faults.clear()
    place.faults.add(kind="malformed", name="garbage", how="garbage")
    assert [place.raw("GET", listing).body for _ in range(2)] == first
    assert first[0] != first[1]


@pytest.mark.parametrize(("value", "fields"), [("text/html", ["text/html"]), ("", [])])
def test_a_wrong_content_type(place: Any, listing: str, value: str, fields: list[str]) -> None:
    place.faults.add(kind="content_type", value=value)
    got = place.raw("GET", listing)
    assert got.fields("content-type") == fields
    assert len(got.json["value"]) == 2


@pytest.mark.parametrize("how", ["checksum", "cut", "plain"])
def test_gzip_that_cannot_be_unpacked(place: Any, listing: str, how: str) -> None:
    place.faults.add(kind="gzip", how=how)
    got = place.raw("GET", listing)
    assert got.fields("content-encoding") == ["gzip"]
    with pytest.raises((OSError, EOFError, zlib.error)):
        gzip.decompress(got.body)


def test_header_fields_are_doubled_added_replaced_and_left_out(place: Any, listing: str) -> None:
    place.faults.add(
        kind="headers",
        repeat=["Content-Type"],
        add={"Retry-After": "5"},
        set={"Cache-Control": "no-store"},
        remove=["request-id"],
    )
    got = place.raw("GET", listing)
    assert len(got.fields("content-type")) == 2
    assert got.fields("retry-after") == ["5"]
    assert got.fields("cache-control") == ["no-store"]
    assert got.fields("request-id") == []


def test_members_are_left_out_of_a_token_answer(place: Any) -> None:
    place.faults.add(kind="members", remove=["expires_in"], set={"token_type": "mac"})
    body = place.ask_token().json()
    assert "expires_in" not in body
    assert body["token_type"] == "mac"
    assert body["access_token"]


def test_members_of_what_is_no_object_stay(place: Any) -> None:
    place.faults.add(kind="members", remove=["value"])
    assert place.graph("DELETE", f"{place.mailbox}/messages/none").status_code in (400, 404)


def test_a_page_repeats_its_last_item(place: Any, listing: str) -> None:
    place.faults.add(kind="pages", how="repeat")
    found = [one["subject"] for one in place.graph("GET", listing).json()["value"]]
    assert found == ["Message 3", "Message 2", "Message 2"]


def test_a_shuffled_page_holds_the_same_items(place: Any, inbox: Callable[[int], list[str]]) -> None:
    subjects = inbox(8)
    place.faults.add(kind="pages", how="shuffle")
    found = [one["subject"] for one in place.graph("GET", f"{place.mailbox}/messages?$top=8").json()["value"]]
    assert sorted(found) == sorted(subjects)
    assert found != subjects[::-1]


def test_an_empty_page_leads_to_the_one_that_was_asked_for(place: Any, listing: str) -> None:
    place.faults.add(kind="pages", how="empty", times=1)
    empty = place.graph("GET", listing).json()
    assert empty["value"] == []
    assert len(place.graph("GET", empty["@odata.nextLink"]).json()["value"]) == 2


def test_what_is_no_collection_is_no_page(place: Any, inbox: Callable[[int], list[str]]) -> None:
    inbox(1)
    one = place.graph("GET", f"{place.mailbox}/messages").json()["value"][0]
    place.faults.add(kind="pages", how="empty")
    assert place.graph("GET", f"{place.mailbox}/messages/{one['id']}").json()["subject"] == "Message 1"


def test_an_item_of_a_batch_is_changed_alone(place: Any, listing: str) -> None:
    place.faults.add(kind="members", match={"batch": True, "nth": 2}, remove=["value"])
    requests = [{"id": str(i), "method": "GET", "url": listing} for i in (1, 2)]
    answer = place.graph("POST", "/$batch", json={"requests": requests}).json()
    bodies = {one["id"]: one["body"] for one in answer["responses"]}
    assert "value" in bodies["1"]
    assert "value" not in bodies["2"]


def test_an_item_of_a_batch_is_throttled_inside_a_200(place: Any, listing: str) -> None:
    place.faults.add("throttled", match={"batch": True, "nth": 2}, retry_after=3)
    requests = [{"id": str(i), "method": "GET", "url": listing} for i in (1, 2)]
    answer = place.graph("POST", "/$batch", json={"requests": requests})
    assert answer.status_code == 200
    found = {one["id"]: one for one in answer.json()["responses"]}
    assert (found["1"]["status"], found["2"]["status"]) == (200, 429)
    assert found["2"]["headers"]["Retry-After"] == "3"
    assert found["2"]["body"]["error"]["message"] == "Application is over its MailboxConcurrency limit."


def test_harm_to_a_connection_passes_the_items_of_a_batch(place: Any, listing: str) -> None:
    place.faults.add(kind="reset", match={"operation": "mail.messages.list"})
    requests = [{"id": "1", "method": "GET", "url": listing}]
    answer = place.graph("POST", "/$batch", json={"requests": requests}).json()
    assert answer["responses"][0]["status"] == 200
