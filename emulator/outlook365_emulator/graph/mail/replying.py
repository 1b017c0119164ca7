"""Replies and forwards: whom they go to, their subject, the quoted original, their place in the thread.

Reference `graph-mail.md` section 9.
"""

import base64
from datetime import datetime, tzinfo
from typing import Any, Literal

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import address_of, recipient_of, resolved_all
from outlook365_emulator.graph.mail.attached import put_attachment
from outlook365_emulator.graph.mail.bodies import preview_of
from outlook365_emulator.graph.mail.composing import Composition, compose, compose_mime
from outlook365_emulator.graph.mail.documents import members_of
from outlook365_emulator.graph.mail.extended_properties import IN_REPLY_TO, REFERENCES, held, merged, topic_of
from outlook365_emulator.graph.mail.mailbox_settings import settings_of
from outlook365_emulator.graph.mail.quoting import quoted, zone_named
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.tenant import addresses_of

Verb = Literal["reply", "replyAll", "forward"]
Recipients = list[dict[str, Any]]

VERBS = {"reply": "102", "replyAll": "103", "forward": "104"}
"""What MAPI notes on the original as its last verb (PidTagLastVerbExecuted)."""

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
        members["body"] = quoted(first, comment, _zone(call))
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
    if not members["toRecipients"] and not members["ccRecipients"]:
        members["toRecipients"] = _distinct(to, ())  # a note to oneself is answered to oneself


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


def _zone(call: Call) -> tzinfo:
    """Return the zone in which the times of a quote are written: the one preferred, else the mailbox's."""
    return zone_named(call.preferences.time_zone or settings_of(call.mailbox, call.user, call.now)["timeZone"])


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
