"""What the rules of a mailbox do with a message that arrives.

Reference `graph-mail.md` section 14. Rules run in ascending order of `sequence`. What a rule sent on is not sent on by
a rule again (Exchange Online's limit of one), which ends loops between mailboxes.
"""

from typing import Any

import msgspec

from outlook365_emulator.graph.mail.addresses import address_of, recipient_of
from outlook365_emulator.graph.mail.attached import attach, detach_all
from outlook365_emulator.graph.mail.bodies import preview_of
from outlook365_emulator.graph.mail.deliverer import Deliver
from outlook365_emulator.graph.mail.documents import fresh_members, members_of, new_message_id, write_message
from outlook365_emulator.graph.mail.extended_properties import topic_of
from outlook365_emulator.graph.mail.item_attachments import Maker
from outlook365_emulator.graph.mail.mailbox_settings import settings_of
from outlook365_emulator.graph.mail.mime_writing import mime_of
from outlook365_emulator.graph.mail.placing import copy_message, move_message, remove_message
from outlook365_emulator.graph.mail.quoting import quoted, zone_named
from outlook365_emulator.graph.mail.rule_conditions import LOOP_HEADER, Letter, applies
from outlook365_emulator.store.item_ids import read_id
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import MailFolder, Message
from outlook365_emulator.store.records.mailbox_settings import MessageRule
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World


def run_rules(
    world: World, tenant: Tenant, unit: UnitOfWork, owner: User, mailbox: Mailbox, message: Message, deliver: Deliver
) -> Message | None:
    """Run the rules of a mailbox on a message that has just arrived.

    Args:
        world: the world.
        tenant: the owner's tenant.
        unit: the unit of work of the delivery.
        owner: whose mailbox it is.
        mailbox: the mailbox.
        message: the message, which lies in the inbox with its attachments.
        deliver: sends what the rules forward.

    Returns:
        The message as it lies afterwards, or None where a rule has deleted it for good.
    """
    for rule in sorted(mailbox.rules, key=lambda one: one.sequence):
        if not rule.enabled or rule.has_error or not applies(rule, Letter(mailbox, owner, message)):
            continue
        actions: dict[str, Any] = msgspec.json.decode(rule.actions)
        left = _act(_Arriving(world, tenant, unit, owner, mailbox, deliver), rule, actions, message)
        if left is None:
            return None
        message = left
        if actions.get("stopProcessingRules") or actions.get("delete"):
            break
    return message


class _Arriving:
    """The mailbox in which a message arrives, and what its rules need."""

    __slots__ = ("deliver", "mailbox", "owner", "tenant", "unit", "world")

    def __init__(
        self, world: World, tenant: Tenant, unit: UnitOfWork, owner: User, mailbox: Mailbox, deliver: Deliver
    ) -> None:
        self.world = world
        self.tenant = tenant
        self.unit = unit
        self.owner = owner
        self.mailbox = mailbox
        self.deliver = deliver

    def folder(self, key: str) -> MailFolder | None:
        """Return the folder that a rule names, or None where it was deleted."""
        return self.mailbox.folders.get(read_id(key).number)


def _act(at: _Arriving, rule: MessageRule, actions: dict[str, Any], message: Message) -> Message | None:
    message = _marked(at, actions, message)
    copy_to = at.folder(actions["copyToFolder"]) if actions.get("copyToFolder") else None
    move_to = at.folder(actions["moveToFolder"]) if actions.get("moveToFolder") else None
    if (actions.get("copyToFolder") and copy_to is None) or (actions.get("moveToFolder") and move_to is None):
        at.unit.put(at.mailbox.rules, msgspec.structs.replace(rule, has_error=True))
    if copy_to is not None:
        copy_message(at.unit, at.mailbox, message, copy_to)
    if not any(name == LOOP_HEADER for name, _ in message.headers):
        _send_on(at, actions, message)
    if actions.get("permanentDelete"):
        remove_message(at.unit, at.mailbox, message)
        return None
    if actions.get("delete"):
        move_to = at.mailbox.folders.well_known("deleteditems")
    if move_to is not None and move_to.number != message.folder:
        message = move_message(at.unit, at.mailbox, message, move_to)
    return message


