"""Handles of mailboxes: mail put in by fields, objects and files, taken out as files, and looked for."""

import mailbox
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from pytest_outlook365 import BadDocument, Mailbox, NoSuchMessage, NotFound, World


@pytest.fixture
def box(outlook365: World) -> Mailbox:
    """Ada's mailbox."""
    return outlook365.tenant.add_user("ada").mailbox


def letter(subject: str, **fields: str) -> EmailMessage:
    text = EmailMessage()
    for name, value in {"From": "Eve <eve@example.org>", "To": "ada@contoso.example", "Subject": subject}.items():
        text[name] = value
    for name, value in fields.items():
        text[name.replace("_", "-")] = value
    text.set_content(f"About {subject}\n")
    text.add_attachment(b"\x00\xff", maintype="application", subtype="octet-stream", filename="Übersicht.bin")
    return text


class TestReceiving:
    """A message object, a path of a file, or its bytes arrive as they are."""

    @pytest.mark.parametrize("form", ["object", "path", "text path", "bytes"])
    def test_forms(self, box: Mailbox, tmp_path: Path, form: str) -> None:
        message = letter("Plan", Message_ID="<one@example.org>")
        file = tmp_path / "plan.eml"
        file.write_bytes(bytes(message))
        forms = {"object": message, "path": file, "text path": str(file), "bytes": bytes(message)}
        got = box.receive(forms[form])
        assert (got.subject, got.sender, got.has_attachments, got.read) == ("Plan", "eve@example.org", True, False)
        assert got["internetMessageId"] == "<one@example.org>"
        assert b"About Plan" in box.mime(got)

    def test_where_and_when(self, outlook365: World, box: Mailbox) -> None:
        outlook365.clock.freeze(at=datetime(2026, 3, 2, 9, tzinfo=UTC))
        assert box.receive(letter("Now")).received == datetime(2026, 3, 2, 9, tzinfo=UTC)
        dated = box.receive(letter("Then", Date="Wed, 1 May 2019 12:00:00 +0200"))
        assert dated.received == datetime(2019, 5, 1, 10, tzinfo=UTC)
        late = box.receive(letter("Late"), folder="archive", received=timedelta(hours=-1), read=True)
        assert (late.received, late.read) == (datetime(2026, 3, 2, 8, tzinfo=UTC), True)
        assert box.folder("archive").subjects == ["Late"]

    def test_what_is_no_message(self, box: Mailbox, tmp_path: Path) -> None:
        with pytest.raises(TypeError, match=r"EmailMessage.*got int"):
            box.receive(17)
        with pytest.raises(FileNotFoundError):
            box.receive(tmp_path / "none.eml")
        with pytest.raises(BadDocument, match="subject"):
            box.receive(letter("Plan"), subject="Other")
        with pytest.raises(BadDocument, match="inbox"):
            box.receive(letter("Plan"), folder="inbx")


class TestFolders:
    """Folders are made by path and named by path."""

    def test_a_path_makes_what_is_missing(self, box: Mailbox) -> None:
        assert box.add_folder("Projects/2026").name == "Projects/2026"
        box.add_folder("projects/2025")
        box.receive(subject="Kick-off", folder="Projects/2026")
        assert box.folder("Projects/2026").subjects == box.folder("2026").subjects == ["Kick-off"]
        assert len(box.folder("projects/2026")) == 1
        paths = [one["path"] for one in box.folders]
        assert {"Projects", "Projects/2025", "Projects/2026"} <= set(paths)

    def test_below_a_well_known_folder(self, outlook365: World, box: Mailbox) -> None:
        box.add_folder("inbox/Team")
        with outlook365.graph(outlook365.tenant.user("ada")) as client:
            children = client.get("/me/mailFolders/inbox/childFolders").json()["value"]
        assert [one["displayName"] for one in children] == ["Team"]

    @pytest.mark.parametrize("path", ["Projects//2026", "/Projects", " "])
    def test_an_empty_name(self, box: Mailbox, path: str) -> None:
        with pytest.raises(BadDocument, match="empty name"):
            box.add_folder(path)

    def test_a_path_that_leads_nowhere_names_the_nearest(self, box: Mailbox) -> None:
        box.add_folder("Projects/2026")
        for look in (lambda view: view.messages, len):
            with pytest.raises(NotFound):
                look(box.folder("Projects/2027"))
        with pytest.raises(NotFound, match="Projects/2026"):
            box.messages("Projects/2027")


