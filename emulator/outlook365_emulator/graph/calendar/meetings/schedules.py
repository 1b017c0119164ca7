"""`getSchedule`: free and busy times of several mailboxes.

Reference `graph-calendar.md` section 23. A mailbox that cannot be asked has an error of its own in the answer.
"""

from datetime import timedelta
from typing import Any, Final

import msgspec

from outlook365_emulator.directory.users import find_by_address, right_on
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Document
from outlook365_emulator.graph.calendar.event_resource import preferred_zone
from outlook365_emulator.graph.calendar.meetings.free_busy import Item, items_between, merged_view, working_hours
from outlook365_emulator.graph.calendar.seen_calendars import SeenCalendar, default_calendar, permission_of
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.delivery import group_at, targets_of
from outlook365_emulator.graph.operation import Action, operation
from outlook365_emulator.graph.zones import read_moment, written_moment
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import Group

MAX_SCHEDULES: Final = 20
MAX_DAYS: Final = 62
MAX_ITEMS: Final = 1000
"""Greatest numbers of schedules, of days in the window, and of items in one answer."""

_SEES_SUBJECTS: Final = frozenset(
    {"limitedRead", "read", "write", "delegateWithoutPrivateEventAccess", "delegateWithPrivateEventAccess"}
)


class _Asked:
    """What was asked for: the window, the slots, and who asks."""

    __slots__ = ("call", "high", "interval", "low", "shown_in", "zone")

    def __init__(self, call: Call, given: dict[str, Any]) -> None:
        self.call = call
        self.shown_in = preferred_zone(call)
        start, end = read_moment(given.get("starttime"), "startTime"), read_moment(given.get("endtime"), "endTime")
        self.low, self.high, self.zone = start.instant, end.instant, start.zone
        self.interval = 30 if given.get("availabilityviewinterval") is None else given["availabilityviewinterval"]
        self._judge(given)

    def _judge(self, given: dict[str, Any]) -> None:
        if self.high <= self.low:
            because = f"startTime {self.low} is not before endTime {self.high}"
            raise graph_error("schedule_window_invalid", because=because)
        days = -((self.low - self.high) // timedelta(days=1))
        if days > MAX_DAYS:
            because = f"the window has {days} days; {MAX_DAYS} are the most"
            raise graph_error("schedule_window_too_long", days=str(days), because=because)
        if not 5 <= self.interval <= 1440:
            because = f"availabilityViewInterval is {self.interval}; it is 5 to 1440 minutes"
            raise graph_error("schedule_interval_invalid", because=because)
        count = len(given.get("schedules") or ())
        if count > MAX_SCHEDULES:
            because = f"{count} schedules are asked for; {MAX_SCHEDULES} are the most"
            raise graph_error("parameter_invalid", detail="Too many schedules are requested.", because=because)

    def answer(self, address: str) -> dict[str, Any]:
        """Return the `scheduleInformation` of an address."""
        tenant = self.call.tenant
        group = group_at(tenant, address)
        if group is not None:
            return self._group(address, group)
        user = find_by_address(tenant, address)
        if user is None:
            message = f"Unable to resolve e-mail address {address} to an Active Directory object."
            return _failed(address, "5009", message)
        mailbox = tenant.mailbox_of(user)
        if mailbox is None:
            return _failed(address, "5016", "Proxy web request failed.")
        role = role_of(self.call, mailbox)
        if role == "none":
            return _failed(address, "5013", "The caller does not have access to free/busy data.")
        items = items_between(mailbox, user, self.low, self.high, self.zone)
        if len(items) > MAX_ITEMS:
            message = (
                "The result set contains too many calendar entries. "
                f"The allowed size = {MAX_ITEMS}; the actual size = {len(items)}."
            )
            return _failed(address, "5006", message)
        return {
            "scheduleId": address,
            "availabilityView": merged_view(items, self.low, self.high, self.interval),
            "scheduleItems": [self._item(one, role) for one in items],
            "workingHours": working_hours(mailbox, user, self.call.now).document,
        }

    def _item(self, item: Item, role: str) -> dict[str, Any]:
        event, zone = item.event.item, self.shown_in
        found: dict[str, Any] = {"status": item.status}
        closed = event.sensitivity in ("private", "confidential")
        if role == "owner" or (role in _SEES_SUBJECTS and not closed):
            name = _location(event.document)
            found = {"isPrivate": closed, **found, "subject": event.subject, "location": name}
        return {**found, "start": written_moment(item.start, zone), "end": written_moment(item.end, zone)}

    def _group(self, address: str, group: Group) -> dict[str, Any]:
        """Return the merged view of a group's members; their items are not told."""
        items: list[Item] = []
        for tenant, mailbox, _ in targets_of(self.call.world, [group.mail or address]).reached.values():
            user = tenant.users.get(mailbox.owner)
            if user is not None and role_of(self.call, mailbox) != "none":
                items += items_between(mailbox, user, self.low, self.high, self.zone)
        view = merged_view(items, self.low, self.high, self.interval)
        return {"scheduleId": address, "availabilityView": view, "scheduleItems": []}


def _location(document: bytes) -> str:
    return str(msgspec.json.decode(document)["location"].get("displayName") or "")


def _failed(address: str, code: str, message: str) -> dict[str, Any]:
    return {
        "scheduleId": address,
        "availabilityView": "",
        "error": {"message": message, "responseCode": code},
        "scheduleItems": None,
        "workingHours": None,
    }


def role_of(call: Call, mailbox: Mailbox) -> str:
    """Return as what the caller sees free and busy times of a mailbox: `owner`, a calendar role, or `none`."""
    caller = call.caller
    if caller is None or right_on(mailbox, caller.id).full_access:
        return "owner"
    calendar = default_calendar(mailbox)
    given = permission_of(mailbox, calendar, caller)
    if given is not None:
        return given.role
    everybody = mailbox.calendar_permissions.get(f"{calendar.number} ")
    return everybody.role if everybody is not None else "none"


@operation(
    "POST /users/{user}/calendars/{calendar}/getSchedule",
    least="Calendars.ReadBasic",
    body=Action("getSchedule", "calendar"),
)
def get_schedule(call: Call, calendar: SeenCalendar, body: dict[str, Any]) -> Document:
    """Get the free and busy times of people, groups and rooms in a window."""
    given = {name.lower(): value for name, value in body.items()}
    asked = _Asked(call, given)
    found = [asked.answer(address.strip()) for address in given.get("schedules") or ()]
    return Document(body={"value": found}, context="Collection(microsoft.graph.scheduleInformation)", applied=True)
