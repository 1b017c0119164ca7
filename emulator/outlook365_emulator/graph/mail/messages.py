"""Messages: list, get, MIME text, create, update, move, copy, delete.

Reference `graph-mail.md` sections 4 to 6 and 10.
"""

from typing import Any
from urllib.parse import quote

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Count, NoContent, Page, Text
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.convertors import find_folder
from outlook365_emulator.graph.mail.addresses import resolved_members
from outlook365_emulator.graph.mail.bodies import preview_of, stored_body
from outlook365_emulator.graph.mail.composing import compose, compose_mime, follow_up_flag, judge_subject, store
from outlook365_emulator.graph.mail.documents import members_of, write_message
from outlook365_emulator.graph.mail.extended_properties import (
    EVER_READ,
    RECEIVED,
    SUBMITTED,
    held,
    merged,
    read_properties,
)
from outlook365_emulator.graph.mail.message_resource import message_resource
from outlook365_emulator.graph.mail.mime_writing import mime_of
from outlook365_emulator.graph.mail.placing import copy_message, move_message, remove_message
from outlook365_emulator.graph.mail.receipts import send_read_receipt
from outlook365_emulator.graph.mail.search_folders import messages_in
from outlook365_emulator.graph.operation import Action, Entity, operation
from outlook365_emulator.odata.options import ExpandItem
from outlook365_emulator.store.mail_shelves import hidden_part
from outlook365_emulator.store.records.mail import MailFolder, Message
from outlook365_emulator.wire import parse_pairs

_READ_ONLY = (
    "id",
    "createdDateTime",
    "lastModifiedDateTime",
    "changeKey",
    "receivedDateTime",
    "sentDateTime",
    "hasAttachments",
    "bodyPreview",
    "parentFolderId",
    "conversationId",
    "conversationIndex",
    "isDraft",
    "webLink",
    "uniqueBody",
    "attachments",
    "internetMessageHeaders",
)
_DRAFT_ONLY = ("from", "sender", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "internetMessageId")
_NULLABLE = ("subject", "isDeliveryReceiptRequested")
_IN_MIME = frozenset({"subject", "body", "internetMessageId", "importance", *_DRAFT_ONLY})
"""Members that the MIME text as it was sent says too; once they change it is written anew."""


def listed_folders(call: Call) -> list[int]:
    """Return the folders whose messages `/messages` lists: all but hidden ones and what lies below them."""
    folders = call.mailbox.folders
    root = folders.well_known("msgfolderroot")
    found = [] if root is None else [root.number]
    for number in found:
        found.extend(child.number for child in folders.children(number) if not child.hidden)
    return found


def _page(call: Call, folders: list[int], path: str) -> Page:
    shelf = call.mailbox.messages
    asked = {name.lower(): value.lower() for name, value in parse_pairs(call.request.query)}
    if asked.get("includehiddenmessages") == "true":
        folders = [*folders, *map(hidden_part, folders)]
    total = sum(shelf.total(folder) for folder in folders)
    return Page(
        resource=message_resource(),
        records=shelf.newest_first(folders),
        path=path,
        total=total,
        runs=lambda bounds: [shelf.received_between(folder, *bounds) for folder in folders],
    )


@operation("GET /users/{user}/messages", least="Mail.ReadBasic")
def list_(call: Call) -> Page:
    """List the messages of a mailbox, newest first, Deleted Items and drafts included."""
    return _page(call, listed_folders(call), f"{call.user_path}/messages")


@operation("GET /users/{user}/messages/$count", least="Mail.ReadBasic")
def count(call: Call) -> Count:
    """Count the messages of a mailbox."""
    return Count(list_(call))


