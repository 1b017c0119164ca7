"""Forwarding a meeting: who is new gets the organizer's request, and is among the organizer's attendees.

Reference `graph-calendar.md` section 14.
"""

from typing import Any

import msgspec

from outlook365_emulator.graph.calendar.changing import occurrence_record, put_exception
from outlook365_emulator.graph.calendar.documents import members_of, write_event
from outlook365_emulator.graph.calendar.meetings.answering import whole_uid
from outlook365_emulator.graph.calendar.meetings.copies import Copying, occurrence_of
from outlook365_emulator.graph.calendar.meetings.messages import About, forward_notice, request
from outlook365_emulator.graph.calendar.meetings.parties import (
    attended_by,
    attendee_addresses,
    copy_in,
    organizer_of,
    own_setting,
)
from outlook365_emulator.graph.calendar.meetings.posting import post
from outlook365_emulator.graph.calendar.organizing import Setting, attendees_of
from outlook365_emulator.graph.calendar.seen_events import exception_on
from outlook365_emulator.graph.mail.addresses import address_of
from outlook365_emulator.store.records.calendar import Event

Attendees = list[dict[str, Any]]


def forward_meeting(setting: Setting, event: Event, day: int, to: Attendees, comment: str) -> None:
    """Forward a meeting.

    Args:
        setting: where the forwarder's copy lies.
        event: the copy: a single event or a series.
        day: of an occurrence its day, else 0.
        to: recipients, checked.
        comment: what the forwarder says to them.
    """
    item = occurrence_of(setting, event, day)
    uid, lone = whole_uid(event)
    theirs = organizer_of(setting.world, setting.unit, members_of(item)["organizer"])
    found = copy_in(theirs.mailbox, uid) if theirs is not None else None
    if theirs is None or found is None or not found[0].is_organizer:
        _put_copies(setting, _from_outside(setting, item, to), day, uid, to)
        _send(setting, setting, About(event, item, day), to, comment)
        return
    meeting, day = found[0], day or lone
    place = own_setting(setting.world, theirs.tenant, setting.unit, theirs.owner, theirs.mailbox, meeting)
    new = [one for one in attendees_of(place.tenant, place.owner, to) if not _is_listed(meeting, day, one)]
    meeting, source = _with_attendees(place, meeting, day, new)
    about = About(meeting, source, day)
    _put_copies(place, source, day, uid, new)
    _send(place, setting, about, to, comment)
    if not item.is_organizer:
        organizer = {"emailAddress": members_of(item)["organizer"]["emailAddress"]}
        post(setting, about, forward_notice(setting, about, organizer, new or to), [address_of(organizer)], "REQUEST")


def _put_copies(place: Setting, source: Event, day: int, uid: str, to: Attendees) -> None:
    """Put copies for those who have none yet.

    Args:
        place: where `source` lies.
        source: the meeting as its organizer has it, or one occurrence of it.
        day: of an occurrence its day, else 0.
        uid: the `iCalUId` of the whole meeting.
        to: the people.
    """
    for person in attended_by(place.world, place.unit, place.mailbox, attendee_addresses(to)):
        if copy_in(person.mailbox, uid, day) is None:
            copying = Copying(person, place)
            if day:
                copying.write_alone(source, None)
            else:
                copying.write(source, None)


def _from_outside(setting: Setting, item: Event, to: Attendees) -> Event:
    """Return a meeting that somebody outside organizes as a record of the organizer's, which lies in no calendar."""
    members = members_of(item)
    organizer = address_of(members["organizer"]).lower()
    invited = [one for one in members["attendees"] if address_of(one).lower() != organizer]
    members["attendees"] = [*invited, *attendees_of(setting.tenant, setting.owner, to)]
    return write_event(
        setting.mailbox,
        setting.calendar,
        members,
        start=item.start,
        end=item.end,
        modified=setting.unit.now,
        like=item,
        day=item.day,
    )


def _is_listed(meeting: Event, day: int, attendee: dict[str, Any]) -> bool:
    held = exception_on(meeting, day) if day else None
    listed = members_of(held or meeting)["attendees"]
    return address_of(attendee).lower() in {address_of(one).lower() for one in listed}


def _with_attendees(place: Setting, meeting: Event, day: int, new: Attendees) -> tuple[Event, Event]:
    """Add attendees to the organizer's copy; return the event, and what holds the properties of the day."""
    if not day:
        if not new:
            return meeting, meeting
        changed = _rewritten(place, meeting, new)
        exceptions = tuple(_rewritten(place, one, new) for one in meeting.exceptions)
        changed = msgspec.structs.replace(changed, exceptions=exceptions)
        place.unit.put_item(place.mailbox, place.mailbox.events, changed)
        return changed, changed
    item = exception_on(meeting, day) or occurrence_record(place, meeting, day)
    if not new:
        return meeting, item
    exception = _rewritten(place, item, new)
    return put_exception(place, meeting, exception), exception


def _rewritten(place: Setting, held: Event, new: Attendees) -> Event:
    members = members_of(held)
    known = {address_of(one).lower() for one in members["attendees"]}
    members["attendees"] += [one for one in new if address_of(one).lower() not in known]
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


def _send(organizer: Setting, forwarder: Setting, about: About, to: Attendees, comment: str) -> None:
    """Send the organizer's request to those it is forwarded to, as the forwarder."""
    named = [{"emailAddress": one["emailAddress"]} for one in attendees_of(forwarder.tenant, organizer.owner, to)]
    draft = request(forwarder, about, named, kind="newMeetingRequest", forwarded=comment)
    post(forwarder, about, draft, attendee_addresses(named), "REQUEST")
