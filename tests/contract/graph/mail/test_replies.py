"""Reply, reply all, forward: reference graph-mail 9."""

import base64
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from outlook365_emulator.graph.mail import replies

covers = pytest.mark.covers.with_args

BEN, ADA, SUPPORT = "ben@contoso.example", "ada@contoso.example", "support@contoso.example"


def people(*addresses: str) -> list[dict[str, Any]]:
    return [{"emailAddress": {"address": address}} for address in addresses]


def addresses(members: dict[str, Any], kind: str = "toRecipients") -> list[str]:
    return [one["emailAddress"]["address"] for one in members[kind]]


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    """Ask as ada, below `/me`."""

    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def arrived(me: Any, org: Any) -> Any:
    """Let ada receive a message of ben's to her and support, and return its path."""

    def receive(**members: Any) -> str:
        defaults: dict[str, Any] = {
            "subject": "Plan",
            "body": {"contentType": "html", "content": "<p>Shall we?</p>"},
            "sender": BEN,
            "toRecipients": people(ADA, SUPPORT),
            "ccRecipients": people("eve@example.org", "AL@contoso.example"),
            "sentDateTime": "2020-12-09T13:15:00Z",
        }
        record = org.receive(org.ada, **{**defaults, **members})
        return f"/messages/{org.mailbox(org.ada).ids.item(record.folder, record.number)}"

    return receive


@pytest.fixture
def drafted(me: Any) -> Any:
    """Make a draft by an action and return it."""

    def act(path: str, action: str, body: Any = None, **options: Any) -> Any:
        answer = me("POST", f"{path}/{action}", body, **options)
        assert answer.status == 201, answer.body
        return answer.json

    return act


