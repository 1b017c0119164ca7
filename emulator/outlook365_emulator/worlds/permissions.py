"""Which permissions an application gets: by name or by preset, of the kind that its auth type uses."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import NamedTuple

from outlook365_emulator.tables import permissions as table
from outlook365_emulator.tables.permissions import Kind
from outlook365_emulator.worlds.documents import Audience, Auth
from outlook365_emulator.worlds.reading import DocumentError

_OTHER: Mapping[Kind, Kind] = MappingProxyType({"application": "delegated", "delegated": "application"})


class AuthType(NamedTuple):
    """What an auth type of a connector asks of an application; reference connector, `Authentication types`.

    Attributes:
        kind: the kind of permissions that it uses.
        audience: who may sign in unless the document says otherwise.
        secret: whether it signs in with a client secret.
        certificate: whether it signs in with a certificate.
    """

    kind: Kind
    audience: Audience
    secret: bool = False
    certificate: bool = False


AUTH_TYPES: Mapping[Auth, AuthType] = MappingProxyType(
    {
        "client_credentials": AuthType("application", "AzureADMyOrg", secret=True),
        "client_certificate": AuthType("application", "AzureADMyOrg", certificate=True),
        "authorization_code": AuthType("delegated", "AzureADMultipleOrgs"),
        "own_app": AuthType("delegated", "AzureADMyOrg", secret=True),
    }
)
"""The auth types by name."""


class Wanted(NamedTuple):
    """The permissions of an application.

    Attributes:
        scopes: delegated permissions.
        roles: application permissions.
        left_out: names of a preset that do not exist in the kind that the auth type uses.
    """

    scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def wanted_permissions(auth: Auth | None, names: list[str] | None, preset: str | None, place: str) -> Wanted:
    """Find the permissions of an application.

    Args:
        auth: its auth type; without one, names count in every kind in which they exist, and there is no preset.
        names: permissions by name, or None.
        preset: `minimum`, `full` or `all`, or None; with an auth type and no names it is `minimum`.
        place: place of the application in its document, for errors.

    Raises:
        DocumentError: both are given, a name is unknown, or it does not exist in the kind that the auth type uses.
    """
    if names is not None and preset is not None:
        raise DocumentError(f"{place}.preset".lstrip("."), "give 'permissions' or 'preset', not both")
    if auth is None:
        if preset is not None:
            raise DocumentError(f"{place}.preset".lstrip("."), "a preset belongs to an auth type: give 'auth' as well")
        return _in_every_kind(names or [], place)
    kind = AUTH_TYPES[auth].kind
    if names is None:
        found, left_out = preset_permissions(preset or "minimum", auth)
    else:
        where = f"{place}.permissions".lstrip(".")
        found = tuple(dict.fromkeys(checked(name, kind, f"{where}[{i}]") for i, name in enumerate(names)))
        left_out = ()
    return Wanted(roles=found, left_out=left_out) if kind == "application" else Wanted(scopes=found)


def preset_permissions(preset: str, auth: Auth) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the permissions of a preset and, for application types, what exists as delegated permission only."""
    kind = AUTH_TYPES[auth].kind
    if preset == "all":
        return table.of_kind(kind), ()
    found = table.preset(preset, auth).permissions
    if kind == "delegated" or preset == "minimum":
        return found, ()
    delegated = table.preset(preset, "own_app").permissions
    return found, tuple(name for name in delegated if not table.exists_as(name, "application"))


def checked(name: str, kind: Kind, place: str) -> str:
    """Return a permission's name in its right case.

    Args:
        name: the name in any case.
        kind: the kind in which it must exist.
        place: its place in the document, for errors.

    Raises:
        DocumentError: there is none, or only in the other kind; the message names the nearest.
    """
    if table.exists_as(name, kind):
        return table.permission(name).name
    near = _nearest(name, kind)
    hint = f"the nearest {kind} permission is {near}" if near else f"no {kind} permission is near"
    if table.exists_as(name, _OTHER[kind]):
        other = _OTHER[kind]
        article = "an" if other == "application" else "a"
        raise DocumentError(place, f"{table.permission(name).name} exists as {article} {other} permission only; {hint}")
    raise DocumentError(place, f"no permission of Microsoft Graph is named {name!r}; {hint}")


def _nearest(name: str, kind: Kind) -> str:
    """Return the nearest permission of a kind: the same one for every mailbox first, then the best spelling."""
    for candidate in (name.removesuffix(".Shared"), f"{name}.All", name.removesuffix(".All")):
        if candidate != name and table.exists_as(candidate, kind):
            return table.permission(candidate).name
    names = {known.lower(): known for known in table.of_kind(kind)}
    close = get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    return names[close[0]] if close else ""


def _in_every_kind(names: list[str], place: str) -> Wanted:
    scopes: list[str] = []
    roles: list[str] = []
    for i, name in enumerate(names):
        if not table.exists_as(name, "application"):
            scopes.append(checked(name, "delegated", f"{place}.permissions[{i}]".lstrip(".")))
            continue
        roles.append(table.permission(name).name)
        if table.exists_as(name, "delegated"):
            scopes.append(roles[-1])
    return Wanted(tuple(dict.fromkeys(scopes)), tuple(dict.fromkeys(roles)))
