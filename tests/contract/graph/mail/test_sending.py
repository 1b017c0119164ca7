"""Sending later, limits, and mail that arrives nowhere twice: reference graph-mail 7, 8 and 16."""

import base64
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from outlook365_emulator.app.effects import run_effect
from outlook365_emulator.directory.users import add_group
from outlook365_emulator.store.snapshot import restore, take

BEN = "ben@contoso.example"
MIME = [("Content-Type", "text/plain")]


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    """Ask as ada, below `/me`."""

    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def send(me: Any, mail: Any) -> Any:
    """Send a message as ada."""

    def submit(*to: str, **members: Any) -> Any:
        return me("POST", "/sendMail", {"message": mail(*to, **members)})

    return submit


@pytest.fixture
def advance(org: Any) -> Any:
    """Move the clock; what falls due runs."""

    def move(**delta: int) -> None:
        org.world.advance(timedelta(**delta), run_effect)

    return move


def deferred(text: str) -> dict[str, Any]:
    return {"singleValueExtendedProperties": [{"id": "SystemTime 0x3FEF", "value": text}]}


class TestDeferred:
    def test_it_waits_among_the_drafts_and_goes_at_its_time(
        self, me: Any, graph: Any, org: Any, send: Any, advance: Any
    ) -> None:
        assert send(BEN, subject="Later", **deferred("2026-03-02T10:00:00Z")).status == 202
        waiting = graph.inbox(org.ada, "drafts")
        assert [(one["subject"], one["isDraft"]) for one in waiting] == [("Later", True)]
        assert graph.inbox(org.ben) == graph.inbox(org.ada, "sentitems") == []
        advance(minutes=59)
        assert graph.inbox(org.ben) == []
        advance(minutes=1)
        assert [one["sentDateTime"] for one in graph.inbox(org.ben)] == ["2026-03-02T10:00:00Z"]
        assert graph.inbox(org.ada, "drafts") == []
        assert len(graph.inbox(org.ada, "sentitems")) == 1

    def test_a_draft(self, me: Any, graph: Any, org: Any, mail: Any, advance: Any) -> None:
        made = me("POST", "/messages", mail(BEN, **deferred("2026-03-02T10:00:00Z"))).json["id"]
        assert me("POST", f"/messages/{made}/send").status == 202
        assert me("GET", f"/messages/{made}").json["isDraft"] is True
        advance(hours=2)
        assert len(graph.inbox(org.ben)) == 1

    @pytest.mark.parametrize("how", ["delete", "move", "permanentDelete"])
    def test_deleted_meanwhile_it_stays(self, me: Any, graph: Any, org: Any, send: Any, advance: Any, how: str) -> None:
        send(BEN, **deferred("2026-03-02T10:00:00Z"))
        waiting = graph.inbox(org.ada, "drafts")[0]["id"]
        if how == "delete":
            me("DELETE", f"/messages/{waiting}")
        else:
            me("POST", f"/messages/{waiting}/{how}", {"destinationId": "deleteditems"} if how == "move" else None)
        advance(hours=2)
        assert graph.inbox(org.ben) == []

    def test_put_off_meanwhile(self, me: Any, graph: Any, org: Any, send: Any, advance: Any) -> None:
        send(BEN, **deferred("2026-03-02T10:00:00Z"))
        waiting = graph.inbox(org.ada, "drafts")[0]["id"]
        me("PATCH", f"/messages/{waiting}", deferred("2026-03-02T12:00:00Z"))
        advance(hours=2)
        assert graph.inbox(org.ben) == []
        advance(hours=1)
        assert len(graph.inbox(org.ben)) == 1

    def test_a_time_that_is_past_sends_at_once(self, graph: Any, org: Any, send: Any) -> None:
        send(BEN, **deferred("2026-03-02T08:00:00Z"))
        assert len(graph.inbox(org.ben)) == 1

    def test_without_a_copy(self, me: Any, graph: Any, org: Any, mail: Any, advance: Any) -> None:
        message = mail(BEN, **deferred("2026-03-02T10:00:00Z"))
        me("POST", "/sendMail", {"message": message, "saveToSentItems": False})
        advance(hours=2)
        assert len(graph.inbox(org.ben)) == 1
        assert graph.inbox(org.ada, "sentitems") == graph.inbox(org.ada, "drafts") == []

    def test_a_snapshot_holds_what_waits(self, graph: Any, org: Any, send: Any, advance: Any) -> None:
        send(BEN, **deferred("2026-03-02T10:00:00Z"))
        kept = take(org.world)
        for _ in range(2):
            advance(hours=2)
            assert len(graph.inbox(org.ben)) == 1
            restore(org.world, kept)
            assert graph.inbox(org.ben) == []


