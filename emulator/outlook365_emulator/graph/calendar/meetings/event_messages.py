"""The event behind a meeting message: navigation and `$expand`.

Reference `graph-calendar.md` section 15. There is none behind any other message, nor once the event is gone.
"""

from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Entity
from outlook365_emulator.graph.calendar.documents import day_in
from outlook365_emulator.graph.calendar.event_resource import (
    adapt_event,
    event_members,
    event_resource,
    preferred_zone,
)
from outlook365_emulator.graph.calendar.meetings.messages import meeting_of
from outlook365_emulator.graph.calendar.meetings.parties import copy_in
from outlook365_emulator.graph.calendar.seen_calendars import seen_calendar
from outlook365_emulator.graph.calendar.seen_events import SeenEvent, occurrence, seen_event
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Event
from outlook365_emulator.store.records.mail import Message


def event_behind(call: Call, message: Message) -> SeenEvent | None:
    """Return the event that a message is about, or None.

    Raises:
        GraphError: `access_denied` where the caller may not see the calendar.
    """
    meeting = meeting_of(message)
    found = copy_in(call.mailbox, *meeting) if meeting is not None else None
    calendar = call.mailbox.calendars.get(found[0].calendar) if found is not None else None
    if found is None or calendar is None:
        return None
    seen = seen_calendar(call, calendar)
    return occurrence(seen, *found) if found[1] and found[0].series is not None else seen_event(seen, found[0])


def copy_by_uid(mailbox: Mailbox, uid: str) -> tuple[Event, int] | None:
    """Find somebody's copy of a meeting, or of one occurrence, by the `iCalUId` that every copy has.

    Args:
        mailbox: whose copy.
        uid: the `iCalUId`; that of an occurrence has the day in it.

    Returns:
        The event and, for an occurrence of a series, the day, else 0; None where there is none.
    """
    alone = copy_in(mailbox, uid)
    whole, day = day_in(uid)
    if alone is not None or not day:
        return alone
    found = copy_in(mailbox, whole, day)
    return found if found is not None and found[0].series is not None else None


def expanded_event(call: Call, message: Message) -> dict[str, Any]:
    """Return what `$expand=microsoft.graph.eventMessage/event` adds to a message."""
    one = event_behind(call, message)
    if one is None:
        return {} if meeting_of(message) is None else {"event": None}
    members = event_members(call, one)
    adapt_event(call, one, members)
    item = call.mailbox.ids.item(message.folder, message.number)
    path = f"{call.user_path}/messages('{item}')/microsoft.graph.eventMessage/event/$entity"
    return {"event@odata.context": call.context(path), "event": members}


@operation("GET /users/{user}/messages/{message}/microsoft.graph.eventMessage/event", least="Mail.Read")
def get_event(call: Call, message: Message) -> Entity:
    """Get the event that a meeting message is about."""
    preferred_zone(call)
    one = event_behind(call, message)
    if one is None:
        because = "the message is about no event of this mailbox: it is none about a meeting, or the event is gone"
        raise graph_error("item_not_found", because=because)
    path = f"{call.user_path}/messages('{call.keys[1]}')/microsoft.graph.eventMessage/event"
    return Entity(resource=event_resource(), record=one, path=path)
