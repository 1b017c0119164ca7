"""Mailboxes over the control API: mail that arrives, and what lies there."""

import base64
from typing import Any

import pytest

Api = Any


def test_a_message_arrives_and_is_listed(api: Api, ada: str) -> None:
    made = api("POST", f"{ada}/messages", {"subject": "Invoice 17", "sender": "billing@example.org"}, status=201)
    assert made["subject"] == "Invoice 17"
    assert made["from"]["emailAddress"]["address"] == "billing@example.org"
    assert made["toRecipients"][0]["emailAddress"]["address"] == api("GET", ada)["upn"]
    assert made["isRead"] is False
    assert api("GET", f"{ada}/messages?folder=inbox")["value"] == [made]
    assert api("GET", f"{ada}/messages?folder=sentitems")["value"] == []
    assert api("GET", f"{ada}/messages")["value"] == [made]


def test_the_latest_message_comes_first(api: Api, ada: str) -> None:
    for subject, received in (("second", "-1d"), ("third", "-2d"), ("first", "-1h")):
        api("POST", f"{ada}/messages", {"subject": subject, "received": received})
    listed = api("GET", f"{ada}/messages?folder=inbox")["value"]
    assert [message["subject"] for message in listed] == ["first", "second", "third"]


def test_attachments_and_what_else_a_message_may_say(api: Api, ada: str) -> None:
    content = base64.b64encode(b"%PDF").decode()
    document = {
        "body": "<p>Hi</p>",
        "body_type": "html",
        "cc": ["Ben <ben@example.org>"],
        "importance": "high",
        "categories": ["Red"],
        "read": True,
        "headers": {"X-Ticket": "7"},
        "attachments": [{"name": "a.pdf", "content_type": "application/pdf", "content": content}],
    }
    made = api("POST", f"{ada}/messages", document)
    assert (made["hasAttachments"], made["importance"], made["categories"]) == (True, "high", ["Red"])
    assert (made["isRead"], made["body"]["contentType"]) == (True, "html")
    assert made["ccRecipients"][0]["emailAddress"] == {"name": "Ben", "address": "ben@example.org"}


def test_folders_count_what_lies_in_them(api: Api, ada: str) -> None:
    api("POST", f"{ada}/messages", {"subject": "new"})
    api("POST", f"{ada}/messages", {"subject": "old", "read": True})
    inbox = next(one for one in api("GET", f"{ada}/folders")["value"] if one["wellKnownName"] == "inbox")
    assert (inbox["displayName"], inbox["totalItemCount"], inbox["unreadItemCount"]) == ("Inbox", 2, 1)
    assert len(api("GET", f"{ada}/messages?folder={inbox['id']}")["value"]) == 2


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("messages?folder=inbx", 404, "unknown_folder"), ("messages?foldr=inbox", 400, "bad_query")],
)
def test_an_unknown_folder_or_parameter_names_the_nearest(
    api: Api, ada: str, path: str, status: int, code: str
) -> None:
    error = api.refused("GET", f"{ada}/{path}", status=status)
    assert error["code"] == code
    assert "did you mean" in error["message"]


def test_rights_are_set_and_taken_back(api: Api, tenant: str, ada: str) -> None:
    ben = api("POST", f"{tenant}/users", {"name": "ben"})["upn"]
    api("PUT", f"{ada}/rights/ben", {"full_access": True, "send_on_behalf": True}, status=204)
    assert api("GET", ada)["rights"] == [{"user": ben, "full_access": True, "send_as": False, "send_on_behalf": True}]
    api("PUT", f"{ada}/rights/ben", {}, status=204)
    assert api("GET", ada)["rights"] == []
    assert api.refused("PUT", f"{ada}/rights/bne", {}, status=404)["code"] == "unknown_user"
    assert api.refused("PUT", f"{ada}/rights/ada", {"full_access": True}, status=400)["code"] == "bad_grantee"


def test_a_user_without_a_mailbox(api: Api, tenant: str) -> None:
    api("POST", f"{tenant}/users", {"name": "bot", "mailbox": False})
    assert api.refused("GET", f"{tenant}/users/bot/messages", status=404)["code"] == "no_mailbox"
    assert api.refused("POST", f"{tenant}/users/bot/messages", {}, status=400)["code"] == "bad_document"
