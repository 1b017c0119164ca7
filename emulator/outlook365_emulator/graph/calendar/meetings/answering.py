"""Answers to meetings: in the attendee's own copy, by mail to the organizer, and in the organizer's copy.

Reference `graph-calendar.md` section 14. The organizer's copy of a single occurrence that somebody answers becomes an
exception, and so does the attendee's.
"""

from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.calendar.changing import put_exception, remove_event, remove_occurrence
from outlook365_emulator.graph.calendar.documents import NEVER, day_in, members_of, write_event
from outlook365_emulator.graph.calendar.meetings.copies import intended_of, occurrence_of, shown_as
from outlook365_emulator.graph.calendar.meetings.messages import About, Answer, response
from outlook365_emulator.graph.calendar.meetings.parties import (
    addresses_of,
    copy_in,
    mail_ways,
    organizer_of,
    own_setting,
)
from outlook365_emulator.graph.calendar.meetings.posting import post
from outlook365_emulator.graph.calendar.meetings.tallying import Answered, tally
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.mail.addresses import address_of, recipient_of, resolved_all
from outlook365_emulator.graph.zones import UTC_ZONE, precise, read_moment, written_moment
from outlook365_emulator.store.records.calendar import Event


class Given(msgspec.Struct, frozen=True):
    """An answer as it is given.

    Attributes:
        answer: the answer.
        comment: what the attendee says to it, or None.
        send: whether the organizer is told.
        proposal: the `timeSlot` that the attendee proposes, as sent, or None.
    """

    answer: Answer
    comment: str | None = None
    send: bool = True
    proposal: dict[str, Any] | None = None


_VERBS = {"accepted": "accepted", "tentativelyAccepted": "tentatively accepted", "declined": "declined"}


def answer_meeting(setting: Setting, event: Event, day: int, given: Given, *, mail: bool = True) -> None:
    """Answer a meeting.

    Args:
        setting: where the attendee's copy lies.
        event: the copy: a single event or a series.
        day: of an occurrence its day, else 0.
        given: the answer.
        mail: whether the answer is sent as a message; the organizer's copy knows of it either way.

    Raises:
        GraphError: what Exchange refuses.
    """
    item = occurrence_of(setting, event, day)
    proposal = _judged(item, given)
    uid, within = whole_uid(event)
    before = members_of(item)
    answered = _own_copy(setting, event, item, day, given.answer, proposal)
    if not given.send:
        return
    if mail:
        now = item if answered is None else occurrence_of(setting, answered, day)
        _send(setting, About(answered or event, now, day), before, given, proposal)
    _track(setting, uid, day or within, before, given.answer, proposal)


def _judged(item: Event, given: Given) -> dict[str, Any] | None:
    """Judge an answer and return the proposed time in UTC."""
    members = members_of(item)
    if item.is_organizer:
        raise graph_error("respond_as_organizer", because="the owner of this calendar organizes the event")
    if item.is_cancelled:
        raise graph_error("meeting_cancelled", verb=_VERBS[given.answer], because="the organizer has cancelled it")
    if not given.send and given.comment:
        raise graph_error("comment_needs_response", because="a comment without a response would reach nobody")
    if not given.send and given.proposal:
        raise graph_error("proposal_needs_response", because="a proposal without a response would reach nobody")
    if given.proposal and not members["allowNewTimeProposals"]:
        raise graph_error("proposal_not_allowed", because="allowNewTimeProposals of the meeting is false")
    if given.send and not members["responseRequested"]:
        because = "responseRequested of the meeting is false: send sendResponse false"
        raise graph_error("response_not_requested", because=because)
    return _slot(given.proposal) if given.proposal else None


def _slot(given: dict[str, Any]) -> dict[str, Any]:
    start = read_moment(given.get("start"), "proposedNewTime.start").instant
    end = read_moment(given.get("end"), "proposedNewTime.end").instant
    if end < start:
        raise graph_error("property_validation_failed", because="proposedNewTime ends before it starts")
    return {"start": written_moment(start, UTC_ZONE), "end": written_moment(end, UTC_ZONE)}


def whole_uid(event: Event) -> tuple[str, int]:
    """Return the `iCalUId` of the whole meeting, and the day where the copy is of a single occurrence alone."""
    return (event.ical_uid, 0) if event.series is not None else day_in(event.ical_uid)


def _own_copy(
    setting: Setting, event: Event, item: Event, day: int, answer: Answer, proposal: dict[str, Any] | None
) -> Event | None:
    """Write the answer into the attendee's copy and return the event, or None where it is gone (declined)."""
    if answer == "declined":
        if day:
            remove_occurrence(setting, event, day)
        else:
            remove_event(setting, event)
        setting.notices.clear()
        return None
    stamp = precise(setting.unit.now)
    if day:
        return put_exception(setting, event, _answered(setting, item, answer, stamp, proposal))
    held = members_of(event)["responseStatus"]
    exceptions = tuple(
        _answered(setting, one, answer, stamp, None)
        if members_of(one)["responseStatus"] == held and not one.is_cancelled
        else one
        for one in event.exceptions
    )
    changed = msgspec.structs.replace(_answered(setting, event, answer, stamp, proposal), exceptions=exceptions)
    setting.unit.put_item(setting.mailbox, setting.mailbox.events, changed)
    return changed


def _answered(setting: Setting, held: Event, answer: Answer, stamp: str, proposal: dict[str, Any] | None) -> Event:
    members = members_of(held)
    members["responseStatus"] = {"response": answer, "time": stamp}
    members["showAs"] = shown_as(answer, intended_of(held))
    own = addresses_of(setting.owner)
    for one in members["attendees"]:
        if address_of(one).lower() in own:
            one["status"] = {"response": answer, "time": NEVER}
            one.pop("proposedNewTime", None)
            if proposal is not None:
                one["proposedNewTime"] = proposal
    return write_event(
        setting.mailbox,
        setting.calendar,
        members,
        start=held.start,
        end=held.end,
        modified=setting.unit.now,
        like=held,
        day=held.day,
    )


def _send(
    setting: Setting, about: About, before: dict[str, Any], given: Given, proposal: dict[str, Any] | None
) -> None:
    organizer = before["organizer"]
    direct, delegates = mail_ways(setting.world, [address_of(organizer)])
    named = [organizer] if direct else resolved_all(setting.tenant, _recipients(delegates))
    draft = response(setting, about, named or [organizer], given.answer, given.comment or "", proposal)
    post(setting, about, draft, [address_of(organizer)], "REPLY", given.comment or "")


def _recipients(addresses: list[str]) -> list[dict[str, Any]]:
    return [{"emailAddress": {"address": one}} for one in addresses]


def _track(
    setting: Setting, uid: str, day: int, before: dict[str, Any], answer: Answer, proposal: dict[str, Any] | None
) -> None:
    """Let the organizer's copy know of an attendee's answer."""
    theirs = organizer_of(setting.world, setting.unit, before["organizer"])
    found = copy_in(theirs.mailbox, uid) if theirs is not None else None
    if theirs is None or found is None:
        return
    place = own_setting(setting.world, theirs.tenant, setting.unit, theirs.owner, theirs.mailbox, found[0])
    answered = Answered(recipient_of(setting.owner), addresses_of(setting.owner), answer, proposal)
    tally(place, found[0], day, answered)
