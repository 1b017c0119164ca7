"""What a tenant and its policies demand of a sign-in, judged for each request (reference entra 2.1, 3.4, 6.1)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import msgspec

from outlook365_emulator.directory.applications import GRAPH_CLIENT_ID
from outlook365_emulator.directory.conditional_access import policies_for
from outlook365_emulator.entra.call import Call
from outlook365_emulator.errors import EntraError
from outlook365_emulator.store.records.directory import RefreshToken, User
from outlook365_emulator.store.records.policies import AccessPolicy, Control
from outlook365_emulator.store.tenant import Tenant

Judge = Callable[[Call, User, AccessPolicy], EntraError | None]
MFA = "mfa"
"""What `amr` says of a sign-in with a second factor."""

SECOND_FACTOR, ENROL = 50076, 50079
"""What is answered where a second factor is missing: to people who have one, and to those who have to set one up."""


def judge_policies(call: Call) -> None:
    """Judge whether a user's sign-in meets what is demanded of it.

    Raises:
        EntraError: 53003, 70043, 50076 or 50079, 53000, 53001; see `CONTROLS`.
    """
    problem = first_problem(call)
    if problem is not None:
        raise problem


def first_problem(call: Call) -> EntraError | None:
    """Return the error of the first demand that a user's sign-in does not meet, or None."""
    _, tenant, application = call.known()
    user = call.user
    assert user is not None
    for policy in policies_for(tenant, user, application.client_id):
        problem = CONTROLS[policy.control](call, user, policy)
        if problem is not None:
            call.entry.reason = problem.because
            return problem
    if user.mfa_required and not _has_second_factor(call):
        because = f"{user.user_principal_name} has to sign in with a second factor each time (per-user MFA)"
        return _second_factor(call, user, because)
    return None


def stranger(tenant: Tenant) -> int:
    """Return what a tenant answers to people of other tenants that it does not know.

    50020; 90072 where the tenant demands a second factor of everybody, which a stranger cannot give there (Microsoft,
    "Microsoft Entra authentication and authorization error codes": PassThroughUserMfaError).
    """
    for_everybody = (one for one in tenant.access_policies if one.enabled and not one.users)
    return 90072 if any(one.control == "mfa" for one in for_everybody) else 50020


def _error(call: Call, number: int, because: str, claims: str = "", **params: object) -> EntraError:
    on_behalf = call.grant is not None and call.grant.name == "on_behalf_of"
    resource = call.api.client_id if call.api is not None else GRAPH_CLIENT_ID
    where = "obo" if on_behalf else ""
    return call.error(number, where=where, because=because, claims=claims, resource=resource, **params)


def _challenge(policy: AccessPolicy) -> str:
    """Return the claims that a client sends back, so that the policy is judged again after the person has acted."""
    wanted = {"access_token": {"capolids": {"essential": True, "values": [policy.id]}}}
    return msgspec.json.encode(wanted).decode()


def _methods(call: Call) -> tuple[str, ...]:
    return call.sign_in.methods if call.sign_in is not None else ("pwd",)


def _has_second_factor(call: Call) -> bool:
    return MFA in _methods(call)


def _second_factor(call: Call, user: User, because: str, claims: str = "") -> EntraError:
    if user.mfa_registered:
        return _error(call, SECOND_FACTOR, because, claims)
    return _error(call, ENROL, f"{because}, and has none registered", claims)


def _block(call: Call, user: User, policy: AccessPolicy) -> EntraError:
    because = f"the policy {policy.name!r} lets {user.user_principal_name} in nowhere with this application"
    return _error(call, 53003, because, _challenge(policy))


def _mfa(call: Call, user: User, policy: AccessPolicy) -> EntraError | None:
    if _has_second_factor(call):
        return None
    because = f"the policy {policy.name!r} demands a second factor of {user.user_principal_name}"
    return _second_factor(call, user, because, _challenge(policy))


def _compliant(call: Call, user: User, policy: AccessPolicy) -> EntraError:
    because = f"the policy {policy.name!r} demands a compliant device; the emulator knows no devices"
    return _error(call, 53000, because, _challenge(policy), state="unregistered")


def _joined(call: Call, user: User, policy: AccessPolicy) -> EntraError:
    because = f"the policy {policy.name!r} demands a domain joined device; the emulator knows no devices"
    return _error(call, 53001, because, _challenge(policy))


def _frequency(call: Call, user: User, policy: AccessPolicy) -> EntraError | None:
    signed_in = call.sign_in.authenticated if call.sign_in is not None else None
    just_now = call.code is not None or call.device is not None or (call.flow is not None and call.flow.asked_anew)
    if signed_in is None or just_now or call.now - signed_in <= timedelta(hours=policy.hours):
        return None
    because = (
        f"the policy {policy.name!r} demands a sign-in of the last {policy.hours:g} hours; "
        f"the last one was at {signed_in:%Y-%m-%d %H:%M:%S}Z by the world's clock"
    )
    if call.given is None:
        return _error(call, 70044, because)
    return _too_old(call, call.given, policy, because)


def _too_old(call: Call, token: RefreshToken, policy: AccessPolicy, because: str) -> EntraError:
    return _error(call, 70043, because, issued=stamp(token.issued), seconds=int(policy.hours * 3600))


def stamp(instant: datetime) -> str:
    """Write an instant as the error texts do: seven digits of fraction."""
    return f"{instant:%Y-%m-%dT%H:%M:%S.%f}0Z"


CONTROLS: Mapping[Control, Judge] = MappingProxyType(
    {
        "block": _block,
        "sign_in_frequency": _frequency,
        "mfa": _mfa,
        "compliant_device": _compliant,
        "domain_joined_device": _joined,
    }
)
"""How each demand is judged: 53003, 70043 (70044 without a refresh token), 50076 or 50079, 53000, 53001."""
