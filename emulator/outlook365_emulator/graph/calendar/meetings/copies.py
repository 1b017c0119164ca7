"""The attendees' copies of a meeting: made of the organizer's, with what is each attendee's own.

What is equal and what is not: reference `graph-calendar.md` section 14. A copy of a series holds the exceptions of the
organizer's; who is not invited to one of its occurrences does not have it.
"""

from typing import Any, Final

import msgspec

from outlook365_emulator.graph.calendar.changing import occurrence_record, put_exception
from outlook365_emulator.graph.calendar.documents import NEVER, members_of, write_event
from outlook365_emulator.graph.calendar.meetings.parties import addresses_of
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.calendar.seen_events import exception_on
from outlook365_emulator.graph.mail.addresses import address_of
from outlook365_emulator.graph.mail.delivery import targets_of
from outlook365_emulator.graph.zones import precise
from outlook365_emulator.store.records.calendar import Event

INTENDED: Final = "Integer {00062002-0000-0000-c000-000000000046} Id 0x8224"
"""PidLidIntendedBusyStatus: what the organizer wants the time to be shown as once the attendee has accepted."""

_STATUSES: Final = ("free", "tentative", "busy", "oof", "workingElsewhere")
"""Free/busy statuses by the number that MAPI gives them."""

CANCELLED: Final = "Canceled: "
"""Begins the subject of a meeting that was cancelled, in an attendee's calendar and in mail."""

_OWN: Final = ("categories", "isReminderOn", "reminderMinutesBeforeStart")
"""Members of a copy that stay the attendee's own when the organizer changes the meeting."""


def shown_as(response: str, intended: str) -> str:
    """Return the free/busy status of a copy after an answer (`graph-calendar.md` section 14)."""
    return intended if response == "accepted" or intended == "free" else "tentative"


def intended_of(event: Event) -> str:
    """Return what the organizer wants the time of a copy to be shown as."""
    number = next((value for name, value in event.properties if name == INTENDED), "2")
    return _STATUSES[int(number)] if isinstance(number, str) and number in "01234" else "busy"


def _intending(event: Event, source: Event | None) -> tuple[tuple[str, Any], ...]:
    number = _STATUSES.index(event.show_as) if event.show_as in _STATUSES else 2
    others = source.properties if source is not None else ()
    return tuple(sorted((*(one for one in others if one[0] != INTENDED), (INTENDED, str(number)))))


