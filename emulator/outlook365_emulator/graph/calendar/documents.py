"""The JSON document of an event, and the record that holds it.

Members and their order as Graph answers them: reference `graph-calendar.md` section 4. What depends on where the event
lies (id, change key, web link) is stamped whenever the record is written. Times are UTC in the document.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec

from outlook365_emulator.graph.calendar.recurrence.reading import recurrence_of
from outlook365_emulator.graph.zones import UTC_ZONE, precise, written_moment
from outlook365_emulator.ids import Ids
from outlook365_emulator.store.item_ids import IdMaker
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Calendar, Event, Series

ORDER: Final = (
    "@odata.etag",
    "id",
    "createdDateTime",
    "lastModifiedDateTime",
    "changeKey",
    "categories",
    "transactionId",
    "originalStartTimeZone",
    "originalEndTimeZone",
    "iCalUId",
    "reminderMinutesBeforeStart",
    "isReminderOn",
    "hasAttachments",
    "subject",
    "bodyPreview",
    "importance",
    "sensitivity",
    "originalStart",
    "isAllDay",
    "isCancelled",
    "isOrganizer",
    "responseRequested",
    "seriesMasterId",
    "showAs",
    "type",
    "webLink",
    "onlineMeetingUrl",
    "isOnlineMeeting",
    "onlineMeetingProvider",
    "allowNewTimeProposals",
    "occurrenceId",
    "isDraft",
    "hideAttendees",
    "responseStatus",
    "body",
    "start",
    "end",
    "location",
    "locations",
    "recurrence",
    "attendees",
    "organizer",
    "onlineMeeting",
)
"""Every member of an event in the order of the answers."""

NEVER: Final = "0001-01-01T00:00:00Z"
"""The time of a response that was not given."""

_WEB_LINK = "https://outlook.office365.com/owa/?itemid={id}&exvsurl=1&path=/calendar/item"
_IN_LINK = str.maketrans({"-": "%2F", "_": "%2B", "=": "%3D"})
"""From an id to standard base64, percent-encoded."""

UID_CLASS: Final = "040000008200E00074C5B7101A82E008"
"""Begins an `iCalUId` that Exchange has made: the class id of MAPI's GlobalObjectId."""

_FILETIME_EPOCH: Final = 11644473600


def members_of(event: Event) -> dict[str, Any]:
    """Return the members of a stored event as a new dictionary."""
    members: dict[str, Any] = msgspec.json.decode(event.document)
    return members


def new_uid(ids: Ids, at: datetime) -> str:
    """Return a new `iCalUId`: MAPI's GlobalObjectId in upper-case hex (`graph-calendar.md` section 5)."""
    filetime = int((at.timestamp() + _FILETIME_EPOCH) * 10_000_000)
    created = filetime.to_bytes(8, "little").hex().upper()
    return f"{UID_CLASS}00000000{created}{'00' * 8}10000000{ids.data(16).hex().upper()}"


def uid_of_day(uid: str, day: int) -> str:
    """Return the `iCalUId` of an occurrence: the series' one with the day in it."""
    if not uid.startswith(UID_CLASS) or len(uid) < 40:
        return uid
    on = date.fromordinal(day)
    return f"{uid[:32]}{on.year:04X}{on.month:02X}{on.day:02X}{uid[40:]}"


def day_in(uid: str) -> tuple[str, int]:
    """Return the `iCalUId` of a whole meeting and the day that the one of an occurrence has in it, else 0."""
    if not uid.startswith(UID_CLASS) or len(uid) < 40 or uid[32:40] == "00000000":
        return uid, 0
    try:
        day = date(int(uid[32:36], 16), int(uid[36:38], 16), int(uid[38:40], 16)).toordinal()
    except ValueError:
        return uid, 0
    return f"{uid[:32]}00000000{uid[40:]}", day


def web_link(item_id: str) -> str:
    """Return the link under which Outlook on the web shows an event."""
    return _WEB_LINK.format(id=item_id.translate(_IN_LINK))


