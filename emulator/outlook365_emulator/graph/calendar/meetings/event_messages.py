"""The event behind a meeting message: navigation and `$expand`.

Reference `graph-calendar.md` section 15. There is none behind any other message, nor once the event is gone.
"""

from datetime import date
from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Entity
from outlook365_emulator.graph.calendar.documents import uid_of_day
from outlook365_emulator.graph.calendar.event_resource import (
    adapt_event,
    event_members,
    event_resource,
    preferred_zone,
)
from outlook365_emulator.graph.calendar.meetings.messages import meeting_of
from outlook365_emulator.graph.calendar.meetings.parties import copy_in
from outlook365_emulator.graph.calendar.shown import Shown, occurrence, shown
from outlook365_emulator.graph.calendar.sight import sight_of
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Event
from outlook365_emulator.store.records.mail import Message


def event_behind(call: Call, message: Message) -> Shown | None:
    """Return the event that a message is about, or None.

    Raises:
        GraphError: `access_denied` where the caller may not see the calendar.
    """
    uid = meeting_of(message)
    found = copy_by_uid(call.mailbox, uid) if uid else None
    calendar = call.mailbox.calendars.get(found[0].calendar) if found is not None else None
    if found is None or calendar is None:
        return None
    sight = sight_of(call, calendar)
    return occurrence(sight, *found) if found[1] else shown(sight, found[0])


def copy_by_uid(mailbox: Mailbox, uid: str) -> tuple[Event, int] | None:
    """Find somebody's copy of a meeting, or of one occurrence, by the `iCalUId` that every copy has.

    Args:
        mailbox: whose copy.
        uid: the `iCalUId`; that of an occurrence has the day in it.

    Returns:
        The event and, for an occurrence of a series, the day, else 0; None where there is none.
    """
    alone = copy_in(mailbox, uid)
    if alone is not None or uid[32:40] == "00000000":
        return alone
    try:
        day = date(int(uid[32:36], 16), int(uid[36:38], 16), int(uid[38:40], 16)).toordinal()
    except ValueError:
        return None
    whole = f"{uid[:32]}00000000{uid[40:]}"
    found = copy_in(mailbox, whole, day) if uid_of_day(whole, day) == uid else None
    return found if found is not None and found[0].series is not None else None


def expanded_event(call: Call, message: Message) -> dict[str, Any]:
    """Return what `$expand=microsoft.graph.eventMessage/event` adds to a message."""
    one = event_behind(call, message)
    if one is None:
        return {"event": None} if meeting_of(message) else {}
    members = event_members(call, one)
    adapt_event(call, one, members)
    item = call.mailbox.ids.item(message.folder, message.number)
    path = f"{call.user_path}/messages('{item}')/microsoft.graph.eventMessage/event/$entity"
    return {"event@odata.context": f"{call.root}/$metadata#{path}", "event": members}


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
