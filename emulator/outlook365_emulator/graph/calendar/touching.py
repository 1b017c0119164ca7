"""Changes to an event beside its own properties: its attachments and extensions.

An occurrence that gets an attachment or extension of its own becomes an exception of its series.
"""

from typing import Any

from outlook365_emulator.graph.calendar.changing import occurrence_record, put_exception
from outlook365_emulator.graph.calendar.documents import members_of, write_event
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.calendar.seen_calendars import as_owner
from outlook365_emulator.graph.calendar.seen_events import SeenEvent, seen_event
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Event
from outlook365_emulator.store.records.mail import UploadSession
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World


def owned(setting: Setting, one: SeenEvent) -> SeenEvent:
    """Return an event that holds its own attachments and extensions: a plain occurrence as an exception, put."""
    if not one.day or one.item is not one.event:
        return one
    exception = occurrence_record(setting, one.event, one.day)
    series = put_exception(setting, one.event, exception)
    return SeenEvent(one.seen, series, exception, one.start, one.end, one.day)


def touched(setting: Setting, one: SeenEvent, *, has_attachments: bool | None = None, **besides: Any) -> SeenEvent:
    """Write an event with a new change key and put it.

    Args:
        setting: where it is written.
        one: the event, as `owned` returns it.
        has_attachments: what `hasAttachments` says from then on, or None for what it says.
        **besides: fields of the record beside its document.
    """
    members = members_of(one.item)
    if has_attachments is not None:
        members["hasAttachments"] = has_attachments
    item: Event = write_event(
        setting.mailbox,
        setting.calendar,
        members,
        start=one.item.start,
        end=one.item.end,
        modified=setting.unit.now,
        like=one.item,
        day=one.day,
        **besides,
    )
    if one.day:
        return SeenEvent(one.seen, put_exception(setting, one.event, item), item, one.start, one.end, one.day)
    setting.unit.put_item(setting.mailbox, setting.mailbox.events, item)
    return SeenEvent(one.seen, item, item, item.start, item.end)


def event_of_session(tenant: Tenant, mailbox: Mailbox, session: UploadSession) -> SeenEvent | None:
    """Return the event that an upload session is for, or None where there is none any more."""
    owner = tenant.users.get(mailbox.owner)
    for event in mailbox.events:
        item = next((one for one in (event, *event.exceptions) if one.stable == session.message), None)
        calendar = mailbox.calendars.get(event.calendar)
        if item is None or calendar is None or owner is None:
            continue
        seen = as_owner(mailbox, calendar, owner)
        return SeenEvent(seen, event, item, item.start, item.end, item.day) if item.day else seen_event(seen, event)
    return None


def counted_again(world: World, tenant: Tenant, unit: UnitOfWork, one: SeenEvent) -> SeenEvent:
    """Write an event whose attachments have changed outside of a call: `hasAttachments` and change key follow."""
    seen = one.seen
    setting = Setting(world, tenant, unit, seen.owner, seen.holder, seen.source)
    held = seen.holder.attachments.of(one.item)
    return touched(setting, one, has_attachments=any(not each.is_inline for each in held))