class TestFiles:
    """`.eml` and mbox files go in, a mailbox comes out as `.eml` files and goes into another."""

    def test_an_mbox(self, box: Mailbox, tmp_path: Path) -> None:
        file = mailbox.mbox(tmp_path / "all.mbox")
        for number in range(120):
            one = mailbox.mboxMessage(letter(f"Mail {number}"))
            one.set_flags("R" if number % 2 else "")
            file.add(one)
        file.close()
        taken = box.import_mail(tmp_path / "all.mbox")
        assert [one.subject for one in taken] == [f"Mail {number}" for number in range(120)]
        assert (len(box.inbox), len(box.inbox.unread)) == (120, 60)

    def test_a_mailbox_goes_out_and_into_another(self, outlook365: World, box: Mailbox, tmp_path: Path) -> None:
        box.add_folder("Projects/2026")
        box.receive(letter("Plan: a/b?"), folder="Projects/2026")
        box.receive(letter("Twice", Date="Wed, 1 May 2019 12:00:00 +0200"))
        box.receive(letter("Twice", Date="Wed, 1 May 2019 12:00:00 +0200"))
        written = box.export(tmp_path / "out")
        assert sorted(one.relative_to(tmp_path / "out").as_posix() for one in written)[:2] == [
            "Inbox/2019-05-01 100000 Twice (2).eml",
            "Inbox/2019-05-01 100000 Twice.eml",
        ]
        assert written[-1].parent == tmp_path / "out" / "Projects" / "2026"
        other = outlook365.tenant.add_user("ben").mailbox
        other.import_mail(tmp_path / "out")
        assert other.folder("Projects/2026").subjects == ["Plan: a/b?"]
        assert other.inbox.subjects == ["Twice", "Twice"]
        assert other.inbox.messages[0].has_attachments

    def test_one_folder(self, box: Mailbox, tmp_path: Path) -> None:
        box.receive(subject="Hi", body="Über Umwege")
        box.receive(subject="Other", folder="archive")
        (written,) = box.export(tmp_path, folder="inbox")
        assert written.parent == tmp_path
        assert box.import_mail(written, folder="archive")[0].subject == "Hi"
        assert sorted(box.folder("archive").subjects) == ["Hi", "Other"]

    def test_a_directory_without_mail(self, box: Mailbox, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=r"no \.eml and no \.mbox file"):
            box.import_mail(tmp_path)


class TestFilling:
    """Invented mail, the same for the same seed."""

    def test_the_same_for_the_same_seed(self, outlook365: World) -> None:
        outlook365.clock.freeze(at=datetime(2026, 3, 2, 9, tzinfo=UTC))
        boxes = [outlook365.tenant.add_user(name, display_name="Ada").mailbox for name in ("ada", "bea")]
        for one in boxes:
            one.fill(messages=60, seed=7)
        first, second = (
            [(m.subject, m.received, m.sender if "contoso" not in m.sender else "") for m in one.messages()]
            for one in boxes
        )
        assert len(first) == 60
        assert first[0][1] is not None
        assert first[0][1] <= outlook365.clock.now
        assert len({subject for subject, _, _ in first} & {subject for subject, _, _ in second}) > 10

    def test_others_are_served_meanwhile(self, outlook365: World, box: Mailbox) -> None:
        import threading

        filling = threading.Thread(target=box.fill, kwargs={"messages": 3000, "seed": 1})
        seen = []
        filling.start()
        while filling.is_alive():
            seen.append(sum(one["totalItemCount"] for one in box.folders))
        filling.join()
        assert seen == sorted(seen)
        assert len(set(seen)) > 3
        assert sum(one["totalItemCount"] for one in box.folders) == 3000
        assert len(box.messages()) == 3000

    def test_a_number_that_is_not_allowed(self, box: Mailbox) -> None:
        with pytest.raises(BadDocument, match="messages: expected a whole number"):
            box.fill(-1)


class TestLooking:
    """What is found, and what an error shows."""

    @pytest.fixture(autouse=True)
    def mail(self, box: Mailbox) -> None:
        box.receive(subject="Invoice 17", sender="billing@example.org", importance="high")
        box.receive(subject="Invoice 18", sender="Billing@example.org", body="<b>18</b>", body_type="html", read=True)
        box.receive(subject="Lunch?", sender="ben@example.org", cc=["cy@example.org"])

    @pytest.mark.parametrize(
        ("conditions", "subject"),
        [
            ({"subject": "Lunch?"}, "Lunch?"),
            ({"subject": re.compile("17$")}, "Invoice 17"),
            ({"sender": "BILLING@example.org", "read": True}, "Invoice 18"),
            ({"to": "cy@example.org"}, "Lunch?"),
            ({"body": "18"}, "Invoice 18"),
            ({"importance": "high"}, "Invoice 17"),
            ({"where": lambda message: message.cc}, "Lunch?"),
        ],
    )
    def test_found(self, box: Mailbox, conditions: dict[str, object], subject: str) -> None:
        assert box.inbox.find(**conditions).subject == subject

    def test_not_found_shows_what_is_there(self, box: Mailbox) -> None:
        with pytest.raises(NoSuchMessage) as error:
            box.inbox.find(subject="Invoice 19", read=False)
        shown = str(error.value)
        assert shown.startswith("the folder 'inbox' of ada@")
        assert "no message with subject='Invoice 19', read=False; there is:" in shown
        assert "'Invoice 18' from Billing@example.org to ada@" in shown
        assert "(read)" in shown
        with pytest.raises(NoSuchMessage, match="it is empty"):
            box.sent.find(subject="Hi")
        with pytest.raises(AssertionError, match="has 2 messages with subject"):
            box.inbox.find(subject=re.compile("Invoice"))
        assert len(box.inbox.find_all(subject=re.compile("Invoice"))) == 2
        assert box.inbox.find_all(subject="none") == []
        with pytest.raises(TypeError, match="did you mean 'subject'"):
            box.inbox.find(subjct="Hi")

    def test_the_outbox(self, outlook365: World) -> None:
        with outlook365.graph(outlook365.tenant.user("ada")) as client:
            to = [{"emailAddress": {"address": "x@example.org"}}]
            sent = client.post("/me/sendMail", json={"message": {"subject": "Out", "toRecipients": to}})
        assert sent.status_code == 202
        assert outlook365.outbox.find(to="X@example.org").subject == "Out"
        with pytest.raises(NoSuchMessage, match="the outbox has no message with subject='In'; there is:\n  'Out' from"):
            outlook365.outbox.find(subject="In")


