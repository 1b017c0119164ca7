"""How much metadata an answer carries (reference graph-core 4)."""

from typing import Any

import pytest


@pytest.fixture
def mail(graph: Any) -> Any:
    graph.receive("Invoice 17", toRecipients=[{"emailAddress": {"address": "bob@contoso.example"}}])
    return graph


def accept(level: str) -> dict[str, str]:
    return {"Accept": f"application/json;odata.metadata={level}"}


@pytest.mark.parametrize("level", ["none", "minimal", "full"])
def test_the_content_type_names_the_level(mail: Any, level: str) -> None:
    answer = mail("GET", "/me/messages", headers=accept(level))
    assert answer.headers["content-type"] == (
        f"application/json;odata.metadata={level};odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    )


@pytest.mark.parametrize("given", ["*/*", "application/json", "application/json;q=1", "", "text/html"])
def test_minimal_unless_asked(mail: Any, given: str) -> None:
    body = mail.get("/me/messages", headers={"Accept": given})
    assert "@odata.context" in body
    assert [name for name in body["value"][0] if "@" in name] == ["@odata.etag"]


def test_format_goes_before_accept(mail: Any) -> None:
    query = "$format=application/json;odata.metadata=none"
    assert "@odata.context" not in mail.get(f"/me/messages?{query}", headers=accept("full"))


def test_none_keeps_counts_and_links(mail: Any) -> None:
    mail.receive("Second")
    body = mail.get("/me/messages?$top=1&$count=true", headers=accept("none"))
    assert [name for name in body if "@" in name] == ["@odata.count", "@odata.nextLink"]
    assert not [name for name in body["value"][0] if "@" in name]


def test_none_in_a_delta(mail: Any) -> None:
    body = mail.get("/me/mailFolders/inbox/messages/delta", headers=accept("none"))
    assert list(body) == ["@odata.deltaLink", "value"]
    assert not [name for name in body["value"][0] if "@" in name]


def test_full_adds_types_ids_and_links(mail: Any) -> None:
    one = mail.get("/me/messages", headers=accept("full"))["value"][0]
    path = f"users('{mail.ada.id}')/messages('{one['id']}')"
    root = "https://graph.microsoft.com/v1.0"
    assert one["@odata.type"] == "#microsoft.graph.message"
    assert one["@odata.id"] == f"{root}/{path}"
    assert one["@odata.editLink"] == path
    assert one["receivedDateTime@odata.type"] == "#DateTimeOffset"
    assert one["importance@odata.type"] == "#microsoft.graph.importance"
    assert one["categories@odata.type"] == "#Collection(String)"
    assert one["toRecipients@odata.type"] == "#Collection(microsoft.graph.recipient)"
    assert one["body"]["@odata.type"] == "#microsoft.graph.itemBody"
    assert one["attachments@odata.navigationLink"] == f"{root}/{path}/attachments"
    assert one["attachments@odata.associationLink"] == f"{root}/{path}/attachments/$ref"
    assert "subject@odata.type" not in one


def test_full_for_one_and_for_the_directory(mail: Any) -> None:
    identity = mail.get("/me/messages")["value"][0]["id"]
    one = mail.get(f"/me/messages/{identity}?$select=id,receivedDateTime", headers=accept("full"))
    assert one["receivedDateTime@odata.type"] == "#DateTimeOffset"
    assert "subject" not in one
    user = mail.get("/me", headers=accept("full"))
    assert user["@odata.id"] == f"https://graph.microsoft.com/v1.0/users('{mail.ada.id}')"
    assert user["messages@odata.navigationLink"].endswith("/messages")


def test_header_fields_of_the_workloads(mail: Any) -> None:
    outlook, directory = mail("GET", "/me/messages"), mail("GET", "/me")
    assert outlook.headers["Cache-Control"] == "private"
    assert "OData-Version" not in outlook.headers
    assert directory.headers["Cache-Control"] == "no-cache"
    assert directory.headers["OData-Version"] == "4.0"
    assert directory.headers["x-ms-resource-unit"] == "1"
