"""Meeting mail that comes as MIME text: what an iCalendar part (RFC 5546, RFC 6047) does to the recipient's calendar.

As Exchange's calendar attendant does, before anybody reads the mail: a request makes or changes an event, a
cancellation marks it, an answer is tallied in the organizer's event. The mail becomes an `eventMessage`. It comes from
outside the world, or from somebody in it (`sent_mime`). Rooms and equipment take no part in such meetings
(`ProcessExternalMeetingMessages` of Set-CalendarProcessing is off by default).
"""

from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from outlook365_emulator.directory.users import find_by_address
from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.calendar.composing import new_members
from outlook365_emulator.graph.calendar.documents import uid_of_day, write_event
from outlook365_emulator.graph.calendar.event_times import read_times, series_at
from outlook365_emulator.graph.calendar.meetings.copies import Copying, cancel_copy, occurrence_of
from outlook365_emulator.graph.calendar.meetings.icalendar_reading import (
    Item,
    Scheduling,
    UnreadableCalendar,
    read_calendar,
)
from outlook365_emulator.graph.calendar.meetings.messages import (
    About,
    cancellation_members,
    properties_of,
    request_members,
    response_members,
)
from outlook365_emulator.graph.calendar.meetings.parties import RESOURCES, addresses_of, copy_in, own_setting
from outlook365_emulator.graph.calendar.meetings.posting import outdate
from outlook365_emulator.graph.calendar.meetings.tallying import Answered, tally
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.calendar.recurrence.days import includes
from outlook365_emulator.graph.calendar.recurrence.instants import times_of
from outlook365_emulator.graph.mail import receiving
from outlook365_emulator.graph.mail.addresses import address_of, recipient_of, resolved
from outlook365_emulator.graph.mail.attached import shown_attachments
from outlook365_emulator.graph.mail.bodies import preview_of
from outlook365_emulator.graph.mail.composing import Composition
from outlook365_emulator.graph.mail.delivery import targets_of
from outlook365_emulator.graph.zones import UTC_ZONE, to_wall, written_moment
from outlook365_emulator.store.records.calendar import Event, Series
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import MailFolder, Message
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World


def receive_mime(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    user: User,
    text: bytes,
    folder: str = "inbox",
    *,
    received: datetime | None = None,
    read: bool | None = None,
) -> Message:
    """Do as `graph.mail.receiving.receive_mime`; a meeting in the mail reaches the calendar too.

    An iCalendar part that no calendar can keep stays an attachment. Mail that is put into another folder than the inbox
    leaves the calendar as it is.

    Raises:
        LookupError: the user has no mailbox, or the mailbox no such folder.
        GraphError: the text is nested without end.
    """

    def completed(composition: Composition, target: MailFolder) -> None:
        mailbox = tenant.mailbox_of(user)
        if not composition.calendar or mailbox is None or target.well_known != "inbox":
            return
        take_meeting(own_setting(world, tenant, unit, user, mailbox), composition)

    return receiving.receive_mime(
        world, tenant, unit, user, text, folder, received=received, read=read, completed=completed
    )


def take_meeting(place: Setting, composition: Composition) -> bool:
    """Let a calendar act on a mail with an iCalendar part, and make the mail the meeting message that it is.

    Args:
        place: the recipient's default calendar.
        composition: the mail; it loses the attachment that the part is.

    Returns:
        Whether the calendar could keep what the part says; the mail is unchanged where not.
    """
    try:
        found = read_calendar(composition.calendar)
        about, members = _Incoming(place, composition, found).take()
    except (UnreadableCalendar, GraphError):
        return False
    _become(composition, about, members, found.items[0])
    return True


def _become(composition: Composition, about: About, members: dict[str, Any], item: Item) -> None:
    """Make a mail the meeting message that it is."""
    given = composition.members
    given |= members | {"conversationIndex": about.conversation_index}
    if not given["body"]["content"]:
        given["body"] = item.members["body"]
        given["bodyPreview"] = preview_of(given["body"])
    given["subject"] = given["subject"] or item.members["subject"]
    composition.attachments = [one for one in composition.attachments if one.content != composition.calendar]
    given["hasAttachments"] = shown_attachments(composition.attachments)
    composition.properties = tuple(sorted((*composition.properties, *properties_of(about, members))))


_Told: TypeAlias = tuple[About, Event | None]
"""A meeting or one occurrence as the text tells it, and what it is in the calendar."""


def _is_moved(about: About, before: Event | None) -> bool:
    """Return whether a meeting is new or lies at another time than before, so that no answer to it holds."""
    if before is None:
        return True
    item = about.item
    return (before.start, before.end, before.series) != (item.start, item.end, item.series)


