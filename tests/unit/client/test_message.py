from datetime import UTC, datetime
from pathlib import Path

from outlook365_emulator.client import Message
from outlook365_emulator.client.message import message_document

GRAPH = {
    "id": "AAMk",
    "subject": "Invoice 17",
    "from": {"emailAddress": {"name": "Billing", "address": "billing@example.org"}},
    "toRecipients": [{"emailAddress": {"address": "ada@contoso.example"}}],
    "ccRecipients": [],
    "body": {"contentType": "html", "content": "<p>Hi</p>"},
    "isRead": True,
    "isDraft": False,
    "hasAttachments": False,
    "categories": ["Blue"],
    "receivedDateTime": "2026-03-02T09:00:00Z",
}


def test_the_properties_that_tests_ask_for() -> None:
    message = Message(GRAPH)
    assert (message.id, message.subject, message.sender) == ("AAMk", "Invoice 17", "billing@example.org")
    assert (message.to, message.cc, message.body) == (["ada@contoso.example"], [], "<p>Hi</p>")
    assert (message.read, message.draft, message.has_attachments) == (True, False, False)
    assert message.categories == ["Blue"]
    assert message.received == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_every_property_of_graph_is_there() -> None:
    assert dict(Message(GRAPH)) == GRAPH
    assert Message(GRAPH)["isRead"] is True


def test_a_draft_that_says_nothing() -> None:
    message = Message({"id": "AAMk", "subject": None, "body": None})
    assert (message.subject, message.sender, message.to, message.body, message.received) == ("", "", [], "", None)


def test_a_path_among_the_attachments_is_the_file_there(tmp_path: Path) -> None:
    file = tmp_path / "invoice.pdf"
    file.write_bytes(b"%PDF")
    written = message_document({"subject": "x", "attachments": [file, {"name": "a.txt", "text": "hi"}]})
    assert written["attachments"] == [
        {"name": "invoice.pdf", "content_type": "application/pdf", "content": "JVBERg=="},
        {"name": "a.txt", "text": "hi"},
    ]
