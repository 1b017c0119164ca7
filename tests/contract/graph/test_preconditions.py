"""`If-Match` on messages and events: reference graph-core 2, RFC 9110 13.1.1."""

from collections.abc import Callable
from typing import Any

import pytest

STALE = 'W/"CQAAABYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"'
MATCHING: list[Callable[[str], str]] = [
    lambda etag: etag,
    lambda etag: etag.removeprefix("W/"),
    lambda etag: f"{STALE}, {etag}",
    lambda etag: f'"a,b",{etag} , {STALE}',
    lambda etag: "*",
    lambda etag: "",
    lambda etag: " ",
]
OTHERS: list[Callable[[str], str]] = [
    lambda etag: STALE,
    lambda etag: STALE.removeprefix("W/"),
    lambda etag: f"{STALE}, {STALE}",
    lambda etag: etag.removeprefix("W/").strip('"'),
    lambda etag: etag.lower(),
    lambda etag: "W/",
]


@pytest.fixture(params=["messages", "events"])
def item(request: pytest.FixtureRequest, graph: Any, org: Any) -> tuple[str, str]:
    """The path of a message or an event, and its etag."""
    body: dict[str, Any] = {"subject": "x"}
    if request.param == "events":
        body |= {name: {"dateTime": "2026-03-03T09:00:00", "timeZone": "UTC"} for name in ("start", "end")}
    made = graph.post(f"/me/{request.param}", body, as_=org.ada).json
    return f"/me/{request.param}/{made['id']}", made["@odata.etag"]


@pytest.mark.parametrize("form", MATCHING)
def test_the_present_state_may_be_changed(graph: Any, org: Any, item: tuple[str, str], form: Any) -> None:
    path, etag = item
    assert graph.patch(path, {"subject": "y"}, as_=org.ada, headers=[("If-Match", form(etag))]).status == 200
    etag = graph.get(path, as_=org.ada).json["@odata.etag"]
    assert graph.delete(path, as_=org.ada, headers=[("If-Match", form(etag))]).status == 204


@pytest.mark.parametrize("form", OTHERS)
def test_another_state_may_not(graph: Any, org: Any, item: tuple[str, str], form: Any) -> None:
    path, etag = item
    headers = [("If-Match", form(etag))]
    for answer in (
        graph.patch(path, {"subject": "y"}, as_=org.ada, headers=headers),
        graph.delete(path, as_=org.ada, headers=headers),
    ):
        assert (answer.status, answer.code) == (412, "ErrorIrresolvableConflict")
        assert etag in answer.entry.reason
    assert graph.get(path, as_=org.ada).json["subject"] == "x"


def test_several_header_fields_are_one_list(graph: Any, org: Any, item: tuple[str, str]) -> None:
    path, etag = item
    headers = [("If-Match", STALE), ("If-Match", etag)]
    assert graph.patch(path, {"subject": "y"}, as_=org.ada, headers=headers).status == 200


def test_what_is_gone_matches_nothing(graph: Any, org: Any, item: tuple[str, str]) -> None:
    path, _ = item
    graph.post(f"{path}/permanentDelete", as_=org.ada)
    answer = graph.patch(path, {"subject": "y"}, as_=org.ada, headers=[("If-Match", "*")])
    assert (answer.status, answer.code) == (404, "ErrorItemNotFound")


def test_only_changes_of_the_item_itself_have_a_condition(graph: Any, org: Any) -> None:
    message = graph.post("/me/messages", {"subject": "x"}, as_=org.ada).json
    path, headers = f"/me/messages/{message['id']}", [("If-Match", STALE)]
    attachment = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "eA=="}
    made = graph.post(f"{path}/attachments", attachment, as_=org.ada, headers=headers)
    assert made.status == 201
    assert graph.delete(f"{path}/attachments/{made.json['id']}", as_=org.ada, headers=headers).status == 204
    assert graph.get(path, as_=org.ada, headers=headers).status == 200


def test_exchange_has_no_answer_that_nothing_changed(graph: Any, org: Any, item: tuple[str, str]) -> None:
    path, etag = item
    for given in (etag, "*"):
        assert graph.get(path, as_=org.ada, headers=[("If-None-Match", given)]).json["subject"] == "x"
    assert graph.patch(path, {"subject": "y"}, as_=org.ada, headers=[("If-None-Match", "*")]).status == 200