@covers(replies.create_reply)
class TestCreateReply:
    def test_a_draft_to_the_sender(self, me: Any, arrived: Any, drafted: Any) -> None:
        path = arrived()
        original = me("GET", path).json
        draft = drafted(path, "createReply")
        assert (draft["isDraft"], draft["isRead"], draft["subject"]) == (True, True, "RE: Plan")
        assert addresses(draft) == [BEN]
        assert draft["ccRecipients"] == draft["bccRecipients"] == []
        assert draft["from"]["emailAddress"] == draft["sender"]["emailAddress"]
        assert draft["from"]["emailAddress"]["address"] == ADA
        assert draft["parentFolderId"] == me("GET", "/mailFolders/drafts").json["id"]
        assert draft["conversationId"] == original["conversationId"]
        first, second = (base64.b64decode(one["conversationIndex"]) for one in (original, draft))
        assert (second[: len(first)], len(second)) == (first, len(first) + 5)

    def test_its_body_quotes_the_original(self, arrived: Any, drafted: Any) -> None:
        body = drafted(arrived(), "createReply", {"comment": "Yes & no\nA."})["body"]
        content = body["content"]
        assert body["contentType"] == "html"
        assert content.lower().count("<body") == content.lower().count("</body") == 1
        assert content.index("Yes &amp; no<br>") < content.index('<div id="divRplyFwdMsg"') < content.index("Shall we?")
        assert "<b>Sent:</b> Wednesday, December 9, 2020 1:15 PM<br>" in content
        assert f"<b>From:</b> Ben Franklin &lt;{BEN}&gt;<br>" in content
        assert "<b>Subject:</b> Plan" in content

    def test_the_time_of_the_quote_is_in_the_zone_preferred(self, arrived: Any, drafted: Any) -> None:
        zone = [("Prefer", 'outlook.timezone="Pacific Standard Time"')]
        assert "December 9, 2020 5:15 AM" in drafted(arrived(), "createReply", headers=zone)["body"]["content"]

    def test_a_text_is_quoted_as_text(self, arrived: Any, drafted: Any) -> None:
        body = {"contentType": "text", "content": "1 < 2"}
        content = drafted(arrived(body=body), "createReply")["body"]["content"]
        assert "________________________________<br>\r\nFrom: Ben Franklin" in content
        assert "1 &lt; 2" in content

    def test_reply_to_wins_over_from(self, arrived: Any, drafted: Any) -> None:
        draft = drafted(arrived(replyTo=people("desk@example.org", "help@example.org")), "createReply")
        assert addresses(draft) == ["desk@example.org", "help@example.org"]

    @pytest.mark.parametrize(
        ("subject", "reply"),
        [("RE: Plan", "RE: Plan"), ("re: fw: Plan", "RE: Plan"), ("", "RE: "), ("Re Plan", "RE: Re Plan")],
    )
    def test_the_prefix_stands_once(self, arrived: Any, drafted: Any, subject: str, reply: str) -> None:
        assert drafted(arrived(subject=subject), "createReply")["subject"] == reply

    def test_a_message_overrides(self, arrived: Any, drafted: Any) -> None:
        given = {
            "subject": "Other",
            "importance": "high",
            "body": {"contentType": "text", "content": "Mine"},
            "toRecipients": people("eve@example.org"),
            "attachments": [
                {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "YQ=="}
            ],
        }
        draft = drafted(arrived(), "createReply", {"message": given})
        assert (draft["subject"], draft["importance"]) == ("Other", "high")
        assert draft["body"] == {"contentType": "text", "content": "Mine"}
        assert addresses(draft) == [BEN, "eve@example.org"]
        assert draft["hasAttachments"] is True

    def test_comment_and_body_exclude_each_other(self, me: Any, arrived: Any) -> None:
        body = {"comment": "x", "message": {"body": {"content": "y"}}}
        answer = me("POST", f"{arrived()}/createReply", body)
        assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
        assert me("GET", "/mailFolders/drafts").json["totalItemCount"] == 0

    def test_attachments_stay_behind_but_those_that_the_quote_shows(self, me: Any, arrived: Any, drafted: Any) -> None:
        kind = "#microsoft.graph.fileAttachment"
        files = [
            {"@odata.type": kind, "name": "a.txt", "contentBytes": "YQ=="},
            {"@odata.type": kind, "name": "i.png", "contentBytes": "YQ==", "isInline": True, "contentId": "i"},
        ]
        draft = drafted(arrived(attachments=files), "createReply")
        assert draft["hasAttachments"] is False
        assert [one["name"] for one in me("GET", f"/messages/{draft['id']}/attachments").values] == ["i.png"]

    def test_an_answer_to_oneself_goes_to_whom_one_wrote(self, me: Any, drafted: Any) -> None:
        me("POST", "/sendMail", {"message": {"subject": "Hi", "toRecipients": people(BEN)}})
        sent = me("GET", "/mailFolders/sentitems/messages").values[0]["id"]
        assert addresses(drafted(f"/messages/{sent}", "createReply")) == [BEN]

    def test_mime(self, arrived: Any, drafted: Any) -> None:
        text = EmailMessage()
        text["X-Mark"] = "1"
        text.set_content("<p>From MIME</p>", subtype="html")
        content = base64.b64encode(text.as_bytes())
        draft = drafted(arrived(), "createReply", content=content, headers=[("Content-Type", "text/plain")])
        assert (draft["subject"], addresses(draft)) == ("RE: Plan", [BEN])
        assert "From MIME" in draft["body"]["content"]
        assert "Shall we?" not in draft["body"]["content"]


@covers(replies.create_reply_all)
class TestCreateReplyAll:
    def test_everybody_but_oneself(self, arrived: Any, drafted: Any) -> None:
        draft = drafted(arrived(), "createReplyAll", {"comment": "All"})
        assert addresses(draft) == [BEN, SUPPORT]
        assert addresses(draft, "ccRecipients") == ["eve@example.org"]

    def test_a_note_to_oneself_is_answered_to_oneself(self, me: Any, drafted: Any) -> None:
        me("POST", "/sendMail", {"message": {"subject": "Note", "toRecipients": people(ADA)}})
        for folder in ("sentitems", "inbox"):
            note = me("GET", f"/mailFolders/{folder}/messages").values[0]["id"]
            assert addresses(drafted(f"/messages/{note}", "createReplyAll")) == [ADA]

    def test_nobody_twice(self, arrived: Any, drafted: Any) -> None:
        draft = drafted(arrived(ccRecipients=people(BEN.upper(), SUPPORT)), "createReplyAll")
        assert addresses(draft) == [BEN, SUPPORT]
        assert draft["ccRecipients"] == []


