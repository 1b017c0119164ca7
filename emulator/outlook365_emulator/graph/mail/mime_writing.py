"""From a message to its MIME text, as `$value` gives it (RFC 5322, RFC 2045 to 2049).

What Exchange writes: reference `graph-mail.md` sections 4 and 8. The text as it was sent to us is kept and given back
with the header fields that the server adds; every other message is written when it is asked for.
"""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from outlook365_emulator.graph.mail.attached import content_of
from outlook365_emulator.graph.mail.bodies import html_to_text
from outlook365_emulator.graph.mail.documents import members_of, sent_body
from outlook365_emulator.graph.mail.extended_properties import IN_REPLY_TO, REFERENCES, held, topic_of
from outlook365_emulator.store.blobs import Blob
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.world import World

if TYPE_CHECKING:
    from email.message import Message as Part

Fields = list[tuple[str, str]]


class MimePart(msgspec.Struct, frozen=True):
    """An attachment as it goes into a MIME text."""

    name: str
    content_type: str
    content: bytes
    inline: bool = False
    content_id: str = ""


def mime_date(instant: datetime) -> str:
    """Write an instant as a `Date` header has it (RFC 5322 section 3.3): `Mon, 05 Jan 2026 09:00:00 +0000`."""
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[instant.weekday()]
    month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[instant.month - 1]
    return f"{day}, {instant:%d} {month} {instant:%Y %H:%M:%S %z}"


def mime_of(world: World, mailbox: Mailbox, message: Message) -> bytes:
    """Return the MIME text of a stored message.

    Args:
        world: holds large content.
        mailbox: the mailbox of the message.
        message: the message.
    """
    members = members_of(message)
    fields = fields_of(message, members)
    if message.mime is not None:
        text = world.blobs.read(message.mime) if isinstance(message.mime, Blob) else message.mime
        known = _names_of(text)
        return header_lines([field for field in fields if field[0].lower() not in known]) + text
    parts = [
        MimePart(
            name=one.name,
            content_type=_media_type(one.item, msgspec.json.decode(one.document)["contentType"]),
            content=content_of(world, one),
            inline=one.is_inline,
            content_id=msgspec.json.decode(one.document).get("contentId") or "",
        )
        for one in mailbox.attachments.of(message)
    ]
    return write_mime(fields, sent_body(message, members), parts)


def _media_type(item: bytes, declared: str | None) -> str:
    if not item:
        return declared or "application/octet-stream"
    kind = msgspec.json.decode(item).get("@odata.type", "")
    return "text/calendar" if kind.endswith("event") else "message/rfc822"


def fields_of(message: Message, members: dict[str, Any]) -> Fields:
    """Return the header fields of a message: those it arrived with, or those of its members."""
    own = list(message.headers)
    if not message.is_draft and any(name.lower() == "received" for name, _ in own):
        return own
    return [*message_fields(members, message.properties), *own]


def message_fields(members: dict[str, Any], properties: Iterable[tuple[str, Any]] = ()) -> Fields:
    """Return the header fields that follow from a message's members.

    Args:
        members: the message's members.
        properties: its extended properties, for the fields of a thread.
    """
    known = tuple(properties)
    subject = members.get("subject") or ""
    author, sender = members.get("from"), members.get("sender")
    fields = [("From", _mailbox(author))] if author else []
    if sender and author and sender["emailAddress"].get("address") != author["emailAddress"].get("address"):
        fields.append(("Sender", _mailbox(sender)))
    for name, member in (("To", "toRecipients"), ("Cc", "ccRecipients"), ("Bcc", "bccRecipients")):
        if members.get(member):
            fields.append((name, ", ".join(map(_mailbox, members[member]))))
    if members.get("replyTo"):
        fields.append(("Reply-To", ", ".join(map(_mailbox, members["replyTo"]))))
    fields += [("Subject", subject), ("Thread-Topic", topic_of(subject))]
    fields.append(("Thread-Index", members["conversationIndex"]))
    fields.append(("Date", mime_date(datetime.fromisoformat(members["sentDateTime"]))))
    fields.append(("Message-ID", members["internetMessageId"]))
    for name, identity in (("In-Reply-To", IN_REPLY_TO), ("References", REFERENCES)):
        if held(known, identity):
            fields.append((name, held(known, identity)))
    if members.get("importance") in ("low", "high"):
        fields.append(("Importance", members["importance"]))
        fields.append(("X-Priority", "1" if members["importance"] == "high" else "5"))
    if members.get("isReadReceiptRequested") and author:
        fields.append(("Disposition-Notification-To", _mailbox(author)))
    if members.get("isDeliveryReceiptRequested") and author:
        fields.append(("Return-Receipt-To", _mailbox(author)))
    fields += [("Accept-Language", "en-US"), ("Content-Language", "en-US")]
    fields.append(("X-MS-Has-Attach", "yes" if members.get("hasAttachments") else ""))
    return fields


