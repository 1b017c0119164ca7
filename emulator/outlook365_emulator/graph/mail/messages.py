"""Messages: list, get, create a draft, update, delete.

Reference `graph-mail.md` sections 4 to 6 and 10.
"""

from typing import Any
from urllib.parse import quote

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import NoContent, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import resolved, resolved_all
from outlook365_emulator.graph.mail.attachments import attach
from outlook365_emulator.graph.mail.bodies import preview_of, stored_body
from outlook365_emulator.graph.mail.composing import compose, follow_up_flag, refuse_extended_properties
from outlook365_emulator.graph.mail.documents import members_of, write_message
from outlook365_emulator.graph.mail.message_resource import message_resource
from outlook365_emulator.graph.mail.search_folders import messages_in
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.store.records.mail import MailFolder, Message

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
_RECIPIENTS = ("toRecipients", "ccRecipients", "bccRecipients", "replyTo")


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
    total = sum(shelf.total(folder) for folder in folders)
    return Page(resource=message_resource(), records=shelf.newest_first(folders), path=path, total=total)


@operation("GET /users/{user}/messages", least="Mail.ReadBasic")
def list_(call: Call) -> Page:
    """List the messages of a mailbox, newest first, Deleted Items and drafts included."""
    return _page(call, listed_folders(call), f"{call.user_path}/messages")


@operation("GET /users/{user}/messages/$count", least="Mail.ReadBasic")
def count(call: Call) -> Page:
    """Count the messages of a mailbox."""
    return list_(call)


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
def count_in_folder(call: Call, folder: MailFolder) -> Page:
    """Count the messages of one folder."""
    return list_in_folder(call, folder)


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


@operation("POST /users/{user}/messages", least="Mail.ReadWrite", body=Entity("message"))
def create(call: Call, body: dict[str, Any]) -> EntityAnswer:
    """Create a draft in Drafts."""
    drafts = call.mailbox.folders.well_known("drafts")
    assert drafts is not None, "every mailbox has Drafts"
    return created(call, _draft_in(call, drafts, body))


@operation("POST /users/{user}/mailFolders/{folder}/messages", least="Mail.ReadWrite", body=Entity("message"))
def create_in_folder(call: Call, folder: MailFolder, body: dict[str, Any]) -> EntityAnswer:
    """Create a draft in a folder; it is a draft wherever it lies."""
    return created(call, _draft_in(call, folder, body))


def _draft_in(call: Call, folder: MailFolder, body: dict[str, Any]) -> Message:
    members, files, headers = compose(call, body)
    message = write_message(call.mailbox, members, folder, headers=headers)
    call.unit.put_item(call.mailbox, call.mailbox.messages, message)
    for kept, content in files:
        attach(call.world, call.mailbox, call.unit, message.stable, kept, content)
    return message


@operation("PATCH /users/{user}/messages/{message}", least="Mail.ReadWrite", body=Entity("message"))
def update(call: Call, message: Message, body: dict[str, Any]) -> EntityAnswer:
    """Change members of a message; recipients, sender and the internet message id only while it is a draft."""
    given = {name: value for name, value in body.items() if not name.startswith("@odata.")}
    refuse_extended_properties(given)
    for name in given:
        if name in _READ_ONLY:
            raise graph_error("property_read_only", because=f"{name} of a message is read-only")
        if name in _DRAFT_ONLY and not message.is_draft:
            raise graph_error("invalid_property_set", because=f"{name} can be set only while the message is a draft")
    members = members_of(message)
    members.update(_settable(call, given))
    members = {name: value for name, value in members.items() if value is not None or name in _NULLABLE}
    members["lastModifiedDateTime"] = iso_seconds(call.now)
    changed = write_message(
        call.mailbox,
        members,
        _folder_of(call, message),
        number=message.number,
        stable=message.stable,
        headers=message.headers,
        mime=message.mime,
    )
    call.unit.put_item(call.mailbox, call.mailbox.messages, changed)
    return EntityAnswer(resource=message_resource(), record=changed, path=f"{call.user_path}/messages")


def _settable(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    found = dict(given)
    for name in _RECIPIENTS:
        if name in found:
            found[name] = resolved_all(call.tenant, found[name])
    for name in ("from", "sender"):
        if found.get(name):
            found[name] = resolved(call.tenant, found[name])
    for name in ("isRead", "isReadReceiptRequested"):
        if name in found:
            found[name] = bool(found[name])
    if found.get("internetMessageId", "") is None:
        del found["internetMessageId"]
    if "from" in found and "sender" not in found:
        found["sender"] = found["from"]
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


@operation("DELETE /users/{user}/messages/{message}", least="Mail.ReadWrite")
def delete(call: Call, message: Message) -> NoContent:
    """Move a message to Deleted Items, from there to Recoverable Items, and from there away for good."""
    folders = call.mailbox.folders
    deleted = folders.well_known("deleteditems")
    recoverable = folders.well_known("recoverableitemsdeletions")
    assert deleted is not None, "every mailbox has Deleted Items"
    assert recoverable is not None, "every mailbox has Recoverable Items"
    if message.folder == recoverable.number:
        purge(call, message)
    else:
        here = {folder.number for folder in folders.subtree(deleted.number)}
        relocate(call, message, recoverable if message.folder in here else deleted)
    return NoContent()


def purge(call: Call, message: Message) -> None:
    """Take a message and its attachments out of the mailbox for good."""
    for held in call.mailbox.attachments.of(message):
        call.unit.remove(call.mailbox.attachments, held)
    call.unit.remove_item(call.mailbox, call.mailbox.messages, message)


def relocate(call: Call, message: Message, folder: MailFolder) -> Message:
    """Put a message into another folder of its mailbox: another id, the same immutable id."""
    call.unit.remove_item(call.mailbox, call.mailbox.messages, message)
    moved = write_message(
        call.mailbox,
        members_of(message),
        folder,
        stable=message.stable,
        headers=message.headers,
        mime=message.mime,
    )
    call.unit.put_item(call.mailbox, call.mailbox.messages, moved)
    return moved
