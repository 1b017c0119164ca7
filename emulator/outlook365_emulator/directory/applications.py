"""Making, finding and changing applications, their credentials and service principals."""

import hashlib
from datetime import datetime, timedelta

import msgspec

from outlook365_emulator.directory.consent import revoke
from outlook365_emulator.ids import base64url
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.records.directory import (
    Application,
    Audience,
    KeyCredential,
    PasswordCredential,
    ServicePrincipal,
)
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.files import unknown

SECRET_LIFETIME = timedelta(days=730)
"""The longest life that the portal offers for a client secret: 24 months."""

GRAPH_CLIENT_ID = "00000003-0000-0000-c000-000000000000"
"""The appId of Microsoft Graph in every cloud."""


class UnknownApplication(LookupError):
    """No application of the tenant has that client id or name."""


def add_application(
    hosting: Hosting,
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    name: str,
    *,
    id: str | None = None,
    client_id: str | None = None,
    audience: Audience = "AzureADMyOrg",
    **properties: object,
) -> Application:
    """Register an application, with its service principal in the home tenant.

    Args:
        hosting: learns that the world knows the client id.
        world: gives ids.
        tenant: the home tenant.
        unit: the unit of work that it happens in.
        name: display name.
        id: object id of the registration, or None for a new one.
        client_id: the appId, or None for a new one.
        audience: who may sign in (`signInAudience`).
        properties: further fields of `Application`.

    Raises:
        Taken: the tenant has an application with that client id.
        LookupError: a property that applications do not have; the message names the nearest.
    """
    for unheard in properties.keys() - set(Application.__struct_fields__):
        raise unknown("property of an application", unheard, Application.__struct_fields__)
    application = msgspec.convert(
        {
            "created": unit.now,
            **properties,
            "id": (id or world.ids.guid()).lower(),
            "client_id": (client_id or world.ids.guid()).lower(),
            "display_name": name,
            "audience": audience,
        },
        Application,
    )
    unit.put(tenant.applications, application)
    unit.after(lambda: hosting.add_client(world, application.client_id))
    ensure_service_principal(world, tenant, unit, application)
    return application


def ensure_service_principal(
    world: World, tenant: Tenant, unit: UnitOfWork, application: Application
) -> ServicePrincipal:
    """Return the application's instance in a tenant, made where there is none yet."""
    found = tenant.service_principals.find("client", application.client_id)
    if found is not None:
        return found
    principal = ServicePrincipal(
        id=world.ids.guid(),
        client_id=application.client_id,
        display_name=application.display_name,
        created=unit.now,
    )
    return unit.put(tenant.service_principals, principal)


def find_application(world: World, tenant: Tenant, client_id: str) -> Application | None:
    """Return the registration behind a client id as a tenant sees it, or None.

    The tenant's own applications come first; another tenant's counts where it is multi-tenant.
    """
    wanted = client_id.lower()
    own = tenant.applications.find("client", wanted)
    if own is not None:
        return own
    for other in world.tenants.values():
        found = other.applications.find("client", wanted)
        if found is not None and other is not tenant and found.audience != "AzureADMyOrg":
            return found
    return None


def application_named(tenant: Tenant, key: str) -> Application:
    """Return an application by client id or display name.

    Raises:
        UnknownApplication: none has it; the message names the nearest.
    """
    found = tenant.applications.find("client", key.lower())
    if found is None:
        found = next((one for one in tenant.applications if one.display_name.lower() == key.lower()), None)
    if found is None:
        from difflib import get_close_matches

        names = [one.display_name for one in tenant.applications]
        near = get_close_matches(key, names, n=2, cutoff=0.4) or names[:5]
        raise UnknownApplication(f"no application {key!r} in {tenant.domains[0]}; there is {', '.join(near) or 'none'}")
    return found


def add_secret(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    application: Application,
    *,
    secret: str | None = None,
    expires: datetime | None = None,
    display_name: str | None = None,
) -> tuple[Application, PasswordCredential]:
    """Give an application a further client secret.

    Args:
        world: gives the id and, where none is given, the secret.
        tenant: the home tenant.
        unit: the unit of work that it happens in.
        application: the registration.
        secret: the secret's value, or None for a new one.
        expires: when it ends, or None for two years ahead.
        display_name: its description.

    Returns:
        The application's new record and the secret.
    """
    credential = PasswordCredential(
        id=world.ids.guid(),
        secret=secret or world.ids.secret(),
        expires=expires or unit.now + SECRET_LIFETIME,
        display_name=display_name,
    )
    changed = msgspec.structs.replace(application, secrets=(*application.secrets, credential))
    return unit.put(tenant.applications, changed), credential


def add_certificate(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    application: Application,
    certificate: bytes,
    *,
    expires: datetime,
    display_name: str | None = None,
) -> tuple[Application, KeyCredential]:
    """Register a further certificate with an application.

    Args:
        world: gives the id.
        tenant: the home tenant.
        unit: the unit of work that it happens in.
        application: the registration.
        certificate: the certificate, DER.
        expires: end of its validity.
        display_name: its description.

    Returns:
        The application's new record and the credential.
    """
    credential = KeyCredential(
        id=world.ids.guid(),
        certificate=certificate,
        thumbprint=hashlib.sha1(certificate, usedforsecurity=False).hexdigest().upper(),
        thumbprint_sha256=base64url(hashlib.sha256(certificate).digest()),
        expires=expires,
        display_name=display_name,
    )
    changed = msgspec.structs.replace(application, certificates=(*application.certificates, credential))
    return unit.put(tenant.applications, changed), credential


def change_application(tenant: Tenant, unit: UnitOfWork, application: Application, **properties: object) -> Application:
    """Change fields of an application and return the new record."""
    return unit.put(tenant.applications, msgspec.structs.replace(application, **properties))


def delete_application(tenant: Tenant, unit: UnitOfWork, application: Application) -> None:
    """Delete a registration and its service principal in the home tenant.

    Its service principals in other tenants stay, as Entra leaves them.
    """
    principal = tenant.service_principals.find("client", application.client_id)
    if principal is not None:
        delete_service_principal(tenant, unit, principal)
    unit.remove(tenant.applications, application)


def delete_service_principal(tenant: Tenant, unit: UnitOfWork, principal: ServicePrincipal) -> None:
    """Delete an application's instance in a tenant, with what it was granted and who was assigned to it."""
    revoke(tenant, unit, principal)
    for assignment in [one for one in tenant.app_assignments if one.resource == principal.id]:
        unit.remove(tenant.app_assignments, assignment)
    unit.remove(tenant.service_principals, principal)
