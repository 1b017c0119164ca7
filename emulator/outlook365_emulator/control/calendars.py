"""What is in calendars: events that are put in, looked at, invented, and meetings that are answered.

What Graph's calendar brings along is imported by the routes that need it: a world is made at every start.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.problems import ControlError, unknown
from outlook365_emulator.control.views import GraphList
from outlook365_emulator.errors import GraphError
from outlook365_emulator.worlds.contents import Document, EventDocument, Text
from outlook365_emulator.worlds.instants import moment
from outlook365_emulator.worlds.reading import at

_ANSWERS: Mapping[str, str] = MappingProxyType(
    {"accept": "accepted", "tentativelyAccept": "tentativelyAccepted", "decline": "declined"}
)


class ResponseDocument(Document):
    """An answer to a meeting.

    Attributes:
        event: `iCalUId` of the meeting, or of one occurrence of it; the same in every copy.
        response: the answer.
        comment: what is said to it.
        send: whether the organizer is told.
    """

    event: Text
    response: Literal["accept", "tentativelyAccept", "decline"]
    comment: str | None = None
    send: bool = True


class ReplyDocument(Document):
    """An answer that somebody outside the world gives to a meeting.

    Attributes:
        event: `iCalUId` of the meeting, or of one occurrence of it.
        attendee: address of the person who answers.
        response: the answer.
        comment: what is said to it.
    """

    event: Text
    attendee: Text
    response: Literal["accept", "tentativelyAccept", "decline"]
    comment: str = ""


class WeeksRequest(Document):
    """Working weeks to invent.

    Attributes:
        weeks: how many weeks, the present one first.
        seed: decides what is invented; the world's seed when left out.
        zone: time zone of the person, a Windows or IANA name.
    """

    weeks: Annotated[int, Meta(ge=0, le=520, description="a whole number, 0 to 520")] = 4
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1, description="a whole number, 0 or more")] | None = None
    zone: Text = "UTC"


class WeeksView(msgspec.Struct):
    """How many events were put into a calendar, a series counted once, and the seed that decided what they are."""

    events: int
    seed: int


def create_event(call: Call, document: EventDocument) -> msgspec.Raw:
    """Put an event into a calendar as its owner would: attendees are invited; answered is its Graph JSON."""
    from outlook365_emulator.worlds.events import add_event_of

    owner, _ = call.user, call.mailbox
    with call.unit() as unit:
        event = add_event_of(call.world, call.tenant, unit, owner, document, "", mail=True)
    return msgspec.Raw(event.document)


def list_events(call: Call) -> GraphList:
    """List what a calendar shows from `start` to `end` as Graph JSON in UTC, occurrences one by one."""
    from outlook365_emulator.graph.calendar.adding import events_between

    owner, _ = call.user, call.mailbox
    low, high = _instant(call, "start"), _instant(call, "end")
    try:
        found = list(events_between(call.tenant, owner, low, high, call.query.get("calendar", "")))
    except LookupError as error:
        raise ControlError(404, "unknown_calendar", str(error)) from error
    return GraphList([msgspec.Raw(msgspec.json.encode(one)) for one in found])


def _instant(call: Call, name: str) -> datetime:
    text = call.query.get(name)
    if text is None:
        raise ControlError(400, "bad_query", f"the query has no {name}: write ?start=...&end=...")
    with at(name):
        found = moment(text, call.now)
    if not 2 <= found.year <= 9998:
        raise ControlError(400, "bad_query", f"{name} lies in the year {found.year}")
    return found


def respond_to_meeting(call: Call, document: ResponseDocument) -> None:
    """Answer a meeting as the owner of the mailbox would."""
    from outlook365_emulator.graph.calendar.meetings.answering import Given, answer_meeting
    from outlook365_emulator.graph.calendar.meetings.event_messages import copy_by_uid
    from outlook365_emulator.graph.calendar.meetings.parties import own_setting

    user, mailbox = call.user, call.mailbox
    found = copy_by_uid(mailbox, document.event)
    if found is None:
        message = f"{user.user_principal_name} has no event with this iCalUId: not invited, or removed"
        raise ControlError(404, "unknown_event", message)
    answer: Any = _ANSWERS[document.response]
    try:
        with call.unit() as unit:
            place = own_setting(call.world, call.tenant, unit, user, mailbox, found[0])
            answer_meeting(place, *found, Given(answer, document.comment, document.send))
    except GraphError as error:
        raise ControlError(400, "bad_document", error.because or error.message) from error


def receive_reply(call: Call, document: ReplyDocument) -> msgspec.Raw:
    """Let an invited person outside the world answer by mail; answered is the organizer's event as Graph JSON."""
    from outlook365_emulator.graph.calendar.documents import members_of
    from outlook365_emulator.graph.calendar.meetings.event_messages import copy_by_uid
    from outlook365_emulator.graph.calendar.meetings.outside import answer_from_outside
    from outlook365_emulator.graph.calendar.meetings.parties import own_setting, record_of
    from outlook365_emulator.graph.mail.addresses import address_of
    from outlook365_emulator.graph.mail.delivery import tenant_of

    user, mailbox = call.user, call.mailbox
    found = copy_by_uid(mailbox, document.event)
    if found is None or not found[0].is_organizer:
        message = f"{user.user_principal_name} organizes no meeting with this iCalUId"
        raise ControlError(404, "unknown_event", message)
    event, day = found
    invited = {address_of(one).lower(): one for one in members_of(record_of(event, day))["attendees"]}
    attendee = invited.get(document.attendee.lower())
    if attendee is None:
        raise unknown("attendee", document.attendee, invited)
    if tenant_of(call.world, document.attendee) is not None:
        raise ControlError(400, "bad_document", f"{document.attendee} is in this world: use respond", "attendee")
    answer: Any = _ANSWERS[document.response]
    with call.unit() as unit:
        place = own_setting(call.world, call.tenant, unit, user, mailbox, event)
        recipient = {"emailAddress": attendee["emailAddress"]}
        answer_from_outside(place, event, day, recipient, answer, document.comment)
        answered = copy_by_uid(mailbox, document.event)
        assert answered is not None, "an answer takes no event away"
        return msgspec.Raw(record_of(*answered).document)


async def fill_calendar(call: Call, request: WeeksRequest) -> WeeksView:
    """Put invented working weeks into a calendar, the same for the same seed; others are served meanwhile."""
    from outlook365_emulator.graph.calendar.filling import fill

    world, tenant, user, _ = call.world, call.tenant, call.user, call.mailbox
    seed = world.seed if request.seed is None else request.seed
    await asyncio.to_thread(__import__, "faker")  # takes a tenth of a second the first time
    made = 0
    try:
        for so_far in fill(world, tenant, world.unit, user, request.weeks, seed, request.zone):
            made = so_far
            await asyncio.sleep(0)
            if call.context.hosting.by_name(world.name) is not world:
                raise unknown("world", world.name, (one.name for one in call.context.hosting))
    except GraphError as error:
        raise ControlError(400, "bad_document", error.because or error.message) from error
    return WeeksView(made, seed)
