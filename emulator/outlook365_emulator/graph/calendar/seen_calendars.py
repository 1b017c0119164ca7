"""A calendar as somebody sees it, and what they may do with it.

A calendar is reached in two ways, with different ids: directly in its owner's mailbox, or as the sharee's own copy of
it, which lies in the sharee's mailbox. What each role sees: reference `graph-calendar.md` section 22.
"""

from typing import Final, Literal

import msgspec

from outlook365_emulator.directory.users import right_on
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.call import Call
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Calendar, CalendarPermission, Event, Role
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant

Viewer = Literal["owner"] | Role
"""Who looks: the owner (an application and who may open the whole mailbox see as the owner does), or a role."""

_READS: Final = frozenset(
    {"owner", "freeBusyRead", "limitedRead", "read", "write"}
    | {"delegateWithoutPrivateEventAccess", "delegateWithPrivateEventAccess"}
)
_WRITES: Final = frozenset({"owner", "write", "delegateWithoutPrivateEventAccess", "delegateWithPrivateEventAccess"})
_SEES_PRIVATE: Final = frozenset({"owner", "delegateWithPrivateEventAccess"})


class SeenCalendar(msgspec.Struct, frozen=True):
    """A calendar as somebody sees it.

    Attributes:
        mailbox: the mailbox that is addressed; ids are its ids.
        calendar: the calendar in that mailbox.
        holder: the mailbox in which the events lie.
        source: the calendar in that mailbox.
        owner: whose calendar it is.
        role: who looks.
    """

    mailbox: Mailbox
    calendar: Calendar
    holder: Mailbox
    source: Calendar
    owner: User
    role: Viewer

    @property
    def is_plain(self) -> bool:
        """Whether stored documents can be shown as they are."""
        return self.role == "owner" and self.mailbox is self.holder

    @property
    def may_write(self) -> bool:
        """Whether events can be made, changed and deleted."""
        return self.role in _WRITES

    @property
    def sees_private(self) -> bool:
        """Whether private events are seen whole."""
        return self.role in _SEES_PRIVATE

    def hides(self, event: Event) -> bool:
        """Return whether everything but times and free/busy status of an event is hidden."""
        if self.role == "freeBusyRead":
            return True
        return event.sensitivity in ("private", "confidential") and not self.sees_private


def as_owner(mailbox: Mailbox, calendar: Calendar, owner: User) -> SeenCalendar:
    """Return a calendar as its owner sees it."""
    return SeenCalendar(mailbox, calendar, mailbox, calendar, owner, "owner")


def permission_of(mailbox: Mailbox, calendar: Calendar, user: User) -> CalendarPermission | None:
    """Return the permission that a person was given on a calendar, or None."""
    found = (one for one in mailbox.calendar_permissions if one.calendar == calendar.number and one.user == user.id)
    return next(found, None)


def _everybody(mailbox: Mailbox, calendar: Calendar) -> Role:
    found = mailbox.calendar_permissions.get(f"{calendar.number} ")
    return found.role if found is not None else "none"


def source_of(tenant: Tenant, mailbox: Mailbox, calendar: Calendar) -> tuple[Mailbox, Calendar] | None:
    """Return the mailbox and the calendar behind a calendar, or None where they are gone."""
    if not calendar.shown:
        return mailbox, calendar
    holder = tenant.mailboxes.get(calendar.owner)
    source = holder.calendars.get(calendar.shown) if holder is not None else None
    return (holder, source) if holder is not None and source is not None else None


def seen_calendar(call: Call, calendar: Calendar) -> SeenCalendar:
    """Return how the caller sees a calendar of the mailbox addressed.

    Raises:
        GraphError: `access_denied` where the caller may not even read, `item_not_found` where what it shows is gone.
    """
    found = source_of(call.tenant, call.mailbox, calendar)
    owner = call.tenant.users.get(calendar.owner or call.mailbox.owner)
    if found is None or owner is None:
        raise graph_error("item_not_found", because="the calendar that this one shows is gone")
    holder, source = found
    role = _role(call, calendar, holder, source, owner)
    seen = SeenCalendar(call.mailbox, calendar, holder, source, owner, role)
    if role not in _READS:
        raise _denied(call, seen, "read")
    return seen


def _role(call: Call, calendar: Calendar, holder: Mailbox, source: Calendar, owner: User) -> Viewer:
    caller = call.caller
    opens = caller is None or caller.id == call.mailbox.owner or right_on(call.mailbox, caller.id).full_access
    if not calendar.shown:
        return "owner" if opens else _given(holder, source, caller)
    # A copy of somebody else's calendar is for the person whose mailbox it lies in.
    return _given(holder, source, call.tenant.users.get(call.mailbox.owner)) if opens else "none"


def _given(holder: Mailbox, source: Calendar, person: User | None) -> Role:
    permission = permission_of(holder, source, person) if person is not None else None
    if permission is not None:
        return permission.role
    everybody = _everybody(holder, source)
    # What everybody may know of free and busy times is answered by getSchedule; it opens no calendar.
    return "none" if everybody == "freeBusyRead" else everybody


def judge_owner(call: Call) -> None:
    """Refuse everybody but the owner of the mailbox addressed, and who may open all of it.

    Raises:
        GraphError: `access_denied`.
    """
    if (
        call.caller is None
        or call.caller.id == call.mailbox.owner
        or right_on(call.mailbox, call.caller.id).full_access
    ):
        return
    because = f"{call.caller.user_principal_name} may not manage calendars of {call.user.user_principal_name}"
    raise graph_error("access_denied", because=because)


def default_calendar(mailbox: Mailbox) -> Calendar:
    """Return the default calendar of a mailbox."""
    return next(calendar for calendar in mailbox.calendars if calendar.is_default)


def setting_of(call: Call, seen: SeenCalendar) -> Setting:
    """Return where the caller writes events of a calendar.

    Raises:
        GraphError: `access_denied`.
    """
    judge_write(call, seen)
    actor = call.caller if seen.role != "owner" else None
    return Setting(call.world, call.tenant, call.unit, seen.owner, seen.holder, seen.source, actor)


def judge_write(call: Call, seen: SeenCalendar, event: Event | None = None) -> None:
    """Refuse a caller who may not write to a calendar, or not to a private event.

    Raises:
        GraphError: `access_denied`.
    """
    if not seen.may_write or (event is not None and seen.hides(event)):
        raise _denied(call, seen, "write to")


def judge_manage(call: Call, seen: SeenCalendar) -> None:
    """Refuse everybody but the owner of a calendar.

    Raises:
        GraphError: `access_denied`.
    """
    if seen.role != "owner":
        raise _denied(call, seen, "manage")


def _denied(call: Call, seen: SeenCalendar, what: str) -> GraphError:
    who = call.caller.user_principal_name if call.caller is not None else "the application"
    because = (
        f"{who} may not {what} the calendar {seen.source.name!r} of {seen.owner.user_principal_name}: "
        f"the role there is {seen.role}"
    )
    return graph_error("access_denied", because=because)
