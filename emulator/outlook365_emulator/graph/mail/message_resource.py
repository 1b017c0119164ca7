"""The message as an API resource: what queries read of a record, and how a record is written.

What Exchange filters and sorts by: reference `graph-core.md` section 6.1.
"""

import base64
from collections.abc import Callable
from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.attachments import content_of
from outlook365_emulator.graph.mail.bodies import in_form
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Kind, Property, RecordType
from outlook365_emulator.store.records.mail import Attachment, Message


def _document(_: Call, message: Message) -> bytes:
    return message.document


def _member(*names: str) -> Callable[[Message], Any]:
    def read(message: Message) -> Any:
        value: Any = msgspec.json.decode(message.document)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return read


def _plain(name: str, kind: Kind, get: Callable[[Any], Any], *, nullable: bool = False) -> Property:
    return Property(name, kind, get, nullable=nullable)


def _by_name(*properties: Property) -> MappingProxyType[str, Property]:
    return MappingProxyType({one.name.lower(): one for one in properties})


def _recipient(name: str, address: Callable[[Message], str], display: Callable[[Message], str]) -> Property:
    parts = _by_name(_plain("address", "string", address), _plain("name", "string", display))
    email = Property("emailAddress", "complex", None, parts, type_name="microsoft.graph.emailAddress")
    return Property(name, "complex", None, _by_name(email), sortable=False, type_name="microsoft.graph.recipient")


def _recipients(name: str) -> Property:
    email = Property(
        "emailAddress",
        "complex",
        lambda item: item.get("emailAddress"),
        _by_name(
            _plain("address", "string", lambda item: item.get("address"), nullable=True),
            _plain("name", "string", lambda item: item.get("name"), nullable=True),
        ),
        type_name="microsoft.graph.emailAddress",
    )
    element = Property("", "complex", None, _by_name(email), type_name="microsoft.graph.recipient")
    return Property(name, "collection", _member(name), element=element, filterable=False, sortable=False)


def _body() -> Property:
    parts = _by_name(
        _plain("content", "string", _member("body", "content")),
        _plain("contentType", "enum", _member("body", "contentType")),
    )
    return Property("body", "complex", None, parts, sortable=False, type_name="microsoft.graph.itemBody")


def _flag() -> Property:
    parts = _by_name(_plain("flagStatus", "enum", lambda message: message.flag_status))
    return Property("flag", "complex", None, parts, sortable=False, type_name="microsoft.graph.followupFlag")


@cache
def message_type() -> RecordType:
    """Return what `$filter`, `$orderby` and `$select` know of a message."""
    category = Property("", "string", None)
    unfiltered: list[tuple[str, Kind]] = [
        ("id", "string"),
        ("changeKey", "string"),
        ("conversationIndex", "binary"),
        ("webLink", "string"),
        ("uniqueBody", "complex"),
        ("internetMessageHeaders", "collection"),
        ("attachments", "collection"),
        ("extensions", "collection"),
    ]
    properties = _by_name(
        _plain("subject", "string", lambda message: message.subject),
        _plain("receivedDateTime", "datetime", lambda message: message.received),
        _plain("sentDateTime", "datetime", lambda message: message.sent),
        _plain("createdDateTime", "datetime", lambda message: message.created),
        _plain("lastModifiedDateTime", "datetime", lambda message: message.modified),
        _plain("isRead", "boolean", lambda message: message.is_read),
        _plain("isDraft", "boolean", lambda message: message.is_draft),
        _plain("hasAttachments", "boolean", lambda message: message.has_attachments),
        _plain("importance", "enum", lambda message: message.importance),
        _plain("inferenceClassification", "enum", lambda message: message.inference),
        _plain("conversationId", "string", lambda message: message.conversation),
        _plain("internetMessageId", "string", lambda message: message.internet_message_id),
        _plain("bodyPreview", "string", lambda message: message.preview),
        _plain("parentFolderId", "string", _member("parentFolderId")),
        _plain("isReadReceiptRequested", "boolean", _member("isReadReceiptRequested")),
        _plain("isDeliveryReceiptRequested", "boolean", _member("isDeliveryReceiptRequested"), nullable=True),
        _recipient("from", lambda message: message.from_address, lambda message: message.from_name),
        _recipient("sender", lambda message: message.sender_address, lambda message: message.sender_name),
        _recipients("toRecipients"),
        _recipients("ccRecipients"),
        _recipients("bccRecipients"),
        _recipients("replyTo"),
        _body(),
        _flag(),
        Property("categories", "collection", lambda message: message.categories, element=category, sortable=False),
        *(Property(name, kind, _member(name), filterable=False, sortable=False) for name, kind in unfiltered),
    )
    return RecordType("microsoft.graph.message", properties)


def adapt_message(call: Call, message: Message, members: dict[str, Any]) -> None:
    """Change the members of a message as the client prefers: form of its id and of its body."""
    preferences = call.preferences
    if preferences.immutable_ids:
        members["id"] = call.mailbox.ids.immutable(message.stable)
    if preferences.body:
        members["body"] = in_form(members["body"], preferences.body)


def message_etag(call: Call, message: Message) -> str:
    """Return the `ETag` of a message."""
    return f'W/"{call.mailbox.ids.change_key(message.change)}"'


def _headers(_: Call, message: Message) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in message.headers]


def _unique_body(call: Call, message: Message) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(message.document)["body"]
    return in_form(body, call.preferences.body) if call.preferences.body else body


def _attachments(call: Call, message: Message) -> dict[str, Any]:
    context = (
        f"{call.root}/$metadata#{call.user_path}/messages('{call.mailbox.ids.item(message.folder, message.number)}')"
    )
    held = [attachment_members(call, message, one) for one in call.mailbox.attachments.of(message)]
    return {"attachments@odata.context": f"{context}/attachments", "attachments": held}


def attachment_members(call: Call, message: Message, attachment: Attachment) -> dict[str, Any]:
    """Return an attachment as a JSON object, content included."""
    ids = call.mailbox.ids
    if call.preferences.immutable_ids:
        identity = ids.immutable_attachment(message.stable, attachment.number)
    else:
        identity = ids.attachment(message.folder, message.number, attachment.number)
    members: dict[str, Any] = msgspec.json.decode(attachment.document)
    head: dict[str, Any] = {
        name: members.pop(name) for name in ("@odata.type", "@odata.mediaContentType") if name in members
    }
    content = base64.b64encode(content_of(call.world, attachment)).decode()
    return {**head, "id": identity, **members, "contentBytes": content}


@cache
def message_resource() -> Resource:
    """Return the message as a resource."""
    return Resource(
        name="message",
        type=message_type(),
        document=_document,
        adapt=adapt_message,
        etag=message_etag,
        on_demand={"internetMessageHeaders": _headers, "uniqueBody": _unique_body},
        expand={"attachments": _attachments},
        default_order=("receiveddatetime", True),
    )
