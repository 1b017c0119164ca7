"""Consent while a person signs in: what is missing, who may grant it, and its pages (reference entra 5.1, 5.3)."""

from collections.abc import Iterable
from typing import Any

from outlook365_emulator.directory.applications import GRAPH_CLIENT_ID, ensure_service_principal
from outlook365_emulator.directory.consent import grant_roles, grant_scopes, granted_scopes
from outlook365_emulator.directory.consent_policy import Verdict, who_consents
from outlook365_emulator.directory.consent_requests import send_request
from outlook365_emulator.entra.accounts import name_page
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.device_codes import decline
from outlook365_emulator.entra.flows import note
from outlook365_emulator.entra.pages import page
from outlook365_emulator.entra.permission import audience_of
from outlook365_emulator.entra.redirect_uris import origin_of
from outlook365_emulator.entra.tenancy import settle
from outlook365_emulator.tables.permissions import OIDC_SCOPES, exists_as, permission
from outlook365_emulator.wire import Response

TITLES = {
    "openid": "Sign you in",
    "profile": "View your basic profile",
    "email": "View your email address",
    "offline_access": "Maintain access to data you have given it access to",
}
"""OpenID scopes in words."""

FORCED = ("consent", "admin_consent")


def resource(call: Call) -> None:
    """Step: is every resource that was asked for one that the tenant knows?

    Raises:
        EntraError: those of `audience_of` where it is not, 650057 at v1 where the application lists nothing of Graph.
        NotEmulated: a resource that exists at Microsoft and issues no tokens here.
    """
    _, _, application = call.known()
    for name in call.asked.resources or ("",):
        found = audience_of(call, name)
        call.audience = call.audience or found
    of_graph = call.api is None and bool(call.form.get("resource"))
    if call.version == 1 and of_graph and not application.required_scopes:
        raise call.error(
            650057,
            resource=call.asked.resource,
            resource_app_id=GRAPH_CLIENT_ID,
            valid="",
            because="the application's registration lists no delegated permission of Microsoft Graph",
        )


def wanted(call: Call) -> list[str]:
    """Return the delegated permissions that the request needs, in their right case.

    Raises:
        EntraError: 650053 for a permission that does not exist, 650056 where `.default` means an empty list.
    """
    _, tenant, application = call.known()
    openid = [scope for scope in OIDC_SCOPES if scope in call.asked.openid]
    if call.api is not None:
        return openid
    if not call.asked.default:
        return [*(_existing(call, name) for name in call.asked.names), *openid]
    user = call.user
    held = granted_scopes(tenant, call.principal, user.id) if call.principal is not None and user is not None else ()
    if held and call.prompt not in FORCED:
        return openid
    if not application.required_scopes and not openid:
        because = "the registration lists no delegated permission, so .default asks for nothing"
        raise call.error(650056, resource="Microsoft Graph", because=because)
    return [*application.required_scopes, *(one for one in openid if one not in application.required_scopes)]


def _existing(call: Call, name: str) -> str:
    if not exists_as(name, "delegated"):
        because = f"Microsoft Graph has no delegated permission {name!r}"
        raise call.error(650053, scope=name, resource=GRAPH_CLIENT_ID, because=because)
    return permission(name).name


def missing(call: Call) -> list[str]:
    """Return what the request needs and nobody has granted; OpenID scopes come with the first grant."""
    _, tenant, _ = call.known()
    assert call.user is not None
    names = wanted(call)
    held = granted_scopes(tenant, call.principal, call.user.id) if call.principal is not None else frozenset()
    if not held:
        return names
    lowered = {name.lower() for name in held} | set(OIDC_SCOPES)
    return [name for name in names if name.lower() not in lowered]


def _asked_for(call: Call) -> list[str]:
    """Return the permissions that the consent page is about; nothing where no page is needed."""
    _, flow = call.lived()
    lacking = missing(call)
    if call.prompt in FORCED and not flow.consented:
        return wanted(call) or lacking
    return lacking


def consent(call: Call) -> Response | None:
    """Step: ask for consent where something is missing, or say that an administrator has to.

    Raises:
        EntraError: 65001 with `prompt=none`.
    """
    _, _, application = call.known()
    assert call.user is not None
    scopes = _asked_for(call)
    if not scopes:
        return None
    call.entry.missing = scopes
    if call.prompt == "none":
        because = f"prompt=none, and nobody has granted {', '.join(scopes)} to {application.display_name}"
        raise call.error(65001, because=because)
    verdict, beyond = _verdict(call, scopes)
    if verdict in ("user", "administrator"):
        return consent_page(call, scopes, administrator=verdict == "administrator")
    return approval_page(call, scopes, beyond, workflow=verdict == "needs_request")


