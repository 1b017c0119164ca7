"""Replies and forwards: whom they go to, their subject, the quoted original, their place in the thread.

Reference `graph-mail.md` section 9.
"""

import base64
import html
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import address_of, recipient_of, resolved_all
from outlook365_emulator.graph.mail.attached import put_attachment
from outlook365_emulator.graph.mail.bodies import in_form, inner_html, insert_before, preview_of, text_to_html
from outlook365_emulator.graph.mail.composing import Composition, compose, compose_mime
from outlook365_emulator.graph.mail.documents import members_of
from outlook365_emulator.graph.mail.extended_properties import IN_REPLY_TO, REFERENCES, held, merged, topic_of
from outlook365_emulator.graph.mail.mailbox_settings import settings_of
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.tenant import addresses_of
from outlook365_emulator.tables.time_zones import iana_name

Verb = Literal["reply", "replyAll", "forward"]
Recipients = list[dict[str, Any]]

VERBS = {"reply": "102", "replyAll": "103", "forward": "104"}
"""What MAPI notes on the original as its last verb (PidTagLastVerbExecuted)."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January February March April May June July August September October November December".split()
)  # fmt: skip
_FILETIME_EPOCH = 11644473600


def reply_to(call: Call, original: Message, verb: Verb, body: dict[str, Any] | bytes) -> Composition:
    """Compose an answer to a message.

    Args:
        call: the call.
        original: the message answered or forwarded.
        verb: what is done.
        body: parameters as sent (`message`, `comment`, `toRecipients`), or base64 MIME.

    Raises:
        GraphError: parameters that exclude each other, or anything `compose` refuses.
    """
    first = members_of(original)
    if isinstance(body, bytes):
        composition = compose_mime(call, body) if body.strip() else compose(call, {})
        own_body = composition.mime is not None
    else:
        composition = _overrides(call, body)
        own_body = bool((body.get("message") or {}).get("body"))
    members = composition.members
    _address(call, first, verb, members)
    prefix = "FW" if verb == "forward" else "RE"
    members["subject"] = members["subject"] or f"{prefix}: {topic_of(first['subject'] or '')}"
    members["conversationIndex"] = child_index(first["conversationIndex"], call.now)
    if not members.get("from"):
        members["from"] = members["sender"] = recipient_of(call.user)
    if not own_body:
        comment = str(body.get("comment") or "") if isinstance(body, dict) else ""
        members["body"] = quoted(first, comment, zone_of(call))
        members["bodyPreview"] = preview_of(members["body"])
    composition.properties = merged(composition.properties, _thread(original))
    composition.mime = None
    return composition


def _overrides(call: Call, body: dict[str, Any]) -> Composition:
    given = body.get("message") or {}
    if body.get("comment") and given.get("body"):
        raise _excluded("comment", "message.body")
    if body.get("toRecipients") and given.get("toRecipients"):
        raise _excluded("toRecipients", "message.toRecipients")
    composition = compose(call, given)
    if body.get("toRecipients"):
        composition.members["toRecipients"] = resolved_all(call.tenant, body["toRecipients"])
    return composition


def _excluded(one: str, other: str) -> Exception:
    because = f"{one} and {other} say the same thing twice: give one of them"
    return graph_error("invalid_request", detail=f"{one} and {other} cannot both be specified.", because=because)


def _address(call: Call, first: dict[str, Any], verb: Verb, members: dict[str, Any]) -> None:
    if verb == "forward":
        return
    own = addresses_of(call.user)
    sent_by_self = address_of(first.get("from")).lower() in own
    if sent_by_self:
        to = list(first["toRecipients"])
    else:
        to = list(first["replyTo"] or ([first["from"]] if first.get("from") else []))
    copied: Recipients = []
    if verb == "replyAll":
        to += [] if sent_by_self else first["toRecipients"]
        copied = list(first["ccRecipients"])
    skipped = () if sent_by_self and verb == "reply" else own
    members["toRecipients"] = _distinct([*to, *members["toRecipients"]], skipped)
    seen = {address_of(one).lower() for one in members["toRecipients"]}
    members["ccRecipients"] = _distinct([*copied, *members["ccRecipients"]], (*own, *seen))


def _distinct(recipients: Recipients, skipped: tuple[str, ...]) -> Recipients:
    found: dict[str, dict[str, Any]] = {}
    for recipient in recipients:
        address = address_of(recipient).lower()
        if address not in skipped:
            found.setdefault(address, recipient)
    return list(found.values())


def _thread(original: Message) -> dict[str, str | tuple[str, ...] | None]:
    references = f"{held(original.properties, REFERENCES)} {original.internet_message_id}".strip()
    return {IN_REPLY_TO: original.internet_message_id, REFERENCES: references}


def child_index(index: str, now: datetime) -> str:
    """Return the conversation index of an answer: the original's, and five bytes (MS-OXOMSG 2.2.1.3).

    Args:
        index: the original's index.
        now: when the answer is written.
    """
    data = base64.b64decode(index)
    began = int.from_bytes(data[1:6], "big") << 24
    ticks = max(0, int((now.timestamp() + _FILETIME_EPOCH) * 10_000_000) - began)
    late = ticks >= 1 << 49
    delta = (ticks >> (23 if late else 18)) & 0x7FFFFFFF
    if late:
        delta |= 0x80000000
    return base64.b64encode(data + delta.to_bytes(4, "big") + bytes([len(data) & 0xF0])).decode()


def zone_of(call: Call) -> tzinfo:
    """Return the zone in which the times of a quote are written: the one preferred, else the mailbox's."""
    from zoneinfo import ZoneInfo

    wanted = call.preferences.time_zone or str(settings_of(call.mailbox, call.user, call.now)["timeZone"])
    name = iana_name(wanted)
    return ZoneInfo(name) if name else UTC


