"""Sending: reference graph-mail 7."""

from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.graph.mail import submissions

covers = pytest.mark.covers.with_args

FILE = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "aGVsbG8="}


def addresses(message: dict[str, Any], *names: str) -> list[str]:
    return [message[name]["emailAddress"]["address"].partition("@")[0] for name in names]


@covers(submissions.send_mail)
class TestSendMail:
    def test_it_answers_nothing_at_all(self, graph: Any, org: Any, mail: Any) -> None:
        answer = graph.post("/me/sendMail", {"message": mail("ben@contoso.example", subject="Hi")}, as_=org.ada)
        assert (answer.status, answer.body) == (202, b"")
        assert "location" not in answer.headers
        assert "content-type" not in answer.headers
        assert answer.entry.operation == "mail.submissions.send_mail"

    def test_a_copy_stays_in_sent_items(self, graph: Any, org: Any, mail: Any) -> None:
        message = mail("ben@contoso.example", subject="Hi", body={"contentType": "text", "content": "there"})
        graph.post("/me/sendMail", {"message": message}, as_=org.ada)
        (sent,) = graph.inbox(org.ada, "sentitems")
        assert (sent["subject"], sent["isDraft"], sent["isRead"]) == ("Hi", False, True)
        assert sent["from"] == sent["sender"]
        assert sent["from"]["emailAddress"] == {"name": "Ada Lovelace", "address": "ada@contoso.example"}
        assert graph.inbox(org.ada, "drafts") == graph.inbox(org.ada, "outbox") == []

    @pytest.mark.parametrize(
        ("value", "copies"), [(True, 1), (False, 0), ("false", 0), ("False", 0), ("true", 1), (None, 1)]
    )
    def test_save_to_sent_items(self, graph: Any, org: Any, mail: Any, value: Any, copies: int) -> None:
        body = {"message": mail("ben@contoso.example", attachments=[FILE]), "saveToSentItems": value}
        assert graph.post("/me/sendMail", body, as_=org.ada).status == 202
        assert len(graph.inbox(org.ada, "sentitems")) == copies
        assert len(graph.inbox(org.ben)) == 1
        assert len(list(org.mailbox(org.ada).changes)) == copies
        (found,) = graph.get(f"/users/{org.ben.id}/messages?$expand=attachments").values
        assert [one["name"] for one in found["attachments"]] == ["a.txt"]

    def test_parameters_in_capitals_as_the_sdks_send_them(self, graph: Any, org: Any, mail: Any) -> None:
        body = {"Message": {"Subject": "Hi", **mail("ben@contoso.example")}, "SaveToSentItems": False}
        assert graph.post("/me/sendMail", body, as_=org.ada).status == 202
        assert graph.inbox(org.ada, "sentitems") == []

    def test_an_application_sends_as_the_mailbox(self, graph: Any, org: Any, mail: Any) -> None:
        answer = graph.post(
            f"/users/{org.ada.id}/sendMail", {"message": mail("ben@contoso.example")}, roles=["Mail.Send"]
        )
        assert answer.status == 202
        (found,) = graph.inbox(org.ben)
        assert addresses(found, "from", "sender") == ["ada", "ada"]
        assert len(graph.inbox(org.ada, "sentitems")) == 1

    @pytest.mark.parametrize(
        ("body", "status", "code", "message"),
        [
            ({}, 400, "ErrorInvalidRequest", ""),
            ({"message": None}, 400, "", ""),
            ({"message": []}, 400, "RequestBodyRead", ""),
            ({"message": {}, "other": 1}, 400, "RequestBodyRead", ""),
            ({"message": {"subjectx": "x"}}, 400, "RequestBodyRead", "The property 'subjectx' does not exist"),
            (
                {"message": {}},
                400,
                "ErrorInvalidRecipients",
                "At least one recipient is not valid., A message can't be",
            ),
            ({"message": {}, "saveToSentItems": "perhaps"}, 400, "RequestBodyRead", ""),
        ],
    )
    def test_refusals(self, graph: Any, org: Any, body: Any, status: int, code: str, message: str) -> None:
        answer = graph.post("/me/sendMail", body, as_=org.ada)
        assert answer.status == status
        assert answer.code.startswith(code)
        assert answer.message.startswith(message)
        assert len(org.mailbox(org.ada).messages) == 0

    @pytest.mark.parametrize(
        "address", ["", "ben", "ben@", "@contoso.example", "b en@contoso.example", "a@b", "a@b@c.de"]
    )
    @pytest.mark.parametrize("kind", ["toRecipients", "ccRecipients", "bccRecipients"])
    def test_an_address_that_is_none(self, graph: Any, org: Any, mail: Any, address: str, kind: str) -> None:
        message = {**mail("ben@contoso.example"), kind: [{"emailAddress": {"address": address}}]}
        answer = graph.post("/me/sendMail", {"message": message}, as_=org.ada)
        assert (answer.status, answer.code) == (400, "ErrorInvalidRecipients")
        assert f"Recipient '{address}' is not resolved." in answer.message
        assert graph.inbox(org.ben) == graph.inbox(org.ada, "sentitems") == []

    def test_a_recipient_without_address(self, graph: Any, org: Any) -> None:
        for recipient in ({}, {"emailAddress": None}, {"emailAddress": {}}, {"emailAddress": {"name": "x"}}):
            answer = graph.post("/me/sendMail", {"message": {"toRecipients": [recipient]}}, as_=org.ada)
            assert answer.code == "ErrorInvalidRecipients"

    def test_own_headers_arrive(self, graph: Any, org: Any, mail: Any) -> None:
        message = mail("ben@contoso.example", internetMessageHeaders=[{"name": "X-Ticket", "value": "17"}])
        graph.post("/me/sendMail", {"message": message}, as_=org.ada)
        path = f"/users/{org.ben.id}/messages?$select=internetMessageHeaders"
        (found,) = graph.get(path).values
        headers = {one["name"]: one["value"] for one in found["internetMessageHeaders"]}
        assert headers["X-Ticket"] == "17"
        assert headers["From"].endswith("<ada@contoso.example>")

    def test_mime_is_not_taken_for_json(self, graph: Any, org: Any) -> None:
        answer = graph.post(
            "/me/sendMail", content=b"U3ViamVjdA==", headers=[("Content-Type", "text/plain")], as_=org.ada
        )
        assert answer.status in (400, 501)