class TestLimits:
    def test_recipients_of_a_message(self, me: Any, mail: Any) -> None:
        many = [f"p{number}@example.org" for number in range(501)]
        answer = me("POST", "/sendMail", {"message": mail(*many)})
        assert (answer.status, answer.code) == (429, "ErrorExceededMessageLimit")
        assert me("POST", "/sendMail", {"message": mail(*many[:500])}).status == 202

    def test_recipients_of_a_day(self, org: Any, send: Any, advance: Any) -> None:
        org.tenant.settings["recipients_per_day"] = 3
        assert send(BEN, "x@example.org").status == 202
        refused = send(BEN, "x@example.org")
        assert refused.code == "ErrorExceededMessageLimit"
        assert "today" in refused.entry.reason
        assert send(BEN).status == 202
        advance(days=1)
        assert send(BEN, "x@example.org").status == 202

    def test_messages_of_a_minute_where_the_tenant_says_so(self, org: Any, send: Any, advance: Any) -> None:
        org.tenant.settings["messages_per_minute"] = 2
        assert [send(BEN).status for _ in range(3)] == [202, 202, 429]
        advance(minutes=1)
        assert send(BEN).status == 202

    def test_size(self, org: Any, me: Any, graph: Any, mail: Any) -> None:
        org.tenant.settings["max_message_size"] = 1000
        file = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "a", "contentBytes": "YWJj" * 300}
        answer = me("POST", "/sendMail", {"message": mail(BEN, attachments=[file])})
        assert (answer.status, answer.code) == (413, "ErrorMessageSizeExceeded")
        draft = me("POST", "/messages", mail(BEN, attachments=[file])).json["id"]
        assert me("POST", f"/messages/{draft}/send").code == "ErrorMessageSizeExceeded"
        assert me("GET", f"/messages/{draft}").status == 200
        assert graph.inbox(org.ben) == []


class TestGroups:
    def test_members_get_one_copy_each(self, graph: Any, org: Any, send: Any) -> None:
        import msgspec

        with org.world.unit() as unit:
            inner = add_group(org.world, org.tenant, unit, "Inner", ("ben", "root"))
            outer = add_group(org.world, org.tenant, unit, "Outer", ("ada", "ben"))
            nested = msgspec.structs.replace(outer, mail="all@contoso.example", members=outer.members | {inner.id})
            unit.put(org.tenant.groups, nested)
        assert send("ALL@contoso.example", BEN, subject="Hi all").status == 202
        assert [len(graph.inbox(user)) for user in (org.ada, org.ben, org.root)] == [1, 1, 1]
        got = graph.inbox(org.root)[0]
        assert [one["emailAddress"]["address"] for one in got["toRecipients"]] == ["ALL@contoso.example", BEN]


class TestMime:
    def text(self, **fields: str) -> bytes:
        text = EmailMessage()
        for name, value in {"To": BEN, "Bcc": "root@contoso.example", "Subject": "Grüße", **fields}.items():
            text[name] = value
        text.set_content("Plain")
        text.add_attachment(b"\x00\x01", maintype="application", subtype="pdf", filename="Übersicht.pdf")
        return base64.encodebytes(text.as_bytes())

    def test_it_is_sent_and_kept(self, me: Any, graph: Any, org: Any) -> None:
        assert me("POST", "/sendMail", content=self.text(), headers=MIME).status == 202
        got = graph.inbox(org.ben)[0]
        assert (got["subject"], got["bodyPreview"], got["hasAttachments"]) == ("Grüße", "Plain", True)
        assert got["bccRecipients"] == []
        assert len(graph.inbox(org.root)) == 1
        sent = graph.inbox(org.ada, "sentitems")[0]
        assert sent["bccRecipients"][0]["emailAddress"]["address"] == "root@contoso.example"
        for user, message, bcc in ((org.ben, got, False), (org.ada, sent, True)):
            raw = graph.get(f"/users/{user.id}/messages/{message['id']}/$value").body
            assert (b"\r\nBcc:" in raw) is bcc
            assert raw.count(b"filename*=utf-8''%C3%9Cbersicht.pdf") == 1

    def test_somebody_elses_name_needs_the_right(self, me: Any) -> None:
        answer = me("POST", "/sendMail", content=self.text(From=BEN), headers=MIME)
        assert (answer.status, answer.code) == (403, "ErrorSendAsDenied")

    @pytest.mark.parametrize("content", [b"", b"no base64!", b"YQ"])
    def test_bad_base64(self, me: Any, content: bytes) -> None:
        answer = me("POST", "/sendMail", content=content, headers=MIME)
        assert (answer.status, answer.code) == (400, "ErrorMimeContentInvalidBase64String")
