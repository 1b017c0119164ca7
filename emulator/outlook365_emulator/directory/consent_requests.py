"""The admin-consent workflow: people ask, an administrator decides (Microsoft, "Review admin consent requests")."""

from collections.abc import Iterable

import msgspec

from outlook365_emulator.directory.applications import ensure_service_principal
from outlook365_emulator.directory.consent import grant_scopes
from outlook365_emulator.store.records.directory import Application, User
from outlook365_emulator.store.records.sign_in import ConsentRequest, RequestState
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

LONGEST_REASON = 500


class AlreadyDecided(ValueError):
    """A request that an administrator has approved or denied before."""


def pending_request(tenant: Tenant, client_id: str, user_id: str) -> ConsentRequest | None:
    """Return the undecided request of a person for an application, or None."""
    for request in tenant.consent_requests:
        if (request.client_id, request.user, request.state) == (client_id, user_id, "pending"):
            return request
    return None


def send_request(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    application: Application,
    user: User,
    scopes: Iterable[str],
    reason: str,
) -> ConsentRequest:
    """Ask an administrator to consent; a second request of one person for one application replaces the first.

    Args:
        world: gives the id.
        tenant: the tenant whose administrators are asked.
        unit: the unit of work that it happens in.
        application: what the person wants to use.
        user: the person.
        scopes: delegated permissions that it asks for.
        reason: what the person wrote, cut to 500 characters.
    """
    before = pending_request(tenant, application.client_id, user.id)
    request = ConsentRequest(
        id=before.id if before is not None else world.ids.guid(),
        client_id=application.client_id,
        user=user.id,
        scopes=tuple(dict.fromkeys(scopes)),
        reason=reason[:LONGEST_REASON],
        created=unit.now,
    )
    return unit.put(tenant.consent_requests, request)


def decide(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    application: Application,
    request: ConsentRequest,
    state: RequestState,
) -> ConsentRequest:
    """Approve a request, which grants its permissions for the whole tenant, or deny it.

    Raises:
        AlreadyDecided: the request was decided before.
    """
    if request.state != "pending":
        raise AlreadyDecided(f"the request {request.id} was {request.state} at {request.decided:%Y-%m-%d %H:%M}Z")
    if state == "approved":
        principal = ensure_service_principal(world, tenant, unit, application)
        grant_scopes(world, tenant, unit, principal, request.scopes)
    decided = msgspec.structs.replace(request, state=state, decided=unit.now)
    return unit.put(tenant.consent_requests, decided)