class Copying(msgspec.Struct, frozen=True):
    """One attendee's copy on its way.

    Attributes:
        place: where it lies.
        source: where the organizer's lies.
        reset: whether the answer to the whole meeting is void, since its time has changed.
        reset_day: the day of an occurrence to which the answer is void, or 0.
    """

    place: Setting
    source: Setting
    reset: bool = False
    reset_day: int = 0

    def is_invited(self, attendees: list[dict[str, Any]]) -> bool:
        """Return whether the person is among attendees, also as a member of a group."""
        own = addresses_of(self.place.owner)
        if any(address_of(one).lower() in own for one in attendees):
            return True
        reached = targets_of(self.place.world, map(address_of, attendees)).reached
        return self.place.mailbox.guid in reached

    def members(self, source: Event, previous: Event | None, *, reset: bool) -> dict[str, Any]:
        """Return the members of the copy of a single event, series or exception.

        Args:
            source: the organizer's record.
            previous: the copy before, or None for a new one.
            reset: whether the answer given is void.
        """
        members = members_of(source)
        held = members_of(previous) if previous is not None else {}
        answer = {"response": "notResponded", "time": NEVER}
        if held and not reset and not held["isCancelled"]:
            answer = held["responseStatus"]
        members |= {name: held[name] for name in _OWN if name in held}
        if not held:
            members["categories"] = []
        members |= {
            "createdDateTime": held.get("createdDateTime") or precise(self.place.unit.now),
            "transactionId": None,
            "isOrganizer": False,
            "isDraft": False,
            "responseStatus": answer,
            "showAs": shown_as(answer["response"], source.show_as),
            "attendees": self._attendees(members, held, answer),
        }
        return members

    def _attendees(self, members: dict[str, Any], held: dict[str, Any], answer: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the attendees as an attendee sees them: the organizer first, and of all answers only the own."""
        own = addresses_of(self.place.owner)
        organizer = {"type": "required", "status": {"response": "none", "time": NEVER}, **members["organizer"]}
        found = [organizer]
        proposals = {address_of(one).lower(): one.get("proposedNewTime") for one in held.get("attendees") or ()}
        for one in members["attendees"]:
            mine = address_of(one).lower() in own
            if members["hideAttendees"] and not mine:
                continue
            seen = {name: value for name, value in one.items() if name != "proposedNewTime"}
            seen["status"] = {"response": "none", "time": NEVER}
            if mine and answer["response"] != "notResponded":
                seen["status"] = {"response": answer["response"], "time": NEVER}
                if proposals.get(address_of(one).lower()):
                    seen["proposedNewTime"] = proposals[address_of(one).lower()]
            found.append(seen)
        return found

    def write(self, source: Event, held: Event | None) -> Event:
        """Put the copy of a single event or a whole series, and return it.

        Args:
            source: the organizer's event.
            held: the copy before, or None where there is none.
        """
        copy = self._record(source, held, reset=self.reset)
        if source.series is not None:
            copy = self._with_exceptions(source, held, copy)
        self._attach(source, copy)
        self.place.unit.put_item(self.place.mailbox, self.place.mailbox.events, copy)
        return copy

    def _record(self, source: Event, held: Event | None, *, reset: bool, **besides: Any) -> Event:
        moved = held is None or (held.start, held.end, held.series) != (source.start, source.end, source.series)
        if moved:
            besides |= {"fire": None, "fire_for": None, "dismissed": None}
        return write_event(
            self.place.mailbox,
            self.place.calendar,
            self.members(source, held, reset=reset),
            start=source.start,
            end=source.end,
            modified=self.place.unit.now,
            like=held,
            series=source.series,
            zone=source.zone,
            properties=_intending(source, held),
            **{"exceptions": (), "deleted": (), **besides},
        )

    def _with_exceptions(self, source: Event, held: Event | None, copy: Event) -> Event:
        same = held is not None and held.series == source.series
        kept = {one.day: one for one in held.exceptions} if held is not None and same else {}
        exceptions: dict[int, Event] = {}
        uninvited = set()
        for one in source.exceptions:
            if not self.is_invited(members_of(one)["attendees"]):
                uninvited.add(one.day)
            else:
                exceptions[one.day] = self._exception(one, kept.get(one.day), held, copy)
        for day, one in kept.items():
            if one.is_cancelled and (day in source.deleted or day in uninvited):
                exceptions[day] = one
            elif day not in exceptions and day not in source.deleted and day not in uninvited:
                exceptions[day] = self._exception(occurrence_record(self.source, source, day), one, held, copy)
        own = set(held.deleted) if held is not None and same else set()
        deleted = ({*source.deleted, *uninvited} | (own - {self.reset_day})) - exceptions.keys()
        self._detach_all(held, exceptions)
        return msgspec.structs.replace(
            copy,
            exceptions=tuple(exceptions[day] for day in sorted(exceptions)),
            deleted=tuple(sorted(deleted)),
        )

    def _exception(self, source: Event, own: Event | None, held: Event | None, copy: Event) -> Event:
        """Return the copy of an exception; an answer to the series holds for it unless it has one of its own."""
        previous = own if own is not None else held
        written = write_event(
            self.place.mailbox,
            self.place.calendar,
            self.members(source, previous, reset=self.reset or source.day == self.reset_day),
            start=source.start,
            end=source.end,
            modified=self.place.unit.now,
            like=own if own is not None else copy,
            day=source.day,
            zone=source.zone,
            properties=_intending(source, own),
        )
        self._attach(source, written)
        return written

    def write_occurrence(self, source: Event, held: Event) -> Event:
        """Put one occurrence of a copy of a series as the organizer has it, and return the series.

        Args:
            source: the organizer's exception.
            held: the copy.
        """
        own = exception_on(held, source.day)
        copy = msgspec.structs.replace(held, deleted=tuple(day for day in held.deleted if day != source.day))
        return put_exception(self.place, copy, self._exception(source, own, held, held))

    def write_alone(self, source: Event, held: Event | None) -> Event:
        """Put the copy of an exception for somebody who is invited to nothing else of the series: a single event."""
        copy = self._record(source, held, reset=self.reset)
        self._attach(source, copy)
        self.place.unit.put_item(self.place.mailbox, self.place.mailbox.events, copy)
        return copy

    def _attach(self, source: Event, copy: Event) -> None:
        """Give a copy the attachments of the organizer's event."""
        unit, target = self.place.unit, self.place.mailbox
        for held in target.attachments.of(copy):
            unit.remove(target.attachments, held)
        for given in self.source.mailbox.attachments.of(source):
            unit.put(
                target.attachments,
                msgspec.structs.replace(given, number=target.take_number(), message=copy.stable),
            )

    def _detach_all(self, held: Event | None, kept: dict[int, Event]) -> None:
        """Take the attachments off the exceptions that are gone."""
        stables = {one.stable for one in kept.values()}
        for one in held.exceptions if held is not None else ():
            if one.stable not in stables:
                for attached in self.place.mailbox.attachments.of(one):
                    self.place.unit.remove(self.place.mailbox.attachments, attached)


def cancel_copy(place: Setting, held: Event, day: int) -> None:
    """Mark an attendee's copy, or one occurrence of it, as cancelled; it stays until the attendee removes it."""
    if day:
        if day not in held.deleted:
            put_exception(place, held, _cancelled(place, occurrence_record(place, held, day)))
        return
    exceptions = tuple(_cancelled(place, one) for one in held.exceptions)
    changed = msgspec.structs.replace(_cancelled(place, held), exceptions=exceptions)
    place.unit.put_item(place.mailbox, place.mailbox.events, changed)


def _cancelled(place: Setting, held: Event) -> Event:
    members = members_of(held)
    if not members["isCancelled"]:
        members |= {
            "isCancelled": True,
            "subject": f"{CANCELLED}{members['subject'] or ''}",
            "showAs": "free",
            "isReminderOn": False,
        }
    return write_event(
        place.mailbox,
        place.calendar,
        members,
        start=held.start,
        end=held.end,
        modified=place.unit.now,
        like=held,
        day=held.day,
    )


def occurrence_of(setting: Setting, event: Event, day: int) -> Event:
    """Return the exception of a day, or a record of the plain occurrence; a single event or series for day 0."""
    if not day:
        return event
    return exception_on(event, day) or occurrence_record(setting, event, day)
