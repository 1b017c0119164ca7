"""The steps that decide what a token may do: scope, user, consent (reference entra 2.2, 2.5, 5.1, 5.3)."""

from outlook365_emulator.directory.applications import GRAPH_CLIENT_ID
from outlook365_emulator.directory.assignments import is_kept_out
from outlook365_emulator.directory.consent import granted_roles, granted_scopes
from outlook365_emulator.entra.apis import api_audience, api_of, granted_by_api
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.conditional_access import judge_policies
from outlook365_emulator.entra.envelope import NotEmulated
from outlook365_emulator.entra.request_loops import judge_loop
from outlook365_emulator.entra.scopes import Asked, graph_audience, is_outlook, parse_scopes
from outlook365_emulator.tables.permissions import exists_as


def scope(call: Call) -> None:
    """Step: which resource is the token for, and are the scopes ones that can be asked for?

    Raises:
        EntraError: 70011 for a text that is no scope or `.default` beside names, 700022 for two resources, 1002012 for
            client credentials without `.default`, and those of `audience_of`.
        NotEmulated: a resource that exists at Microsoft and issues no tokens here.
    """
    assert call.grant is not None
    call.asked = _asked(call)
    if call.version == 2 and call.grant.application_only:
        _check_default(call)
    elif call.asked.bad:
        raise call.error(70011, scope=call.asked.bad, because="a scope is a name, or a resource, a slash and a name")
    elif call.asked.mixed:
        because = ".default stands for everything and cannot stand beside names"
        raise call.error(70011, where="default", scope=call.form.get("scope", ""), because=because)
    if len(call.asked.resources) > 1 and call.sign_in is None:
        because = f"a token is for one resource; asked were {', '.join(call.asked.resources)}"
        raise call.error(700022, scope=call.form.get("scope", ""), because=because)
    call.audience = audience_of(call, call.asked.resource)


def _asked(call: Call) -> Asked:
    text = call.form.get("scope", "")
    if call.version == 1:
        openid = parse_scopes(text).openid
        return Asked(openid=openid, resources=(call.form.get("resource", ""),), default=True)
    granted = call.sign_in.scopes if call.sign_in is not None else ()
    if not text.strip() and granted:
        text = " ".join(granted)
    asked = parse_scopes(text)
    if call.code is not None or call.device is not None:
        # What was consented to at sign-in comes along: a client that names Mail.Read alone still gets its ID token.
        asked = asked._replace(openid=asked.openid | parse_scopes(" ".join(granted)).openid)
    return asked


def _check_default(call: Call) -> None:
    """An application on its own asks for one resource's `.default`; OpenID scopes beside it are tolerated."""
    asked, text = call.asked, call.form.get("scope", "")
    if asked.bad.startswith("/"):
        raise call.error(700023, where="scope", because="the scope names no resource in front of /.default")
    if asked.bad or asked.names or not asked.default or not asked.resource:
        because = "client credentials ask for everything that was granted: https://graph.microsoft.com/.default"
        raise call.error(1002012, scope=text, because=because)


def audience_of(call: Call, resource: str) -> str:
    """Return the audience of a token for a resource, as the client named it.

    Raises:
        EntraError: 90009 for the application itself, and those of `api_of`.
        NotEmulated: a resource that exists at Microsoft and issues no tokens here.
    """
    found = graph_audience(resource, call.clouds)
    if found is not None:
        return found
    _, _, application = call.known()
    plain = resource.rstrip("/").lower()
    if plain == f"api://{application.client_id}":
        raise call.error(90009, because="an application that asks for itself names itself by its client id alone")
    if is_outlook(resource, call.clouds):
        raise NotEmulated(f"tokens for the resource {resource}")
    call.api = api_of(call, resource)
    return api_audience(call.api, resource)


def user(call: Call) -> None:
    """Step: may the user sign in, and use this application? (50057, 50105, 50196, and those of the policies)."""
    judge_loop(call)
    if call.user is None:
        return
    _, tenant, application = call.known()
    name = call.entry.user = call.user.user_principal_name
    if not call.user.enabled:
        raise call.error(50057, because=f"the account {name} is disabled")
    if is_kept_out(tenant, call.principal, call.user):
        because = f"{application.display_name} takes assigned users only, and {name} is not assigned"
        raise call.error(50105, user=name, because=because)
    judge_policies(call)


def consent(call: Call) -> None:
    """Step: what has been granted to the client.

    A token carries everything that was granted for its resource, not only what was asked for. The first consent gives
    the OpenID scopes too.

    Raises:
        EntraError: 650053 for a permission that does not exist, 65001 where something asked for was not granted,
            501051 where the application has to be assigned a role and has none.
    """
    if call.api is not None:
        call.permissions = granted_by_api(call, call.api) | call.asked.openid if call.user is not None else frozenset()
    elif call.user is None:
        _application_permissions(call)
    else:
        _delegated_permissions(call, call.user.id)
    call.entry.permissions = sorted(call.permissions)


def _application_permissions(call: Call) -> None:
    _, tenant, _ = call.known()
    assert call.principal is not None
    call.permissions = granted_roles(tenant, call.principal)
    if call.permissions:
        return
    hint = "no application permission is granted to the application"
    if call.principal.assignment_required:
        raise call.error(501051, resource=call.audience, resource_name="Microsoft Graph", because=hint)
    call.entry.reason = f"{hint}: the token has no roles"


def _delegated_permissions(call: Call, user_id: str) -> None:
    _, tenant, application = call.known()
    held = granted_scopes(tenant, call.principal, user_id) if call.principal is not None else frozenset()
    lowered = {name.lower() for name in held}
    missing = [name for name in call.asked.names if name.lower() not in lowered]
    unknown = next((name for name in missing if not exists_as(name, "delegated")), "")
    if unknown:
        because = f"Microsoft Graph has no delegated permission {unknown!r}"
        raise call.error(650053, scope=unknown, resource=GRAPH_CLIENT_ID, because=because)
    if missing or not held:
        call.entry.missing = missing
        asked = ", ".join(missing) or "anything"
        because = f"neither the user nor an administrator has granted {asked} to {application.display_name}"
        raise call.error(65001, because=f"{because}; granted is {', '.join(sorted(held)) or 'nothing'}")
    call.permissions = held | call.asked.openid
