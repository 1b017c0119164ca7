"""Consent: what an administrator or a user has granted to an application in a tenant."""

from outlook365_emulator.control.assignments import group_named
from outlook365_emulator.control.context import Call
from outlook365_emulator.control.requests import ConsentChange
from outlook365_emulator.control.views import AppView, Revoked, app_view
from outlook365_emulator.directory.applications import ensure_service_principal
from outlook365_emulator.directory.consent import grant_roles, grant_scopes, revoke
from outlook365_emulator.directory.users import user_named
from outlook365_emulator.store.records.directory import Application
from outlook365_emulator.tables.permissions import Kind, exists_as, permission
from outlook365_emulator.worlds import DocumentError
from outlook365_emulator.worlds.permissions import checked
from outlook365_emulator.worlds.reading import at


def give_consent(call: Call, body: ConsentChange) -> AppView:
    """Consent to permissions of an application, as an administrator for everybody or as one user."""
    app, people = call.client, _people(call, body)
    scopes, roles = _wanted(app, body)
    if people != [None] and roles:
        raise DocumentError("user", f"a user cannot consent to application permissions ({', '.join(roles)})")
    with call.unit() as unit:
        principal = ensure_service_principal(call.world, call.tenant, unit, app)
        for user_id in people if scopes else ():
            grant_scopes(call.world, call.tenant, unit, principal, scopes, user_id)
        grant_roles(call.world, call.tenant, unit, principal, roles)
    return app_view(call.world, call.tenant, app)


def withdraw_consent(call: Call, body: ConsentChange) -> Revoked:
    """Withdraw consent: everything, or the named permissions, of everybody or of one user; tokens live on."""
    app, people = call.client, _people(call, body)
    names = None
    if body.permissions is not None:
        names = [_known(name, f"permissions[{i}]") for i, name in enumerate(body.permissions)]
    principal = call.tenant.service_principals.find("client", app.client_id)
    if principal is None:
        return Revoked([])
    with call.unit() as unit:
        gone = {name for one in people for name in revoke(call.tenant, unit, principal, names, one, body.kind)}
        return Revoked(sorted(gone))


def _for_people(body: ConsentChange) -> bool:
    return bool(body.user or body.users or body.group)


def _people(call: Call, body: ConsentChange) -> list[str | None]:
    """Return the object ids of those whom the consent is for; None stands for everybody."""
    found: list[str | None] = []
    if body.user is not None:
        with at("user"):
            found.append(user_named(call.tenant, body.user).id)
    for i, name in enumerate(body.users):
        with at(f"users[{i}]"):
            found.append(user_named(call.tenant, name).id)
    if body.group is not None:
        found += sorted(group_named(call.tenant, body.group).members)
    return list(dict.fromkeys(found)) if _for_people(body) else [None]


def _known(name: str, place: str) -> str:
    """Return a permission of either kind in its right case."""
    return permission(name).name if exists_as(name, "application") else checked(name, "delegated", place)


def _wanted(app: Application, body: ConsentChange) -> tuple[list[str], list[str]]:
    """Return the delegated and the application permissions that are meant."""
    if body.permissions is None:
        scopes = app.required_scopes if body.kind != "application" else ()
        roles = app.required_roles if body.kind != "delegated" and not _for_people(body) else ()
        return list(scopes), list(roles)
    chosen: dict[Kind, list[str]] = {"delegated": [], "application": []}
    for i, name in enumerate(body.permissions):
        kind = body.kind or _kind_of(app, name, _for_people(body))
        chosen[kind].append(checked(name, kind, f"permissions[{i}]"))
    return chosen["delegated"], chosen["application"]


def _kind_of(app: Application, name: str, by_user: bool) -> Kind:
    """Return the kind in which an application means a permission.

    As it is registered; else in the kind of its other permissions, as far as it exists in that kind.
    """
    if by_user or not exists_as(name, "application"):
        return "delegated"
    known = name.lower()
    if known in (one.lower() for one in app.required_roles) or not exists_as(name, "delegated"):
        return "application"
    if known in (one.lower() for one in app.required_scopes):
        return "delegated"
    return "delegated" if app.required_scopes or not app.required_roles else "application"
