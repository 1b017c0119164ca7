"""Users: create, change, delete.

Graph pages user-post-users, user-update, user-delete. A new user has no licence and therefore no mailbox.
"""

from typing import Any

import msgspec

from outlook365_emulator.directory.users import BadUserName, add_user, change_user, delete_user, principal_name
from outlook365_emulator.directory.users import set_password as give_password
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import NoContent
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.people.managers import user_referred_to
from outlook365_emulator.graph.people.user_resource import DEFAULT, TEXTS, user_resource
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.shelf import Taken
from outlook365_emulator.tables.schema_types import type_of

_READ_ONLY = (
    "id",
    "assignedLicenses",
    "createdDateTime",
    "creationType",
    "deletedDateTime",
    "lastPasswordChangeDateTime",
    "mailboxSettings",
    "onPremisesLastSyncDateTime",
    "onPremisesSyncEnabled",
    "proxyAddresses",
    "securityIdentifier",
    "signInSessionsValidFromDateTime",
)
_MANAGER = "manager@odata.bind"
_LISTS = {"businessPhones": "business_phones", "otherMails": "other_mails"}


@operation("POST /users", least="User.ReadWrite.All", body=Entity("user"))
def create(call: Call, body: dict[str, Any]) -> EntityAnswer:
    """Create a user, with a user principal name or with identities of its own."""
    given = _given(body)
    name = _sign_in_name(call, given)
    for required in ("displayName", "passwordProfile", *(() if given.get("identities") else _REQUIRED)):
        if given.get(required) in (None, ""):
            raise _missing(required)
    password = given.pop("passwordProfile").get("password")
    if not password:
        raise _missing("passwordProfile")
    fields = _fields(call, given)
    fields.pop("user_principal_name", None)
    fields = {"mail": None, "has_mailbox": False, "given_name": None, "surname": None, **fields, **_bound(call, body)}
    try:
        user = add_user(call.world, call.tenant, call.unit, name, password=password, **fields)
    except BadUserName as error:
        raise _bad_value("userPrincipalName", str(error)) from None
    except Taken as error:
        raise graph_error("directory_object_exists", property="userPrincipalName", because=str(error)) from None
    # Members beyond the default ones come back where they were sent (sample of user-post-users, identities).
    sent = tuple(one for one in given if one not in DEFAULT)
    resource = msgspec.structs.replace(user_resource(), default_select=(*DEFAULT, *sent))
    return EntityAnswer(resource=resource, record=user, path="users", status=201, location=f"users('{user.id}')")


_REQUIRED = ("accountEnabled", "mailNickname", "userPrincipalName")


def _sign_in_name(call: Call, given: dict[str, Any]) -> str:
    name = given.get("userPrincipalName")
    if name:
        if "@" not in name:
            raise _bad_value("userPrincipalName", f"{name!r} has no domain")
        return str(name)
    # A user with identities only gets a name of its object id (Graph resource objectIdentity).
    return f"{call.world.ids.guid()}@{call.tenant.domains[0]}"


@operation("PATCH /users/{user}", least="User.ReadWrite", body=Entity("user"))
def update(call: Call, user: User, body: dict[str, Any]) -> NoContent:
    """Change a user; a password profile resets the password and ends the sessions from the old one."""
    given = _given(body)
    profile = given.pop("passwordProfile", None) or {}
    if profile.get("password"):
        user = give_password(call.tenant, call.unit, user, profile["password"])
    fields = _fields(call, given, user) | _bound(call, body)
    if "user_principal_name" in fields:
        try:
            fields["user_principal_name"] = principal_name(call.tenant, fields["user_principal_name"])
        except BadUserName as error:
            raise _bad_value("userPrincipalName", str(error)) from None
    try:
        change_user(call.tenant, call.unit, user, **fields)
    except Taken as error:
        raise graph_error("directory_object_exists", property="userPrincipalName", because=str(error)) from None
    return NoContent()


@operation("DELETE /users/{user}", least="User.ReadWrite.All")
def delete(call: Call, user: User) -> NoContent:
    """Delete a user; the mailbox, grants, assignments and memberships go too."""
    delete_user(call.tenant, call.unit, user)
    return NoContent()


def _bound(call: Call, body: dict[str, Any]) -> dict[str, str | None]:
    """Return the manager to whom a body binds the user (OData JSON Format 8.5), as a field of the record."""
    if _MANAGER not in body:
        return {}
    return {"manager": None if body[_MANAGER] is None else user_referred_to(call, body[_MANAGER]).id}


def _given(body: dict[str, Any]) -> dict[str, Any]:
    kind = type_of("user")
    given = {name: value for name, value in body.items() if "@" not in name}
    bound = next((name for name in body if name.endswith("@odata.bind") and name != _MANAGER), None)
    if bound is not None:
        because = f"{bound} is not emulated: of a user only the manager can be bound"
        raise graph_error("not_emulated", operation=f"{bound} of a user", because=because)
    for name in given:
        declared = kind.property_of(name)
        if name in _READ_ONLY or (declared is not None and declared.navigation):
            detail = f"Property '{name}' is read-only and cannot be set."
            raise graph_error("directory_request_invalid", detail=detail, because=f"{name} of a user cannot be set")
    return given


def _fields(call: Call, given: dict[str, Any], user: User | None = None) -> dict[str, Any]:
    """Return what was given as fields of the record; what it has no field for is kept in `further`."""
    fields: dict[str, Any] = {}
    further = dict(user.further) if user is not None else {}
    for name, value in given.items():
        if name in TEXTS:
            if not value and name in ("displayName", "userPrincipalName", "mailNickname"):
                raise _bad_value(name, f"{name} cannot be empty")
            fields[TEXTS[name]] = value
        elif name in _LISTS:
            fields[_LISTS[name]] = tuple(value or ())
        elif name == "accountEnabled":
            fields["enabled"] = bool(value)
        elif name == "userType":
            if value not in ("Member", "Guest"):
                raise _bad_value(name, f"userType is Member or Guest, not {value!r}")
            fields["guest_of"] = None if value == "Member" else (user.guest_of if user else None) or call.tenant.id
        elif isinstance(value, dict):
            held = further.get(name)
            further[name] = {**(held if isinstance(held, dict) else {}), **value}
        else:
            further[name] = value
    return {**fields, "further": further}


def _missing(name: str) -> GraphError:
    detail = f"A value is required for property '{name}' of resource 'User'."
    return graph_error("directory_request_invalid", detail=detail, because=f"a new user needs {name}")


def _bad_value(name: str, because: str) -> GraphError:
    return graph_error("directory_value_invalid", property=name, resource="User", because=because)
