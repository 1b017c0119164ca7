"""MIME in and out: thirty shapes of messages keep their parts; reference graph-mail 4 and 5."""

import base64
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from typing import Any

import pytest
from outlook365_emulator.graph.mail import messages

covers = pytest.mark.covers.with_args

PLAIN = [("Content-Type", "text/plain")]
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR4nGNgYAAAAAMAAWgmWQ0AAAAASUVORK5CYII=")


def text(content: str = "Hello", subtype: str = "plain", charset: str = "utf-8") -> EmailMessage:
    made = EmailMessage()
    made.set_content(content, subtype=subtype, charset=charset)
    return made


def with_alternative() -> EmailMessage:
    made = text("Plain")
    made.add_alternative("<p>Rich</p>", subtype="html")
    return made


def with_image() -> EmailMessage:
    made = text("Plain")
    made.add_alternative('<p><img src="cid:pic"></p>', subtype="html")
    html = made.get_payload()[1]
    html.add_related(PNG, maintype="image", subtype="png", cid="<pic>", filename="pic.png")
    return made


def with_file(name: str, content: bytes = b"\x00\x01\xff", kind: str = "application/octet-stream") -> EmailMessage:
    made = with_alternative()
    main, _, sub = kind.partition("/")
    made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made


def with_message() -> EmailMessage:
    made = text("See below")
    inner = with_file("inner.txt", b"deep", "text/plain")
    inner["Subject"] = "Inner"
    made.add_attachment(inner)
    return made


def nested(depth: int) -> EmailMessage:
    made = text("Innermost")
    for level in range(depth):
        outer = text(f"Level {level}")
        made["Subject"] = f"Number {level}"
        outer.add_attachment(made)
        made = outer
    return made


def several_files() -> EmailMessage:
    made = with_image()
    made.add_attachment(b"1", maintype="application", subtype="pdf", filename="one.pdf")
    made.add_attachment(b"2", maintype="application", subtype="pdf", filename="one.pdf")
    made.add_attachment("a,b\n", subtype="csv", filename="rows.csv")
    return made


def opaque(kind: str, name: str) -> Message:
    made = MIMENonMultipart(*kind.split("/"), name=name)
    made.set_payload(base64.b64encode(b"\x30\x80secret").decode())
    made["Content-Transfer-Encoding"] = "base64"
    made["Content-Disposition"] = f'attachment; filename="{name}"'
    return made


def signed() -> Message:
    made = MIMEMultipart("signed", protocol="application/pkcs7-signature", micalg="sha-256")
    made.attach(MIMEText("Signed words"))
    made.attach(opaque("application/pkcs7-signature", "smime.p7s"))
    return made


def winmail() -> Message:
    made = MIMEMultipart("mixed")
    made.attach(MIMEText("Rich words"))
    made.attach(opaque("application/ms-tnef", "winmail.dat"))
    return made


def report() -> Message:
    return raw(
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        b"--b\n\nIt failed\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;x.example\n\n"
        b"Action: failed\n\n--b--\n",
    )


def raw(head: str, body: bytes) -> Message:
    return message_from_bytes(head.encode() + b"\n\n" + body)


def unquoted_printable() -> Message:
    return raw("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable", b"caf=E9")


SHAPES: dict[str, Callable[[], Message]] = {
    "text": text,
    "empty text": lambda: text(""),
    "html": lambda: text("<p>Rich</p>", "html"),
    "alternative": with_alternative,
    "inline image": with_image,
    "file": lambda: with_file("a.bin"),
    "file with an accent": lambda: with_file("Übersicht.pdf"),
    "file in Japanese": lambda: with_file("議事録.docx"),
    "file with quotes": lambda: with_file('a "b";c.txt'),
    "file with a long name": lambda: with_file("n" * 180 + ".txt"),
    "empty file": lambda: with_file("empty.bin", b""),
    "text file": lambda: with_file("notes.txt", b"words", "text/plain"),
    "html file": lambda: with_file("page.html", b"<p>x</p>", "text/html"),
    "calendar file": lambda: with_file("invite.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar"),
    "large file": lambda: with_file("large.bin", bytes(range(256)) * 1024),
    "several files": several_files,
    "message": with_message,
    "messages in messages": lambda: nested(5),
    "signed": signed,
    "encrypted": lambda: opaque("application/pkcs7-mime", "smime.p7m"),
    "winmail": winmail,
    "report": report,
    "latin-1": lambda: text("café", charset="iso-8859-1"),
    "shift-jis": lambda: text("議事録", charset="shift_jis"),
    "koi8-r": lambda: text("Привет", charset="koi8-r"),
    "unknown charset": lambda: raw("Content-Type: text/plain; charset=x-klingon", b"nuqneH"),
    "broken base64": lambda: raw("Content-Type: text/plain\nContent-Transfer-Encoding: base64", b"SGVsb G8!"),
    "quoted-printable": unquoted_printable,
    "eight bits undeclared": lambda: raw("Content-Type: text/plain", "café".encode()),
    "multipart without end": lambda: raw('Content-Type: multipart/mixed; boundary="b"', b"--b\n\nHello\n--b\n"),
    "no content type": lambda: raw("X-Nothing: 1", b"Hello"),
}