class TestSettings:
    """Settings, automatic replies, rules and limits by handle and by world document."""

    def test_automatic_replies(self, outlook365: World, box: Mailbox) -> None:
        box.reply_automatically("Away", external="Gone", start=timedelta(hours=1), end=timedelta(days=1))
        box.receive(subject="Early", sender="x@example.org")
        outlook365.clock.advance(hours=2)
        box.receive(subject="Hello", sender="x@example.org")
        (reply,) = outlook365.outbox.messages
        assert (reply.subject, reply.recipients) == ("Automatic reply: Hello", ["x@example.org"])
        assert "Gone" in reply.body
        box.stop_replying()
        box.receive(subject="Again", sender="y@example.org")
        assert len(outlook365.outbox) == 1

    def test_rules(self, box: Mailbox) -> None:
        box.add_folder("Invoices/2026")
        box.add_rule("File", conditions={"subjectContains": ["invoice"]}, actions={"moveToFolder": "Invoices/2026"})
        box.receive(subject="Invoice 1")
        assert (box.folder("Invoices/2026").subjects, list(box.inbox)) == (["Invoice 1"], [])
        with pytest.raises(BadDocument, match=r"subjctContains|messageRulePredicates"):
            box.add_rule("File", conditions={"subjctContains": ["x"]}, actions={"delete": True})
        with pytest.raises(BadDocument, match=r"actions\.moveToFolder"):
            box.add_rule("File", actions={"moveToFolder": "Invoices/2027"})

    def test_mailbox_settings(self, box: Mailbox) -> None:
        assert box.change_settings(timeZone="W. Europe Standard Time")["timeZone"] == "W. Europe Standard Time"
        with pytest.raises(BadDocument, match="Mars"):
            box.change_settings(timeZone="Mars")

    def test_limits(self, outlook365: World, box: Mailbox) -> None:
        outlook365.tenant.set_limits(max_recipients=1)
        to = [{"emailAddress": {"address": f"{name}@example.org"}} for name in "xy"]
        with outlook365.graph(outlook365.tenant.user("ada")) as client:
            refused = client.post("/me/sendMail", json={"message": {"subject": "Out", "toRecipients": to}})
        assert refused.status_code >= 400
        assert list(outlook365.outbox) == []

    def test_by_document(self, outlook365: World) -> None:
        tenant = outlook365.add_tenant(
            mail_limits={"max_recipients": 1},
            users=[
                {
                    "name": "grace",
                    "folders": ["Projects/2026"],
                    "messages": [{"subject": "Invoice 1", "folder": "Projects/2026"}, {"subject": "Invoice 2"}],
                    "settings": {"timeZone": "Europe/Berlin"},
                    "automatic_replies": {"text": "Away"},
                    "rules": [{"name": "Bin", "conditions": {"subjectContains": ["x"]}, "actions": {"delete": True}}],
                }
            ],
        )
        box = tenant.user("grace").mailbox
        assert (box.folder("Projects/2026").subjects, box.inbox.subjects) == (["Invoice 1"], ["Invoice 2"])
        assert list(outlook365.outbox) == []
        box.receive(subject="x", sender="x@example.org")
        assert box.deleted.subjects == ["x"]
        assert len(outlook365.outbox) == 1
        with pytest.raises(BadDocument, match=r"users\[0\].folders\[0\]"):
            outlook365.add_tenant(users=[{"name": "grace", "folders": ["a//b"]}])
        with pytest.raises(BadDocument, match=r"users\[0\].*no mailbox"):
            outlook365.add_tenant(users=[{"name": "bot", "mailbox": False, "rules": [{"name": "r", "actions": {}}]}])
