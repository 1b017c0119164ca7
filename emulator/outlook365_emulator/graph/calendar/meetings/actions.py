"""What people do with meetings: accept, accept tentatively, decline, cancel, forward.

Reference `graph-calendar.md` sections 9 and 14.
"""

from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Accepted
from outlook365_emulator.graph.calendar.changing import remove_event, remove_occurrence
from outlook365_emulator.graph.calendar.documents import members_of
from outlook365_emulator.graph.calendar.meetings.answering import Given, answer_meeting
from outlook365_emulator.graph.calendar.meetings.forwarding import forward_meeting
from outlook365_emulator.graph.calendar.meetings.messages import Answer
from outlook365_emulator.graph.calendar.meetings.telling import tell
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.calendar.seen_calendars import setting_of
from outlook365_emulator.graph.calendar.seen_events import SeenEvent
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import is_address
from outlook365_emulator.graph.operation import Action, operation


@operation(
    "POST /users/{user}/events/{event}/accept",
    least="Calendars.ReadWrite",
    body=Action("accept", "event", optional_body=True),
)
def accept(call: Call, event: SeenEvent, body: dict[str, Any]) -> Accepted:
    """Accept a meeting, or one occurrence of it."""
    return _answer(call, event, "accepted", body)


@operation(
    "POST /users/{user}/events/{event}/tentativelyAccept",
    least="Calendars.ReadWrite",
    body=Action("tentativelyAccept", "event", optional_body=True),
)
def tentatively_accept(call: Call, event: SeenEvent, body: dict[str, Any]) -> Accepted:
    """Accept a meeting tentatively, or one occurrence of it; another time can be proposed."""
    return _answer(call, event, "tentativelyAccepted", body)


@operation(
    "POST /users/{user}/events/{event}/decline",
    least="Calendars.ReadWrite",
    body=Action("decline", "event", optional_body=True),
)
def decline(call: Call, event: SeenEvent, body: dict[str, Any]) -> Accepted:
    """Decline a meeting, or one occurrence of it, which leaves the calendar; another time can be proposed."""
    return _answer(call, event, "declined", body)


def _answer(call: Call, event: SeenEvent, answer: Answer, body: dict[str, Any] | None) -> Accepted:
    given = {name.lower(): value for name, value in (body or {}).items()}
    answer_meeting(
        setting_of(call, event.seen),
        event.event,
        event.day,
        Given(answer, given.get("comment"), given.get("sendresponse") is not False, given.get("proposednewtime")),
    )
    return Accepted()


@operation(
    "POST /users/{user}/events/{event}/cancel",
    least="Calendars.ReadWrite",
    body=Action("cancel", "event", optional_body=True),
)
def cancel(call: Call, event: SeenEvent, body: dict[str, Any]) -> Accepted:
    """Cancel a meeting, or one occurrence of it, with a comment to all attendees."""
    setting = setting_of(call, event.seen)
    given = {name.lower(): value for name, value in (body or {}).items()}
    cancel_meeting(setting, event, given.get("comment") or "")
    return Accepted()


def cancel_meeting(setting: Setting, event: SeenEvent, comment: str) -> None:
    """Cancel a meeting, or one occurrence of it.

    Args:
        setting: where the organizer's copy lies.
        event: the meeting.
        comment: what the organizer says to it.

    Raises:
        GraphError: somebody else organizes it, or nobody is invited.
    """
    if not event.item.is_organizer:
        because = f"{members_of(event.item)['organizer']['emailAddress']['address']} organizes this meeting"
        raise graph_error("cancel_not_organizer", because=because)
    if not members_of(event.item)["attendees"]:
        because = "an event without attendees is no meeting: DELETE it"
        detail = "You can't cancel an event that has no attendees."
        raise graph_error("invalid_request", detail=detail, because=because)
    if event.day:
        remove_occurrence(setting, event.event, event.day)
    else:
        remove_event(setting, event.event)
    setting.notices.append(msgspec.structs.replace(setting.notices.pop(), comment=comment))
    tell(setting)


@operation(
    "POST /users/{user}/events/{event}/forward",
    least="Calendars.Read",
    body=Action("forward", "event"),
)
def forward(call: Call, event: SeenEvent, body: dict[str, Any]) -> Accepted:
    """Forward a meeting: the new people are invited, and the organizer learns of it."""
    given = {name.lower(): value for name, value in body.items()}
    to = given.get("torecipients") or []
    if not to:
        raise graph_error("no_recipients", because="ToRecipients is missing or empty")
    for one in to:
        address = str((one.get("emailAddress") or {}).get("address") or "")
        if not is_address(address):
            because = f"ToRecipients holds {address!r}, which is no SMTP address"
            raise graph_error("invalid_recipients", recipient=address, because=because)
    seen = event.seen
    actor = call.caller if seen.role != "owner" else None
    setting = Setting(call.world, call.tenant, call.unit, seen.owner, seen.holder, seen.source, actor)
    forward_meeting(setting, event.event, event.day, to, given.get("comment") or "")
    return Accepted()