# Who signs in, where they post, the author given, ada's rights on ben's mailbox; from and sender, whose Sent Items.
FROM = {
    "nobody else": ("ada", "me", None, {}, ("ada", "ada"), "ada"),
    "oneself": ("ada", "me", "ada", {}, ("ada", "ada"), "ada"),
    "oneself by another address": ("ada", "me", "al", {}, ("ada", "ada"), "ada"),
    "send as": ("ada", "me", "ben", {"send_as": True}, ("ben", "ben"), "ada"),
    "on behalf": ("ada", "me", "ben", {"send_on_behalf": True}, ("ben", "ada"), "ada"),
    "both rights": ("ada", "me", "ben", {"send_as": True, "send_on_behalf": True}, ("ben", "ben"), "ada"),
    "no right": ("ada", "me", "ben", {"full_access": True}, None, ""),
    "their mailbox, send as": ("ada", "ben", "ben", {"full_access": True, "send_as": True}, ("ben", "ben"), "ben"),
    "their mailbox, author absent": ("ada", "ben", None, {"full_access": True, "send_as": True}, ("ben", "ben"), "ben"),
    "their mailbox, on behalf": (
        "ada",
        "ben",
        None,
        {"full_access": True, "send_on_behalf": True},
        ("ben", "ada"),
        "ben",
    ),
    "their mailbox, no right to send": ("ada", "ben", "ben", {"full_access": True}, None, ""),
    "their mailbox, no right to send, author absent": ("ada", "ben", None, {"full_access": True}, None, ""),
    "an application": (None, "ben", None, {}, ("ben", "ben"), "ben"),
    "an application that names the mailbox": (None, "ben", "ben", {}, ("ben", "ben"), "ben"),
    "an application that names another": (None, "ben", "ada", {"send_as": True}, None, ""),
    "a stranger": ("ada", "me", "nobody", {}, None, ""),
}


@pytest.mark.parametrize("draft", [False, True], ids=["sendMail", "send"])
@pytest.mark.parametrize("case", FROM.values(), ids=FROM)
def test_from_and_sender(graph: Any, org: Any, mail: Any, case: Any, draft: bool) -> None:
    person, place, author, rights, expected, saved_in = case
    if rights:
        org.share(org.ben, org.ada, **{"full_access": False, **rights})
    caller = getattr(org, person) if person else None
    path = "/me" if place == "me" else f"/users/{place}@contoso.example"
    message = mail("root@contoso.example", subject="Hi")
    if author:
        message["from"] = {"emailAddress": {"address": f"{author}@contoso.example"}}
    if draft:
        key = graph.post(f"{path}/messages", message, as_=caller).json["id"]
        answer = graph.post(f"{path}/messages/{key}/send", as_=caller)
    else:
        answer = graph.post(f"{path}/sendMail", {"message": message}, as_=caller)
    if expected is None:
        assert (answer.status, answer.code) == (403, "ErrorSendAsDenied")
        assert answer.message.endswith("on behalf of the specified sending account., Cannot submit message.")
        assert "may neither send as" in answer.entry.reason
        assert graph.inbox(org.root) == graph.inbox(org.ada, "sentitems") == graph.inbox(org.ben, "sentitems") == []
        return
    assert answer.status == 202, answer.body
    (found,) = graph.inbox(org.root)
    assert tuple(addresses(found, "from", "sender")) == expected
    (saved,) = graph.inbox(getattr(org, saved_in), "sentitems")
    assert tuple(addresses(saved, "from", "sender")) == expected
    assert graph.inbox(org.ben if saved_in == "ada" else org.ada, "sentitems") == []


