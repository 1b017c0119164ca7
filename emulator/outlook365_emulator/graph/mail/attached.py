"""Attachments as records: read from request bodies, held by messages, copied along.

Members and sizes: reference `graph-mail.md` section 11.
"""

import base64
import binascii
import mimetypes
from datetime import datetime
from typing import Any

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.errors import graph_error
from outlook365_emulator.store.blobs import THRESHOLD, Blob
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Attachment, Message
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

FILE = "#microsoft.graph.fileAttachment"
ITEM = "#microsoft.graph.itemAttachment"
OVERHEAD = 190
"""Bytes that MAPI adds to an attachment's own size, about; `size` is larger than the file."""


class NewAttachment(msgspec.Struct, frozen=True):
    """An attachment before it is held by a message.

    Attributes:
        document: its members without id and content.
        content: the bytes of a file; of an item its MIME, iCalendar or vCard text.
        item: JSON of the item of an item attachment; empty for a file.
    """

    document: dict[str, Any]
    content: bytes
    item: bytes = b""


def file_document(
    now: datetime,
    name: str,
    content_type: str | None,
    size: int,
    *,
    inline: bool = False,
    content_id: str | None = None,
    location: str | None = None,
) -> dict[str, Any]:
    """Return the members of a file attachment without id and content.

    Args:
        now: when it was attached.
        name: file name.
        content_type: media type, or None for the one that the name suggests.
        size: bytes of the file.
        inline: whether a body shows it.
        content_id: by which `cid:` it is shown.
        location: `contentLocation`.
    """
    kind = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {
        "@odata.type": FILE,
        "@odata.mediaContentType": kind,
        "lastModifiedDateTime": iso_seconds(now),
        "name": name,
        "contentType": kind,
        "size": size + OVERHEAD,
        "isInline": inline,
        "contentId": content_id,
        "contentLocation": location,
    }


def item_document(now: datetime, name: str, size: int, *, inline: bool = False) -> dict[str, Any]:
    """Return the members of an item attachment without id and item."""
    return {
        "@odata.type": ITEM,
        "lastModifiedDateTime": iso_seconds(now),
        "name": name,
        "contentType": None,
        "size": size + OVERHEAD,
        "isInline": inline,
    }


def read_file(now: datetime, given: dict[str, Any]) -> NewAttachment:
    """Read a `fileAttachment` as sent.

    Args:
        now: when it is attached.
        given: members as sent, names canonical.

    Raises:
        GraphError: the content is no base64, or the name is missing.
    """
    if not given.get("name"):
        raise graph_error("property_required", property="name", because="an attachment needs a name")
    try:
        content = base64.b64decode(given.get("contentBytes") or "", validate=True)
    except (binascii.Error, ValueError):
        literal = str(given.get("contentBytes"))[:40]
        because = "contentBytes must be standard base64"
        raise graph_error("body_literal_mismatch", literal=literal, type="Edm.Binary", because=because) from None
    document = file_document(
        now,
        given["name"],
        given.get("contentType"),
        len(content),
        inline=bool(given.get("isInline")),
        content_id=given.get("contentId"),
        location=given.get("contentLocation"),
    )
    return NewAttachment(document, content)


def attach(world: World, mailbox: Mailbox, unit: UnitOfWork, stable: int, new: NewAttachment) -> Attachment:
    """Have a message hold an attachment.

    Args:
        world: holds large content.
        mailbox: the mailbox of the message.
        unit: the unit of work that it happens in.
        stable: the message's immutable number.
        new: the attachment.
    """
    content = new.content
    return put_attachment(
        mailbox,
        unit,
        stable,
        new.document,
        world.blobs.add(content) if len(content) > THRESHOLD else content,
        new.item,
    )


def put_attachment(
    mailbox: Mailbox,
    unit: UnitOfWork,
    stable: int,
    document: dict[str, Any],
    content: Blob | bytes,
    item: bytes = b"",
) -> Attachment:
    """Have a message hold an attachment whose content lies where it stays."""
    attachment = Attachment(
        number=mailbox.take_number(),
        message=stable,
        document=msgspec.json.encode(document),
        content=content,
        is_inline=document["isInline"],
        name=document["name"],
        item=item,
    )
    return unit.put(mailbox.attachments, attachment)


def content_of(world: World, attachment: Attachment) -> bytes:
    """Return the bytes of an attachment."""
    content = attachment.content
    return world.blobs.read(content) if isinstance(content, Blob) else content


def size_of(attachment: Attachment) -> int:
    """Return how many bytes an attachment's content has."""
    content = attachment.content
    return content.length if isinstance(content, Blob) else len(content)


def copy_attachments(
    unit: UnitOfWork, source: Mailbox, message: Message, target: Mailbox, stable: int, *, inline_only: bool = False
) -> bool:
    """Give a copy of a message in the same or another mailbox the attachments of the original.

    Returns:
        Whether the copy has attachments as `hasAttachments` counts them.
    """
    shown = False
    for held in source.attachments.of(message):
        if inline_only and not held.is_inline:
            continue
        copied = msgspec.structs.replace(held, number=target.take_number(), message=stable)
        unit.put(target.attachments, copied)
        shown = shown or not held.is_inline
    return shown


def shown_attachments(given: list[NewAttachment]) -> bool:
    """Return what `hasAttachments` says: inline files alone do not count."""
    return any(not new.document["isInline"] for new in given)


def detach_all(unit: UnitOfWork, mailbox: Mailbox, message: Message) -> None:
    """Take every attachment off a message that goes away for good."""
    for held in mailbox.attachments.of(message):
        unit.remove(mailbox.attachments, held)
