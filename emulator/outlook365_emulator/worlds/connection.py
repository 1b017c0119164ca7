"""The connection details of a world: what a connector must be told to reach its first tenant."""

from collections.abc import Callable
from typing import Any

from outlook365_emulator.store.records.directory import Application, User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World
from outlook365_emulator.worlds.certificates import pfx_of


def connection_details(world: World) -> dict[str, Any]:
    """Return the connection details of a world's first tenant, as the ready file holds them.

    `client_id` is the first application with application permissions and a credential, `public_client_id` the first
    public one, `web_client_id` the first one with a secret and delegated permissions. What a world does not have
    is null.

    Args:
        world: the world; one without a tenant has no details.
    """
    tenant = next(iter(world.tenants.values()), None)
    if tenant is None:
        return {}
    return {"tenant_id": tenant.id, "domain": tenant.domains[0], **_applications(world, tenant), **_people(tenant)}


def _first(tenant: Tenant, wanted: Callable[[Application], object]) -> Application | None:
    return next((application for application in tenant.applications if wanted(application)), None)


def redirect_uri_of(application: Application) -> str | None:
    """Return the first redirect URI of an application, or None."""
    uris = (*application.web_redirect_uris, *application.public_redirect_uris, *application.spa_redirect_uris)
    return uris[0] if uris else None


def _applications(world: World, tenant: Tenant) -> dict[str, Any]:
    daemon = _first(tenant, lambda one: one.required_roles and (one.secrets or one.certificates))
    public = _first(tenant, lambda one: one.public_client)
    web = _first(
        tenant, lambda one: one.required_scopes and one.secrets and not one.public_client and one is not daemon
    )
    files = [pfx_of(world, credential) for credential in daemon.certificates] if daemon else []
    pfx = next((file for file in files if file), None)
    redirecting = web or public
    return {
        "client_id": daemon.client_id if daemon else None,
        "client_secret": _secret(daemon),
        "certificate_pfx_base64": pfx.content if pfx else None,
        "certificate_password": pfx.password if pfx else None,
        "public_client_id": public.client_id if public else None,
        "web_client_id": web.client_id if web else None,
        "web_client_secret": _secret(web),
        "redirect_uri": redirect_uri_of(redirecting) if redirecting else None,
    }


def _secret(application: Application | None) -> str | None:
    return application.secrets[0].secret if application and application.secrets else None


def _people(tenant: Tenant) -> dict[str, Any]:
    people = [user for user in tenant.users if user.purpose == "user"]
    admin = next((user for user in people if user.is_administrator), None)
    members = [user for user in people if user is not admin]
    shared = next((user for user in tenant.users if user.purpose == "shared"), None)
    first = members[0] if members else admin
    return {
        "user": first.user_principal_name if first else None,
        "user_password": first.password if first else None,
        "other_users": [_sign_in(user) for user in members[1:]],
        "shared_mailbox": shared.user_principal_name if shared else None,
        "admin": admin.user_principal_name if admin else None,
        "admin_password": admin.password if admin else None,
    }


def _sign_in(user: User) -> dict[str, str | None]:
    return {"upn": user.user_principal_name, "password": user.password}
