"""Attachments of a message: list, get, content, create, delete.

Reference `graph-mail.md` section 11.
"""

from typing import Any

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Count, NoContent, Page, Text
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.attached import attach, content_of
from outlook365_emulator.graph.mail.attachment_resource import attachment_id, attachment_resource
from outlook365_emulator.graph.mail.composing import maker_of
from outlook365_emulator.graph.mail.documents import members_of, write_message
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.store.blobs import THRESHOLD, Blob
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Attachment, Message
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

MAX_POSTED = 3 * 1024 * 1024
"""Greatest size in bytes of a file that is attached by one POST."""

_PATH = "/users/{user}/messages/{message}/attachments"


def _context(call: Call, message: Message) -> str:
    return f"{call.user_path}/messages('{call.mailbox.ids.item(message.folder, message.number)}')/attachments"


@operation(f"GET {_PATH}", least="Mail.Read")
def list_(call: Call, message: Message) -> Page:
    """List the attachments of a message, their content included."""
    found = call.mailbox.attachments.of(message)
    return Page(resource=attachment_resource(), records=found, path=_context(call, message), total=len(found))


@operation(f"GET {_PATH}/$count", least="Mail.Read")
def count(call: Call, message: Message) -> Count:
    """Count the attachments of a message."""
    return Count(list_(call, message))


@operation(f"GET {_PATH}/{{attachment}}", least="Mail.Read")
def get(call: Call, message: Message, attachment: Attachment) -> EntityAnswer:
    """Get an attachment; `$expand=microsoft.graph.itemattachment/item` adds the item of an item attachment."""
    return EntityAnswer(resource=attachment_resource(), record=attachment, path=_context(call, message))


@operation(f"GET {_PATH}/{{attachment}}/$value", least="Mail.Read")
def get_content(call: Call, message: Message, attachment: Attachment) -> Text:
    """Get the bytes of a file, the MIME text of an attached message, the iCalendar text of an attached event."""
    return raw_content(call.world, attachment)


def raw_content(world: World, attachment: Attachment) -> Text:
    """Return the content of an attachment of any item with its type; a large file comes in pieces."""
    document = msgspec.json.decode(attachment.document)
    kind = document["contentType"] or _item_type(attachment)
    content = attachment.content
    if isinstance(content, Blob) and content.length > THRESHOLD:
        return Text(b"", kind, pieces=world.blobs.slices(content), length=content.length)
    return Text(content_of(world, attachment), kind)


def _item_type(attachment: Attachment) -> str:
    kind = msgspec.json.decode(attachment.item).get("@odata.type", "") if attachment.item else ""
    return "text/calendar" if kind.endswith("event") else "text/plain"


@operation(f"POST {_PATH}", least="Mail.ReadWrite", body=Entity("attachment"))
def create(call: Call, message: Message, body: dict[str, Any]) -> EntityAnswer:
    """Attach a file of at most 3 MB, or an item, to a message, also to a received one."""
    new = maker_of(call).read(body)
    if len(new.content) > MAX_POSTED:
        because = f"the file has {len(new.content)} bytes; a POST takes {MAX_POSTED}: use createUploadSession"
        raise graph_error("attachment_too_large", because=because)
    attachment = attach(call.world, call.mailbox, call.unit, message.stable, new)
    changed = recounted(call.unit, call.mailbox, message)
    call.loaded["message"] = changed
    path = _context(call, changed)
    location = f"{path}('{attachment_id(call, changed, attachment)}')"
    return EntityAnswer(resource=attachment_resource(), record=attachment, path=path, status=201, location=location)


@operation(f"DELETE {_PATH}/{{attachment}}", least="Mail.ReadWrite")
def delete(call: Call, message: Message, attachment: Attachment) -> NoContent:
    """Take an attachment off a message."""
    call.unit.remove(call.mailbox.attachments, attachment)
    recounted(call.unit, call.mailbox, message)
    return NoContent()


def recounted(unit: UnitOfWork, mailbox: Mailbox, message: Message) -> Message:
    """Write a message whose attachments have changed: `hasAttachments` and change key follow.

    Args:
        unit: the unit of work.
        mailbox: the mailbox.
        message: the message.
    """
    members = members_of(message)
    members["hasAttachments"] = any(not one.is_inline for one in mailbox.attachments.of(message))
    members["lastModifiedDateTime"] = iso_seconds(unit.now)
    folder = mailbox.folders.get(message.folder)
    assert folder is not None, "a message lies in a folder"
    changed = write_message(
        mailbox, members, folder, number=message.number, stable=message.stable, like=message, mime=None
    )
    unit.put_item(mailbox, mailbox.messages, changed)
    return changed