@operation("GET /users/{user}/mailFolders/{folder}/messages", least="Mail.ReadBasic")
def list_in_folder(call: Call, folder: MailFolder) -> Page:
    """List the messages of one folder, newest first."""
    path = f"{call.user_path}/mailFolders('{quote(call.keys[1], safe='')}')/messages"
    if folder.search is not None:
        records, total = messages_in(call.mailbox, folder, call.now)
        return Page(resource=message_resource(), records=records, path=path, total=total)
    folders = listed_folders(call) if folder.well_known == "msgfolderroot" else [folder.number]
    return _page(call, folders, path)


@operation("GET /users/{user}/mailFolders/{folder}/messages/$count", least="Mail.ReadBasic")
def count_in_folder(call: Call, folder: MailFolder) -> Count:
    """Count the messages of one folder."""
    return Count(list_in_folder(call, folder))


@operation("GET /users/{user}/messages/{message}", least="Mail.ReadBasic")
def get(call: Call, message: Message) -> EntityAnswer:
    """Get a message."""
    return EntityAnswer(resource=message_resource(), record=message, path=f"{call.user_path}/messages")


def created(call: Call, message: Message) -> EntityAnswer:
    """Return the answer to a request that made a message."""
    ids = call.mailbox.ids
    item = ids.immutable(message.stable) if call.preferences.immutable_ids else ids.item(message.folder, message.number)
    location = f"{call.user_path}/messages('{item}')"
    return EntityAnswer(
        resource=message_resource(),
        record=message,
        path=f"{call.user_path}/messages",
        status=201,
        location=location,
    )


@operation("GET /users/{user}/messages/{message}/$value", least="Mail.Read")
def get_mime(call: Call, message: Message) -> Text:
    """Get the MIME text of a message."""
    return Text(mime_of(call.world, call.mailbox, message))


@operation("POST /users/{user}/messages", least="Mail.ReadWrite", body=Entity("message"), mime=True)
def create(call: Call, body: dict[str, Any] | bytes) -> EntityAnswer:
    """Create a draft in Drafts, from JSON or MIME."""
    drafts = call.mailbox.folders.well_known("drafts")
    assert drafts is not None, "every mailbox has Drafts"
    return created(call, _made_in(call, drafts, body))


@operation(
    "POST /users/{user}/mailFolders/{folder}/messages", least="Mail.ReadWrite", body=Entity("message"), mime=True
)
def create_in_folder(call: Call, folder: MailFolder, body: dict[str, Any] | bytes) -> EntityAnswer:
    """Create a draft in a folder; it is a draft wherever it lies."""
    return created(call, _made_in(call, folder, body))


def _made_in(call: Call, folder: MailFolder, body: dict[str, Any] | bytes) -> Message:
    _judge_holding(folder)
    message = store(call, compose_mime(call, body) if isinstance(body, bytes) else compose(call, body), folder)
    if message.extensions:  # the answer shows extensions that came with the message, and nothing else that is expanded
        call.options = msgspec.structs.replace(call.options, expand=(ExpandItem(("extensions",)),))
    return message


def _judge_holding(folder: MailFolder) -> None:
    if folder.search is not None:
        raise graph_error("access_denied", because=f"{folder.display_name} is a search folder, which holds nothing")


