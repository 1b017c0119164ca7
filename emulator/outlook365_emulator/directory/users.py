"""Making, finding and changing users and groups."""

import re
from typing import Literal, TypeAlias

import msgspec

from outlook365_emulator.directory.revocation import after_event
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import LONG_AGO, Group, MailboxRight, Purpose, User
from outlook365_emulator.store.shelf import Taken
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.files import unknown

_NAME = re.compile(r"[^\s@<>()\[\]\\,;:\"']+")


PasswordEvent: TypeAlias = Literal[
    "password_changed_by_user",
    "password_reset_by_user",
    "password_reset_in_portal",
    "password_reset_by_administrator",
]
"""Ways in which a password changes: those of the events that `directory.revocation` tells apart."""


class BadUserName(ValueError):
    """A text that cannot be a user principal name of the tenant."""


class UnknownUser(LookupError):
    """Nobody in the tenant has that id, name or address."""


def principal_name(tenant: Tenant, name: str) -> str:
    """Return the user principal name for a short name or a full one.

    Args:
        tenant: the tenant that the user belongs to.
        name: `ada`, or `ada@contoso.example` with one of the tenant's domains.

    Raises:
        BadUserName: not a name, or a domain that the tenant does not own.
    """
    local, at, domain = name.partition("@")
    domain = domain.lower() if at else tenant.domains[0]
    if _NAME.fullmatch(local) is None:
        raise BadUserName(f"{name!r} is no user name: write it as ada or ada@{tenant.domains[0]}")
    if domain not in tenant.domains:
        owned = ", ".join(tenant.domains)
        raise BadUserName(f"{name!r}: the tenant does not own the domain {domain!r}; it owns {owned}")
    return f"{local}@{domain}"


def add_user(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    name: str,
    *,
    id: str | None = None,
    password: str | None = None,
    purpose: Purpose = "user",
    **properties: object,
) -> User:
    """Add a user, shared mailbox or room, with its mailbox.

    Args:
        world: gives ids and, where none is given, the password.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        name: short or full user principal name.
        id: object id, or None for a new one.
        password: what the person types; drawn where None, and never set for anything but a person.
        purpose: `user`, `shared`, `room` or `equipment`.
        properties: further fields of `User`.

    Raises:
        BadUserName: the name does not fit the tenant.
        Taken: an account of the tenant has that name or address.
        LookupError: a property that users do not have; the message names the nearest.
    """
    for unheard in properties.keys() - set(User.__struct_fields__):
        raise unknown("property of a user", unheard, User.__struct_fields__)
    upn = principal_name(tenant, name)
    local = upn.partition("@")[0]
    person = purpose == "user"
    display = str(properties.pop("display_name", None) or local.replace(".", " ").title())
    given, _, surname = display.partition(" ")
    defaults: dict[str, object] = {
        "given_name": given if person else None,
        "surname": (surname or None) if person else None,
        "mail": upn,
        "mail_nickname": local,
        "enabled": person,
        "created": unit.now,
        "password_changed": LONG_AGO,
    }
    user = msgspec.convert(
        {
            **defaults,
            **properties,
            "id": (id or world.ids.guid()).lower(),
            "user_principal_name": upn,
            "display_name": display,
            "password": (password or world.ids.text(16)) if person else None,
            "purpose": purpose,
        },
        User,
    )
    unit.put(tenant.users, user)
    if user.has_mailbox and user.id not in tenant.mailboxes:
        unit.put(tenant.mailboxes, Mailbox(user.id, world.ids.guid(), user.preferred_language or ""))
    return user


def find_user(tenant: Tenant, key: str) -> User | None:
    """Return a user by object id or user principal name, or None; what directory calls accept."""
    return tenant.users.get(key.lower()) or tenant.users.find("name", key.lower())


def find_by_address(tenant: Tenant, address: str) -> User | None:
    """Return the user whose mailbox an address reaches, or None; `user+tag@…` reaches `user@…`."""
    lowered = address.lower()
    found = tenant.users.find("address", lowered)
    local, _, domain = lowered.partition("@")
    if found is None and "+" in local:
        found = tenant.users.find("address", f"{local.partition('+')[0]}@{domain}")
    return found


def user_named(tenant: Tenant, key: str) -> User:
    """Return a user by id, name (short or full) or address.

    Raises:
        UnknownUser: nobody has it; the message names the nearest.
    """
    found = find_user(tenant, key) or find_by_address(tenant, key)
    if found is None and "@" not in key:
        found = tenant.users.find("name", f"{key.lower()}@{tenant.domains[0]}")
    if found is None:
        from difflib import get_close_matches

        names = [user.user_principal_name for user in tenant.users]
        wanted = key if "@" in key else f"{key}@{tenant.domains[0]}"
        near = get_close_matches(wanted, names, n=2, cutoff=0.5) or names[:5]
        raise UnknownUser(f"no user {key!r} in tenant {tenant.domains[0]}; there is {', '.join(near) or 'nobody'}")
    return found


def change_user(tenant: Tenant, unit: UnitOfWork, user: User, **properties: object) -> User:
    """Change fields of a user and return the new record."""
    return unit.put(tenant.users, msgspec.structs.replace(user, **properties))


