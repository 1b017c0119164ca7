"""Users, mailboxes and groups of a document, put into a tenant."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from outlook365_emulator.directory.users import add_group, add_user, share_mailbox, user_named
from outlook365_emulator.store.records.directory import Group, User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.worlds.documents import GroupDocument, MailboxDocument, OwnerDocument, UserDocument
from outlook365_emulator.worlds.reading import DocumentError, at, inside, nearest

DIRECTORY_ROLES = (
    "Application Administrator",
    "Application Developer",
    "Authentication Administrator",
    "Billing Administrator",
    "Cloud Application Administrator",
    "Compliance Administrator",
    "Directory Readers",
    "Directory Writers",
    "Exchange Administrator",
    "Exchange Recipient Administrator",
    "Global Administrator",
    "Global Reader",
    "Groups Administrator",
    "Guest Inviter",
    "Helpdesk Administrator",
    "License Administrator",
    "Privileged Authentication Administrator",
    "Privileged Role Administrator",
    "Reports Reader",
    "Security Administrator",
    "Security Reader",
    "Service Support Administrator",
    "User Administrator",
)
"""Built-in roles of a directory; Microsoft Entra, `Built-in roles`."""

RIGHTS: Mapping[str, str] = MappingProxyType(
    {"open_to": "full_access", "send_as": "send_as", "send_on_behalf": "send_on_behalf"}
)
"""Keys of a document that name who has a right on the mailbox, and the right's field."""

_PLAIN = tuple(
    "display_name given_name surname mail job_title department company_name office_location mobile_phone "
    "preferred_language usage_location enabled locked password_expired "
    "mfa_required mfa_registered".split()
)


def literal(world: World, value: str | None, place: str) -> str | None:
    """Return a literal id in lower case, where the world allows one.

    Raises:
        DocumentError: the world was not made with `fixed_ids`.
    """
    if value is not None and not has_fixed_ids(world):
        sentence = "a literal id needs 'fixed_ids: true' in the world: without it every start draws its own ids"
        raise DocumentError(place, sentence)
    return None if value is None else value.lower()


def has_fixed_ids(world: World) -> bool:
    """Tell whether a world's ids are the same on every start, and may be written down."""
    return world.settings.get("fixed_ids") == "true"


def checked_roles(roles: Sequence[str], place: str) -> tuple[str, ...]:
    """Return names of directory roles in their right case.

    Raises:
        DocumentError: a role is unknown; the message names the nearest.
    """
    known = {role.lower(): role for role in DIRECTORY_ROLES}
    for i, role in enumerate(roles):
        if role.lower() not in known:
            raise DocumentError(f"{place}[{i}]", f"no directory role is named {nearest(role, DIRECTORY_ROLES)}")
    return tuple(dict.fromkeys(known[role.lower()] for role in roles))


def add_person(world: World, tenant: Tenant, unit: UnitOfWork, document: UserDocument, place: str) -> User:
    """Add a user, without the rights of others and without messages.

    Args:
        world: the world.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        document: the user.
        place: place of the document, for errors.

    Raises:
        DocumentError: the name does not fit the tenant, a role is unknown, or an id stands where none may.
        DocumentConflict: a name or address is taken.
    """
    id_ = literal(world, document.id, inside(place, "id"))
    roles = checked_roles(document.roles, inside(place, "roles"))
    properties = {name: value for name in _PLAIN if (value := getattr(document, name)) is not None}
    with at(inside(place, "name")):
        return add_user(
            world,
            tenant,
            unit,
            document.name,
            id=id_,
            password=document.password,
            roles=roles,
            has_mailbox=document.mailbox,
            proxy_addresses=tuple(alias.lower() for alias in document.aliases),
            business_phones=tuple(document.business_phones),
            other_mails=tuple(document.other_mails),
            **properties,
        )