@operation("PATCH /users/{user}/messages/{message}", least="Mail.ReadWrite", body=Entity("message"))
def update(call: Call, message: Message, body: dict[str, Any]) -> EntityAnswer:
    """Change members of a message; recipients, sender and the internet message id only while it is a draft."""
    given = {name: value for name, value in body.items() if "@" not in name}
    judge_subject(given)
    properties = read_properties(given)
    for name in ("singleValueExtendedProperties", "multiValueExtendedProperties"):
        given.pop(name, None)
    for name in given:
        if name in (*_READ_ONLY, "extensions"):
            raise graph_error("property_read_only", because=f"{name} of a message is read-only")
        if name in _DRAFT_ONLY and not message.is_draft:
            raise graph_error("invalid_property_set", because=f"{name} can be set only while the message is a draft")
    members = members_of(message)
    members.update(_settable(call, given))
    members = {name: value for name, value in members.items() if value is not None or name in _NULLABLE}
    members["lastModifiedDateTime"] = iso_seconds(call.now)
    for identity, name in ((RECEIVED, "receivedDateTime"), (SUBMITTED, "sentDateTime")):
        members[name] = properties.get(identity) or members[name]
    changed = write_message(
        call.mailbox,
        members,
        _folder_of(call, message),
        number=message.number,
        stable=message.stable,
        like=message,
        new_body="body" in given,
        mime=None if _IN_MIME & given.keys() else message.mime,
        properties=merged(message.properties, properties | ({EVER_READ: "true"} if members["isRead"] else {})),
    )
    call.unit.put_item(call.mailbox, call.mailbox.messages, changed)
    if changed.is_read and not message.is_read and not held(message.properties, EVER_READ):
        send_read_receipt(call, changed, members)
    return EntityAnswer(resource=message_resource(), record=changed, path=f"{call.user_path}/messages")


def _settable(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    found = resolved_members(call.tenant, given)
    for name in ("isRead", "isReadReceiptRequested"):
        if name in found:
            found[name] = bool(found[name])
    if found.get("internetMessageId", "") is None:
        del found["internetMessageId"]
    if "body" in found:
        found["body"] = stored_body(found["body"])
        found["bodyPreview"] = preview_of(found["body"])
    if "categories" in found:
        found["categories"] = found["categories"] or []
    if "flag" in found:
        found["flag"] = follow_up_flag(call, found["flag"] or {})
    for name, default in (("importance", "normal"), ("inferenceClassification", "focused")):
        if name in found:
            found[name] = found[name] or default
    return found


def _folder_of(call: Call, message: Message) -> MailFolder:
    folder = call.mailbox.folders.get(message.folder)
    assert folder is not None, "a message lies in a folder"
    return folder


@operation(
    "POST /users/{user}/messages/{message}/move",
    least="Mail.ReadWrite",
    body=Action("move", "message", required=("destinationId",)),
)
def move(call: Call, message: Message, body: dict[str, Any]) -> EntityAnswer:
    """Move a message to another folder of the same mailbox: another id, the same immutable id."""
    target = find_folder(call, body["destinationId"])
    _judge_holding(target)
    return created(call, move_message(call.unit, call.mailbox, message, target))


@operation(
    "POST /users/{user}/messages/{message}/copy",
    least="Mail.ReadWrite",
    body=Action("copy", "message", required=("destinationId",)),
)
def copy(call: Call, message: Message, body: dict[str, Any]) -> EntityAnswer:
    """Copy a message into a folder of the same mailbox."""
    target = find_folder(call, body["destinationId"])
    _judge_holding(target)
    return created(call, copy_message(call.unit, call.mailbox, message, target))


@operation("DELETE /users/{user}/messages/{message}", least="Mail.ReadWrite")
def delete(call: Call, message: Message) -> NoContent:
    """Move a message to Deleted Items, from there to Recoverable Items, and from there away for good."""
    folders = call.mailbox.folders
    deleted = folders.well_known("deleteditems")
    recoverable = folders.well_known("recoverableitemsdeletions")
    assert deleted is not None, "every mailbox has Deleted Items"
    assert recoverable is not None, "every mailbox has Recoverable Items"
    if message.folder == recoverable.number:
        remove_message(call.unit, call.mailbox, message)
    else:
        here = {folder.number for folder in folders.subtree(deleted.number)}
        move_message(call.unit, call.mailbox, message, recoverable if message.folder in here else deleted)
    return NoContent()


@operation("POST /users/{user}/messages/{message}/permanentDelete", least="Mail.ReadWrite")
def permanent_delete(call: Call, message: Message) -> NoContent:
    """Take a message and its attachments out of the mailbox for good."""
    remove_message(call.unit, call.mailbox, message)
    return NoContent()
