"""Users, shared mailboxes and groups of a tenant."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.requests import Password, UserChange
from outlook365_emulator.control.views import GroupView, UserList, UserView, group_view, user_view
from outlook365_emulator.directory.account_states import require_mfa, set_lock
from outlook365_emulator.directory.users import change_user, delete_user, revoke_sessions, set_password
from outlook365_emulator.worlds.documents import GroupDocument, MailboxDocument, UserDocument
from outlook365_emulator.worlds.people import add_group_of, add_mailbox, add_person, checked_roles, furnish
from outlook365_emulator.worlds.reading import at

_FIELDS: Mapping[str, str] = MappingProxyType({"aliases": "proxy_addresses"})
"""Keys of a change that have another name in the record."""


def create_user(call: Call, document: UserDocument) -> UserView:
    """Add a user with rights and messages."""
    with call.unit() as unit:
        user = add_person(call.world, call.tenant, unit, document, "")
        furnish(call.world, call.tenant, unit, user, document, "")
    return user_view(call.tenant, user)


def create_shared_mailbox(call: Call, document: MailboxDocument) -> UserView:
    """Add a shared mailbox, room or piece of equipment with rights and messages."""
    with call.unit() as unit:
        user = add_mailbox(call.world, call.tenant, unit, document, "")
        furnish(call.world, call.tenant, unit, user, document, "")
    return user_view(call.tenant, user)


def create_group(call: Call, document: GroupDocument) -> GroupView:
    """Add a group."""
    with call.unit() as unit:
        group = add_group_of(call.world, call.tenant, unit, document, "")
    return group_view(call.tenant, group)


def list_users(call: Call) -> UserList:
    """List people, shared mailboxes, rooms and equipment."""
    return UserList([user_view(call.tenant, user) for user in call.tenant.users])


def show_user(call: Call) -> UserView:
    """Show a user."""
    return user_view(call.tenant, call.user)


def update_user(call: Call, change: UserChange) -> UserView:
    """Change fields of a user."""
    given = {
        _FIELDS.get(name, name): value
        for name in change.__struct_fields__
        if (value := getattr(change, name)) is not msgspec.UNSET
    }
    if "roles" in given:
        given["roles"] = checked_roles(given["roles"], "roles")
    if "proxy_addresses" in given:
        given["proxy_addresses"] = tuple(alias.lower() for alias in given["proxy_addresses"])
    user = call.user
    locked, required = given.pop("locked", None), given.pop("mfa_required", None)
    with at("aliases"), call.unit() as unit:
        user = change_user(call.tenant, unit, user, **given)
        if locked is not None:
            user = set_lock(call.tenant, unit, user, bool(locked))
        if required is not None:
            user = require_mfa(call.tenant, unit, user, bool(required))
    return user_view(call.tenant, user)


def remove_user(call: Call) -> None:
    """Delete a user with the mailbox and everything that names the user."""
    user = call.user
    with call.unit() as unit:
        delete_user(call.tenant, unit, user)


def revoke_user_sessions(call: Call) -> None:
    """Make every token and session that was issued to a user so far unusable."""
    user = call.user
    with call.unit() as unit:
        revoke_sessions(call.tenant, unit, user)


def reset_password(call: Call, body: Password) -> None:
    """Give a user another password; refresh tokens from the former one end."""
    user = call.user
    with call.unit() as unit:
        set_password(call.tenant, unit, user, body.password, event=body.event)
