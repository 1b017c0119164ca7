"""Attachments of events as JSON. They are held as those of messages are, by the event's immutable number."""

from typing import Any

from outlook365_emulator.graph.calendar.extras import context_of
from outlook365_emulator.graph.calendar.seen_events import SeenEvent
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.attachment_resource import attachment_document
from outlook365_emulator.store.records.mail import Attachment


def held_by(one: SeenEvent) -> list[Attachment]:
    """Return the attachments of an event in the order in which they were added; an occurrence has its series'."""
    return [] if one.seen.hides(one.item) else one.seen.holder.attachments.of(one.item)


def attachment_id(call: Call, one: SeenEvent, attachment: Attachment) -> str:
    """Return the id of an attachment in the form that the client prefers."""
    seen, event = one.seen, one.event
    ids = seen.mailbox.ids
    if call.preferences.immutable_ids and seen.mailbox is seen.holder and not one.day:
        return ids.immutable_attachment(event.stable, attachment.number)
    return ids.attachment(seen.calendar.number, event.number, attachment.number, one.day)


def attachment_members(call: Call, one: SeenEvent, attachment: Attachment) -> dict[str, Any]:
    """Return an attachment as a JSON object; a file with its content."""
    return attachment_document(call, attachment, attachment_id(call, one, attachment))


def attachments_of(call: Call, one: SeenEvent) -> dict[str, Any]:
    """Expand the attachments of an event."""
    held = [attachment_members(call, one, each) for each in held_by(one)]
    return {"attachments@odata.context": f"{context_of(call, one)}/attachments", "attachments": held}
