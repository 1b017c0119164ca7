"""What of a message can be changed, and what that does: reference graph-mail 6."""

from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.graph.mail import messages

covers = pytest.mark.covers.with_args


def address(text: str, name: str | None = None) -> dict[str, Any]:
    return {"emailAddress": {"address": text} if name is None else {"name": name, "address": text}}


@covers(messages.update)
class TestUpdate:
    def test_it_answers_the_whole_message_with_a_new_change_key(self, me: Any, received: Any, org: Any) -> None:
        key = received(subject="Hello", body={"contentType": "html", "content": "Hi"})
        before = me("GET", f"/messages/{key}").json
        org.world.clock.shift(timedelta(minutes=1))
        answer = me("PATCH", f"/messages/{key}", {"isRead": True, "categories": ["Red category"]})
        after = answer.json
        assert answer.status == 200
        assert answer.headers["etag"] == after["@odata.etag"]
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {"@odata.etag", "changeKey", "lastModifiedDateTime", "isRead", "categories"}
        assert me("GET", f"/messages/{key}").json == after

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("isRead", True),
            ("importance", "high"),
            ("categories", ["a", "b"]),
            ("inferenceClassification", "other"),
            ("isReadReceiptRequested", True),
            ("isDeliveryReceiptRequested", True),
            ("subject", "Another"),
            ("flag", {"flagStatus": "flagged"}),
        ],
    )
    def test_of_a_received_message(self, me: Any, received: Any, member: str, value: Any) -> None:
        assert me("PATCH", f"/messages/{received()}", {member: value}).json[member] == value

    @pytest.mark.parametrize(
        "member", ["from", "sender", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "internetMessageId"]
    )
    def test_draft_only_members(self, me: Any, draft: Any, received: Any, member: str) -> None:
        value: Any = address("ben@contoso.example")
        value = "<x@y.example>" if member == "internetMessageId" else value if member in ("from", "sender") else [value]
        answer = me("PATCH", f"/messages/{received()}", {member: value})
        assert (answer.status, answer.code) == (400, "ErrorInvalidPropertySet")
        assert me("PATCH", f"/messages/{draft()['id']}", {member: value}).status == 200

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("id", "x"),
            ("createdDateTime", "2026-01-01T00:00:00Z"),
            ("lastModifiedDateTime", "2026-01-01T00:00:00Z"),
            ("changeKey", "x"),
            ("receivedDateTime", "2026-01-01T00:00:00Z"),
            ("sentDateTime", "2026-01-01T00:00:00Z"),
            ("hasAttachments", True),
            ("bodyPreview", "x"),
            ("parentFolderId", "x"),
            ("conversationId", "x"),
            ("conversationIndex", "eA=="),
            ("isDraft", False),
            ("webLink", "x"),
            ("attachments", []),
            ("internetMessageHeaders", [{"name": "x-a", "value": "b"}]),
        ],
    )
    def test_read_only_members(self, me: Any, draft: Any, member: str, value: Any) -> None:
        before = draft()
        answer = me("PATCH", f"/messages/{before['id']}", {"subject": "new", member: value})
        assert (answer.status, answer.code) == (400, "ErrorInvalidPropertySet")
        assert answer.message == "Set action is invalid for property."
        assert member in answer.entry.reason
        assert me("GET", f"/messages/{before['id']}").json["subject"] == ""

    def test_annotations_are_let_be(self, me: Any, draft: Any) -> None:
        before = draft()
        body = {"@odata.type": "#microsoft.graph.message", "@odata.etag": before["@odata.etag"], "subject": "new"}
        assert me("PATCH", f"/messages/{before['id']}", body).json["subject"] == "new"

    @pytest.mark.parametrize(
        ("member", "expected"),
        [
            ("subject", None),
            ("importance", "normal"),
            ("isRead", False),
            ("isReadReceiptRequested", False),
            ("isDeliveryReceiptRequested", None),
            ("flag", {"flagStatus": "notFlagged"}),
            ("inferenceClassification", "focused"),
            ("from", "absent"),
            ("sender", "absent"),
            ("body", {"contentType": "text", "content": ""}),
        ],
    )
    def test_null_takes_a_member_back(self, me: Any, draft: Any, member: str, expected: Any) -> None:
        key = draft(subject="x", **{"from": address("ada@contoso.example")}, isReadReceiptRequested=True)["id"]
        answer = me("PATCH", f"/messages/{key}", {member: None})
        assert answer.status == 200, answer.body
        assert answer.json.get(member, "absent") == expected
        assert me("GET", f"/messages?$filter=isRead eq true or {FILTERS[member]}").status == 200

    def test_the_internet_message_id_stays(self, me: Any, draft: Any) -> None:
        before = draft()
        after = me("PATCH", f"/messages/{before['id']}", {"internetMessageId": None}).json
        assert after["internetMessageId"] == before["internetMessageId"]

    def test_completing_a_flag_dates_it(self, me: Any, received: Any) -> None:
        found = me("PATCH", f"/messages/{received()}", {"flag": {"flagStatus": "complete"}}).json["flag"]
        assert found == {
            "flagStatus": "complete",
            "completedDateTime": {"dateTime": "2026-03-02T00:00:00.0000000", "timeZone": "UTC"},
        }

    def test_a_due_date_needs_a_start(self, me: Any, received: Any) -> None:
        due = {"dateTime": "2026-03-03T00:00:00", "timeZone": "UTC"}
        key = received()
        assert me("PATCH", f"/messages/{key}", {"flag": {"flagStatus": "flagged", "dueDateTime": due}}).status == 400
        flag = {"flagStatus": "flagged", "dueDateTime": due, "startDateTime": due}
        assert me("PATCH", f"/messages/{key}", {"flag": flag}).json["flag"] == flag

    def test_the_folder_counts_what_is_unread(self, me: Any, received: Any) -> None:
        keys = [received(), received()]
        assert me("GET", "/mailFolders/inbox").json["unreadItemCount"] == 2
        me("PATCH", f"/messages/{keys[0]}", {"isRead": True})
        me("PATCH", f"/messages/{keys[0]}", {"isRead": True})
        assert me("GET", "/mailFolders/inbox").json["unreadItemCount"] == 1

    def test_if_match(self, me: Any, received: Any) -> None:
        key = received()
        stale = me("GET", f"/messages/{key}").json["@odata.etag"]
        fresh = me("PATCH", f"/messages/{key}", {"isRead": True}, headers=[("If-Match", stale)]).json["@odata.etag"]
        answer = me("PATCH", f"/messages/{key}", {"isRead": False}, headers=[("If-Match", stale)])
        assert (answer.status, answer.code) == (412, "ErrorIrresolvableConflict")
        assert me("PATCH", f"/messages/{key}", {"isRead": False}, headers=[("If-Match", fresh)]).status == 200
        assert me("PATCH", f"/messages/{key}", {"isRead": False}, headers=[("If-Match", "*")]).status == 200
        assert me("DELETE", f"/messages/{key}", headers=[("If-Match", stale)]).status == 412
        assert me("DELETE", f"/messages/{key}").status == 204

    def test_the_body_type_is_kept_when_it_is_set(self, me: Any, draft: Any) -> None:
        key = draft()["id"]
        after = me("PATCH", f"/messages/{key}", {"body": {"contentType": "HTML", "content": "<b>x</b>"}}).json
        assert after["body"]["contentType"] == "html"
        assert after["bodyPreview"] == "x"


FILTERS = {
    "subject": "subject eq 'x'",
    "importance": "importance eq 'high'",
    "isRead": "isRead eq false",
    "isReadReceiptRequested": "isReadReceiptRequested eq true",
    "isDeliveryReceiptRequested": "isDeliveryReceiptRequested eq true",
    "flag": "flag/flagStatus eq 'flagged'",
    "inferenceClassification": "inferenceClassification eq 'other'",
    "from": "from/emailAddress/address eq 'x'",
    "sender": "sender/emailAddress/name eq 'x'",
    "body": "contains(body/content, 'x')",
}