def _mailbox(recipient: dict[str, Any]) -> str:
    given = recipient.get("emailAddress") or {}
    name, address = str(given.get("name") or ""), str(given.get("address") or "")
    if not name or name == address:
        return f"<{address}>"
    if name.isascii() and all(one.isalnum() or one in " -_'" for one in name):
        return f"{name} <{address}>"
    if name.isascii():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{_word(name)} <{address}>"


def _word(text: str) -> str:
    """Write text as encoded words (RFC 2047)."""
    pieces, piece = [], ""
    for character in text:
        if len((piece + character).encode()) > 42:
            pieces.append(piece)
            piece = ""
        piece += character
    pieces.append(piece)
    words = (f"=?utf-8?B?{base64.b64encode(one.encode('utf-8', 'replace')).decode()}?=" for one in pieces)
    return " ".join(words)


def _printable(text: str) -> str:
    return "".join(one if one >= " " and one != "\x7f" else " " for one in text)


def _line(name: str, value: str) -> bytes:
    value = _printable(value.replace("\r\n", " "))
    written = value if value.isascii() else _word(value)
    line, lines = f"{name}:", []
    for word in written.split(" "):
        if len(line) + len(word) > 76 and line.strip() != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]).encode("ascii", "replace") + b"\r\n"


def header_lines(fields: Iterable[tuple[str, str]]) -> bytes:
    """Write header fields, encoded and folded (RFC 5322 section 2.2, RFC 2047)."""
    return b"".join(_line(name, value) for name, value in fields)


def _names_of(text: bytes) -> set[str]:
    """Return the names of the header fields at the beginning of a MIME text, in lower case."""
    names = set()
    for line in text.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0].split(b"\n"):
        name, colon, _ = line.partition(b":")
        if colon and name[:1] not in (b" ", b"\t", b""):
            names.add(name.strip().decode("ascii", "replace").lower())
    return names


def write_mime(fields: Fields, body: dict[str, Any], parts: list[MimePart]) -> bytes:
    """Write a MIME text.

    Args:
        fields: header fields in order; those of the content are added.
        body: the body as `itemBody`.
        parts: the attachments.
    """
    identity = next((value for name, value in fields if name == "Message-ID"), "")
    mark = hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=12).hexdigest()
    inline = [part for part in parts if part.inline and body["contentType"] == "html"]
    root = _content(body, mark)
    if inline:
        root = _multi("related", f"_001_{mark}_", [root, *map(_attachment, inline)])
    others = [part for part in parts if part not in inline]
    if others:
        root = _multi("mixed", f"_000_{mark}_", [root, *map(_attachment, others)])
    content = {"content-type", "content-transfer-encoding", "mime-version"}
    head = header_lines((name, value) for name, value in fields if name.lower() not in content)
    return head + b"MIME-Version: 1.0\r\n" + _text_of(root)


def _content(body: dict[str, Any], mark: str) -> "Part":
    plain = html_to_text(body["content"]) if body["contentType"] == "html" else body["content"]
    if body["contentType"] != "html":
        return _text("plain", plain)
    return _multi("alternative", f"_002_{mark}_", [_text("plain", plain), _text("html", body["content"])])


def _text(kind: str, content: str) -> "Part":
    return _leaf(f"text/{kind}", content.encode("utf-8", "replace"), [("charset", "utf-8")])


def _leaf(content_type: str, content: bytes, parameters: Iterable[tuple[str, str]] = ()) -> "Part":
    from email.message import Message as Made

    part = Made()
    main, _, sub = content_type.partition("/")
    safe = content_type if main.strip() and sub.strip() and content_type.isascii() else "application/octet-stream"
    safe = "".join(one for one in safe.partition(";")[0] if one > " ")
    part.add_header("Content-Type", safe, **dict(parameters))
    part.add_header("Content-Transfer-Encoding", "base64")
    encoded = base64.b64encode(content).decode()
    part.set_payload("\r\n".join(encoded[at : at + 76] for at in range(0, len(encoded), 76)))
    return part


def _attachment(given: MimePart) -> "Part":
    name = _printable(given.name)
    named: dict[str, Any] = {"filename": name if name.isascii() else ("utf-8", "", name)}
    if given.content_type == "message/rfc822":
        from email import message_from_bytes
        from email.message import Message as Made

        part: Part = Made()
        part.add_header("Content-Type", "message/rfc822")
        part.set_payload([message_from_bytes(given.content)])
    else:
        part = _leaf(given.content_type, given.content)
    part.add_header("Content-Disposition", "inline" if given.inline else "attachment", **named)
    if given.content_id:
        part.add_header("Content-ID", f"<{_printable(given.content_id).encode('ascii', 'replace').decode()}>")
    return part


def _multi(kind: str, boundary: str, parts: list["Part"]) -> "Part":
    from email.message import Message as Made

    whole = Made()
    whole.add_header("Content-Type", f"multipart/{kind}", boundary=boundary)
    for part in parts:
        whole.attach(part)
    return whole


def _text_of(part: "Part") -> bytes:
    from email.policy import compat32

    return part.as_bytes(policy=compat32.clone(linesep="\r\n"))