@covers(replies.create_forward)
class TestCreateForward:
    def test_without_recipients(self, me: Any, arrived: Any, drafted: Any) -> None:
        files = [{"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "YQ=="}]
        draft = drafted(arrived(attachments=files), "createForward")
        assert (draft["subject"], draft["toRecipients"], draft["hasAttachments"]) == ("FW: Plan", [], True)
        found = me("GET", f"/messages/{draft['id']}/attachments").values
        assert [(one["name"], one["contentBytes"]) for one in found] == [("a.txt", "YQ==")]

    def test_recipients_of_either_kind_but_not_both(self, me: Any, arrived: Any, drafted: Any) -> None:
        path, to = arrived(), people(SUPPORT)
        assert addresses(drafted(path, "createForward", {"toRecipients": to})) == [SUPPORT]
        assert addresses(drafted(path, "createForward", {"message": {"toRecipients": to}})) == [SUPPORT]
        both = me("POST", f"{path}/createForward", {"toRecipients": to, "message": {"toRecipients": to}})
        assert (both.status, both.code) == (400, "ErrorInvalidRequest")

    def test_bad_base64(self, me: Any, arrived: Any) -> None:
        answer = me("POST", f"{arrived()}/createForward", content=b"%", headers=[("Content-Type", "text/plain")])
        assert (answer.status, answer.code) == (400, "ErrorMimeContentInvalidBase64String")


@covers(replies.reply)
class TestReply:
    def test_it_arrives_in_the_thread(self, me: Any, graph: Any, org: Any) -> None:
        graph.post("/me/sendMail", {"message": {"subject": "Plan", "toRecipients": people(ADA)}}, as_=org.ben)
        original = graph.inbox(org.ada)[0]
        org.world.clock.set(org.world.clock.now() + timedelta(minutes=5))
        assert me("POST", f"/messages/{original['id']}/reply", {"comment": "Yes"}).status == 202
        got = graph.inbox(org.ben)[0]
        assert got["subject"] == "RE: Plan"
        sent = graph.inbox(org.ben, "sentitems")[0]
        assert got["conversationId"] == sent["conversationId"]
        path = f"/users/{org.ben.id}/messages/{got['id']}?$select=internetMessageHeaders"
        headers = {one["name"]: one["value"] for one in graph.get(path).json["internetMessageHeaders"]}
        assert headers["In-Reply-To"] == headers["References"] == original["internetMessageId"]
        assert me("GET", "/mailFolders/drafts").json["totalItemCount"] == 0
        assert me("GET", "/mailFolders/sentitems").json["totalItemCount"] == 1

    def test_the_original_shows_no_change_but_to_mapi(self, me: Any, arrived: Any) -> None:
        path = arrived()
        before = me("GET", path).json
        me("POST", f"{path}/reply", {"comment": "Yes"})
        assert me("GET", path).json == before
        verb = "$expand=singleValueExtendedProperties($filter=id eq 'Integer 0x1081')"
        assert me("GET", f"{path}?{verb}").json["singleValueExtendedProperties"][0]["value"] == "102"

    def test_mail_send_is_enough(self, me: Any, arrived: Any) -> None:
        path = arrived()
        assert me("POST", f"{path}/reply", {"comment": "Yes"}, scopes=["Mail.Send"]).status == 202
        assert me("POST", f"{path}/createReply", {}, scopes=["Mail.Send"]).code == "ErrorAccessDenied"


@covers(replies.reply_all)
class TestReplyAll:
    def test_it_reaches_everybody(self, me: Any, graph: Any, org: Any, arrived: Any) -> None:
        assert me("POST", f"{arrived()}/replyAll", {"comment": "Yes"}).status == 202
        assert [len(graph.inbox(user)) for user in (org.ben, org.support)] == [1, 1]
        assert org.world.outbox[0].recipients == ("eve@example.org",)


@covers(replies.forward)
class TestForward:
    def test_it_arrives_with_attachments(self, me: Any, graph: Any, org: Any, arrived: Any) -> None:
        files = [{"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "YQ=="}]
        path = arrived(attachments=files)
        assert me("POST", f"{path}/forward", {"toRecipients": people(SUPPORT), "comment": "FYI"}).status == 202
        got = graph.inbox(org.support)[0]
        assert (got["subject"], got["hasAttachments"]) == ("FW: Plan", True)
        assert "FYI" in got["body"]["content"]

    def test_to_nobody(self, me: Any, arrived: Any) -> None:
        answer = me("POST", f"{arrived()}/forward", {"comment": "FYI"})
        assert (answer.status, answer.code) == (400, "ErrorInvalidRecipients")
        assert me("GET", "/mailFolders/drafts").json["totalItemCount"] == 0
