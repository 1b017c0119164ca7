"""Giving others a calendar and taking it back, with the copy of it that lies in their mailbox.

Reference `graph-calendar.md` section 22. A sharee's copy is there as soon as the permission is: that the invitation
(`invitations`) is accepted is not waited for.
"""

from collections.abc import Iterator

import msgspec

from outlook365_emulator.store.calendar_shelf import DEFAULT_GROUP, EVERYBODY
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Calendar, CalendarPermission, Role
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork

PRIMARY_ROLES: tuple[Role, ...] = (
    "freeBusyRead",
    "limitedRead",
    "read",
    "write",
    "delegateWithoutPrivateEventAccess",
    "delegateWithPrivateEventAccess",
)
SECONDARY_ROLES: tuple[Role, ...] = ("freeBusyRead", "limitedRead", "read", "write")
EXTERNAL_ROLES: tuple[Role, ...] = ("freeBusyRead", "limitedRead", "read")
EVERYBODY_ROLES: tuple[Role, ...] = ("none", "freeBusyRead", "limitedRead", "read", "write")


def allowed_roles(calendar: Calendar, permission: CalendarPermission) -> tuple[Role, ...]:
    """Return the roles that somebody can be given on a calendar."""
    if not permission.address:
        return EVERYBODY_ROLES
    return roles_for(calendar, inside=permission.inside)


def roles_for(calendar: Calendar, *, inside: bool) -> tuple[Role, ...]:
    """Return the roles that a person inside or outside of the organisation can be given on a calendar."""
    if not inside:
        return EXTERNAL_ROLES
    return PRIMARY_ROLES if calendar.is_default else SECONDARY_ROLES


def put_everybody(unit: UnitOfWork, mailbox: Mailbox, calendar: Calendar) -> None:
    """Give a new calendar the permission that everybody of the organisation has."""
    everybody = CalendarPermission(
        calendar=calendar.number, address="", name=EVERYBODY, role="freeBusyRead", removable=False
    )
    unit.put(mailbox.calendar_permissions, everybody)


def name_for_sharee(owner: User, calendar: Calendar) -> str:
    """Return what a sharee's copy of a calendar is called at first (`graph-calendar.md` section 2)."""
    return owner.display_name if calendar.is_default else calendar.name


def _copy_in(mailbox: Mailbox, owner: str, calendar: Calendar) -> Calendar | None:
    """Return a sharee's copy of a calendar, or None."""
    return next((one for one in mailbox.calendars if one.owner == owner and one.shown == calendar.number), None)


def share_calendar(
    tenant: Tenant, unit: UnitOfWork, owner: User, mailbox: Mailbox, calendar: Calendar, permission: CalendarPermission
) -> CalendarPermission:
    """Give somebody a role on a calendar; a sharee with a mailbox sees it there from then on.

    Args:
        tenant: the owner's tenant.
        unit: the unit of work that it happens in.
        owner: whose calendar it is.
        mailbox: the owner's mailbox.
        calendar: the calendar.
        permission: who may do what.
    """
    unit.put(mailbox.calendar_permissions, permission)
    theirs = tenant.mailboxes.get(permission.user) if permission.user else None
    if theirs is not None and _copy_in(theirs, owner.id, calendar) is None:
        copy = Calendar(
            number=theirs.take_number(),
            group=DEFAULT_GROUP,
            name=name_for_sharee(owner, calendar),
            change=theirs.take_number(),
            owner=owner.id,
            shown=calendar.number,
        )
        unit.put_item(theirs, theirs.calendars, copy)
    return permission


def withdraw(tenant: Tenant, unit: UnitOfWork, mailbox: Mailbox, permission: CalendarPermission) -> None:
    """Take a permission back, and with it the sharee's copy of the calendar."""
    unit.remove(mailbox.calendar_permissions, permission)
    calendar = mailbox.calendars.get(permission.calendar)
    theirs = tenant.mailboxes.get(permission.user) if permission.user else None
    copy = _copy_in(theirs, mailbox.owner, calendar) if theirs is not None and calendar is not None else None
    if theirs is not None and copy is not None:
        unit.remove_item(theirs, theirs.calendars, copy)


def permissions_of(mailbox: Mailbox, calendar: Calendar) -> Iterator[CalendarPermission]:
    """Yield the permissions on a calendar, that of everybody first."""
    found = [one for one in mailbox.calendar_permissions if one.calendar == calendar.number]
    yield from sorted(found, key=lambda permission: permission.address)


def withdraw_all(tenant: Tenant, unit: UnitOfWork, mailbox: Mailbox, calendar: Calendar) -> None:
    """Take all permissions on a calendar back."""
    for permission in list(permissions_of(mailbox, calendar)):
        withdraw(tenant, unit, mailbox, permission)


def with_role(permission: CalendarPermission, role: Role) -> CalendarPermission:
    """Return a permission with another role."""
    return msgspec.structs.replace(permission, role=role)