def add_mailbox(world: World, tenant: Tenant, unit: UnitOfWork, document: MailboxDocument, place: str) -> User:
    """Add the account of a shared mailbox, room or piece of equipment, without rights and messages.

    Args:
        world: the world.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        document: the mailbox.
        place: place of the document, for errors.

    Raises:
        DocumentError: the name does not fit the tenant, an id stands where none may, or a room cannot be as described.
        DocumentConflict: a name or address is taken.
    """
    id_ = literal(world, document.id, inside(place, "id"))
    given: dict[str, Any] = {name: getattr(document, name) for name in ("display_name", "mail")}
    properties = {name: value for name, value in given.items() if value is not None}
    if document.place:
        from outlook365_emulator.worlds.rooms import room_details

        properties["place"] = room_details(document, inside(place, "place"))
    with at(inside(place, "name")):
        return add_user(
            world,
            tenant,
            unit,
            document.name,
            id=id_,
            purpose=document.purpose,
            proxy_addresses=tuple(alias.lower() for alias in document.aliases),
            **properties,
        )


def furnish(world: World, tenant: Tenant, unit: UnitOfWork, owner: User, document: OwnerDocument, place: str) -> None:
    """Give a mailbox its rights, folders, messages, settings and events, once everybody exists whom they may name.

    Args:
        world: the world.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        owner: whose mailbox it is.
        document: the user or mailbox.
        place: place of the document, for errors.

    Raises:
        DocumentError: nobody has a name that is given, or something in the mailbox cannot be as it is described.
    """
    rights: dict[str, tuple[User, dict[str, bool]]] = {}
    for key, right in RIGHTS.items():
        for i, name in enumerate(getattr(document, key)):
            with at(f"{inside(place, key)}[{i}]"):
                user = user_named(tenant, name)
            rights.setdefault(user.id, (user, {"full_access": False}))[1][right] = True
    for user, held in rights.values():
        with at(place):
            share_mailbox(tenant, unit, owner, user, **held)
    _put_in(world, tenant, unit, owner, document, place)


def _put_in(world: World, tenant: Tenant, unit: UnitOfWork, owner: User, document: OwnerDocument, place: str) -> None:
    """Put into a mailbox what its document has; what brings Graph's mail and calendar is imported for that only."""
    if document.folders or document.settings or document.automatic_replies or document.rules or document.messages:
        from outlook365_emulator.worlds.mailboxes import add_folders, set_up_mailbox
        from outlook365_emulator.worlds.messages import receive_message

        add_folders(tenant, unit, owner, document.folders, inside(place, "folders"))
        for i, message in enumerate(document.messages):
            receive_message(world, tenant, unit, owner, message, f"{inside(place, 'messages')}[{i}]")
        set_up_mailbox(world, tenant, unit, owner, document, place)
    if document.events:
        from outlook365_emulator.worlds.events import add_event_of

        for i, event in enumerate(document.events):
            add_event_of(world, tenant, unit, owner, event, f"{inside(place, 'events')}[{i}]")
    if document.fill is not None:
        from outlook365_emulator.worlds.filling import fill_as_described

        fill_as_described(world, tenant, unit, owner, document.fill, inside(place, "fill"))


def add_group_of(world: World, tenant: Tenant, unit: UnitOfWork, document: GroupDocument, place: str) -> Group:
    """Add a group and return it.

    Args:
        world: the world.
        tenant: the tenant.
        unit: the unit of work that it happens in.
        document: the group.
        place: place of the document, for errors.

    Raises:
        DocumentError: a member is nobody of the tenant, or the tenant does not own the domain of the address.
        DocumentConflict: the address is taken.
    """
    id_ = literal(world, document.id, inside(place, "id"))
    for i, member in enumerate(document.members):
        with at(f"{inside(place, 'members')}[{i}]"):
            user_named(tenant, member)
    with at(inside(place, "mail")):
        return add_group(world, tenant, unit, document.name, tuple(document.members), id_, mail=document.mail)
