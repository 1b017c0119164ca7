"""Telling attendees what their organizer did: copies in their calendars, and the mail about it.

Who is told of what: reference `graph-calendar.md` sections 8 and 9. What an attendee does to the own copy is told to
nobody; an answer is (`answering`).
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from outlook365_emulator.graph.calendar.changing import remove_event, remove_occurrence
from outlook365_emulator.graph.calendar.documents import members_of, uid_of_day
from outlook365_emulator.graph.calendar.meetings.booking import book
from outlook365_emulator.graph.calendar.meetings.copies import Copying, cancel_copy
from outlook365_emulator.graph.calendar.meetings.messages import About, cancellation, request
from outlook365_emulator.graph.calendar.meetings.parties import (
    RESOURCES,
    attended_by,
    attendee_addresses,
    copy_in,
)
from outlook365_emulator.graph.calendar.meetings.posting import outdate, post
from outlook365_emulator.graph.calendar.organizing import Notice, Setting
from outlook365_emulator.graph.mail.addresses import address_of
from outlook365_emulator.graph.mail.delivery import group_at, tenant_of
from outlook365_emulator.store.records.calendar import Event

_PRIVATE: Final = frozenset(
    {
        "@odata.etag",
        "changeKey",
        "lastModifiedDateTime",
        "categories",
        "isReminderOn",
        "reminderMinutesBeforeStart",
        "transactionId",
        "occurrenceId",
        "seriesMasterId",
        "type",
        "id",
        "webLink",
    }
)
"""Members of the organizer's copy that concern nobody else."""

Attendees = list[dict[str, Any]]


def tell(setting: Setting, *, mail: bool = True) -> None:
    """Tell attendees what has happened in a setting, in the order in which it happened.

    Args:
        setting: where the meetings were written; its notices are taken out.
        mail: whether messages are sent; a world that begins with meetings has the copies alone.
    """
    while setting.notices:
        notice = setting.notices.pop(0)
        record = notice.after or notice.before
        if record is not None and record.is_organizer:
            _Telling(setting, notice, mail=mail).tell()


