"""Mail that is put into a mailbox from outside: members, or MIME text."""

from email.message import EmailMessage
from typing import Any

import pytest
from outlook365_emulator.graph.mail.folder_names import NoSuchFolder
from outlook365_emulator.graph.mail.receiving import receive_mime


@pytest.fixture
def take_in(org: Any, graph: Any) -> Any:
    """Put a MIME text into ada's mailbox and return the message as Graph answers it."""

    def put(text: EmailMessage | bytes, folder: str = "inbox") -> Any:
        content = text if isinstance(text, bytes) else text.as_bytes()
        with org.world.unit() as unit:
            record = receive_mime(org.world, org.tenant, unit, org.ada, content, folder)
        key = org.mailbox(org.ada).ids.item(record.folder, record.number)
        return graph.get(f"/users/{org.ada.id}/messages/{key}").json

    return put


def letter(**fields: str) -> EmailMessage:
    text = EmailMessage()
    for name, value in {"From": "Eve <eve@example.org>", "To": "ada@contoso.example", **fields}.items():
        text[name.replace("_", "-")] = value
    text.set_content("Hello")
    return text


def test_it_arrives_as_it_is_dated(take_in: Any, graph: Any, org: Any) -> None:
    got = take_in(letter(Subject="Hi", Date="Wed, 1 May 2019 12:00:00 +0200", Message_ID="<one@example.org>"))
    assert (got["subject"], got["isRead"], got["isDraft"]) == ("Hi", False, False)
    assert got["receivedDateTime"] == got["sentDateTime"] == "2019-05-01T10:00:00Z"
    assert got["internetMessageId"] == "<one@example.org>"
    raw = graph.get(f"/users/{org.ada.id}/messages/{got['id']}/$value").body
    assert raw.startswith(b"Received: from mail.example.org")
    assert raw.endswith(letter(Subject="Hi").get_payload().encode())


def test_without_a_date_it_comes_now(take_in: Any) -> None:
    assert take_in(letter())["receivedDateTime"] == "2026-03-02T09:00:00Z"


@pytest.mark.parametrize(("folder", "draft"), [("drafts", True), ("sentitems", False), ("Sent Items", False)])
def test_ones_own_mail_is_read(take_in: Any, folder: str, draft: bool) -> None:
    got = take_in(letter(), folder)
    assert (got["isRead"], got["isDraft"]) == (True, draft)


def test_any_bytes_are_a_message(take_in: Any) -> None:
    assert take_in(b"\xff\x00")["subject"] == ""


def test_rules_see_it(take_in: Any, graph: Any, org: Any) -> None:
    rule = {
        "displayName": "r",
        "sequence": 1,
        "conditions": {"subjectContains": ["hi"]},
        "actions": {"markAsRead": True},
    }
    assert graph.post(f"/users/{org.ada.id}/mailFolders/inbox/messageRules", rule).status == 201
    assert take_in(letter(Subject="Hi"))["isRead"] is True


def test_no_such_folder(take_in: Any) -> None:
    with pytest.raises(NoSuchFolder, match="sentitems"):
        take_in(letter(), "sentitem")
