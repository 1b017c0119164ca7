"""Mailboxes prepared over the control API: folders, invented mail, MIME texts, settings, replies, rules."""

import base64
from email.message import EmailMessage
from typing import Any

import pytest

Api = Any


def mime(subject: str) -> str:
    text = EmailMessage()
    text["From"], text["Subject"] = "eve@example.org", subject
    text.set_content("Hello")
    return base64.b64encode(text.as_bytes()).decode()


def test_a_folder_is_made_once(api: Api, ada: str) -> None:
    made = api("POST", f"{ada}/folders", {"path": "Projects/2026"}, status=201)
    assert (made["displayName"], made["path"], made["totalItemCount"]) == ("2026", "Projects/2026", 0)
    assert api("POST", f"{ada}/folders", {"path": "projects/2026"})["id"] == made["id"]
    assert api.refused("POST", f"{ada}/folders", {"path": "a//b"}, status=400)["where"] == "path"


def test_texts_arrive_all_or_none(api: Api, ada: str) -> None:
    arrived = api("POST", f"{ada}/mime", {"messages": [mime("One"), mime("Two")], "read": True}, status=201)["value"]
    assert [(one["subject"], one["isRead"]) for one in arrived] == [("One", True), ("Two", True)]
    text = base64.b64decode(api("GET", f"{ada}/messages/{arrived[0]['id']}/mime")["content"])
    assert b"Subject: One" in text
    error = api.refused("POST", f"{ada}/mime", {"messages": [mime("Three"), "%"]}, status=400)
    assert error["where"] == "messages[1]"
    assert len(api("GET", f"{ada}/messages")["value"]) == 2


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [mime("x")] * 51}, "messages"),
        ({"messages": [mime("x")], "folder": "inbx"}, "folder"),
        ({"messages": [mime("x")], "received": "yesterday"}, "received"),
    ],
    ids=["none", "too many", "folder", "moment"],
)
def test_texts_that_are_refused(api: Api, ada: str, document: Any, where: str) -> None:
    assert api.refused("POST", f"{ada}/mime", document, status=400)["where"] == where


@pytest.mark.parametrize("key", ["AAA", "%20", "AAMkAGI"])
def test_no_such_message(api: Api, ada: str, key: str) -> None:
    assert api.refused("GET", f"{ada}/messages/{key}/mime", status=404)["code"] == "unknown_message"


def test_a_message_of_another_mailbox(api: Api, tenant: str, ada: str) -> None:
    api("POST", f"{tenant}/users", {"name": "ben"})
    made = api("POST", f"{ada}/messages", {"subject": "Hi"})
    api("GET", f"{ada}/messages/{made['id']}/mime")
    api.refused("GET", f"{tenant}/users/ben/messages/{made['id']}/mime", status=404)


def test_filling(api: Api, ada: str) -> None:
    assert api("POST", f"{ada}/fill", {"messages": 120, "seed": 3}, status=201) == {"messages": 120, "seed": 3}
    first = api("GET", f"{ada}/messages?top=100")["value"]
    rest = api("GET", f"{ada}/messages?skip=100&top=100")["value"]
    assert (len(first), len(rest)) == (100, 20)
    assert len({one["id"] for one in (*first, *rest)}) == 120
    assert api.refused("POST", f"{ada}/fill", {"messages": -1}, status=400)["where"] == "messages"


def test_settings_replies_and_rules(api: Api, ada: str) -> None:
    shown = api("PATCH", f"{ada}/mailbox-settings", {"settings": {"timeZone": "Europe/Berlin"}})
    assert (shown["timeZone"], shown["automaticRepliesSetting"]["status"]) == ("Europe/Berlin", "disabled")
    api("PUT", f"{ada}/automatic-replies", {"text": "Away", "start": "+1h", "end": "+1d"}, status=204)
    replies = api("PATCH", f"{ada}/mailbox-settings", {"settings": {}})["automaticRepliesSetting"]
    assert (replies["status"], replies["externalReplyMessage"]) == ("scheduled", "Away")
    assert api.refused("PUT", f"{ada}/automatic-replies", {"text": "Away", "start": "+1h"}, status=400)["message"]
    api("DELETE", f"{ada}/automatic-replies", status=204)
    rule = {"name": "Bin", "actions": {"moveToFolder": "deleteditems"}}
    made = api("POST", f"{ada}/rules", rule, status=201)
    assert (made["name"], made["sequence"], made["enabled"]) == ("Bin", 1, True)
    api("POST", f"{ada}/messages", {"subject": "Gone"})
    assert [one["subject"] for one in api("GET", f"{ada}/messages?folder=deleteditems")["value"]] == ["Gone"]
    error = api.refused("POST", f"{ada}/rules", {"name": "Bin", "actions": {"moveToFolder": "deleted"}}, status=400)
    assert error["where"] == "actions.moveToFolder"
