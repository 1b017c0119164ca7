"""Attachments: from request bodies to records, and from records to JSON."""

import base64
import binascii
import mimetypes
from typing import Any

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.errors import graph_error
from outlook365_emulator.store.blobs import THRESHOLD, Blob
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Attachment, Message
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

_OVERHEAD = 190
"""Bytes that MAPI adds to an attachment's own size, about; `size` is larger than the file (`graph-mail.md` 11)."""


def read_file(given: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Read a `fileAttachment` as sent.

    Args:
        given: members as sent, names canonical.

    Returns:
        The members to keep, and the content.

    Raises:
        GraphError: the content is no base64, the name is missing, or the kind of attachment is not emulated.
    """
    kind = str(given.get("@odata.type") or "#microsoft.graph.fileAttachment").lstrip("#").rpartition(".")[2]
    if kind.lower() != "fileattachment":
        raise graph_error(
            "not_emulated",
            operation=f"attachments of type {kind}",
            because=f"only file attachments are emulated, not {kind}",
        )
    if not given.get("name"):
        raise graph_error("property_required", property="name", because="an attachment needs a name")
    try:
        content = base64.b64decode(given.get("contentBytes") or "", validate=True)
    except (binascii.Error, ValueError):
        literal = str(given.get("contentBytes"))[:40]
        because = "contentBytes must be standard base64"
        raise graph_error("body_literal_mismatch", literal=literal, type="Edm.Binary", because=because) from None
    guessed = mimetypes.guess_type(given["name"])[0] or "application/octet-stream"
    members = {
        "name": given["name"],
        "contentType": given.get("contentType") or guessed,
        "isInline": bool(given.get("isInline")),
        "contentId": given.get("contentId"),
        "contentLocation": given.get("contentLocation"),
    }
    return members, content


def attach(
    world: World,
    mailbox: Mailbox,
    unit: UnitOfWork,
    stable: int,
    members: dict[str, Any],
    content: bytes,
) -> Attachment:
    """Add a file to a message.

    Args:
        world: holds large content.
        mailbox: the mailbox of the message.
        unit: the unit of work that it happens in.
        stable: the message's immutable number.
        members: as `read_file` returns them.
        content: the bytes.
    """
    document = {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "@odata.mediaContentType": members["contentType"],
        "lastModifiedDateTime": iso_seconds(unit.now),
        "name": members["name"],
        "contentType": members["contentType"],
        "size": len(content) + _OVERHEAD,
        "isInline": members["isInline"],
        "contentId": members["contentId"],
        "contentLocation": members["contentLocation"],
    }
    attachment = Attachment(
        number=mailbox.take_number(),
        message=stable,
        document=msgspec.json.encode(document),
        content=world.blobs.add(content) if len(content) > THRESHOLD else content,
        is_inline=members["isInline"],
        name=members["name"],
    )
    return unit.put(mailbox.attachments, attachment)


def content_of(world: World, attachment: Attachment) -> bytes:
    """Return the bytes of an attachment."""
    content = attachment.content
    return world.blobs.read(content) if isinstance(content, Blob) else content


def copy_attachments(unit: UnitOfWork, source: Mailbox, message: Message, target: Mailbox, stable: int) -> None:
    """Give a copy of a message in the same or another mailbox the attachments of the original."""
    for held in source.attachments.of(message):
        copied = msgspec.structs.replace(held, number=target.take_number(), message=stable)
        unit.put(target.attachments, copied)


def shown_attachments(given: list[tuple[dict[str, Any], bytes]]) -> bool:
    """Return what `hasAttachments` says: inline files alone do not count."""
    return any(not members["isInline"] for members, _ in given)
