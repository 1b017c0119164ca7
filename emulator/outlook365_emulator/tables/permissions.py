"""The permissions of Microsoft Graph: names, ids, who may consent, and the sets that connectors ask for."""

from collections.abc import Mapping
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
"""Every permission by its name."""

_BY_LOWER = MappingProxyType({name.lower(): row for name, row in PERMISSIONS.items()})

OIDC_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})
"""Scopes of OpenID Connect: neutral to the resource, never in an access token for a mailbox."""


def permission(name: str) -> Permission:
    """Return a permission by its name in any case (Entra matches scopes without case).

    Raises:
        LookupError: Graph has no such permission among ours; the message names the nearest.
    """
    row = _BY_LOWER.get(name.lower())
    if row is None:
        raise unknown("permission of Microsoft Graph", name, PERMISSIONS)
    return row


def exists_as(name: str, kind: Kind) -> bool:
    """Tell whether a permission exists in delegated or in application form."""
    row = _BY_LOWER.get(name.lower())
    if row is None:
        return False
    return (row.delegated_id if kind == "delegated" else row.application_id) is not None


def delegated(name: str) -> Permission:
    """Return a permission that exists in delegated form.

    Raises:
        LookupError: there is none; the message names the nearest delegated permissions.
    """
    return _of_kind(name, "delegated")


def application(name: str) -> Permission:
    """Return a permission that exists as an application permission.

    Raises:
        LookupError: there is none; the message names the nearest application permissions.
    """
    return _of_kind(name, "application")


def _of_kind(name: str, kind: Kind) -> Permission:
    if exists_as(name, kind):
        return permission(name)
    plain = name.removesuffix(".Shared")
    if plain != name and exists_as(plain, kind):
        raise LookupError(f"{name} exists as a delegated permission only; the nearest {kind} permission is {plain}")
    raise unknown(f"{kind} permission of Microsoft Graph", name, of_kind(kind))


@cache
def of_kind(kind: Kind) -> tuple[str, ...]:
    """Return the names of every permission that exists in a form."""
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
