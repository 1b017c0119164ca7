"""Paths that go on to a property, casts, and references (reference graph-core 1)."""

from typing import Any

import pytest


@pytest.fixture
def message(graph: Any) -> str:
    graph.receive("Invoice 17", importance="high", categories=["Blue"])
    return graph.get("/me/messages")["value"][0]["id"]


def test_a_primitive_property(graph: Any, message: str) -> None:
    body = graph.get(f"/me/messages/{message}/subject")
    assert body["value"] == "Invoice 17"
    assert body["@odata.context"].endswith("/subject")


def test_a_property_of_the_directory(graph: Any) -> None:
    assert graph.get("/me/displayName")["value"] == "Ada"
    assert graph.get("/users/bob@contoso.example/MAIL")["value"] == "bob@contoso.example"


@pytest.mark.parametrize(("path", "text"), [("subject", "Invoice 17"), ("isRead", "false"), ("importance", "high")])
def test_its_raw_value(graph: Any, message: str, path: str, text: str) -> None:
    answer = graph("GET", f"/me/messages/{message}/{path}/$value")
    assert (answer.text, answer.headers["content-type"]) == (text, "text/plain")


def test_a_complex_property_and_what_it_holds(graph: Any, message: str) -> None:
    assert graph.get(f"/me/messages/{message}/body")["contentType"] == "text"
    assert graph.get(f"/me/messages/{message}/Body/ContentType")["value"] == "text"
    assert graph.get(f"/me/messages/{message}/from/emailAddress/address")["value"] == "billing@example.org"
    assert graph.get(f"/me/messages/{message}/categories")["value"] == ["Blue"]


def test_null_is_no_content(graph: Any) -> None:
    assert graph("GET", "/me/mobilePhone").status_code == 204


@pytest.mark.parametrize("path", ["nothing", "subject/nothing", "body/nothing", "subject/$count", "$value/$value"])
def test_what_is_no_property(graph: Any, message: str, path: str) -> None:
    assert graph.refused(f"/me/messages/{message}/{path}") == (400, "BadRequest")


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE", "PUT"])
def test_properties_are_only_read(graph: Any, message: str, method: str) -> None:
    assert graph.refused(f"/me/messages/{message}/subject", method)[0] in (400, 405)


def test_what_the_token_may_not_see(graph: Any, message: str) -> None:
    graph.sign_in("Mail.ReadBasic")
    assert graph.get(f"/me/messages/{message}/subject")["value"] == "Invoice 17"
    assert graph.refused(f"/me/messages/{message}/body") == (403, "ErrorAccessDenied")


def test_metadata_none(graph: Any, message: str) -> None:
    headers = {"Accept": "application/json;odata.metadata=none"}
    assert graph.get(f"/me/messages/{message}/subject", headers=headers) == {"value": "Invoice 17"}


class TestCasts:
    def test_a_collection_of_a_derived_type(self, graph: Any, message: str) -> None:
        body = graph.get("/me/messages/microsoft.graph.eventMessage?$count=true")
        assert (body["value"], body["@odata.count"]) == ([], 0)
        assert body["@odata.context"].endswith("/messages/microsoft.graph.eventMessage")
        assert len(graph.get("/me/messages/microsoft.graph.message")["value"]) == 1

    def test_an_entity(self, graph: Any, message: str) -> None:
        assert graph.get(f"/me/messages/{message}/microsoft.graph.message")["subject"] == "Invoice 17"
        assert graph.get(f"/me/messages('{message}')/microsoft.graph.outlookItem")["id"] == message
        assert graph.refused(f"/me/messages/{message}/microsoft.graph.eventMessage") == (404, "ErrorItemNotFound")

    def test_an_unknown_type(self, graph: Any, message: str) -> None:
        assert graph.refused(f"/me/messages/{message}/microsoft.graph.nothing") == (400, "BadRequest")


@pytest.mark.parametrize("path", ["/me/messages/$ref", "/me/mailFolders/inbox/$ref"])
def test_references_are_not_served(graph: Any, path: str) -> None:
    assert graph.refused(path) == (501, "NotImplemented")


@pytest.mark.parametrize("path", ["/me", "/me/messages", "/$batch", "/users"])
def test_head_is_no_method(graph: Any, path: str) -> None:
    answer = graph("HEAD", path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"] or "POST" in answer.headers["Allow"]


def test_a_preference_to_answer_later_is_ignored(graph: Any) -> None:
    answer = graph("GET", "/me/messages", headers={"Prefer": "respond-async"})
    assert answer.status_code == 200
    assert "Preference-Applied" not in answer.headers


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("$select=subject", 201, ""), ("$filter=isRead", 400, "BadRequest"), ("$select=nothing", 400, "BadRequest")],
)
def test_query_options_on_a_post(graph: Any, query: str, status: int, code: str) -> None:
    answer = graph("POST", f"/me/messages?{query}", json={"subject": "x"})
    assert answer.status_code == status, answer.text
    if code:
        assert answer.json()["error"]["code"] == code
        assert graph.get("/me/messages/$count") == "0", "a refused request leaves nothing behind"
    else:
        assert answer.json()["subject"] == "x"
        assert "body" not in answer.json()