def _marked(at: _Arriving, actions: dict[str, Any], message: Message) -> Message:
    changes: dict[str, Any] = {}
    if actions.get("assignCategories"):
        changes["categories"] = list(dict.fromkeys([*message.categories, *actions["assignCategories"]]))
    if actions.get("markAsRead"):
        changes["isRead"] = True
    if actions.get("markImportance"):
        changes["importance"] = actions["markImportance"]
    folder = at.mailbox.folders.get(message.folder)
    if not changes or folder is None:
        return message
    marked = write_message(
        at.mailbox,
        members_of(message) | changes,
        folder,
        number=message.number,
        stable=message.stable,
        like=message,
    )
    at.unit.put_item(at.mailbox, at.mailbox.messages, marked)
    return marked


def _send_on(at: _Arriving, actions: dict[str, Any], message: Message) -> None:
    looped = ((LOOP_HEADER, at.owner.mail or at.owner.user_principal_name),)
    if actions.get("forwardTo"):
        at.deliver(at.mailbox, message, _forwarded(at, message, actions["forwardTo"]), looped)
    if actions.get("forwardAsAttachmentTo"):
        _forward_as_attachment(at, message, actions["forwardAsAttachmentTo"], looped)
    if actions.get("redirectTo"):
        # A redirected message still says whom it was sent to and by whom; only its way is another.
        own = tuple(header for header in message.headers if _travels(header[0].lower()))
        targets = [address_of(one) for one in actions["redirectTo"]]
        at.deliver(at.mailbox, message, members_of(message), (*own, *looped), targets)


def _travels(name: str) -> bool:
    """Return whether a header, in lower case, goes along with a redirected message and is not written anew."""
    own = name.startswith("x-") and not name.startswith("x-ms-") and name != "x-priority"
    return own or name in ("auto-submitted", "precedence", "list-id", "list-unsubscribe", "sensitivity")


def _forward_as_attachment(
    at: _Arriving, message: Message, to: list[dict[str, Any]], looped: tuple[tuple[str, str], ...]
) -> None:
    inbox = at.mailbox.folders.get(message.folder)
    if inbox is None:
        return
    author = recipient_of(at.owner)
    given = {"subject": _subject(message), "from": author, "sender": author, "toRecipients": to}
    members = fresh_members(at.world, at.unit.now, given, draft=False) | {"hasAttachments": True}
    carrier = write_message(at.mailbox, members, inbox)  # only carries the attachment; it is never put anywhere
    maker = Maker(at.world, at.tenant, at.mailbox, at.unit.now)
    item = maker.message_from_mime(message.subject, mime_of(at.world, at.mailbox, message))
    attach(at.world, at.mailbox, at.unit, carrier.stable, item)
    at.deliver(at.mailbox, carrier, members, looped)
    detach_all(at.unit, at.mailbox, carrier)


def _forwarded(at: _Arriving, message: Message, to: list[dict[str, Any]]) -> dict[str, Any]:
    members = members_of(message)
    author = recipient_of(at.owner)
    body = quoted(members, "", zone_named(settings_of(at.mailbox, at.owner, at.unit.now)["timeZone"]))
    return members | {
        "subject": _subject(message),
        "body": body,
        "bodyPreview": preview_of(body),
        "internetMessageId": new_message_id(at.world),
        "from": author,
        "sender": author,
        "toRecipients": to,
        "ccRecipients": [],
        "bccRecipients": [],
        "replyTo": [],
        "isReadReceiptRequested": False,
    }


def _subject(message: Message) -> str:
    return f"FW: {topic_of(message.subject)}"
