"""Putting mail into a mailbox as if it had arrived: for world files, the control API and tests."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.graph.mail.addresses import address_of, recipient_of, resolved_members
from outlook365_emulator.graph.mail.arrivals import delivery_from
from outlook365_emulator.graph.mail.arriving import arrived
from outlook365_emulator.graph.mail.attached import attach, shown_attachments
from outlook365_emulator.graph.mail.composing import Composition, composition_of, kept_mime
from outlook365_emulator.graph.mail.delivery import transport_headers
from outlook365_emulator.graph.mail.documents import fresh_members, write_message
from outlook365_emulator.graph.mail.extended_properties import merged, read_properties
from outlook365_emulator.graph.mail.focused_inbox import classification_of
from outlook365_emulator.graph.mail.folder_names import folder_named
from outlook365_emulator.graph.mail.item_attachments import Maker
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import MailFolder, Message
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.schema import canonical

_SENT = frozenset({"sentitems", "drafts", "outbox"})


def receive(
    world: World, tenant: Tenant, unit: UnitOfWork, user: User, document: dict[str, Any], folder: str = "inbox"
) -> Message:
    """Put a message into a user's mailbox.

    Args:
        world: the world.
        tenant: the user's tenant.
        unit: the unit of work that it happens in.
        user: whose mailbox it is; its rules and automatic replies see what comes into the inbox.
        document: members of a Graph message; what is missing is set as for an arriving message: addressed to the
            user, unread, received now. In `drafts` it is a draft.
        folder: well-known name, path, display name or id of the folder.

    Raises:
        LookupError: the user has no mailbox, or the mailbox no such folder.
        SchemaViolation: a member is none of a message, or has a wrong type.
        GraphError: an attachment cannot be read.
    """
    mailbox = tenant.mailbox_of(user)
    if mailbox is None:
        raise LookupError(f"{user.user_principal_name} has no mailbox")
    target = folder_named(mailbox, folder)
    given = canonical("message", document)
    maker = Maker(world, tenant, mailbox, unit.now)
    attachments = [maker.read(one) for one in given.get("attachments") or ()]
    own = target.well_known in _SENT
    if own:
        given.setdefault("from", recipient_of(user))
    elif not given.get("toRecipients"):
        given["toRecipients"] = [recipient_of(user)]
    given = resolved_members(tenant, given)
    given.setdefault("isRead", own)
    if not given.get("inferenceClassification"):
        given["inferenceClassification"] = classification_of(mailbox, address_of(given.get("from")))
    for name in ("receivedDateTime", "sentDateTime"):
        other = given.get("sentDateTime") or given.get("receivedDateTime")
        if other and not given.get(name):
            given[name] = other
    members = fresh_members(world, unit.now, given, draft=target.well_known == "drafts")
    if given.get("receivedDateTime"):
        members["createdDateTime"] = members["lastModifiedDateTime"] = given["receivedDateTime"]
    members["hasAttachments"] = shown_attachments(attachments)
    own_headers = tuple((one["name"], one["value"]) for one in given.get("internetMessageHeaders") or ())
    headers = () if own else (*transport_headers(members), *own_headers)
    properties = merged((), read_properties(given))
    message = write_message(mailbox, members, target, headers=headers, properties=properties)
    unit.put_item(mailbox, mailbox.messages, message)
    for new in attachments:
        attach(world, mailbox, unit, message.stable, new)
    return _settled(world, tenant, unit, user, mailbox, message, target)


def receive_mime(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    user: User,
    text: bytes,
    folder: str = "inbox",
    *,
    received: datetime | None = None,
    read: bool | None = None,
    completed: Callable[[Composition, MailFolder], None] | None = None,
) -> Message:
    """Put a message into a user's mailbox from its MIME text, an `.eml` file.

    It counts as received when its `Date` says, or now where it has none.

    Args:
        world: the world.
        tenant: the user's tenant.
        unit: the unit of work that it happens in.
        user: whose mailbox it is.
        text: RFC 5322 text; it is kept as it is.
        folder: well-known name, path, display name or id of the folder.
        received: when it arrived, in place of its `Date`.
        read: whether it has been read; no when left out, in `sentitems` and `drafts` yes.
        completed: is shown the message before it is put, with its folder, and may change it.

    Raises:
        LookupError: the user has no mailbox, or the mailbox no such folder.
        GraphError: the text is nested without end.
    """
    mailbox = tenant.mailbox_of(user)
    if mailbox is None:
        raise LookupError(f"{user.user_principal_name} has no mailbox")
    target = folder_named(mailbox, folder)
    own = target.well_known in _SENT
    composition = composition_of(world, mailbox, Maker(world, tenant, mailbox, unit.now), text, unit.now)
    members = composition.members
    arrival = members["sentDateTime"] if received is None else iso_seconds(received)
    members["receivedDateTime"] = members["createdDateTime"] = members["lastModifiedDateTime"] = arrival
    members.update(isDraft=target.well_known == "drafts", isRead=own if read is None else read)
    members["inferenceClassification"] = classification_of(mailbox, address_of(members.get("from")))
    if completed is not None:
        completed(composition, target)
    headers = composition.headers if own else (*transport_headers(members), *composition.headers)
    message = write_message(
        mailbox,
        members,
        target,
        headers=headers,
        properties=composition.properties,
        mime=kept_mime(world, composition),
    )
    unit.put_item(mailbox, mailbox.messages, message)
    for new in composition.attachments:
        attach(world, mailbox, unit, message.stable, new)
    return _settled(world, tenant, unit, user, mailbox, message, target)


def _settled(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    user: User,
    mailbox: Mailbox,
    message: Message,
    target: MailFolder,
) -> Message:
    if target.well_known != "inbox":
        return message
    return arrived(world, tenant, unit, user, mailbox, message, delivery_from(world, unit, tenant)) or message
