"""Events put into a calendar and read from it without a request: for worlds, handles and the control API."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from outlook365_emulator.graph.calendar.composing import make_event
from outlook365_emulator.graph.calendar.event_resource import members_in
from outlook365_emulator.graph.calendar.meetings.telling import tell
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.calendar.seen_calendars import as_owner, default_calendar
from outlook365_emulator.graph.calendar.seen_events import unfolded, view
from outlook365_emulator.graph.zones import UTC_ZONE, Zone
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Calendar, Event
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.files import unknown
from outlook365_emulator.tables.schema import canonical


def calendar_named(tenant: Tenant, owner: User, name: str = "") -> tuple[Mailbox, Calendar]:
    """Return a mailbox and one of its own calendars.

    Args:
        tenant: the owner's tenant.
        owner: whose calendar it is.
        name: name of the calendar in any case, or "" for the default one.

    Raises:
        LookupError: the owner has no mailbox, or no calendar of that name; the message names the nearest.
    """
    mailbox = tenant.mailbox_of(owner)
    if mailbox is None:
        raise LookupError(f"{owner.user_principal_name} has no mailbox")
    if not name:
        return mailbox, default_calendar(mailbox)
    for calendar in mailbox.calendars:
        if calendar.name.lower() == name.lower() and not calendar.shown:
            return mailbox, calendar
    raise unknown("calendar", name, [calendar.name for calendar in mailbox.calendars])


def setting_for(world: World, tenant: Tenant, unit: UnitOfWork, owner: User, calendar: str = "") -> Setting:
    """Return where events of somebody's calendar are written, as the owner.

    Args:
        world: the world.
        tenant: the owner's tenant.
        unit: the unit of work that it happens in.
        owner: whose calendar it is.
        calendar: its name, or "" for the default one.

    Raises:
        LookupError: as `calendar_named`.
    """
    mailbox, record = calendar_named(tenant, owner, calendar)
    return Setting(world, tenant, unit, owner, mailbox, record)


def add_event(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    owner: User,
    members: dict[str, Any],
    calendar: str = "",
    *,
    mail: bool = False,
) -> Event:
    """Put an event into somebody's calendar, as the owner would by a request; attendees have their copies.

    Args:
        world: the world.
        tenant: the owner's tenant.
        unit: the unit of work that it happens in.
        owner: whose calendar it is; the organizer.
        members: the Graph resource `event`; names and enumeration members in any case.
        calendar: name of the calendar, or "" for the default one.
        mail: whether attendees are sent invitations too; a world that begins with meetings sends none.

    Returns:
        The event; `document` is its Graph JSON, times in UTC.

    Raises:
        LookupError: the owner has no mailbox, or there is no such calendar.
        SchemaViolation: a member is none of an event's.
        GraphError: Exchange would refuse the event.
    """
    setting = setting_for(world, tenant, unit, owner, calendar)
    event = make_event(setting, canonical("event", members))
    tell(setting, mail=mail)
    return event


def events_between(
    tenant: Tenant, owner: User, low: datetime, high: datetime, calendar: str = "", zone: Zone = UTC_ZONE
) -> Iterator[dict[str, Any]]:
    """Yield the Graph JSON of what somebody's calendar shows in a window, by start.

    Args:
        tenant: the owner's tenant.
        owner: whose calendar it is.
        low: begin of the window, aware.
        high: its end.
        calendar: name of the calendar, or "" for the default one.
        zone: the zone of the times.

    Raises:
        LookupError: as `calendar_named`.
    """
    mailbox, record = calendar_named(tenant, owner, calendar)
    seen = as_owner(mailbox, record, owner)
    rows, _ = view(seen, low, high)
    for one in unfolded(seen, rows):
        yield members_in(one, zone)