def revoke_sessions(tenant: Tenant, unit: UnitOfWork, user: User) -> User:
    """Make every token and session that was issued to a user so far unusable (`revokeSignInSessions`)."""
    return unit.put(tenant.users, after_event(user, "sessions_revoked_by_administrator", unit.now))


def set_password(
    tenant: Tenant,
    unit: UnitOfWork,
    user: User,
    password: str,
    *,
    event: PasswordEvent = "password_reset_by_administrator",
) -> User:
    """Give a user another password, and end what the way in which that happens ends.

    Args:
        tenant: the tenant.
        unit: the unit of work that it happens in.
        user: the user.
        password: the new password; an expired one is replaced and wrong ones are forgotten.
        event: who changed it and how; `directory.revocation` says what each ends.
    """
    changed = after_event(user, event, unit.now)
    forgotten = {"password_expired": False, "failed_sign_ins": 0, "lockouts": 0, "locked_until": None}
    return change_user(tenant, unit, changed, password=password, **forgotten)


def delete_user(tenant: Tenant, unit: UnitOfWork, user: User) -> None:
    """Delete a user with mailbox and photo, and with everything that names the user.

    What Entra and Exchange let go of with an account: grants and application assignments, memberships, being somebody's
    manager, rights on the mailboxes of others. Permissions on their calendars go too, with the copies that they have of
    the user's calendars. A refresh token stays and is refused by the name of the deleted account (AADSTS500341).
    """
    _forget_in_directory(tenant, unit, user.id)
    for other in tenant.mailboxes:
        if other.owner != user.id:
            _forget_in_mailbox(unit, other, user.id)
    unit.remove(tenant.users, user)
    photo = tenant.photos.get(user.id)
    if photo is not None:
        unit.remove(tenant.photos, photo)
    mailbox = tenant.mailbox_of(user)
    if mailbox is not None:
        unit.remove(tenant.mailboxes, mailbox)


def _forget_in_directory(tenant: Tenant, unit: UnitOfWork, user_id: str) -> None:
    for grant in [one for one in tenant.grants if one.principal == user_id]:
        unit.remove(tenant.grants, grant)
    for assignment in [one for one in tenant.app_assignments if one.principal == user_id]:
        unit.remove(tenant.app_assignments, assignment)
    for group in [one for one in tenant.groups if user_id in one.members]:
        unit.put(tenant.groups, msgspec.structs.replace(group, members=group.members - {user_id}))
    for report in [one for one in tenant.users if one.manager == user_id]:
        change_user(tenant, unit, report, manager=None)


def _forget_in_mailbox(unit: UnitOfWork, mailbox: Mailbox, user_id: str) -> None:
    right = mailbox.rights.get(user_id)
    if right is not None:
        unit.remove(mailbox.rights, right)
    for permission in [one for one in mailbox.calendar_permissions if one.user == user_id]:
        unit.remove(mailbox.calendar_permissions, permission)
    for copy in [one for one in mailbox.calendars if one.owner == user_id]:
        unit.remove_item(mailbox, mailbox.calendars, copy)


def add_group(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    name: str,
    members: tuple[str, ...] = (),
    id: str | None = None,
    *,
    mail: str | None = None,
) -> Group:
    """Add a group with members given by id, name or address.

    Args:
        world: gives the id where none is given.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        name: display name.
        members: ids, names or addresses of users.
        id: object id, or None for a new one.
        mail: its address, short (`team`) or whole, in a domain of the tenant; None for a group that no mail reaches.

    Raises:
        UnknownUser: a member is nobody of the tenant.
        BadUserName: the tenant does not own the domain of the address.
        Taken: an account or a group of the tenant has that address.
    """
    ids = frozenset(user_named(tenant, member).id for member in members)
    if mail is not None:
        mail = principal_name(tenant, mail).lower()
        held = find_by_address(tenant, mail)
        owner = held.user_principal_name if held is not None else None
        owner = owner or next((one.display_name for one in tenant.groups if one.mail == mail), None)
        if owner is not None:
            raise Taken(f"{owner} has the address {mail!r} already")
    group = Group(id=(id or world.ids.guid()).lower(), display_name=name, members=ids, mail=mail, created=unit.now)
    return unit.put(tenant.groups, group)


def share_mailbox(
    tenant: Tenant,
    unit: UnitOfWork,
    owner: User,
    user: User,
    *,
    full_access: bool = True,
    send_as: bool = False,
    send_on_behalf: bool = False,
) -> MailboxRight:
    """Say what a user may do with somebody else's mailbox.

    Raises:
        LookupError: the owner has no mailbox.
    """
    mailbox = tenant.mailbox_of(owner)
    if mailbox is None:
        raise LookupError(f"{owner.user_principal_name} has no mailbox to share")
    right = MailboxRight(user=user.id, full_access=full_access, send_as=send_as, send_on_behalf=send_on_behalf)
    return unit.put(mailbox.rights, right)


def right_on(mailbox: Mailbox, user_id: str) -> MailboxRight:
    """Return what a user may do with a mailbox; the owner may do everything."""
    if mailbox.owner == user_id:
        return MailboxRight(user=user_id, full_access=True, send_as=True, send_on_behalf=True)
    return mailbox.rights.get(user_id) or MailboxRight(user=user_id)
