"""Who takes part in a meeting: where a person's copies lie, and whom the addresses of attendees reach."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from outlook365_emulator.directory.users import find_by_address
from outlook365_emulator.graph.calendar.documents import uid_of_day
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.calendar.seen_calendars import default_calendar
from outlook365_emulator.graph.calendar.seen_events import exception_on
from outlook365_emulator.graph.mail.addresses import address_of, is_address
from outlook365_emulator.graph.mail.delivery import targets_of, tenant_of
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Event
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

RESOURCES: Final = frozenset({"room", "equipment"})
"""Purposes of mailboxes that answer meeting requests by themselves."""

DELEGATES: Final = frozenset({"delegateWithoutPrivateEventAccess", "delegateWithPrivateEventAccess"})
"""Roles on the default calendar with which somebody gets the owner's meeting messages."""


def own_setting(
    world: World, tenant: Tenant, unit: UnitOfWork, user: User, mailbox: Mailbox, event: Event | None = None
) -> Setting:
    """Return where somebody's copy of a meeting is written: the calendar that it lies in, or the default one."""
    calendar = mailbox.calendars.get(event.calendar) if event is not None else None
    return Setting(world, tenant, unit, user, mailbox, calendar or default_calendar(mailbox))


def addresses_of(user: User) -> frozenset[str]:
    """Return every address of a user in lower case."""
    return frozenset({(user.mail or "").lower(), user.user_principal_name.lower(), *user.proxy_addresses})


def attendee_addresses(attendees: Iterable[dict[str, Any]]) -> list[str]:
    """Return the addresses of attendees that mail can be sent to."""
    found = (address_of(one) for one in attendees)
    return [address for address in found if is_address(address)]


def attended_by(world: World, unit: UnitOfWork, organizer: Mailbox, addresses: Iterable[str]) -> list[Setting]:
    """Return where the copies of a meeting belong: a mailbox for each person in the world that addresses reach.

    Args:
        world: the world.
        unit: the unit of work.
        organizer: the organizer's mailbox, which holds the meeting itself.
        addresses: addresses of attendees; a group reaches its members.
    """
    found = []
    for tenant, mailbox, _ in targets_of(world, addresses).reached.values():
        user = tenant.users.get(mailbox.owner)
        if mailbox is not organizer and user is not None:
            found.append(own_setting(world, tenant, unit, user, mailbox))
    return found


def organizer_of(world: World, unit: UnitOfWork, recipient: dict[str, Any]) -> Setting | None:
    """Return where the organizer's own copy lies, or None where the organizer is outside the world."""
    address = address_of(recipient)
    tenant = tenant_of(world, address)
    user = find_by_address(tenant, address) if tenant is not None else None
    mailbox = tenant.mailbox_of(user) if tenant is not None and user is not None else None
    if tenant is None or user is None or mailbox is None:
        return None
    return own_setting(world, tenant, unit, user, mailbox)


def copy_in(mailbox: Mailbox, ical_uid: str, day: int = 0) -> tuple[Event, int] | None:
    """Find somebody's copy of a meeting.

    Args:
        mailbox: whose copy.
        ical_uid: the `iCalUId` of the single event or series.
        day: of one occurrence its day, else 0.

    Returns:
        The event and, within a series, the day; somebody who was invited to a single occurrence holds a single event.
        None where there is none (any more).
    """
    whole = mailbox.events.by_uid(ical_uid)
    if whole is not None or not day:
        return None if whole is None else (whole, day)
    alone = mailbox.events.by_uid(uid_of_day(ical_uid, day))
    return None if alone is None else (alone, 0)


def record_of(event: Event, day: int) -> Event:
    """Return what holds the properties of an occurrence: its exception, or the series."""
    return (exception_on(event, day) or event) if day else event


def mail_ways(world: World, addresses: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return which addresses meeting mail goes to, and which delegates get it for somebody.

    A person with delegates says in `delegateMeetingMessageDeliveryOptions` who gets it; at first only the delegates
    (`graph-calendar.md` section 15). Rooms and equipment take requests themselves and get no mail.
    """
    direct: list[str] = []
    delegates: list[str] = []
    for address in addresses:
        tenant = tenant_of(world, address)
        user = find_by_address(tenant, address) if tenant is not None else None
        mailbox = tenant.mailbox_of(user) if tenant is not None and user is not None else None
        if tenant is None or user is None or mailbox is None:
            direct.append(address)
            continue
        if user.purpose in RESOURCES:
            continue
        theirs = delegates_of(tenant, mailbox)
        option = _delivery_option(mailbox) if theirs else ""
        delegates += theirs
        if option != "sendToDelegateOnly":
            direct.append(address)
    once = dict.fromkeys(one for one in delegates if one.lower() not in {each.lower() for each in direct})
    return direct, list(once)


def delegates_of(tenant: Tenant, mailbox: Mailbox) -> list[str]:
    """Return the addresses of those who are delegates on a person's default calendar."""
    calendar = default_calendar(mailbox).number
    found = []
    for permission in mailbox.calendar_permissions:
        user = tenant.users.get(permission.user)
        if permission.calendar == calendar and permission.role in DELEGATES and user is not None:
            found.append(user.mail or user.user_principal_name)
    return found


def _delivery_option(mailbox: Mailbox) -> str:
    held = mailbox.settings.get("settings")
    stored: dict[str, Any] = msgspec.json.decode(held.document) if held is not None else {}
    return stored.get("delegateMeetingMessageDeliveryOptions") or "sendToDelegateOnly"