def quoted(first: dict[str, Any], comment: str, zone: tzinfo) -> dict[str, str]:
    """Return the body of an answer: the comment, and the original below its head.

    Args:
        first: the original's members.
        comment: text in front.
        zone: zone of the time that the head says.
    """
    at = datetime.fromisoformat(first["sentDateTime"]).astimezone(zone)
    noon = "AM" if at.hour < 12 else "PM"
    sent = f"{_DAYS[at.weekday()]}, {_MONTHS[at.month - 1]} {at.day}, {at.year} {(at.hour % 12) or 12}:{at:%M} {noon}"
    lines = [("From", _names([first["from"]] if first.get("from") else [])), ("Sent", sent)]
    lines += [("To", _names(first["toRecipients"]))]
    lines += [("Cc", _names(first["ccRecipients"]))] if first["ccRecipients"] else []
    lines += [("Subject", first["subject"] or "")]
    if first["body"]["contentType"] == "text":
        head = "\r\n".join(f"{name}: {text}" for name, text in lines)
        text = f"{comment}\r\n\r\n{'_' * 32}\r\n{head}\r\n\r\n{first['body']['content']}"
        return {"contentType": "html", "content": text_to_html(text)}
    fields = "<br>".join(f"<b>{name}:</b> {html.escape(text, quote=False)}" for name, text in lines)
    head = (
        f"{inner_html(text_to_html(comment)) if comment else ''}"
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        f'<font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">{fields}</font>'
        "<div>&nbsp;</div></div>"
    )
    return {"contentType": "html", "content": insert_before(in_form(first["body"], "html")["content"], head)}


def _names(recipients: Recipients) -> str:
    parts = [one["emailAddress"] for one in recipients]
    return "; ".join(f"{one.get('name') or ''} <{one.get('address') or ''}>".strip() for one in parts)


def carry_attachments(call: Call, original: Message, verb: Verb, answer: Message) -> bool:
    """Give an answer the attachments that go with it: all of a forwarded message, those its quote shows of others.

    Returns:
        Whether one of them counts for `hasAttachments`.
    """
    import msgspec

    shown = False
    for one in call.mailbox.attachments.of(original):
        if verb == "forward" or one.is_inline:
            document = msgspec.json.decode(one.document)
            put_attachment(call.mailbox, call.unit, answer.stable, document, one.content, one.item)
            shown = shown or not one.is_inline
    return shown
