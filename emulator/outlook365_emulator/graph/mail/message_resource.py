"""The message as an API resource: what queries read of a record, and how a record is written.

What Exchange filters and sorts by: reference `graph-core.md` section 6.1.
"""

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.graph.asked_ids import asked_ids
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.item_properties import body, member, plain
from outlook365_emulator.graph.mail.attachment_resource import attachment_members
from outlook365_emulator.graph.mail.bodies import in_form, unique_part
from outlook365_emulator.graph.mail.extended_properties import (
    asked_properties,
    multi_values,
    normal_id,
    single_values,
    value_of,
)
from outlook365_emulator.graph.mail.meeting_times import show_in_zone
from outlook365_emulator.graph.open_extensions import as_rows, extension_members, plain_name
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.graph.search.messages import search_messages
from outlook365_emulator.odata.records import Getter, Kind, Property, RecordType, by_name
from outlook365_emulator.store.mail_shelves import arrival
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.tables.schema_types import derives, types


def _document(_: Call, message: Message) -> bytes:
    return message.document


_document_of: Callable[[Any], bytes] = attrgetter("document")


def _member(*names: str) -> Getter:
    return member(_document_of, *names)


def _recipient(name: str, address: Callable[[Message], str], display: Callable[[Message], str]) -> Property:
    parts = by_name(plain("address", "string", address), plain("name", "string", display))
    email = Property("emailAddress", "complex", None, parts, type_name="microsoft.graph.emailAddress")
    return Property(name, "complex", None, by_name(email), sortable=False, type_name="microsoft.graph.recipient")


def _recipients(name: str) -> Property:
    email = Property(
        "emailAddress",
        "complex",
        lambda item: item.get("emailAddress"),
        by_name(
            plain("address", "string", lambda item: item.get("address"), nullable=True),
            plain("name", "string", lambda item: item.get("name"), nullable=True),
        ),
        type_name="microsoft.graph.emailAddress",
    )
    element = Property("", "complex", None, by_name(email), type_name="microsoft.graph.recipient")
    return Property(name, "collection", _member(name), element=element, filterable=False, sortable=False)


def _flag() -> Property:
    parts = by_name(plain("flagStatus", "enum", attrgetter("flag_status")))
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
    ]
    properties = by_name(
        Property("subject", "string", attrgetter("subject"), nullable=False, folded=attrgetter("subject_folded")),
        plain("receivedDateTime", "datetime", attrgetter("received")),
        plain("sentDateTime", "datetime", attrgetter("sent")),
        plain("createdDateTime", "datetime", attrgetter("created")),
        plain("lastModifiedDateTime", "datetime", attrgetter("modified")),
        plain("isRead", "boolean", attrgetter("is_read")),
        plain("isDraft", "boolean", attrgetter("is_draft")),
        plain("hasAttachments", "boolean", attrgetter("has_attachments")),
        plain("importance", "enum", attrgetter("importance")),
        plain("inferenceClassification", "enum", attrgetter("inference")),
        plain("conversationId", "string", attrgetter("conversation")),
        plain("internetMessageId", "string", attrgetter("internet_message_id")),
        plain("bodyPreview", "string", attrgetter("preview")),
        plain("parentFolderId", "string", _member("parentFolderId")),
        plain("isReadReceiptRequested", "boolean", _member("isReadReceiptRequested")),
        plain("isDeliveryReceiptRequested", "boolean", _member("isDeliveryReceiptRequested"), nullable=True),
        _recipient("from", attrgetter("from_address"), attrgetter("from_name")),
        _recipient("sender", attrgetter("sender_address"), attrgetter("sender_name")),
        _recipients("toRecipients"),
        _recipients("ccRecipients"),
        _recipients("bccRecipients"),
        _recipients("replyTo"),
        body(_document_of),
        _flag(),
        Property("categories", "collection", attrgetter("categories"), element=category, sortable=False),
        *_filtered_properties(),
        *(Property(name, kind, _member(name), filterable=False, sortable=False) for name, kind in unfiltered),
    )
    return RecordType(
        "microsoft.graph.message", properties, derived=_derived(properties), type_of=_type_name, tells_type=False
    )


_TYPED = b'{"@odata.type":"#'


def _type_name(message: Message) -> str:
    """Return the type that a message's document begins with; plain messages do not say theirs."""
    document = message.document
    if not document.startswith(_TYPED):
        return "microsoft.graph.message"
    return document[len(_TYPED) : document.index(b'"', len(_TYPED))].decode()


