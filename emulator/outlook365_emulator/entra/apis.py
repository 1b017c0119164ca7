"""Applications as APIs: an application of the tenant is a resource that others ask tokens for (reference entra 4.1).

A middle tier needs that: its callers get a token for it, and it exchanges that for one of Microsoft Graph
(`grants/on_behalf_of.py`). Every application of the tenant may ask for what an API offers; consent to it is not
modelled.
"""

from typing import Any

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.directory.applications import find_application
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.claims import SKEW, Holder, opaque_text, pairwise_subject
from outlook365_emulator.entra.tenancy import GUID
from outlook365_emulator.store.records.directory import Application, User
from outlook365_emulator.store.tenant import Tenant


def api_of(call: Call, resource: str) -> Application:
    """Return the application that a resource names by its client id or `api://` and its client id.

    Sources: Microsoft, "Microsoft Entra authentication and authorization error codes" and "Unexpected error when
    performing consent to an application".

    Args:
        call: the request; its tenant has to know the application.
        resource: as the client wrote it.

    Raises:
        EntraError: 500011 for a resource that the tenant does not know, in a browser 650052 where it is another
            tenant's application that could be provisioned, 500014 where its service principal is disabled, 650054
            where its registration is gone.
    """
    world, tenant, _ = call.known()
    client_id = resource.rstrip("/").lower().removeprefix("api://")
    known = GUID.fullmatch(client_id) is not None
    principal = tenant.service_principals.find("client", client_id) if known else None
    api = find_application(world, tenant, client_id) if known else None
    names = {"resource": resource, "tenant": call.directory}
    if principal is None and api is not None and call.endpoint.for_people:
        names |= {"resource": client_id, "resource_name": api.display_name}
        because = f"{api.display_name} is another tenant's, and has no service principal in {tenant.domains[0]}"
        raise call.error(650052, because=because, **names)
    if principal is None:
        because = f"tokens are issued for {call.cloud.graph_url}; {resource!r} is no resource of this cloud's tenant"
        raise call.error(500011, because=because, **names)
    if not principal.enabled:
        because = f"the service principal of {principal.display_name} is disabled in {tenant.domains[0]}"
        raise call.error(500014, because=because, **names)
    if api is None:
        because = f"the registration of {principal.display_name} is gone, only its service principal is left"
        raise call.error(650054, because=because)
    return api


def api_audience(api: Application, resource: str) -> str:
    """Return the audience of a token for an API: its client id in v2.0 tokens, else as the client named it."""
    return api.client_id if api.api_token_version == 2 else resource.rstrip("/")


def granted_by_api(call: Call, api: Application) -> frozenset[str]:
    """Return the delegated permissions of an API that a request gets: those named, or all for `.default`.

    Raises:
        EntraError: 650053 for a name that the API does not offer.
    """
    offered = {name.lower(): name for name in api.api_scopes}
    for name in call.asked.names:
        if name.lower() not in offered:
            because = f"the API {api.display_name} offers {', '.join(api.api_scopes) or 'nothing'}"
            raise call.error(650053, scope=name, resource=api.client_id, because=because)
    if call.asked.default:
        return frozenset(api.api_scopes)
    return frozenset(offered[name.lower()] for name in call.asked.names)


def api_claims(
    tenant: Tenant, holder: Holder, api: Application, *, audience: str, at: float, lifetime: int, token_id: str
) -> dict[str, Any]:
    """Return the claims of an access token for an API, in the version that the API asks for.

    Args:
        tenant: the tenant that issues.
        holder: client, user and permissions.
        api: the application that the token is for.
        audience: `aud`.
        at: the instant of issue in seconds since 1970.
        lifetime: `expires_in` in seconds.
        token_id: the `uti` claim.
    """
    version = api.api_token_version
    client = "azp" if version == 2 else "appid"
    issued = int(at) - SKEW
    claims: dict[str, Any] = {
        "aio": "AXQAi" + opaque_text("aio", tenant.id, api.client_id),
        client: holder.application.client_id,
        f"{client}acr": str(holder.authentication),
        "rh": "1." + opaque_text("rh", tenant.id, holder.application.client_id),
        "tid": tenant.id,
        "uti": token_id,
        "ver": f"{version}.0",
        "xms_ftd": opaque_text("ftd", tenant.id),
    }
    if holder.user is None:
        claims |= {"oid": holder.principal.id, "sub": holder.principal.id}
    else:
        claims |= _person(tenant, holder, holder.user, api)
    first = {"aud": audience, "iss": cloud_named(tenant.cloud).issuer(tenant.id, version)}
    times = {"iat": issued, "nbf": issued, "exp": issued + SKEW + lifetime + 1}
    return {**first, **times, **dict(sorted(claims.items()))}


def _person(tenant: Tenant, holder: Holder, user: User, api: Application) -> dict[str, Any]:
    names = " ".join(sorted(holder.permissions.intersection(api.api_scopes)))
    both = {
        "name": user.display_name,
        "oid": user.id,
        "scp": names,
        "sid": holder.session,
        "sub": pairwise_subject(tenant.id, user.id, api.client_id),
    }
    if api.api_token_version == 2:
        return {**both, "preferred_username": user.user_principal_name}
    given = {"family_name": user.surname, "given_name": user.given_name}
    return {
        **both,
        **{name: value for name, value in given.items() if value},
        "acr": "1",
        "amr": list(holder.methods),
        "ipaddr": holder.address,
        "unique_name": user.user_principal_name,
        "upn": user.user_principal_name,
    }
