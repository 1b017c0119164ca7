"""Messages of a document, put into a mailbox as if they had arrived."""

import base64
import binascii
import re
from datetime import datetime
from typing import Any

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.worlds.contents import AttachmentDocument, MessageDocument
from outlook365_emulator.worlds.instants import moment
from outlook365_emulator.worlds.reading import DocumentError, at, inside
from outlook365_emulator.worlds.refusals import refusals_at

_NAMED_ADDRESS = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>\s]+)>\s*")

SENDER = "Sender <sender@example.org>"
"""Who sent a message whose document names nobody."""

OWN = frozenset({"sentitems", "drafts", "outbox"})
"""Folders whose messages the owner has written."""


def receive_message(
    world: World, tenant: Tenant, unit: UnitOfWork, owner: User, document: MessageDocument, place: str
) -> Message:
    """Put one message into a mailbox and return it.

    Args:
        world: the world.
        tenant: the owner's tenant.
        unit: the unit of work that it happens in.
        owner: whose mailbox it is.
        document: the message.
        place: place of the message, for errors.

    Raises:
        DocumentError: there is no such folder, or a moment or an attachment cannot be read.
    """
    from outlook365_emulator.graph.mail.receiving import receive  # only a world that has messages needs it

    members = graph_message(document, unit.now, place)
    with at(inside(place, "folder")), refusals_at(place):
        return receive(world, tenant, unit, owner, members, folder=document.folder)


def graph_message(document: MessageDocument, now: datetime, place: str) -> dict[str, Any]:
    """Write a message as members of the Graph resource `message`.

    Args:
        document: the message.
        now: the instant from which offsets count.
        place: place of the message, for errors.

    Raises:
        DocumentError: a moment or an attachment cannot be read.
    """
    received = _moment(document.received, now, now, inside(place, "received"))
    sent = _moment(document.sent, now, received, inside(place, "sent"))
    members: dict[str, Any] = {
        "subject": document.subject,
        "body": {"contentType": document.body_type, "content": document.body},
        "receivedDateTime": iso_seconds(received),
        "sentDateTime": iso_seconds(sent),
        "importance": document.importance,
        "categories": list(document.categories),
        "toRecipients": [recipient(address) for address in document.to],
        "ccRecipients": [recipient(address) for address in document.cc],
    }
    if document.read is not None:
        members["isRead"] = document.read
    if document.sender is not None or document.folder.lower() not in OWN:
        members["from"] = recipient(document.sender or SENDER)
    if document.headers:
        members["internetMessageHeaders"] = [{"name": k, "value": v} for k, v in document.headers.items()]
    if document.attachments:
        where = inside(place, "attachments")
        members["attachments"] = [_attachment(one, f"{where}[{i}]") for i, one in enumerate(document.attachments)]
    return members


def _moment(text: str | None, now: datetime, otherwise: datetime, place: str) -> datetime:
    if text is None:
        return otherwise
    with at(place):
        return moment(text, now)


def recipient(text: str) -> dict[str, Any]:
    """Write an address of a document as a Graph `recipient`."""
    found = _NAMED_ADDRESS.fullmatch(text)
    address = found["address"] if found else text.strip()
    name = found["name"].strip('"') if found else ""
    return {"emailAddress": {"name": name or address, "address": address}}


def _attachment(document: AttachmentDocument, place: str) -> dict[str, Any]:
    members: dict[str, Any] = {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": document.name,
        "contentType": document.content_type,
        "contentBytes": _base64(document, place),
        "isInline": document.inline,
    }
    if document.content_id is not None:
        members["contentId"] = document.content_id
    return members


def _base64(document: AttachmentDocument, place: str) -> str:
    if (document.content is None) == (document.text is None):
        raise DocumentError(place, "give 'content' (base64) or 'text', one of them")
    if document.text is not None:
        return base64.b64encode(document.text.encode()).decode()
    assert document.content is not None
    try:
        base64.b64decode(document.content, validate=True)
    except (binascii.Error, ValueError):
        raise DocumentError(inside(place, "content"), "expected base64; plain text goes into 'text'") from None
    return document.content
