"""The permissions of Microsoft Graph: names, ids, who may consent, and the sets that connectors ask for."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

import msgspec

from outlook365_emulator.tables.files import read_rows, unknown

Kind = Literal["delegated", "application"]


class Permission(msgspec.Struct, frozen=True):
    """One permission of Microsoft Graph.

    Attributes:
        name: `Mail.Read`.
        delegated_id: GUID of the scope (`oauth2PermissionScopes`), or None where it is not delegated.
        application_id: GUID of the role (`appRoles`), or None where it is no application permission.
        admin_consent: whether the delegated form takes an administrator; the application form always does.
        personal: whether personal accounts have it.
        title: display name of the delegated form.
        application_title: display name of the application form.
    """

    name: str
    delegated_id: str | None
    application_id: str | None
    admin_consent: bool
    personal: bool
    title: str
    application_title: str


class _Ours(msgspec.Struct, frozen=True):
    permissions: tuple[Permission, ...]


class ScopePreset(msgspec.Struct, frozen=True):
    """What a connector of one kind asks for.

    Attributes:
        preset: `minimum` or `full`.
        auth: `client_credentials`, `client_certificate`, `authorization_code` or `own_app`.
        scheme: `application` or `delegated`.
        permissions: names in the order asked.
        source: where the set comes from.
    """

    preset: str
    auth: str
    scheme: Kind
    permissions: tuple[str, ...]
    source: str


def _all() -> dict[str, Permission]:
    rows = {row.name: row for row in read_rows("permissions.json", list[Permission])}
    rows.update({row.name: row for row in read_rows("permissions_overlay.json", _Ours).permissions})
    return rows


PERMISSIONS: Mapping[str, Permission] = MappingProxyType(_all())
"""The permissions of what is emulated (mail, calendar, people, grants) by their names."""

_BY_LOWER = MappingProxyType({name.lower(): row for name, row in PERMISSIONS.items()})


@cache
def _others() -> Mapping[str, Permission]:
    """Return the permissions that open nothing here (files, chats, tasks ...) by name in small letters.

    Read when one is asked for: connectors ask for them beside those of mail, and Entra grants them.
    """
    return {row.name.lower(): row for row in read_rows("other_permissions.json", list[Permission])}


OIDC_SCOPES = ("openid", "profile", "email", "offline_access")
"""Scopes of OpenID Connect, in the order in which consent pages list them.

They are neutral to the resource, and never in an access token for a mailbox.
"""


def find_permission(name: str) -> Permission | None:
    """Return a permission by its name in any case (Entra matches scopes without case), or None."""
    lowered = name.lower()
    return _BY_LOWER.get(lowered) or _others().get(lowered)


def every_permission() -> Iterator[Permission]:
    """Yield every permission of Graph: first those of what is emulated."""
    yield from PERMISSIONS.values()
    yield from _others().values()


def find_application_permission(role: str) -> Permission | None:
    """Return the permission whose application form has a GUID (`appRoles`), or None."""
    wanted = role.lower()
    return next((row for row in every_permission() if row.application_id == wanted), None)


def permission(name: str) -> Permission:
    """Return a permission by its name in any case.

    Raises:
        LookupError: Graph has no such permission; the message names the nearest of mail, calendar and people.
    """
    row = find_permission(name)
    if row is None:
        raise unknown("permission of Microsoft Graph", name, PERMISSIONS)
    return row


def exists_as(name: str, kind: Kind) -> bool:
    """Tell whether a permission exists in delegated or in application form."""
    row = find_permission(name)
    if row is None:
        return False
    return (row.delegated_id if kind == "delegated" else row.application_id) is not None


@cache
def of_kind(kind: Kind) -> tuple[str, ...]:
    """Return the names of the permissions of what is emulated that exist in a form."""
    return tuple(name for name in PERMISSIONS if exists_as(name, kind))


@cache
def scope_presets() -> Mapping[tuple[str, str], ScopePreset]:
    """Return the presets by (preset, auth)."""
    return {(row.preset, row.auth): row for row in read_rows("scope_presets.json", list[ScopePreset])}


def preset(name: str, auth: str) -> ScopePreset:
    """Return what a connector asks for.

    Args:
        name: `minimum` or `full`.
        auth: `client_credentials`, `client_certificate`, `authorization_code` or `own_app`.

    Raises:
        LookupError: there is no such preset or auth type; the message names the nearest.
    """
    row = scope_presets().get((name, auth))
    if row is not None:
        return row
    auths = {one for _, one in scope_presets()}
    if auth not in auths:
        raise unknown("auth type", auth, auths)
    raise unknown("preset of permissions", name, {one for one, _ in scope_presets()})
