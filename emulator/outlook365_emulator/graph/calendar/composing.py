"""New events: what was sent, completed by what Exchange sets.

Defaults: reference `graph-calendar.md` section 4. Members that only the server sets are ignored where a client sends
them (section 8).
"""

import hashlib
from typing import Any, Final

import msgspec

from outlook365_emulator.graph.calendar.documents import NEVER, new_uid, write_event
from outlook365_emulator.graph.calendar.event_times import Times, read_times, series_at
from outlook365_emulator.graph.calendar.locations import no_location, places_of
from outlook365_emulator.graph.calendar.online import join_online, provider_for
from outlook365_emulator.graph.calendar.organizing import Notice, Setting, attendees_of
from outlook365_emulator.graph.calendar.recurrence.instants import times_of
from outlook365_emulator.graph.mail.addresses import recipient_of
from outlook365_emulator.graph.mail.attached import attach, shown_attachments
from outlook365_emulator.graph.mail.bodies import preview_of, stored_body, text_to_html
from outlook365_emulator.graph.mail.extended_properties import merged, read_properties
from outlook365_emulator.graph.mail.item_attachments import Maker
from outlook365_emulator.graph.mail.sanitising import safe_html
from outlook365_emulator.graph.open_extensions import Extensions, read_extension, with_extension
from outlook365_emulator.graph.zones import precise
from outlook365_emulator.store.records.calendar import Event

PLAIN: Final[dict[str, Any]] = {
    "importance": "normal",
    "sensitivity": "normal",
    "showAs": "busy",
    "responseRequested": True,
    "allowNewTimeProposals": True,
    "hideAttendees": False,
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 15,
}
"""Members that are kept as sent, and what they are where nothing (or null) is sent."""

MAX_SUBJECT: Final = 255
"""Characters of a subject; Exchange refuses more."""


def html_body(given: dict[str, Any] | None) -> dict[str, Any]:
    """Return the body of an event as it is stored: HTML without scripts, also of a text (`graph-calendar.md` 7)."""
    if given is None or not given.get("content"):
        return {"contentType": "html", "content": ""}
    body = stored_body(given)
    if body["contentType"] == "html":
        return {"contentType": "html", "content": safe_html(body["content"])}
    return {"contentType": "html", "content": text_to_html(body["content"])}


def fingerprint(given: dict[str, Any]) -> str:
    """Return a digest of what was sent, by which a repeated request is told from another one."""
    return hashlib.blake2b(msgspec.json.encode(given, order="deterministic"), digest_size=16).hexdigest()


def make_event(setting: Setting, given: dict[str, Any]) -> Event:
    """Make an event in a calendar, attachments, extensions and extended properties included.

    Args:
        setting: where it is written.
        given: members as sent, names canonical.

    Raises:
        GraphError: what Exchange refuses.
    """
    world, mailbox, unit = setting.world, setting.mailbox, setting.unit
    times = read_times(given, is_all_day=bool(given.get("isAllDay")))
    series = None if given.get("recurrence") is None else series_at(given["recurrence"], times)
    start, end = (times.start, times.end) if series is None else times_of(series, series.first)
    members = new_members(setting, given, times)
    members |= {
        "iCalUId": new_uid(world.ids, unit.now),
        "attendees": attendees_of(setting.tenant, setting.owner, given.get("attendees")),
        "organizer": recipient_of(setting.owner),
    }
    provider = provider_for(setting.tenant, setting.calendar, given)
    if provider:
        join_online(world, setting.tenant, setting.owner, members, provider)
    maker = Maker(world, setting.tenant, mailbox, unit.now)
    files = [maker.read(one) for one in given.get("attachments") or ()]
    members["hasAttachments"] = shown_attachments(files)
    extensions: Extensions = ()
    for one in given.get("extensions") or ():
        extensions = with_extension(extensions, *read_extension(one))
    event = write_event(
        mailbox,
        setting.calendar,
        members,
        start=start,
        end=end,
        modified=unit.now,
        zone=times.zone.iana,
        series=series,
        transaction=fingerprint(given) if given.get("transactionId") else "",
        properties=merged((), read_properties(given)),
        extensions=extensions,
    )
    unit.put_item(mailbox, mailbox.events, event)
    for new in files:
        attach(world, mailbox, unit, event.stable, new)
    setting.notices.append(Notice(what="created", before=None, after=event))
    return event


def new_members(setting: Setting, given: dict[str, Any], times: Times) -> dict[str, Any]:
    """Return the members of a new event as its organizer has it; who takes part and the `iCalUId` are missing.

    Args:
        setting: where it is written.
        given: members as sent, names canonical.
        times: its times as read.
    """
    stamp = precise(setting.unit.now)
    location, locations = places_of(given) or (no_location(), [])
    body = html_body(given.get("body"))
    members: dict[str, Any] = {
        "createdDateTime": stamp,
        "categories": given.get("categories") or [],
        "transactionId": given.get("transactionId"),
        "hasAttachments": False,
        "subject": (given.get("subject") or "")[:MAX_SUBJECT],
        "bodyPreview": preview_of(body),
        "isCancelled": False,
        "isOrganizer": True,
        "onlineMeetingUrl": None,
        "isOnlineMeeting": False,
        "onlineMeetingProvider": "unknown",
        "isDraft": False,
        "responseStatus": {"response": "organizer", "time": NEVER},
        "body": body,
        "location": location,
        "locations": locations,
        "onlineMeeting": None,
        "originalStartTimeZone": times.zone.windows,
        "originalEndTimeZone": times.end_zone.windows,
        "isAllDay": times.is_all_day,
    }
    for name, default in PLAIN.items():
        value = given.get(name)
        members[name] = default if value is None else value
    return members
