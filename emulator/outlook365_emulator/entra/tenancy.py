"""Which tenant a request means: the first segment of its path, and who may use an application there.

Reference entra 1.2, 1.7, 5.4.
"""

import re

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.other_clouds import leave
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.wire import Response

CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of personal accounts; `consumers` in a path means it."""

OPEN_SEGMENTS = frozenset({"common", "organizations", "consumers", CONSUMERS})

GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


def tenant(call: Call) -> Response | None:
    """Step: find the tenant that the path names; it stays open for `common`, `organizations` and `consumers`.

    A browser that asks for a tenant of another cloud is sent there, where its client can follow.

    Raises:
        EntraError: 900023 where the segment is neither id nor domain; 90002 where no such tenant lives in this cloud;
            90038 at authorize for a tenant of another cloud.
    """
    segment = call.segments["tenant"].lower()
    if segment in OPEN_SEGMENTS:
        return None
    if GUID.fullmatch(segment) is None and _DOMAIN.fullmatch(segment) is None:
        because = f"{segment!r} is neither a tenant id nor a domain"
        raise call.error(900023, tenant=call.segments["tenant"], because=because)
    found = tenant_of(call, segment)
    elsewhere = call.hosting.by_tenant(segment) if found is None else None
    if elsewhere is not None and elsewhere[0] is call.world and call.endpoint.name.startswith("authorize."):
        return leave(call, elsewhere[1])
    if found is None:
        raise call.error(90002, tenant=call.segments["tenant"], because=_why_unknown(call, segment))
    settle(call, found)
    return None


def tenant_of(call: Call, name: str) -> Tenant | None:
    """Return the tenant of the call's world with an id or domain, where the host serves its cloud; else None.

    The metadata of a government tenant can also be asked for by domain at the worldwide host: that is how programs
    find out in which cloud a domain lives (reference entra 1.4).
    """
    found = call.hosting.by_tenant(name)
    if found is None or found[0] is not call.world or found[0].tenants.get(found[1].id) is not found[1]:
        return None
    cloud = cloud_named(found[1].cloud)
    by_domain = name != found[1].id and call.endpoint.name.startswith("metadata.v")
    seen = by_domain and call.clouds[0].personal_accounts and cloud.region_sub_scope is not None
    return found[1] if cloud in call.clouds or seen else None


def _why_unknown(call: Call, name: str) -> str:
    found = call.hosting.by_tenant(name)
    if found is None:
        return f"no tenant of this emulator has the id or domain {name!r}"
    if call.world is not found[0]:
        return f"the tenant {name!r} lives in another world"
    cloud = cloud_named(found[1].cloud)
    return f"the tenant {name!r} lives in the cloud {cloud.id}: its login host is {cloud.login_host}"


def settle(call: Call, found: Tenant) -> None:
    """Note the tenant, and the client's service principal in it where the client is known.

    Raises:
        EntraError: 7000112, the application is disabled in the tenant.
    """
    call.tenant = found
    call.entry.tenant = found.id
    if call.application is None:
        return
    call.principal = found.service_principals.find("client", call.application.client_id)
    if call.principal is not None and not call.principal.enabled:
        raise call.error(7000112, because=f"the service principal is disabled in the tenant {found.domains[0]}")


def sign_in_audience(call: Call) -> None:
    """Step: may the application be used at this tenant segment? Judged by its `signInAudience`.

    Raises:
        EntraError: 50194 for a single-tenant application at `common` or `organizations`; 9002332 for one of
            organisations at `consumers`; 9002346 for one of personal accounts anywhere else.
    """
    application, segment = call.application, call.segments["tenant"].lower()
    assert application is not None
    personal = segment in ("consumers", CONSUMERS)
    because = f"the application's audience is {application.audience}; the path says {segment}"
    if application.audience == "PersonalMicrosoftAccount" and not personal:
        raise call.error(9002346, because=because)
    if personal and application.audience in ("AzureADMyOrg", "AzureADMultipleOrgs"):
        raise call.error(9002332, because=because)
    if call.tenant is None and application.audience == "AzureADMyOrg":
        raise call.error(50194, because=because)
