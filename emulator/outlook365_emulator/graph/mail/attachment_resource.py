"""The attachment as an API resource: file and item attachments in one collection.

Reference `graph-mail.md` section 11.
"""

import base64
from collections.abc import Callable
from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.attached import content_of
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Kind, Property, RecordType
from outlook365_emulator.store.records.mail import Attachment, Message

_PLAIN: tuple[tuple[str, Kind], ...] = (
    ("id", "string"),
    ("lastModifiedDateTime", "datetime"),
    ("name", "string"),
    ("contentType", "string"),
    ("size", "integer"),
    ("isInline", "boolean"),
)
_OF_FILES: tuple[tuple[str, Kind], ...] = (
    ("contentId", "string"),
    ("contentLocation", "string"),
    ("contentBytes", "binary"),
)


def attachment_id(call: Call, message: Message, attachment: Attachment) -> str:
    """Return the id of an attachment in the form that the client prefers."""
    ids = call.mailbox.ids
    if call.preferences.immutable_ids:
        return ids.immutable_attachment(message.stable, attachment.number)
    return ids.attachment(message.folder, message.number, attachment.number)


def attachment_members(call: Call, message: Message, attachment: Attachment) -> dict[str, Any]:
    """Return an attachment of a message as a JSON object; a file with its content."""
    return attachment_document(call, attachment, attachment_id(call, message, attachment))


def attachment_document(call: Call, attachment: Attachment, identity: str) -> dict[str, Any]:
    """Return an attachment of any item as a JSON object; a file with its content.

    Args:
        call: the call.
        attachment: the attachment.
        identity: its id in the form that the client prefers.
    """
    members: dict[str, Any] = msgspec.json.decode(attachment.document)
    named = ("@odata.type", "@odata.mediaContentType")
    head: dict[str, Any] = {name: members.pop(name) for name in named if name in members}
    found = {**head, "id": identity, **members}
    if not attachment.item:
        found["contentBytes"] = base64.b64encode(content_of(call.world, attachment)).decode()
    return found


def _members(call: Call, attachment: Attachment) -> dict[str, Any]:
    return attachment_members(call, call.loaded["message"], attachment)


def _kind(attachment: Attachment) -> str:
    return f"microsoft.graph.{'itemAttachment' if attachment.item else 'fileAttachment'}"


def _type(name: str, rows: tuple[tuple[str, Kind], ...], **derived: RecordType) -> RecordType:
    properties = {one.lower(): Property(one, kind, None, filterable=False, sortable=False) for one, kind in rows}
    by_name = {f"microsoft.graph.{one}".lower(): type_ for one, type_ in derived.items()}
    return RecordType(
        f"microsoft.graph.{name}", MappingProxyType(properties), derived=MappingProxyType(by_name), type_of=_kind
    )


@cache
def attachment_type() -> RecordType:
    """Return what `$select` knows of an attachment; nothing can be filtered or ordered by."""
    return _type(
        "attachment",
        _PLAIN,
        fileAttachment=_type("fileAttachment", (*_PLAIN, *_OF_FILES)),
        itemAttachment=_type("itemAttachment", (*_PLAIN, ("item", "complex"))),
    )


def _item(call: Call, attachment: Attachment) -> dict[str, Any]:
    if not attachment.item:
        return {}
    message: Message = call.loaded["message"]
    path = f"{call.user_path}/messages('{call.mailbox.ids.item(message.folder, message.number)}')/attachments"
    return expanded_item(call, path, attachment_id(call, message, attachment), attachment)


def expanded_item(call: Call, path: str, key: str, attachment: Attachment) -> dict[str, Any]:
    """Return what `$expand=microsoft.graph.itemAttachment/item` adds to an attached item.

    Args:
        call: the call.
        path: the collection of attachments below the version.
        key: id of the attachment.
        attachment: the attachment.
    """
    context = call.context(f"{path}('{key}')/microsoft.graph.itemAttachment/item/$entity")
    return {"item@odata.context": context, "item": msgspec.json.decode(attachment.item)}


@cache
def attachment_resource(
    members: Callable[[Call, Attachment], dict[str, Any]] = _members,
    item: Callable[[Call, Attachment], dict[str, Any]] = _item,
) -> Resource:
    """Return the attachment as a resource.

    Args:
        members: writes an attachment; by default one of the message in the path.
        item: expands the item that is attached.
    """
    return Resource(
        name="attachment",
        type=attachment_type(),
        compute=members,
        expand={"microsoft.graph.itemattachment/item": item, "item": item},
        page_size=1000,
        efficient_order=False,
        ignores_filter=True,  # issue 1974 of microsoft-graph-docs, known-issues "Query parameter limitations"
    )
