"""Application registrations of a document, put into a tenant with credentials and consent."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

import msgspec

from outlook365_emulator.directory.applications import add_application, add_secret, ensure_service_principal
from outlook365_emulator.directory.consent import grant_roles, grant_scopes
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.records.directory import Application, PasswordCredential, ServicePrincipal
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.permissions import permission
from outlook365_emulator.worlds.certificates import give_certificate
from outlook365_emulator.worlds.documents import AppDocument, CertificateDocument, SecretDocument
from outlook365_emulator.worlds.instants import moment
from outlook365_emulator.worlds.people import literal
from outlook365_emulator.worlds.permissions import AUTH_TYPES, Wanted, wanted_permissions
from outlook365_emulator.worlds.reading import DocumentError, at, inside

Platform = Literal["web", "public"]

REDIRECT_URIS: Mapping[Platform, tuple[str, ...]] = MappingProxyType(
    {
        "web": ("https://connector.example/callback",),
        "public": ("http://localhost",),
    }
)
"""Where sign-ins return to when a document of a delegated auth type names no redirect URI."""


class Added(NamedTuple):
    """A registered application.

    Attributes:
        application: the registration.
        left_out: names of its preset that exist as delegated permissions only.
    """

    application: Application
    left_out: tuple[str, ...]


def add_app(
    hosting: Hosting, world: World, tenant: Tenant, unit: UnitOfWork, document: AppDocument, place: str
) -> Added:
    """Register an application with its credentials and the consent that it has.

    Args:
        hosting: learns that the world knows the client id.
        world: the world.
        tenant: the home tenant.
        unit: the unit of work that it happens in.
        document: the application.
        place: place of the document, for errors.

    Raises:
        DocumentError: a permission is unknown or of the wrong kind, or the document contradicts itself.
        DocumentConflict: the tenant has an application with that client id.
    """
    id_ = literal(world, document.id, inside(place, "id"))
    wanted = wanted_permissions(document.auth, document.permissions, document.preset, place)
    _check_consent(document, wanted, place)
    auth = AUTH_TYPES[document.auth] if document.auth else None
    with at(inside(place, "client_id")):
        application = add_application(
            hosting,
            world,
            tenant,
            unit,
            document.name,
            id=id_,
            client_id=document.client_id,
            audience=document.audience or (auth.audience if auth else "AzureADMyOrg"),
            required_scopes=wanted.scopes,
            required_roles=wanted.roles,
            public_client=is_public(document),
            spa_redirect_uris=tuple(document.spa_redirect_uris),
            id_tokens="id_token" in document.implicit,
            access_tokens="token" in document.implicit,
            logout_url=document.logout_url,
            verified_publisher=document.verified_publisher,
            optional_claims=tuple(document.optional_claims),
            **_redirect_uris(document),
        )
    application = _with_credentials(world, tenant, unit, application, document, place)
    principal = ensure_service_principal(world, tenant, unit, application)
    if document.assignment_required:
        principal = unit.put(tenant.service_principals, msgspec.structs.replace(principal, assignment_required=True))
    _consent(world, tenant, unit, principal, document, wanted)
    return Added(application, wanted.left_out)


def is_public(document: AppDocument) -> bool:
    """Tell whether an application may do without a secret: as said, else the vendor's own that was given none."""
    if document.public is not None:
        return document.public
    return document.auth == "authorization_code" and document.secret is None and not document.secrets


def _redirect_uris(document: AppDocument) -> dict[str, tuple[str, ...]]:
    platform: Platform = "public" if is_public(document) else "web"
    delegated = document.auth is not None and AUTH_TYPES[document.auth].kind == "delegated"
    uris = tuple(document.redirect_uris)
    if not uris and delegated and not document.spa_redirect_uris:
        uris = REDIRECT_URIS[platform]
    return {f"{platform}_redirect_uris": uris}


def _check_consent(document: AppDocument, wanted: Wanted, place: str) -> None:
    if document.consent == "user" and wanted.roles and not wanted.scopes:
        raise DocumentError(
            inside(place, "consent"),
            "a user cannot consent to application permissions: write admin, or null for nobody",
        )


def _with_credentials(
    world: World, tenant: Tenant, unit: UnitOfWork, application: Application, document: AppDocument, place: str
) -> Application:
    auth = AUTH_TYPES[document.auth] if document.auth else None
    secrets = list(document.secrets)
    if document.secret is not None or (auth is not None and auth.secret and not secrets):
        secrets.insert(0, SecretDocument(secret=document.secret))
    certificates = list(document.certificates)
    if auth is not None and auth.certificate and not certificates:
        certificates.append(CertificateDocument())
    for i, secret in enumerate(secrets):
        application, _ = give_secret(world, tenant, unit, application, secret, f"{inside(place, 'secrets')}[{i}]")
    for i, one in enumerate(certificates):
        with at(f"{inside(place, 'certificates')}[{i}]"):
            application, _ = give_certificate(
                world, tenant, unit, application, days=one.days, password=one.password, display_name=one.name
            )
    return application


def give_secret(
    world: World, tenant: Tenant, unit: UnitOfWork, application: Application, document: SecretDocument, place: str
) -> tuple[Application, PasswordCredential]:
    """Give an application a further secret.

    Args:
        world: the world.
        tenant: the home tenant.
        unit: the unit of work that it happens in.
        application: the registration.
        document: the secret.
        place: place of the document, for errors.

    Returns:
        The application's new record and the secret.

    Raises:
        DocumentError: the moment of its end cannot be read.
    """
    with at(inside(place, "expires")):
        expires = None if document.expires is None else moment(document.expires, unit.now)
    return add_secret(
        world, tenant, unit, application, secret=document.secret, expires=expires, display_name=document.name
    )


def _consent(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    principal: ServicePrincipal,
    document: AppDocument,
    wanted: Wanted,
) -> None:
    if document.consent == "admin":
        if wanted.scopes:
            grant_scopes(world, tenant, unit, principal, wanted.scopes)
        grant_roles(world, tenant, unit, principal, wanted.roles)
    elif document.consent == "user":
        scopes = [name for name in wanted.scopes if not permission(name).admin_consent]
        for user in tenant.users:
            if user.purpose == "user" and scopes:
                grant_scopes(world, tenant, unit, principal, scopes, user.id)