def test_another_mailbox_takes_the_shared_scope(graph: Any, org: Any, mail: Any) -> None:
    org.share(org.ben, org.ada, send_as=True)
    path, body = f"/users/{org.ben.id}/sendMail", {"message": mail("root@contoso.example")}
    assert graph.post(path, body, as_=org.ada, scopes=["Mail.Send"]).code == "ErrorAccessDenied"
    assert graph.post(path, body, as_=org.ada, scopes=["Mail.Send.Shared"]).status == 202


@covers(submissions.send)
class TestSend:
    @pytest.fixture
    def draft(self, graph: Any, org: Any, mail: Any) -> Any:
        message = mail("ben@contoso.example", subject="Hi", attachments=[FILE], importance="high")
        return graph.post("/me/messages", message, as_=org.ada).json

    def test_the_draft_leaves_and_a_copy_is_sent(self, graph: Any, org: Any, draft: Any) -> None:
        org.world.clock.set(org.world.clock.now() + timedelta(minutes=5))
        answer = graph.post(f"/me/messages/{draft['id']}/send", as_=org.ada, scopes=["Mail.Send"])
        assert (answer.status, answer.body) == (202, b"")
        assert graph.inbox(org.ada, "drafts") == []
        (sent,) = graph.inbox(org.ada, "sentitems")
        assert sent["id"] != draft["id"]
        assert sent["internetMessageId"] == draft["internetMessageId"]
        assert sent["conversationId"] == draft["conversationId"]
        assert (sent["isDraft"], sent["sentDateTime"], sent["importance"]) == (False, "2026-03-02T09:05:00Z", "high")
        (arrived,) = graph.inbox(org.ben)
        assert arrived["receivedDateTime"] == "2026-03-02T09:05:00Z"
        assert arrived["hasAttachments"] is True

    def test_the_immutable_id_stays(self, graph: Any, org: Any, draft: Any) -> None:
        prefer = [("Prefer", 'IdType="ImmutableId"')]
        immutable = graph.get(f"/me/messages/{draft['id']}", as_=org.ada, headers=prefer).json["id"]
        assert graph.post(f"/me/messages/{immutable}/send", as_=org.ada).status == 202
        found = graph.get(f"/me/messages/{immutable}?$expand=attachments", as_=org.ada).json
        assert found["isDraft"] is False
        assert [one["name"] for one in found["attachments"]] == ["a.txt"]

    @pytest.mark.parametrize("content", [b"", b"{}", b" "])
    def test_a_body_does_not_matter(self, graph: Any, org: Any, draft: Any, content: bytes) -> None:
        assert graph.post(f"/me/messages/{draft['id']}/send", content=content, as_=org.ada).status == 202

    def test_what_is_no_draft(self, graph: Any, org: Any) -> None:
        record = org.receive(org.ada)
        key = org.mailbox(org.ada).ids.item(record.folder, record.number)
        answer = graph.post(f"/me/messages/{key}/send", as_=org.ada)
        assert (answer.status, answer.code, answer.message) == (400, "ErrorInvalidPropertySet", "Message is not draft.")

    def test_a_draft_to_nobody_stays_a_draft(self, graph: Any, org: Any) -> None:
        key = graph.post("/me/messages", {"subject": "Hi"}, as_=org.ada).json["id"]
        assert graph.post(f"/me/messages/{key}/send", as_=org.ada).code == "ErrorInvalidRecipients"
        assert graph.get(f"/me/messages/{key}", as_=org.ada).json["isDraft"] is True

    def test_a_draft_in_any_folder(self, graph: Any, org: Any, mail: Any) -> None:
        key = graph.post("/me/mailFolders/archive/messages", mail("ben@contoso.example"), as_=org.ada).json["id"]
        assert graph.post(f"/me/mailFolders/archive/messages/{key}/send", as_=org.ada).status == 202
        assert len(graph.inbox(org.ben)) == 1
