"""From a MIME text to a message: the best alternative as the body, attachments, header fields.

What Graph takes from a MIME text: reference `graph-mail.md` section 5. Nothing that a text may hold makes this raise
but nesting without end: damaged encodings and unknown charsets are read as well as they can be.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.mail.attached import NewAttachment, file_document

if TYPE_CHECKING:
    from email.message import Message as Part

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_IDENTITY = re.compile(r"<[^<>\s]+>")
_PRIORITY = {
    **dict.fromkeys(("1", "2", "high", "urgent"), "high"),
    **dict.fromkeys(("4", "5", "low", "non-urgent"), "low"),
}
_BODIES = ("text/html", "text/plain")
_MAX_PARTS = 1000


class MimeContent(msgspec.Struct):
    """What a MIME text says.

    Attributes:
        members: members of a message as Graph names them; what the text does not say is missing.
        attachments: its attachments in order; a message inside is an item attachment without `item`.
        headers: its custom `X-` header fields.
        in_reply_to, references: ids of the messages that it answers, as written.
        text: the MIME text without its `Bcc`.
        calendar: its iCalendar part (RFC 6047), which is among the attachments too; empty where it has none.
    """

    members: dict[str, Any]
    attachments: list[NewAttachment]
    headers: tuple[tuple[str, str], ...]
    in_reply_to: str
    references: str
    text: bytes
    calendar: bytes = b""


def decode_mime(body: bytes) -> bytes:
    """Return the MIME text of a `text/plain` request body: base64, lines allowed.

    Raises:
        GraphError: `mime_base64_invalid`.
    """
    packed = b"".join(body.split())
    try:
        text = base64.b64decode(packed, validate=True)
    except binascii.Error:
        text = b""
    if not text:
        raise graph_error("mime_base64_invalid", because="a text/plain body must be the MIME text in standard base64")
    return text


def read_mime(text: bytes, now: datetime) -> MimeContent:
    """Read a MIME text.

    Args:
        text: RFC 5322 text.
        now: the instant, for the attachments.

    Raises:
        GraphError: `mime_invalid` for nesting without end.
    """
    from email import message_from_bytes
    from email.policy import compat32

    try:
        root = message_from_bytes(text, policy=compat32)
        reading = _Reading(now)
        reading.take(root)
    except RecursionError:
        raise graph_error("mime_invalid", because="the parts of the MIME text are nested too deeply") from None
    members = _members(root)
    members["body"] = reading.body()
    return MimeContent(
        members,
        reading.attachments,
        tuple(_custom_headers(root)),
        " ".join(_IDENTITY.findall(_header(root, "in-reply-to"))),
        " ".join(_IDENTITY.findall(_header(root, "references"))),
        without_field(text, b"bcc"),
        reading.calendar,
    )


def calendar_in(text: bytes, now: datetime) -> bytes:
    """Return the iCalendar part of a MIME text about a meeting, or b"" where it has none.

    Args:
        text: RFC 5322 text.
        now: the instant.

    Raises:
        GraphError: `mime_invalid` for nesting without end.
    """
    return read_mime(text, now).calendar if b"text/calendar" in text.lower() else b""


def _header(part: "Part", name: str) -> str:
    return decoded(str(part.get(name) or ""))


def decoded(text: str) -> str:
    """Return the text of a header field, encoded words and raw bytes read, folding removed."""
    from email.errors import MessageError
    from email.header import decode_header

    text = re.sub(r"\r?\n(?=[ \t])", "", text)
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if "=?" not in text:
        return text.strip()
    try:
        pieces = decode_header(text)
    except (ValueError, LookupError, MessageError):
        return text.strip()
    return "".join(
        piece if isinstance(piece, str) else _text_of(piece, charset or "us-ascii") for piece, charset in pieces
    ).strip()


def _text_of(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset)
    except (LookupError, UnicodeError):
        pass
    try:
        return content.decode("utf-8")
    except UnicodeError:
        return content.decode("cp1252", "replace")


def _members(root: "Part") -> dict[str, Any]:
    members: dict[str, Any] = {"subject": _header(root, "subject")}
    for member, name in (
        ("toRecipients", "to"),
        ("ccRecipients", "cc"),
        ("bccRecipients", "bcc"),
        ("replyTo", "reply-to"),
    ):
        members[member] = _recipients(root, name)
    author = _recipients(root, "from")[:1]
    sender = _recipients(root, "sender")[:1] or author
    if author:
        members["from"], members["sender"] = author[0], sender[0]
    identity = _IDENTITY.search(_header(root, "message-id"))
    if identity:
        members["internetMessageId"] = identity[0]
    sent = _date(_header(root, "date"))
    if sent is not None:
        members["sentDateTime"] = iso_seconds(sent)
    index = _thread_index(_header(root, "thread-index"))
    if index:
        members["conversationIndex"] = index
    given = _header(root, "importance") or _header(root, "x-priority")[:1] or _header(root, "priority")
    members["importance"] = _PRIORITY.get(given.lower(), "normal")
    members["isReadReceiptRequested"] = bool(root.get("disposition-notification-to"))
    members["isDeliveryReceiptRequested"] = None
    return members


def _recipients(root: "Part", name: str) -> list[dict[str, Any]]:
    from email.utils import getaddresses

    raw = [re.sub(r"\r?\n", "", str(value)) for value in root.get_all(name, [])]
    found = []
    for display, address in getaddresses(raw):
        if address:
            written = decoded(address)
            found.append({"emailAddress": {"name": decoded(display) or written, "address": written}})
    return found


def _date(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _thread_index(text: str) -> str:
    packed = "".join(text.split())
    try:
        data = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return packed if len(data) >= 22 and (len(data) - 22) % 5 == 0 else ""


def _custom_headers(root: "Part") -> Iterator[tuple[str, str]]:
    for name, value in root.items():
        if name.lower().startswith("x-") and name.isascii() and name.lower() not in ("x-priority", "x-ms-has-attach"):
            yield name, decoded(str(value))


def without_field(text: bytes, name: bytes) -> bytes:
    """Return a MIME text without one of its header fields."""
    match = _HEADER_END.search(text)
    end = match.start() if match else len(text)
    field = re.compile(rb"^" + name + rb"[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)", re.IGNORECASE | re.MULTILINE)
    head = field.sub(b"", text[:end] + b"\n") if field.search(text[:end]) else None
    return text if head is None else head.rstrip(b"\r\n") + text[end:]


class _Reading:
    """One walk over the parts of a MIME text."""

    def __init__(self, now: datetime) -> None:
        self.attachments: list[NewAttachment] = []
        self.calendar = b""
        self._now = now
        self._texts: list[tuple[str, str]] = []
        self._count = 0

    def body(self) -> dict[str, str]:
        """Return the body found: one part as it is, several of one kind joined."""
        if not self._texts:
            return {"contentType": "text", "content": ""}
        kind = self._texts[0][0]
        return {"contentType": kind, "content": "\r\n".join(text for one, text in self._texts if one == kind)}

    def take(self, part: "Part", *, related: bool = False) -> None:
        """Take in a part and what is in it."""
        self._count += 1
        if self._count > _MAX_PARTS:
            raise graph_error("mime_invalid", because=f"the MIME text has more than {_MAX_PARTS} parts")
        kind = part.get_content_type()
        held = _parts(part)
        if kind == "multipart/alternative" and held:
            self._best(held)
        elif kind == "message/rfc822" and held:
            self._message(part, held[0])
        elif held:
            for index, one in enumerate(held):
                self.take(one, related=kind == "multipart/related" and index > 0)
        elif self._is_body(part, kind) and not related:
            self._texts.append(("html" if kind == "text/html" else "text", _content(part)))
        else:
            self._file(part, kind, related=related)

    def _best(self, parts: "list[Part]") -> None:
        ranked = [one for kind in ("html", "plain") for one in parts if _offers(one, f"text/{kind}")]
        chosen = ranked[0] if ranked else parts[-1]
        for one in parts:
            if one is chosen or not _offers(one, "text/plain", "text/html"):
                self.take(one)

    def _is_body(self, part: "Part", kind: str) -> bool:
        if kind not in _BODIES or part.get_content_disposition() == "attachment" or _name(part):
            return False
        return not self._texts or self._texts[0][0] == ("html" if kind == "text/html" else "text")

    def _file(self, part: "Part", kind: str, *, related: bool) -> None:
        content = _payload(part)
        if kind == "text/calendar" and part.get_param("method") and not self.calendar:
            self.calendar = content
        content_id = _header(part, "content-id").strip("<> ")
        inline = bool(content_id) and (related or part.get_content_disposition() == "inline")
        name = _name(part) or self._invented(kind)
        location = _header(part, "content-location") or None
        document = file_document(
            self._now, name, kind, len(content), inline=inline, content_id=content_id or None, location=location
        )
        self.attachments.append(NewAttachment(document, content))

    def _message(self, part: "Part", inner: "Part") -> None:
        content = _text_bytes(inner)
        name = _name(part) or _header(inner, "subject") or "Untitled"
        document = file_document(self._now, name, "message/rfc822", len(content))
        self.attachments.append(NewAttachment(document, content))

    def _invented(self, kind: str) -> str:
        known = {"text/plain": ".txt", "text/html": ".htm", "application/pkcs7-mime": ".p7m", "text/calendar": ".ics"}
        known |= {"application/pkcs7-signature": ".p7s", "message/delivery-status": ".txt"}
        if kind in ("application/pkcs7-mime", "application/pkcs7-signature"):
            return "smime" + known[kind]
        import mimetypes

        return f"ATT{len(self.attachments) + 1:05}{known.get(kind) or mimetypes.guess_extension(kind) or '.bin'}"


def _offers(part: "Part", *kinds: str) -> bool:
    if part.get_content_type() in kinds:
        return part.get_content_disposition() != "attachment"
    return part.get_content_maintype() == "multipart" and any(_offers(one, *kinds) for one in _parts(part)[:1])


def _parts(part: "Part") -> "list[Part]":
    held = _held(part)
    return [one for one in held if not isinstance(one, str)] if isinstance(held, list) else []


def _text_bytes(part: "Part") -> bytes:
    try:
        return part.as_bytes()
    except (UnicodeError, LookupError, ValueError):
        return part.as_string().encode("utf-8", "replace")


def _name(part: "Part") -> str:
    try:
        found = part.get_filename()
    except (ValueError, LookupError, TypeError):
        found = None
    name = decoded(found) if found else ""
    return "".join(one for one in name if one >= " ")[:255]


def _held(part: "Part") -> object:
    """Return what a part holds; a charset that cannot be read counts as none."""
    try:
        return part.get_payload()
    except (ValueError, LookupError, TypeError):
        part.del_param("charset")
        return part.get_payload()


def _payload(part: "Part") -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError):
        part.del_param("charset")
        content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _content(part: "Part") -> str:
    try:
        charset = part.get_content_charset() or "utf-8"
    except (ValueError, LookupError, TypeError):
        charset = "utf-8"
    text = _text_of(_payload(part), charset)
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