def leaves(message: Message) -> list[tuple[str, str | None, Any]]:
    """The parts that hold content, with type, file name and decoded content."""
    found = []
    for part in message.walk():
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True) or b""
        held = content.replace(b"\r\n", b"\n").rstrip(b"\n") if part.get_content_maintype() == "text" else content
        found.append((part.get_content_type(), part.get_filename(), held))
    return found


@pytest.fixture
def me(graph: Any, org: Any) -> Any:
    """Ask as ada, below `/me`."""

    def ask(method: str, path: str, body: Any = None, **options: Any) -> Any:
        return graph.ask(method, f"/me{path}", body, as_=org.ada, **options)

    return ask


@pytest.fixture
def imported(me: Any) -> Any:
    """Create a draft from MIME and return it."""

    def create(message: Message | bytes, path: str = "/messages") -> Any:
        content = message if isinstance(message, bytes) else message.as_bytes()
        answer = me("POST", path, content=base64.b64encode(content), headers=PLAIN)
        assert answer.status == 201, answer.body
        return answer.json

    return create


def test_thirty_shapes() -> None:
    assert len(SHAPES) >= 30


@covers(messages.get_mime)
class TestRoundTrip:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_the_same_parts_come_out(self, me: Any, imported: Any, shape: str) -> None:
        given = SHAPES[shape]()
        given["Subject"] = "Grüße, 世界"
        given["To"] = "=?utf-8?q?Ben_=C3=9Cnal?= <ben@contoso.example>"
        made = imported(given)
        out = message_from_bytes(me("GET", f"/messages/{made['id']}/$value").body)
        assert leaves(out) == leaves(message_from_bytes(given.as_bytes()))
        assert made["subject"] == "Grüße, 世界"
        assert made["toRecipients"] == [{"emailAddress": {"name": "Ben Ünal", "address": "ben@contoso.example"}}]

    @pytest.mark.parametrize("shape", SHAPES)
    def test_it_arrives_with_the_same_parts(self, graph: Any, org: Any, me: Any, shape: str) -> None:
        given = SHAPES[shape]()
        given["To"] = "ben@contoso.example"
        answer = me("POST", "/sendMail", content=base64.b64encode(given.as_bytes()), headers=PLAIN)
        assert answer.status == 202, answer.body
        got = graph.inbox(org.ben)[0]["id"]
        out = message_from_bytes(graph.get(f"/users/{org.ben.id}/messages/{got}/$value").body)
        assert leaves(out) == leaves(message_from_bytes(given.as_bytes()))
        assert out["Received"]
        assert out["X-MS-Exchange-Organization-AuthAs"] == "Internal"
        assert len(out.get_all("To")) == len(out.get_all("From")) == len(out.get_all("Message-ID")) == 1

    @pytest.mark.parametrize("shape", ["inline image", "several files", "file in Japanese", "message", "large file"])
    def test_a_changed_message_is_written_anew_with_its_files(self, me: Any, imported: Any, shape: str) -> None:
        given = SHAPES[shape]()
        made = imported(given)["id"]
        me("PATCH", f"/messages/{made}", {"subject": "Other"})
        out = message_from_bytes(me("GET", f"/messages/{made}/$value").body)
        assert out["Subject"] == "Other"
        files = [one for one in leaves(message_from_bytes(given.as_bytes())) if one[1]]
        assert [one for one in leaves(out) if one[1]] == files

    def test_it_is_text_and_no_json(self, me: Any, imported: Any) -> None:
        answer = me("GET", f"/messages/{imported(text())['id']}/$value")
        assert answer.headers["content-type"] == "text/plain"

    def test_a_draft_of_json(self, me: Any, mail: Any) -> None:
        file = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "Ü.txt", "contentBytes": "YQ=="}
        logo = {**file, "name": "i.png", "isInline": True, "contentId": "i"}
        body = {"contentType": "html", "content": '<p>Hé<img src="cid:i"></p>'}
        given = mail("ben@contoso.example", subject="Ünique", body=body, attachments=[file, logo], importance="high")
        made = me("POST", "/messages", {**given, "internetMessageHeaders": [{"name": "x-mark", "value": "1"}]}).json
        first, second = (me("GET", f"/messages/{made['id']}/$value").body for _ in range(2))
        assert first == second
        out = message_from_bytes(first)
        assert [part.get_content_type() for part in out.walk()] == [
            "multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png",
            "text/plain",
        ]  # fmt: skip
        assert "Received" not in out
        assert (out["Message-ID"], out["X-Mark"], out["Importance"]) == (made["internetMessageId"], "1", "high")
        assert out["Thread-Index"] == made["conversationIndex"]
        assert leaves(out)[1][2].decode().count("Hé") == 1
        assert leaves(out)[-1][1:] == ("Ü.txt", b"a")

    def test_a_received_one(self, me: Any, org: Any) -> None:
        record = org.receive(org.ada, subject="Hi", internetMessageHeaders=[{"name": "x-mark", "value": "1"}])
        path = f"/messages/{org.mailbox(org.ada).ids.item(record.folder, record.number)}"
        out = message_from_bytes(me("GET", f"{path}/$value").body)
        assert out["Received"]
        assert (out["From"], out["X-Mark"], out["Date"]) == (
            "<eve@example.org>",
            "1",
            "Mon, 02 Mar 2026 09:00:00 +0000",
        )

    def test_nobody_injects_header_fields(self, me: Any, mail: Any) -> None:
        evil = "x\r\nBcc: eve@example.org\r\n\r\nbody"
        file = {
            "@odata.type": "#microsoft.graph.fileAttachment",
            "name": evil,
            "contentBytes": "YQ==",
            "contentId": evil,
        }
        made = me("POST", "/messages", mail("ben@contoso.example", subject=evil, attachments=[file])).json["id"]
        out = message_from_bytes(me("GET", f"/messages/{made}/$value").body)
        assert out["Bcc"] is None
        assert all("Bcc" not in part for part in out.walk())

    def test_mail_read_basic_does_not_open_it(self, me: Any, imported: Any) -> None:
        made = imported(text())["id"]
        assert me("GET", f"/messages/{made}/$value", scopes=["Mail.ReadBasic"]).code == "ErrorAccessDenied"