def _derived(properties: Mapping[str, Property]) -> Mapping[str, RecordType]:
    """Return the types of messages about meetings and sharing: `$select` names their own properties by a cast.

    Exchange filters by neither (`isof` is 400 ErrorInvalidUrlQueryFilter, as clients report of 2026-10).
    """
    found: dict[str, RecordType] = {}
    for one in types().values():
        if derives(one, types()["message"]) and one.name != "message":
            own = {
                name: Property(declared.name, "complex", _member(declared.name), filterable=False, sortable=False)
                for name, declared in one.properties.items()
                if name not in properties and not declared.navigation
            }
            name = f"microsoft.graph.{one.name}"
            found[name.lower()] = RecordType(name, MappingProxyType({**properties, **own}))
    return MappingProxyType(found)


def _filtered_properties() -> tuple[Property, ...]:
    """What `any` may ask of extended properties and extensions (reference `graph-core.md` section 6.1)."""
    identity = Property("id", "string", lambda row: row["id"], literal=normal_id)
    text = Property("", "string", None)
    single = by_name(identity, plain("value", "string", lambda row: row["value"]))
    values = Property("value", "collection", lambda row: row["value"], element=text, sortable=False)
    named = Property("id", "string", lambda row: row["id"].lower(), literal=lambda id_: plain_name(id_).lower())
    rows: tuple[tuple[str, Mapping[str, Property], Callable[[Message], Any]], ...] = (
        ("singleValueExtendedProperties", single, single_values),
        ("multiValueExtendedProperties", by_name(identity, values), multi_values),
        ("extensions", by_name(named), lambda message: as_rows(message.extensions)),
    )
    return tuple(
        Property(name, "collection", get, element=Property("", "complex", None, parts), sortable=False)
        for name, parts, get in rows
    )


def adapt_message(call: Call, message: Message, members: dict[str, Any]) -> None:
    """Change the members of a message as the client prefers: form of its id and of its body."""
    preferences = call.preferences
    # What $search finds keeps its ordinary id, as clients report of 2026-10.
    if preferences.immutable_ids and call.options.search is None:
        members["id"] = call.mailbox.ids.immutable(message.stable)
    if preferences.unsafe_html and message.unsafe_body is not None:
        members["body"] = {**members["body"], "content": message.unsafe_body}
    if preferences.body:
        members["body"] = in_form(members["body"], preferences.body)
    if preferences.time_zone and "meetingMessageType" in members:
        show_in_zone(members, preferences.time_zone)


def message_etag(call: Call, message: Message) -> str:
    """Return the `ETag` of a message."""
    return f'W/"{call.mailbox.ids.change_key(message.change)}"'


def _headers(_: Call, message: Message) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in message.headers]


def _unique_body(call: Call, message: Message) -> dict[str, Any]:
    body = unique_part(msgspec.json.decode(message.document)["body"])
    return in_form(body, call.preferences.body) if call.preferences.body else body


def _context(call: Call, message: Message) -> str:
    item = call.mailbox.ids.item(message.folder, message.number)
    return call.context(f"{call.user_path}/messages('{item}')")


def _attachments(call: Call, message: Message) -> dict[str, Any]:
    held = [attachment_members(call, message, one) for one in call.mailbox.attachments.of(message)]
    return {"attachments@odata.context": f"{_context(call, message)}/attachments", "attachments": held}


def _properties(name: str, *, many: bool) -> Callable[[Call, Message], dict[str, Any]]:
    def expand(call: Call, message: Message) -> dict[str, Any]:
        asked = asked_properties(call, name)
        values = [(identity, value_of(message, identity)) for identity in sorted(asked)]
        found = [{"id": one, "value": value} for one, value in values if isinstance(value, tuple if many else str)]
        return {f"{name}@odata.context": f"{_context(call, message)}/{name}", name: found} if found else {}

    return expand


def _extensions(call: Call, message: Message) -> dict[str, Any]:
    asked = asked_ids(call, "extensions", lambda text: plain_name(text).lower())
    found = [extension_members(one) for one in message.extensions if asked is None or one[0].lower() in asked]
    return {"extensions@odata.context": f"{_context(call, message)}/extensions", "extensions": found} if found else {}


def _event(call: Call, message: Message) -> dict[str, Any]:
    return call.event_of(call, message)


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
        expand={
            "attachments": _attachments,
            "extensions": _extensions,
            "microsoft.graph.eventmessage/event": _event,
            "singlevalueextendedproperties": _properties("singleValueExtendedProperties", many=False),
            "multivalueextendedproperties": _properties("multiValueExtendedProperties", many=True),
        },
        filters_own=frozenset({"extensions", "singleValueExtendedProperties", "multiValueExtendedProperties"}),
        default_order=("receiveddatetime", True),
        order_key=arrival,
        search=search_messages,
    )