def _verdict(call: Call, scopes: list[str]) -> tuple[Verdict, list[str]]:
    _, tenant, application = call.known()
    assert call.user is not None
    if call.prompt == "admin_consent" and not call.user.is_administrator:
        return "needs_administrator", scopes
    required = call.principal is not None and call.principal.assignment_required
    return who_consents(tenant, application, call.user, scopes, assignment_required=required)


# Pages


def in_words(scopes: Iterable[str], kind: str = "delegated") -> list[dict[str, str]]:
    """Return permissions as people read them."""
    shown = []
    for name in scopes:
        row = permission(name) if name not in TITLES else None
        title = TITLES.get(name) or (
            row.application_title if row and kind == "application" else row.title if row else ""
        )
        shown.append({"name": name, "title": title or name, "kind": kind})
    return shown


def _shown(call: Call) -> dict[str, Any]:
    _, tenant, application = call.known()
    assert call.user is not None
    return {
        "username": call.user.user_principal_name,
        "application": application.display_name,
        "publisher": application.verified_publisher,
        "organisation": tenant.display_name,
        "form_origins": (origin_of(call.redirect.uri),) if call.redirect is not None else (),
    }


def consent_page(
    call: Call,
    scopes: Iterable[str],
    roles: Iterable[str] = (),
    *,
    administrator: bool = False,
    organisation_only: bool = False,
) -> Response:
    """Show the consent page.

    Args:
        call: the request.
        scopes: delegated permissions that are asked for.
        roles: application permissions that are asked for.
        administrator: whether the person may consent for everybody.
        organisation_only: whether the consent is for everybody in any case.
    """
    return page(
        call,
        "consent.html",
        title="Permissions requested",
        config={"pgid": "ConvergedConsent"},
        scopes=[*in_words(scopes), *in_words(roles, "application")],
        administrator=administrator,
        organisation_only=organisation_only or call.prompt == "admin_consent",
        **_shown(call),
    )


def approval_page(call: Call, scopes: list[str], beyond: list[str], *, workflow: bool) -> Response:
    """Show that an administrator has to consent; with the workflow, the form that asks for it (90094, 90095)."""
    number = 90095 if workflow else 90094
    call.entry.code = f"AADSTS{number}"
    call.entry.reason = f"only an administrator may grant {', '.join(beyond)} in this tenant"
    return page(
        call,
        "approval.html",
        title="Approval required" if workflow else "Need admin approval",
        config={"pgid": "ConvergedConsent", "sErrorCode": str(number)},
        scopes=in_words(scopes),
        workflow=workflow,
        returns=call.redirect is not None,
        **_shown(call),
    )


# What people send


def take_consent(call: Call) -> Response | None:
    """Step: take the answer to the consent page, and grant what was accepted.

    Who may grant is judged again: a post that no page offered grants nothing.

    Raises:
        EntraError: 65004 where the person declined.
    """
    world, tenant, application = call.known()
    assert call.user is not None
    if call.submitted.get("decision") != "accept" and call.device is not None:
        return decline(call)
    if call.submitted.get("decision") != "accept":
        raise call.error(65004, because=f"{call.user.user_principal_name} declined on the consent page")
    scopes = _asked_for(call)
    verdict, _ = _verdict(call, scopes)
    if verdict not in ("user", "administrator") or not scopes:
        return None
    everybody = verdict == "administrator" and (
        call.submitted.get("organization") == "1" or call.prompt == "admin_consent"
    )
    with world.unit(call.now) as unit:
        principal = ensure_service_principal(world, tenant, unit, application)
        grant_scopes(world, tenant, unit, principal, scopes, None if everybody else call.user.id)
        if everybody and call.prompt == "admin_consent":
            grant_roles(world, tenant, unit, principal, application.required_roles)
    settle(call, tenant)
    note(call, consented=True)
    return None


def take_approval(call: Call) -> Response | None:
    """Step: take what a person does who needs an administrator: send a request, go back, or change the account.

    Raises:
        EntraError: 90094 or 90095 to the redirect URI, where the person goes back to the application.
    """
    world, tenant, application = call.known()
    assert call.user is not None
    decision = call.submitted.get("decision", "")
    scopes = _asked_for(call)
    verdict, beyond = _verdict(call, scopes)
    if decision == "other":
        note(call, account="", asked_anew=False)
        return name_page(call)
    if decision == "request" and verdict == "needs_request":
        with world.unit(call.now) as unit:
            reason = call.submitted.get("justification", "").strip()
            send_request(world, tenant, unit, application, call.user, scopes, reason)
        return page(
            call,
            "request_sent.html",
            title="Request sent",
            config={"pgid": "ConvergedConsentRequested"},
            returns=call.redirect is not None,
            **_shown(call),
        )
    if verdict in ("user", "administrator"):
        return None
    number = 90095 if verdict == "needs_request" else 90094
    because = f"the person went back: only an administrator may grant {', '.join(beyond)}"
    raise call.error(number, where="cancel", tenant=tenant.display_name, because=because)