def occurrence_name(master_id: str, day: int) -> str:
    """Return the `occurrenceId` of a day of a series."""
    return f"OID.{master_id}.{date.fromordinal(day).isoformat()}"


def stamp(members: dict[str, Any], ids: IdMaker, calendar: int, number: int, day: int) -> None:
    """Write the ids of an event, or of the occurrence of a day, into its members.

    Args:
        members: the members; changed.
        ids: writes the ids of the mailbox that is addressed.
        calendar: number of the calendar in that mailbox.
        number: number of the event or series.
        day: of an occurrence its day, else 0.
    """
    master = ids.item(calendar, number)
    item_id = ids.occurrence(calendar, number, day) if day else master
    members["id"] = item_id
    members["webLink"] = web_link(item_id)
    members["seriesMasterId"] = master if day else None
    members["occurrenceId"] = occurrence_name(master, day) if day else None


def write_event(
    mailbox: Mailbox,
    calendar: Calendar,
    members: dict[str, Any],
    *,
    start: datetime,
    end: datetime,
    modified: datetime,
    like: Event | None = None,
    day: int = 0,
    **besides: Any,
) -> Event:
    """Make the record of an event, stamped with ids and a new change key.

    Args:
        mailbox: the mailbox that holds it; gives the counters.
        calendar: the calendar that it lies in.
        members: every other member of the document.
        start: when it begins; a series: its first occurrence.
        end: when it ends.
        modified: when it is written.
        like: the event in whose place it comes, or None for a new one.
        day: of an exception the day that the pattern gives; `like` is then the series or the exception before.
        **besides: fields of the record that the document does not tell: `series`, `exceptions`, `deleted`, ….
    """
    number = like.number if like is not None else mailbox.take_number()
    before = like if like is not None and bool(like.day) == bool(day) else None
    stable = before.stable if before is not None else mailbox.take_number() if day else number
    change = mailbox.take_number()
    change_key = mailbox.ids.short_change_key(change)
    kept = {name: besides.get(name, getattr(before, name, default)) for name, default in _BESIDES.items()}
    series: Series | None = kept["series"]
    stamped = dict(members)
    stamp(stamped, mailbox.ids, calendar.number, number, day)
    stamped |= {
        "@odata.etag": f'W/"{change_key}"',
        "changeKey": change_key,
        "lastModifiedDateTime": precise(modified),
        "type": "exception" if day else "singleInstance" if series is None else "seriesMaster",
        "start": written_moment(start, UTC_ZONE),
        "end": written_moment(end, UTC_ZONE),
        "recurrence": None if series is None else recurrence_of(series),
    }
    uid = str(besides.get("ical_uid") or stamped["iCalUId"])
    stamped["iCalUId"] = uid_of_day(uid, day) if day else uid
    return Event(
        number=number,
        stable=stable,
        calendar=calendar.number,
        change=change,
        document=msgspec.json.encode({name: stamped[name] for name in ORDER if name in stamped}),
        subject=stamped["subject"] or "",
        start=start,
        end=end,
        created=datetime.fromisoformat(stamped["createdDateTime"]),
        modified=modified,
        ical_uid=uid,
        is_all_day=stamped["isAllDay"],
        is_organizer=stamped["isOrganizer"],
        is_cancelled=stamped["isCancelled"],
        is_online=stamped["isOnlineMeeting"],
        show_as=stamped["showAs"],
        sensitivity=stamped["sensitivity"],
        importance=stamped["importance"],
        categories=tuple(stamped["categories"]),
        reminder_on=stamped["isReminderOn"],
        reminder_minutes=stamped["reminderMinutesBeforeStart"],
        has_attachments=stamped["hasAttachments"],
        transaction_id=stamped["transactionId"] or "",
        day=day,
        **kept,
    )


_BESIDES: Mapping[str, Any] = {
    "zone": "UTC",
    "series": None,
    "exceptions": (),
    "deleted": (),
    "fire": None,
    "fire_for": None,
    "dismissed": None,
    "transaction": "",
    "properties": (),
    "extensions": (),
}
"""What a record holds beside its document, and what it is by default."""