class _Incoming:
    """One meeting mail on its way into a calendar; all that the text says is judged before anything is changed."""

    __slots__ = ("_found", "_place", "_sender")

    def __init__(self, place: Setting, composition: Composition, found: Scheduling) -> None:
        self._place = place
        self._sender = composition.members.get("from")
        self._found = found

    def take(self) -> tuple[About, dict[str, Any]]:
        """Change the calendar; return what the mail is about and what it has as a meeting message.

        Raises:
            UnreadableCalendar: the mail says too little.
            GraphError: Exchange keeps no such event.
        """
        if self._found.method == "REQUEST":
            return self._request()
        return self._cancel() if self._found.method == "CANCEL" else self._answer()

    def _held(self) -> Event | None:
        found = copy_in(self._place.mailbox, self._found.items[0].uid)
        return found[0] if found is not None else None

    def _request(self) -> tuple[About, dict[str, Any]]:
        held, first = self._held(), self._found.items[0]
        if first.occurrence is None:
            source = self._series(first)
            told: list[_Told] = [(About(source, source), held)]
        else:
            told = [self._occurrence(item, held) for item in self._found.items]
        about, before = told[0]
        kind = "newMeetingRequest" if before is None else "informationalUpdate"
        if before is not None and _is_moved(about, before):
            kind = "fullUpdate"
        if self._takes_part(first, held):
            for one, _ in told:
                outdate(self._place.unit, self._place.mailbox, one)
            copy = self._copy(told, held)
            about = msgspec.structs.replace(about, event=copy) if about.day else about
        return about, request_members(about, kind, before)

    def _takes_part(self, item: Item, held: Event | None) -> bool:
        owner = self._place.owner
        own = address_of(self._organizer(item)).lower() in addresses_of(owner)
        return owner.purpose not in RESOURCES and not own and (held is None or not held.is_organizer)

    def _copy(self, told: list[_Told], held: Event | None) -> Event:
        """Put the recipient's copies of what the text tells; return the series where it lies there, else the first."""
        about, before = told[0]
        if not about.day:
            return self._copying(held, reset=_is_moved(about, before)).write(about.event, held)
        if held is None or held.series is None:
            return self._copy_alone(told)
        for one, own in told:
            copying = self._copying(held, reset_day=one.day if _is_moved(one, own) else 0)
            held = copying.write_occurrence(one.item, held)
        return held

    def _copy_alone(self, told: list[_Told]) -> Event:
        """Put occurrences whose series the recipient does not have, and return the first.

        The UID of another system has no day in it: of several such occurrences the first is kept.
        """
        kept = {own.number if own is not None else one.item.ical_uid: (one, own) for one, own in reversed(told)}
        copies = [
            self._copying(own, reset=_is_moved(one, own)).write_alone(one.item, own)
            for one, own in reversed(kept.values())
        ]
        return copies[0]

    def _copying(self, held: Event | None, *, reset: bool = False, reset_day: int = 0) -> Copying:
        place = self._lying(held)
        return Copying(place, place, reset=reset, reset_day=reset_day)

    def _lying(self, held: Event | None) -> Setting:
        place = self._place
        return own_setting(place.world, place.tenant, place.unit, place.owner, place.mailbox, held)

    def _series(self, item: Item) -> Event:
        """Return the organizer's event with its exceptions, as the text tells it."""
        source = self._record(item)
        series = source.series
        if series is None:
            return source
        deleted = tuple(sorted({_local_day(one, series.zone) for one in item.deleted}))
        others = {}
        for one in self._found.items[1:]:
            day = _day_of(one, series)
            others[day] = self._record(one, like=source, day=day)
        exceptions = tuple(others[day] for day in sorted(others))
        return msgspec.structs.replace(source, deleted=deleted, exceptions=exceptions)

    def _occurrence(self, item: Item, held: Event | None) -> _Told:
        """Return one occurrence of a series as the text tells it, and what it is in the calendar."""
        series = held.series if held is not None else None
        day = _day_of(item, series)
        if held is None or series is None:
            alone = self._record(item, uid=uid_of_day(item.uid, day))
            found = copy_in(self._place.mailbox, item.uid, day)
            return About(alone, alone, day), found[0] if found is not None else None
        source = self._record(item, like=held, day=day)
        gone = day in held.deleted
        return About(held, source, day), None if gone else occurrence_of(self._place, held, day)

    def _record(self, item: Item, *, uid: str = "", like: Event | None = None, day: int = 0) -> Event:
        """Return a record of the organizer's event that lies in no calendar."""
        if not item.members.get("start"):
            raise UnreadableCalendar("the meeting has no start")
        place = self._place
        times = read_times(item.members, is_all_day=item.members["isAllDay"])
        recurrence = item.members["recurrence"] if not day else None
        series = None if recurrence is None else series_at(recurrence, times)
        start, end = (times.start, times.end) if series is None else times_of(series, series.first)
        members = new_members(place, item.members, times)
        members |= {
            "iCalUId": uid or item.uid,
            "organizer": resolved(place.tenant, self._organizer(item)),
            "attendees": self._attendees(item),
        }
        return write_event(
            place.mailbox,
            place.calendar,
            members,
            start=start,
            end=end,
            modified=place.unit.now,
            like=like,
            day=day,
            zone=times.zone.iana,
            series=series,
        )

    def _organizer(self, item: Item) -> dict[str, Any]:
        organizer = item.organizer or self._sender
        if not organizer:
            raise UnreadableCalendar("nobody organizes the meeting")
        return organizer

    def _attendees(self, item: Item) -> list[dict[str, Any]]:
        """Return the attendees without the organizer; who gets a request is one, also where it names a list."""
        place, organizer = self._place, address_of(self._organizer(item)).lower()
        status = {"response": "none", "time": "0001-01-01T00:00:00Z"}
        found = [
            {"type": one.type, "status": status, **resolved(place.tenant, one.recipient)}
            for one in item.attendees
            if address_of(one.recipient).lower() != organizer
        ]
        reached = targets_of(place.world, map(address_of, found)).reached
        if place.mailbox.guid not in reached:
            found.append({"type": "required", "status": status, **recipient_of(place.owner)})
        return found

    def _cancel(self) -> tuple[About, dict[str, Any]]:
        held, items = self._held(), self._found.items
        days = [_day_of(item, held.series if held is not None else None) for item in items]
        first = self._lies(items[0], days[0])
        about = first[1] if first is not None else self._unheld(items[0])
        for item, day in zip(items, days, strict=True):
            found = self._lies(item, day)
            if found is not None:
                self._cancel_one(*found)
        return about, cancellation_members(about)

    def _lies(self, item: Item, day: int) -> tuple[Setting, About] | None:
        """Return where the recipient's copy of a meeting or one occurrence lies, and what it is, or None."""
        found = copy_in(self._place.mailbox, item.uid, day)
        if found is None:
            return None
        held, within = found[0], found[1] if found[0].series is not None else 0
        place = self._lying(held)
        return place, About(held, occurrence_of(place, held, within), within)

    def _cancel_one(self, place: Setting, about: About) -> None:
        outdate(place.unit, place.mailbox, about)
        if not about.event.is_organizer and place.owner.purpose not in RESOURCES:
            cancel_copy(place, about.event, about.day)

    def _unheld(self, item: Item) -> About:
        record = self._record(item)
        return About(record, record)

    def _answer(self) -> tuple[About, dict[str, Any]]:
        item, held = self._found.items[0], self._held()
        attendee = item.attendees[0] if item.attendees else None
        answer = attendee.answer if attendee is not None else None
        if self._found.method == "COUNTER":
            answer = answer or "tentativelyAccepted"
        person = attendee.recipient if attendee is not None else self._sender
        if answer is None or person is None:
            raise UnreadableCalendar("the answer is none")
        proposal = self._proposal(item) if self._found.method == "COUNTER" else None
        if held is None:
            about = self._unheld(item)
            return about, response_members(about, answer, proposal)
        day = _day_of(item, held.series) if held.series is not None else 0
        place = self._lying(held)
        about = About(held, occurrence_of(place, held, day), day)
        tally(place, held, day, Answered(*self._named(person), answer, proposal))
        return about, response_members(about, answer, proposal)

    def _named(self, person: dict[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
        user = find_by_address(self._place.tenant, address_of(person))
        if user is not None:
            return recipient_of(user), addresses_of(user)
        return person, frozenset({address_of(person).lower()})

    def _proposal(self, item: Item) -> dict[str, Any]:
        if not item.members.get("start"):
            raise UnreadableCalendar("the proposal has no start")
        times = read_times(item.members, is_all_day=item.members["isAllDay"])
        return {"start": written_moment(times.start, UTC_ZONE), "end": written_moment(times.end, UTC_ZONE)}


def _day_of(item: Item, series: Series | None) -> int:
    """Return the day of a series whose occurrence an item is, or 0 for a whole meeting.

    Raises:
        UnreadableCalendar: the series has no occurrence on that day.
    """
    if item.occurrence is None:
        return 0
    day = _local_day(item.occurrence, series.zone if series is not None else "UTC")
    if series is not None and not includes(series, day):
        raise UnreadableCalendar(f"the series has no occurrence {item.occurrence}")
    return day


def _local_day(moment: Any, zone: str) -> int:
    """Return the day that a RECURRENCE-ID or EXDATE names: a date, or an instant read in a zone."""
    if not isinstance(moment, datetime):
        return int(moment.toordinal())
    try:
        local = moment if moment.tzinfo is None else to_wall(moment, zone)
    except OverflowError:
        raise UnreadableCalendar(f"{moment} lies outside of all calendars") from None
    return local.date().toordinal()
