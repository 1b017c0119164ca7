"""Administrator's consent: `/adminconsent` of v1 and v2.0 (reference entra 2.11).

v1 consents to the application's static list, delegated and application permissions alike; v2.0 to the scopes of the
request, or to the static list for `.default`.
"""

from outlook365_emulator.directory.applications import ensure_service_principal
from outlook365_emulator.directory.consent import grant_roles, grant_scopes
from outlook365_emulator.entra.accounts import name_page
from outlook365_emulator.entra.call import Call, Redirect
from outlook365_emulator.entra.consenting import approval_page, consent_page, wanted
from outlook365_emulator.entra.flows import finish, note
from outlook365_emulator.entra.redirect_uris import may_be_redirected_to, platform_of, registered_uris
from outlook365_emulator.entra.redirects import Fields, send
from outlook365_emulator.entra.scopes import Asked, parse_scopes
from outlook365_emulator.entra.tenancy import OPEN_SEGMENTS
from outlook365_emulator.tables.permissions import OIDC_SCOPES
from outlook365_emulator.wire import Response


def admin_redirect_uri(call: Call) -> None:
    """Step: where does the answer go? At v1 a path below a registered URI will do too.

    Raises:
        EntraError: 500113, 900971, 50011.
    """
    assert call.application is not None
    given, registered = call.form.get("redirect_uri", "").strip(), registered_uris(call.application)
    if not registered:
        raise call.error(500113, because="the application has no redirect URI on any platform")
    if not given:
        raise call.error(900971, because="the request names no redirect_uri")
    platform = platform_of(call.application, given)
    below = call.version == 1 and may_be_redirected_to(given) and any(_is_below(given, one) for one in registered)
    if platform is None and not below:
        raise call.error(50011, where="authorize", uri=given, because=f"registered are {', '.join(registered[:5])}")
    call.redirect = Redirect(given, platform or "web", "query", call.form.get("state"))


def _is_below(given: str, registered: str) -> bool:
    """Tell whether a URI adds segments to the path of a registered one."""
    return "?" not in registered and "/../" not in given and given.startswith(f"{registered.rstrip('/')}/")


def admin_scopes(call: Call) -> None:
    """Step: read what the administrator is asked for.

    Raises:
        EntraError: 900144 at v2.0 without scopes, 70011 for what is no scope, 90130 at v2.0 for `common`.
    """
    assert call.application is not None
    if call.version == 1:
        call.asked = Asked(default=True, resources=("",))
        return
    if call.segments["tenant"].lower() in OPEN_SEGMENTS - {"organizations"}:
        raise call.error(90130, because="v2.0 takes organizations or a tenant here")
    text = call.form.get("scope", "")
    if not text.strip():
        raise call.error(900144, parameter="scope", because="administrator's consent at v2.0 names scopes")
    call.asked = parse_scopes(text)
    if call.asked.bad:
        raise call.error(70011, scope=call.asked.bad, because="a scope is a name, or a resource, a slash and a name")


def _lists(call: Call) -> tuple[list[str], list[str]]:
    """Return the delegated and the application permissions that are asked for."""
    _, _, application = call.known()
    if call.version == 1 or call.asked.default:
        roles = list(application.required_roles)
        scopes = list(application.required_scopes) if roles or application.required_scopes else wanted(call)
        return scopes, roles
    return wanted(call), []


def administrators_page(call: Call) -> Response:
    """Step: show the consent page to an administrator, and to anybody else that one is needed."""
    assert call.user is not None
    scopes, roles = _lists(call)
    if not call.user.is_administrator:
        return approval_page(call, scopes, scopes or roles, workflow=False)
    return consent_page(call, scopes, roles, administrator=True, organisation_only=True)


def take_admin_consent(call: Call) -> Response | None:
    """Step: take the administrator's answer.

    Raises:
        EntraError: 65004 where it was declined, 90093 where somebody else sent it.
    """
    world, tenant, application = call.known()
    assert call.user is not None
    assert call.redirect is not None
    if call.submitted.get("decision") == "other":
        note(call, account="", asked_anew=False)
        return name_page(call)
    if call.submitted.get("decision") != "accept":
        raise call.error(
            65004, where="adminconsent", because=f"{call.user.user_principal_name} declined on the consent page"
        )
    if not call.user.is_administrator:
        raise call.error(90093, where="authorize", because=f"{call.user.user_principal_name} is no administrator")
    scopes, roles = _lists(call)
    with world.unit(call.now) as unit:
        principal = ensure_service_principal(world, tenant, unit, application)
        if scopes:
            grant_scopes(world, tenant, unit, principal, scopes)
        grant_roles(world, tenant, unit, principal, roles)
    finish(call)
    return send(call, call.redirect, _success(call, [*scopes, *roles]))


def _success(call: Call, granted: list[str]) -> Fields:
    assert call.tenant is not None
    assert call.redirect is not None
    state = [] if call.redirect.state is None else [("state", call.redirect.state)]
    if call.version == 1:
        return [("tenant", call.tenant.id), *state, ("admin_consent", "True")]
    named = [name if name in OIDC_SCOPES else f"{call.cloud.graph_url}/{name}" for name in dict.fromkeys(granted)]
    return [("admin_consent", "True"), ("tenant", call.tenant.id), ("scope", " ".join(named)), *state]
