"""Attachments of an event: list, get, content, create, delete, and upload sessions for large ones.

Reference `graph-calendar.md` section 20. Who is invited hears of them with the organizer's next update.
"""

from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Document, NoContent, Page, Text
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.calendar.attached import attachment_id, attachment_members, held_by
from outlook365_emulator.graph.calendar.event_resource import event_id
from outlook365_emulator.graph.calendar.seen_calendars import setting_of
from outlook365_emulator.graph.calendar.seen_events import SeenEvent
from outlook365_emulator.graph.calendar.touching import owned, touched
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.attached import attach
from outlook365_emulator.graph.mail.attachment_resource import attachment_resource, expanded_item
from outlook365_emulator.graph.mail.attachments import MAX_POSTED, raw_content
from outlook365_emulator.graph.mail.item_attachments import Maker
from outlook365_emulator.graph.mail.upload_sessions import begin_session
from outlook365_emulator.graph.operation import Action, Entity, operation
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.store.records.mail import Attachment

_PATH = "/users/{user}/events/{event}/attachments"


def _members(call: Call, attachment: Attachment) -> dict[str, Any]:
    return attachment_members(call, call.loaded["event"], attachment)


def _item(call: Call, attachment: Attachment) -> dict[str, Any]:
    event: SeenEvent = call.loaded["event"]
    key = attachment_id(call, event, attachment)
    return expanded_item(call, _context(call, event), key, attachment) if attachment.item else {}


def _resource() -> Resource:
    return attachment_resource(_members, _item)


def _context(call: Call, event: SeenEvent) -> str:
    return f"{call.user_path}/events('{event_id(call, event)}')/attachments"


@operation(f"GET {_PATH}", least="Calendars.Read")
def list_(call: Call, event: SeenEvent) -> Page:
    """List the attachments of an event, their content included."""
    found = held_by(event)
    return Page(resource=_resource(), records=found, path=_context(call, event), total=len(found))


@operation(f"GET {_PATH}/{{file}}", least="Calendars.Read")
def get(call: Call, event: SeenEvent, file: Attachment) -> EntityAnswer:
    """Get an attachment of an event."""
    return EntityAnswer(resource=_resource(), record=file, path=_context(call, event))


@operation(f"GET {_PATH}/{{file}}/$value", least="Calendars.Read")
def get_content(call: Call, event: SeenEvent, file: Attachment) -> Text:
    """Get the bytes of a file, the MIME text of an attached message, the iCalendar text of an attached event."""
    return raw_content(call.world, file)


@operation(f"POST {_PATH}", least="Calendars.ReadWrite", body=Entity("attachment"))
def create(call: Call, event: SeenEvent, body: dict[str, Any]) -> EntityAnswer:
    """Attach a file of at most 3 MB, or an item, to an event."""
    setting = setting_of(call, event.seen)
    new = Maker(call.world, call.tenant, setting.mailbox, call.now).read(body)
    if len(new.content) > MAX_POSTED:
        because = f"the file has {len(new.content)} bytes; a POST takes {MAX_POSTED}: use createUploadSession"
        raise graph_error("attachment_too_large", because=because)
    event = owned(setting, event)
    attachment = attach(call.world, setting.mailbox, call.unit, event.item.stable, new)
    changed = touched(setting, event, has_attachments=_shown(setting.mailbox.attachments.of(event.item)))
    call.loaded["event"] = changed
    path = _context(call, changed)
    location = f"{path}('{attachment_id(call, changed, attachment)}')"
    return EntityAnswer(resource=_resource(), record=attachment, path=path, status=201, location=location)


def _shown(held: list[Attachment]) -> bool:
    return any(not one.is_inline for one in held)


@operation(f"DELETE {_PATH}/{{file}}", least="Calendars.ReadWrite")
def delete(call: Call, event: SeenEvent, file: Attachment) -> NoContent:
    """Take an attachment off an event; off an occurrence alone, where the series has it."""
    setting = setting_of(call, event.seen)
    position = held_by(event).index(file)
    event = owned(setting, event)
    held = setting.mailbox.attachments.of(event.item)
    call.unit.remove(setting.mailbox.attachments, held.pop(position))
    touched(setting, event, has_attachments=_shown(held))
    return NoContent()


@operation(
    f"POST {_PATH}/createUploadSession",
    least="Calendars.ReadWrite",
    body=Action("createUploadSession", "attachment", required=("attachmentItem",)),
)
def create_session(call: Call, event: SeenEvent, body: dict[str, Any]) -> Document:
    """Begin a session by which a file of 3 to 150 MB is attached to an event in pieces."""
    if call.caller is not None and (call.caller.id != call.user.id or event.seen.mailbox is not event.seen.holder):
        because = "a signed-in person cannot upload into somebody else's mailbox (a known issue of Graph)"
        raise graph_error("access_denied", because=because)
    event = owned(setting_of(call, event.seen), event)
    return begin_session(call, body["attachmentItem"], event.item.stable, f"events('{event_id(call, event)}')")