class TestImported:
    def test_what_the_header_says(self, imported: Any) -> None:
        given = with_alternative()
        for name, value in {
            "From": "Eve <eve@example.org>",
            "To": "a@example.org, Bo <b@example.org>",
            "Cc": "c@example.org",
            "Bcc": "d@example.org",
            "Reply-To": "r@example.org",
            "Date": "Wed, 1 May 2019 12:00:00 +0200",
            "Message-ID": "<one@example.org>",
            "Importance": "High",
            "Disposition-Notification-To": "eve@example.org",
        }.items():
            given[name] = value
        made = imported(given)
        assert (made["isDraft"], made["isRead"]) == (True, True)
        assert made["from"] == made["sender"] == {"emailAddress": {"name": "Eve", "address": "eve@example.org"}}
        kinds = ("toRecipients", "ccRecipients", "bccRecipients", "replyTo")
        assert [[one["emailAddress"]["address"][0] for one in made[kind]] for kind in kinds] == [
            ["a", "b"],
            ["c"],
            ["d"],
            ["r"],
        ]
        assert (made["sentDateTime"], made["receivedDateTime"]) == ("2019-05-01T10:00:00Z", "2026-03-02T09:00:00Z")
        assert (made["internetMessageId"], made["importance"]) == ("<one@example.org>", "high")
        assert (made["isReadReceiptRequested"], made["isDeliveryReceiptRequested"]) == (True, None)
        assert made["body"]["contentType"] == "html"
        assert "Rich" in made["body"]["content"]
        assert made["hasAttachments"] is False

    def test_into_a_folder(self, me: Any, imported: Any) -> None:
        made = imported(text(), "/mailFolders/inbox/messages")
        assert made["parentFolderId"] == me("GET", "/mailFolders/inbox").json["id"]
        assert made["isDraft"] is True

    def test_an_inline_image_is_an_attachment_that_does_not_count(self, me: Any, imported: Any) -> None:
        made = imported(with_image())
        found = me("GET", f"/messages/{made['id']}/attachments").values
        assert [(one["contentId"], one["isInline"]) for one in found] == [("pic", True)]
        assert made["hasAttachments"] is False

    def test_a_message_inside_is_an_item(self, me: Any, imported: Any) -> None:
        made = imported(with_message())
        found = me("GET", f"/messages/{made['id']}/attachments?$expand=microsoft.graph.itemattachment/item").values
        assert found[0]["item"]["subject"] == "Inner"
        assert found[0]["item"]["attachments"][0]["name"] == "inner.txt"

    def test_an_answer_joins_its_thread(self, me: Any, imported: Any, org: Any) -> None:
        record = org.receive(org.ada, internetMessageId="<one@example.org>")
        original = me("GET", f"/messages/{org.mailbox(org.ada).ids.item(record.folder, record.number)}").json
        for field in ("In-Reply-To", "References"):
            given = text()
            given[field] = "<one@example.org>"
            assert imported(given)["conversationId"] == original["conversationId"]
        given = text()
        given["Thread-Index"] = original["conversationIndex"]
        assert imported(given)["conversationIndex"] == original["conversationIndex"]
        assert imported(text())["conversationId"] != original["conversationId"]

    @pytest.mark.parametrize("content", [b"", b"====", b"no base64!"])
    def test_bad_base64(self, me: Any, content: bytes) -> None:
        answer = me("POST", "/messages", content=content, headers=PLAIN)
        assert (answer.status, answer.code) == (400, "ErrorMimeContentInvalidBase64String")