class _Telling:
    """One notice on its way to those whom it concerns."""

    __slots__ = ("_about", "_after", "_before", "_mail", "_meeting", "_notice", "_setting")

    def __init__(self, setting: Setting, notice: Notice, *, mail: bool) -> None:
        self._setting = setting
        self._notice = notice
        self._mail = mail
        self._before = _attendees(notice.before)
        self._after = _attendees(notice.after)
        record = notice.after or notice.before
        assert record is not None, "a notice is about an event"
        meeting = setting.mailbox.events.get(record.number)
        self._meeting = meeting if notice.day and meeting is not None else record
        self._about = About(self._meeting, record, notice.day)

    def tell(self) -> None:
        notice = self._notice
        if notice.what == "cancelled":
            self._cancel(self._before)
        elif notice.what == "created":
            self._invite(self._after, "newMeetingRequest")
        elif self._concerns_others():
            self._change()

    def _concerns_others(self) -> bool:
        before, after = self._notice.before, self._notice.after
        if before is None or after is None:
            return True
        held, now = members_of(before), members_of(after)
        return any(held[name] != now[name] for name in now.keys() - _PRIVATE if name in held)

    def _change(self) -> None:
        before, after = self._notice.before, self._notice.after
        assert before is not None, "a change has something before it"
        assert after is not None, "a change has something after it"
        old, new = _keys(self._before), _keys(self._after)
        added = [one for one in self._after if _key(one) not in old]
        stayed = [one for one in self._after if _key(one) in old]
        removed = [one for one in self._before if _key(one) not in new]
        if removed:
            self._cancel(removed)
        if added:
            self._invite(added, "newMeetingRequest")
        if stayed and not (self._notice.only_attendees and not self._names_group(removed)):
            self._invite(stayed, "fullUpdate" if _moved(before, after) else "informationalUpdate", before)
            self._tell_of_exceptions(stayed, before, after)

    def _tell_of_exceptions(self, stayed: Attendees, before: Event, after: Event) -> None:
        """Send a message for each occurrence that is changed by itself, beside the one for the series."""
        if self._notice.day or not self._mail or before.series != after.series:
            return
        held = {one.day: one for one in before.exceptions}
        for one in after.exceptions:
            invited = _keys(_attendees(one))
            to = [each for each in stayed if _key(each) in invited]
            previous = held.get(one.day)
            if to and previous is not None:
                self._send_request(About(after, one, one.day), to, "informationalUpdate", previous)

    def _names_group(self, attendees: Attendees) -> bool:
        for one in attendees:
            tenant = tenant_of(self._setting.world, address_of(one))
            if tenant is not None and group_at(tenant, address_of(one)) is not None:
                return True
        return False

    def _invite(self, attendees: Attendees, kind: str, before: Event | None = None) -> None:
        """Put the copies of attendees, send the request, and let rooms answer."""
        if not attendees:
            return
        rooms = []
        for place in self._places(attendees):
            copy = self._copy(place, reset=kind != "informationalUpdate")
            if place.owner.purpose in RESOURCES and (kind != "informationalUpdate" or not _answered(copy)):
                rooms.append(place)
        if self._mail:
            if before is not None:
                self._outdate(attendees)
            self._send_request(self._about, attendees, kind, before)
        for place in rooms:
            book(place, self._about, mail=self._mail)

    def _copy(self, place: Setting, *, reset: bool) -> Event:
        """Put the copy of one attendee, which shows the meeting as it is."""
        notice, meeting = self._notice, self._meeting
        found = copy_in(place.mailbox, meeting.ical_uid, notice.day)
        held, day = found if found is not None else (None, 0)
        place = _lying(place, held)
        if not notice.day:
            self._drop_lone(place)
            return Copying(place, self._setting, reset=reset).write(meeting, held)
        if held is None or not day:
            return Copying(place, self._setting, reset=reset).write_alone(self._about.item, held)
        return Copying(place, self._setting, reset_day=notice.day if reset else 0).write(meeting, held)

    def _drop_lone(self, place: Setting) -> None:
        """Take away the copies of single occurrences, which the copy of the whole series replaces."""
        before = self._notice.before
        days = {one.day for record in (before, self._meeting) if record is not None for one in record.exceptions}
        for day in days:
            found = copy_in(place.mailbox, uid_of_day(self._meeting.ical_uid, day))
            if found is not None:
                remove_event(_lying(place, found[0]), found[0])
        place.notices.clear()

    def _outdate(self, attendees: Attendees) -> None:
        for place in self._places(attendees):
            outdate(self._setting.unit, place.mailbox, self._about)

    def _send_request(self, about: About, to: Attendees, kind: str, before: Event | None) -> None:
        everybody = [{"emailAddress": one["emailAddress"]} for one in _attendees(about.item)]
        draft = request(self._setting, about, everybody, kind=kind, before=before)
        post(self._setting, about, draft, attendee_addresses(to), "REQUEST")

    def _cancel(self, attendees: Attendees) -> None:
        """Mark the copies of attendees as cancelled, and send the cancellation."""
        if not attendees:
            return
        uid, day = self._meeting.ical_uid, self._notice.day
        to = [{"emailAddress": one["emailAddress"]} for one in attendees]
        for place in self._places(attendees):
            found = copy_in(place.mailbox, uid, day)
            if found is not None:
                held, within = found
                cancel_or_free(_lying(place, held), held, within)
            if self._mail:
                outdate(self._setting.unit, place.mailbox, self._about)
            self._cancel_lone(place)
        if self._mail:
            addresses = attendee_addresses(attendees)
            draft = cancellation(self._setting, self._about, to, self._notice.comment)
            post(self._setting, self._about, draft, addresses, "CANCEL", self._notice.comment)

    def _cancel_lone(self, place: Setting) -> None:
        """Cancel what somebody holds who was invited to single occurrences of a series that is gone."""
        if self._notice.day:
            return
        for one in self._meeting.exceptions:
            found = copy_in(place.mailbox, self._meeting.ical_uid, one.day)
            if found is not None and found[1] == 0:
                cancel_or_free(_lying(place, found[0]), found[0], 0)

    def _places(self, attendees: Attendees) -> list[Setting]:
        setting = self._setting
        return attended_by(setting.world, setting.unit, setting.mailbox, attendee_addresses(attendees))


def cancel_or_free(place: Setting, held: Event, day: int) -> None:
    """Cancel a copy; a room takes the meeting out of its calendar, so that the time is free again."""
    if place.owner.purpose in RESOURCES:
        if day:
            remove_occurrence(place, held, day)
        else:
            remove_event(place, held)
        place.notices.clear()
        return
    cancel_copy(place, held, day)


def _lying(place: Setting, held: Event | None) -> Setting:
    """Return where a copy lies, which may be another calendar than the default one."""
    calendar = place.mailbox.calendars.get(held.calendar) if held is not None else None
    return place if calendar is None else msgspec.structs.replace(place, calendar=calendar)


def _attendees(event: Event | None) -> Attendees:
    return list(members_of(event)["attendees"]) if event is not None else []


def _key(attendee: dict[str, Any]) -> str:
    return address_of(attendee).lower()


def _keys(attendees: Iterable[dict[str, Any]]) -> set[str]:
    return {_key(one) for one in attendees}


def _moved(before: Event, after: Event) -> bool:
    return (before.start, before.end, before.series) != (after.start, after.end, after.series)


def _answered(copy: Event) -> bool:
    return bool(members_of(copy)["responseStatus"]["response"] != "notResponded")
