"""Applications of a tenant and their credentials."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.problems import unknown
from outlook365_emulator.control.requests import AppChange
from outlook365_emulator.control.views import AppList, AppView, CertificateView, SecretView, app_view, certificate_views
from outlook365_emulator.directory.applications import change_application, delete_application, ensure_service_principal
from outlook365_emulator.store.records.directory import Application
from outlook365_emulator.tables.permissions import Kind, exists_as
from outlook365_emulator.worlds.applications import add_app, give_secret
from outlook365_emulator.worlds.certificates import give_certificate
from outlook365_emulator.worlds.documents import AppDocument, CertificateDocument, SecretDocument
from outlook365_emulator.worlds.permissions import checked
from outlook365_emulator.worlds.reading import at

_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "name": "display_name",
        "audience": "audience",
        "redirect_uris": "web_redirect_uris",
        "public_redirect_uris": "public_redirect_uris",
        "spa_redirect_uris": "spa_redirect_uris",
        "public": "public_client",
        "api_scopes": "api_scopes",
        "api_token_version": "api_token_version",
        "on_behalf_of": "on_behalf_of",
        "logout_url": "logout_url",
        "verified_publisher": "verified_publisher",
        "optional_claims": "optional_claims",
    }
)
"""Keys of a change and the fields of the registration."""

_PRINCIPAL_FIELDS = ("enabled", "assignment_required")


def create_app(call: Call, document: AppDocument) -> AppView:
    """Register an application with credentials and consent."""
    with call.unit() as unit:
        added = add_app(call.context.hosting, call.world, call.tenant, unit, document, "")
    return app_view(call.world, call.tenant, added.application, added.left_out)


def list_apps(call: Call) -> AppList:
    """List the applications of a tenant."""
    return AppList([app_view(call.world, call.tenant, one) for one in call.tenant.applications])


def show_app(call: Call) -> AppView:
    """Show an application; for a multi-tenant one of another tenant, with the consent in this one."""
    return app_view(call.world, call.tenant, call.client)


def update_app(call: Call, change: AppChange) -> AppView:
    """Change fields of an application and of its service principal."""
    app = call.app
    fields = _given(change, _FIELDS)
    if change.permissions is not msgspec.UNSET:
        fields |= _static_list(app, change.permissions)
    if change.implicit is not msgspec.UNSET:
        fields |= {"id_tokens": "id_token" in change.implicit, "access_tokens": "token" in change.implicit}
    principal_fields = _given(change, {name: name for name in _PRINCIPAL_FIELDS})
    with call.unit() as unit:
        app = change_application(call.tenant, unit, app, **fields)
        principal = ensure_service_principal(call.world, call.tenant, unit, app)
        if principal_fields:
            unit.put(call.tenant.service_principals, msgspec.structs.replace(principal, **principal_fields))
    return app_view(call.world, call.tenant, app)


def _given(change: AppChange, fields: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, field in fields.items():
        value = getattr(change, name)
        if value is not msgspec.UNSET:
            found[field] = tuple(value) if isinstance(value, list) else value
    return found


def _static_list(app: Application, names: list[str]) -> dict[str, object]:
    """Return the fields for a static list of permissions, in the kinds that the application uses."""
    used: dict[Kind, bool] = {"application": bool(app.required_roles), "delegated": bool(app.required_scopes)}
    kinds: list[Kind] = [kind for kind, held in used.items() if held] or list(used)
    chosen: dict[Kind, list[str]] = {"application": [], "delegated": []}
    for i, name in enumerate(names):
        fitting = [kind for kind in kinds if exists_as(name, kind)] or kinds[:1]
        for kind in fitting:
            chosen[kind].append(checked(name, kind, f"permissions[{i}]"))
    return {"required_roles": tuple(chosen["application"]), "required_scopes": tuple(chosen["delegated"])}


def remove_app(call: Call) -> None:
    """Delete an application with its service principal and everything that it was granted."""
    app, tenant = call.app, call.tenant
    with call.unit() as unit:
        delete_application(tenant, unit, app)
    if not any(one.applications.find("client", app.client_id) for one in call.world.tenants.values()):
        call.context.hosting.forget_client(call.world, app.client_id)


def create_secret(call: Call, document: SecretDocument) -> SecretView:
    """Give an application a further secret."""
    app = call.app
    with call.unit() as unit:
        _, secret = give_secret(call.world, call.tenant, unit, app, document, "")
    return SecretView(secret.id, secret.secret, secret.expires, secret.display_name)


def remove_secret(call: Call) -> None:
    """Take a secret from an application, by id or value."""
    app, key = call.app, call.keys["secret"]
    kept = tuple(one for one in app.secrets if key not in (one.id, one.secret))
    if len(kept) == len(app.secrets):
        raise unknown("secret", key, (one.id for one in app.secrets))
    with call.unit() as unit:
        change_application(call.tenant, unit, app, secrets=kept)


def create_certificate(call: Call, document: CertificateDocument) -> CertificateView:
    """Make a certificate for an application; answered is the PFX with its password."""
    app = call.app
    with at("days"), call.unit() as unit:
        app, credential = give_certificate(
            call.world,
            call.tenant,
            unit,
            app,
            days=document.days,
            password=document.password,
            display_name=document.name,
        )
    return next(one for one in certificate_views(call.world, app) if one.id == credential.id)


def remove_certificate(call: Call) -> None:
    """Take a certificate from an application, by id or thumbprint."""
    app, key = call.app, call.keys["certificate"]
    gone = [one for one in app.certificates if key.lower() in (one.id, one.thumbprint.lower())]
    if not gone:
        raise unknown("certificate", key, (one.id for one in app.certificates))
    with call.unit() as unit:
        change_application(
            call.tenant, unit, app, certificates=tuple(one for one in app.certificates if one not in gone)
        )
