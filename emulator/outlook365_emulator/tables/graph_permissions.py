"""Which permission opens which operation: Microsoft's table as published, with our corrections laid over it.

`graph_permissions.json` is generated (`tables/refresh.py`), `permissions_overlay.json` is ours, a source in each row.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

import msgspec

from outlook365_emulator.tables.files import read_rows
from outlook365_emulator.tables.permissions import PERMISSIONS, exists_as
from outlook365_emulator.tables.spellings import one_spelling, shape

Scheme = Literal["work", "personal", "application", "shared"]
"""Whose token it is: of a work account, a personal account, an application, or of a person in another's mailbox."""

ALL_CLOUDS = ("global", "usgov", "usgov_dod", "china")


class PermissionRow(msgspec.Struct, frozen=True):
    """What opens one operation. Any one permission of a column is enough.

    Attributes:
        operation: `GET /users/{user}/messages`.
        work: delegated permissions, work or school account.
        personal: delegated permissions, personal account; empty: not supported.
        application: application permissions; empty: not supported.
        shared: delegated permissions for a user other than the signed-in one; empty: not supported.
        least: the weakest delegated permission (or application, where there is no delegated one).
        least_application: the weakest application permission, or "".
        clouds: ids of the clouds that have the operation.
        open: whether any token will do because what the request carries decides (`/subscriptions`, `/$batch`).
        source: where the row comes from.
    """

    operation: str
    source: str
    work: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    application: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    least: str = ""
    least_application: str = ""
    clouds: tuple[str, ...] = ALL_CLOUDS
    open: bool = False


class _Correction(msgspec.Struct, frozen=True):
    """A row of the overlay: what it does not name stays as published."""

    operation: str
    source: str
    work: tuple[str, ...] | None = None
    personal: tuple[str, ...] | None = None
    application: tuple[str, ...] | None = None
    shared: tuple[str, ...] | None = None
    least: str | None = None
    least_application: str | None = None
    clouds: tuple[str, ...] | None = None
    open: bool | None = None


class _Hides(msgspec.Struct, frozen=True):
    resource: str
    basic: frozenset[str]
    full: frozenset[str]
    properties: frozenset[str]
    source: str


class _SubscriptionRow(msgspec.Struct, frozen=True):
    resource: str
    work: tuple[str, ...]
    personal: tuple[str, ...]
    application: tuple[str, ...]
    source: str


class _Overlay(msgspec.Struct, frozen=True):
    implies: dict[str, tuple[str, ...]]
    operations: tuple[_Correction, ...]
    subscriptions: tuple[_SubscriptionRow, ...]
    hides: tuple[_Hides, ...]


@cache
def _overlay() -> _Overlay:
    return read_rows("permissions_overlay.json", _Overlay)


@cache
def permission_rows() -> Mapping[str, PermissionRow]:
    """Return every row by the shape of its operation (`spellings.shape`), corrections applied."""
    rows = {shape(row.operation): row for row in read_rows("graph_permissions.json", list[PermissionRow])}
    for correction in _overlay().operations:
        key = shape(correction.operation)
        published = rows.get(key, PermissionRow(correction.operation, correction.source))
        changes = {name: value for name, value in msgspec.structs.asdict(correction).items() if value is not None}
        rows[key] = msgspec.structs.replace(published, **changes)
    return MappingProxyType({key: _complete(row) for key, row in rows.items()})


def _complete(row: PermissionRow) -> PermissionRow:
    """Give the least application permission the name that exists: rows say Calendars.ReadBasic, the role is …All."""
    application = row.least_application
    if application and not exists_as(application, "application"):
        twins = (one for one in _overlay().implies.get(application, ()) if exists_as(one, "application"))
        application = next(twins, "")
    return msgspec.structs.replace(row, least=row.least or application, least_application=application)


def permission_row(operation: str) -> PermissionRow | None:
    """Return the row of an operation.

    Args:
        operation: verb and path as an operation declares it, `GET /users/{user}/messages`; the names of parameters and
            the case of segments do not matter, other spellings are rewritten, `/$count` takes its collection's row.

    Returns:
        The row, or None where neither Microsoft's table nor our overlay has one.
    """
    rows = permission_rows()
    method, _, path = operation.partition(" ")
    for candidate in (path, path.removesuffix("/$count")):
        row = rows.get(shape(f"{method} {candidate}")) or rows.get(shape(f"{method} {one_spelling(candidate)}"))
        if row is not None:
            return row
    return None


def subscription_row(resource: str) -> PermissionRow | None:
    """Return what a subscription for a resource takes.

    Args:
        resource: path of the resource, `/users/{user}/mailFolders/{folder}/messages`, `me/events`, `users`.

    Returns:
        A row without `shared`: Shared scopes cannot subscribe (reference graph-core 10.1). None: no such resource.
    """
    last = resource.partition("?")[0].rstrip("/").rpartition("/")[2].lower()
    for row in _overlay().subscriptions:
        if row.resource == last:
            return PermissionRow(f"POST /subscriptions {resource}", row.source, row.work, row.personal, row.application)
    return None


@cache
def _included_in() -> Mapping[str, frozenset[str]]:
    """Return for each permission those that include it, itself among them."""
    direct = _overlay().implies
    including: dict[str, set[str]] = {}
    for name in {*direct, *(one for many in direct.values() for one in many)}:
        for reached in _reach(name, direct):
            including.setdefault(reached, {reached}).add(name)
    return {name: frozenset(names) for name, names in including.items()}


def _reach(name: str, direct: Mapping[str, Iterable[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting.extend(direct.get(one, ()))
    return reached


@cache
def allowed(row: PermissionRow, scheme: Scheme) -> frozenset[str]:
    """Return every permission that opens an operation, the ones that include a listed one among them.

    Args:
        row: the operation's row.
        scheme: the kind of token.

    Returns:
        Names that exist as permissions of that kind; empty where the kind is not supported (but see `row.open`).
    """
    column: tuple[str, ...] = getattr(row, scheme)
    opening = {one for name in column for one in _included_in().get(name, frozenset((name,)))}
    if scheme == "application":
        return frozenset(one for one in opening if exists_as(one, "application"))
    if scheme == "personal":
        opening = {one for one in opening if one in PERMISSIONS and PERMISSIONS[one].personal}
    if scheme == "shared":
        opening = {one for one in opening if one.endswith((".Shared", ".All"))}
    return frozenset(one for one in opening if exists_as(one, "delegated"))


def includes(permission: str, wanted: str) -> bool:
    """Tell whether holding one permission is holding another, `Mail.ReadWrite` and `Mail.Read`."""
    return permission == wanted or permission in _included_in().get(wanted, frozenset())


def hidden_properties(permissions: frozenset[str], resource: str = "message") -> frozenset[str]:
    """Return the properties that a token may not see: a ReadBasic permission opens the door and hides the content.

    Args:
        permissions: what the token holds.
        resource: `message` or `event`.
    """
    for row in _overlay().hides:
        if row.resource == resource and permissions & row.basic and not permissions & row.full:
            return row.properties
    return frozenset()
