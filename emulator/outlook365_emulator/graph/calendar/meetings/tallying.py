"""Attendees' answers in the organizer's copy, where the calendar tallies them: the primary one.

Reference `graph-calendar.md` section 14. An answer comes from an attendee's own mailbox (`answering`) or
from outside as an iCalendar REPLY (`incoming`).
"""

from typing import Any

import msgspec

from outlook365_emulator.graph.calendar.changing import occurrence_record, put_exception
from outlook365_emulator.graph.calendar.documents import members_of, write_event
from outlook365_emulator.graph.calendar.meetings.messages import Answer
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.calendar.seen_events import exception_on
from outlook365_emulator.graph.mail.addresses import address_of
from outlook365_emulator.graph.zones import precise
from outlook365_emulator.store.records.calendar import Event


class Answered(msgspec.Struct, frozen=True):
    """Who has answered a meeting, and what.

    Attributes:
        attendee: the recipient, as a person who was not invited by name is listed.
        addresses: every address of the person, in lower case.
        answer: the answer.
        proposal: a `timeSlot` in UTC that the person proposes, or None.
    """

    attendee: dict[str, Any]
    addresses: frozenset[str]
    answer: Answer
    proposal: dict[str, Any] | None = None

    def status_in(self, event: Event) -> dict[str, Any] | None:
        """Return the person's status in an event of the organizer's, or None where it does not list the person."""
        for one in members_of(event)["attendees"]:
            if address_of(one).lower() in self.addresses:
                status: dict[str, Any] = one["status"]
                return status
        return None


def tally(place: Setting, meeting: Event, day: int, answered: Answered) -> None:
    """Write an answer into the organizer's copy.

    Args:
        place: where the organizer's copy lies.
        meeting: the copy: a single event or a series.
        day: of an answer to one occurrence its day, else 0.
        answered: the answer.
    """
    if not place.calendar.is_default or not meeting.is_organizer:
        return
    if day:
        if day not in meeting.deleted:
            item = exception_on(meeting, day) or occurrence_record(place, meeting, day)
            put_exception(place, meeting, _tallied(place, item, answered))
        return
    held = answered.status_in(meeting)
    exceptions = tuple(
        _tallied(place, one, answered, proposing=False) if answered.status_in(one) == held else one
        for one in meeting.exceptions
    )
    changed = msgspec.structs.replace(_tallied(place, meeting, answered), exceptions=exceptions)
    place.unit.put_item(place.mailbox, place.mailbox.events, changed)


def _tallied(place: Setting, event: Event, answered: Answered, *, proposing: bool = True) -> Event:
    """Return an event of the organizer's with the answer; who was invited through a group is added."""
    members = members_of(event)
    status = {"response": answered.answer, "time": precise(place.unit.now)}
    mine = [one for one in members["attendees"] if address_of(one).lower() in answered.addresses]
    if not mine:
        mine = [{"type": "required", "status": status, **answered.attendee}]
        members["attendees"] += mine
    for one in mine:
        one["status"] = status
        one.pop("proposedNewTime", None)
        if answered.proposal is not None and proposing:
            one["proposedNewTime"] = answered.proposal
    return write_event(
        place.mailbox,
        place.calendar,
        members,
        start=event.start,
        end=event.end,
        modified=place.unit.now,
        like=event,
        day=event.day,
    )
