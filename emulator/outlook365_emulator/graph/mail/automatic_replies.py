"""Automatic replies: whether a mailbox answers arriving mail, and the answer.

Reference `graph-mail.md` sections 8 and 15: one reply for each sender while a setting lasts; automatic mail is never
answered (RFC 3834 section 2, `Auto-Submitted`; Exchange's `X-Auto-Response-Suppress`).
"""

from datetime import datetime
from typing import Any

from outlook365_emulator.graph.mail.addresses import recipient_of
from outlook365_emulator.graph.mail.deliverer import Deliver
from outlook365_emulator.graph.mail.documents import fresh_members, members_of, write_message
from outlook365_emulator.graph.mail.mailbox_settings import instant_of, settings_of
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.records.mailbox_settings import Answered
from outlook365_emulator.store.tenant import Tenant, addresses_of
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

_MARKS = (
    ("Auto-Submitted", "auto-generated"),
    ("X-Auto-Response-Suppress", "All"),
    ("X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent"),
)
_SILENCING = ("x-auto-response-suppress", "list-id", "list-unsubscribe", "x-ms-exchange-inbox-rules-loop")


def reply_setting(mailbox: Mailbox, owner: User, now: datetime) -> dict[str, Any] | None:
    """Return the automatic replies of a mailbox where they are on at an instant, or None."""
    replies: dict[str, Any] = settings_of(mailbox, owner, now)["automaticRepliesSetting"]
    if replies["status"] == "scheduled":
        start, end = instant_of(replies["scheduledStartDateTime"]), instant_of(replies["scheduledEndDateTime"])
        return replies if start <= now < end else None
    return replies if replies["status"] == "alwaysEnabled" else None


def reply_text(replies: dict[str, Any], tenant: Tenant, sender: str) -> str:
    """Return the text that a sender gets: the internal one, the external one, or "" where none is sent out.

    Args:
        replies: the setting.
        tenant: the tenant of the mailbox that answers.
        sender: address of the person who is answered.
    """
    if sender.rpartition("@")[2].lower() in tenant.domains:
        return str(replies["internalReplyMessage"] or "")
    # No mailbox here has contacts, so `contactsOnly` reaches nobody outside.
    return str(replies["externalReplyMessage"] or "") if replies["externalAudience"] == "all" else ""


def answer_automatically(
    world: World, tenant: Tenant, unit: UnitOfWork, owner: User, mailbox: Mailbox, message: Message, deliver: Deliver
) -> None:
    """Answer a message that has arrived, where the owner is away and its sender was not told yet.

    Args:
        world: the world.
        tenant: the owner's tenant.
        unit: the unit of work of the delivery.
        owner: whose mailbox it is.
        mailbox: the mailbox.
        message: the message.
        deliver: sends the reply.
    """
    sender = message.from_address.lower()
    replies = reply_setting(mailbox, owner, unit.now) if sender and not _is_automatic(message) else None
    if replies is None or sender in addresses_of(owner) or sender in mailbox.answered:
        return
    text = reply_text(replies, tenant, sender)
    inbox = mailbox.folders.well_known("inbox")
    if not text.strip() or inbox is None:
        return
    unit.put(mailbox.answered, Answered(sender=sender, at=unit.now))
    author = recipient_of(owner)
    given = {
        "subject": f"Automatic reply: {message.subject}",
        "body": {"contentType": "html", "content": text},
        "from": author,
        "sender": author,
        "toRecipients": [{"emailAddress": {"name": message.from_name, "address": message.from_address}}],
        "conversationIndex": members_of(message)["conversationIndex"],
    }
    members = fresh_members(world, unit.now, given, draft=False)
    headers = (*_MARKS, ("In-Reply-To", message.internet_message_id), ("References", message.internet_message_id))
    deliver(mailbox, write_message(mailbox, members, inbox), members, headers)


def _is_automatic(message: Message) -> bool:
    if message.from_address.lower().startswith(("microsoftexchange", "postmaster@", "mailer-daemon@")):
        return True
    for name, value in message.headers:
        lowered = name.lower()
        if lowered in _SILENCING or (lowered == "auto-submitted" and value.lower() != "no"):
            return True
        if lowered == "precedence" and value.lower() in ("bulk", "list", "junk"):
            return True
    return False
