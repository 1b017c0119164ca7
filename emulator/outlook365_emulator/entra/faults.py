"""Faults at Entra: what a fault can see of a request, and how its outcome is carried out."""

from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.fault_effects import carry_out
from outlook365_emulator.faults.carrying import carried
from outlook365_emulator.faults.facts import Facts, Phase
from outlook365_emulator.faults.outcomes import Answer, Effect, FaultAnswered


def fault(call: Call) -> None:
    """Step: let the world's faults act before anything is checked further.

    Raises:
        EntraError: the error that a fault answers with.
        FaultAnswered: the whole answer of a fault.
    """
    act(call, "before")


def act(call: Call, phase: Phase) -> None:
    """Ask the world's faults about a request and carry out what they decide.

    Args:
        call: the request.
        phase: `before` or `after` it has been handled.

    Raises:
        EntraError: the error that a fault answers with.
        FaultAnswered: the whole answer of a fault.
    """
    if call.world is None or not call.world.faults.active:
        return
    facts = facts_of(call, phase)
    outcome = carried(call.world.faults.decide(facts, call.now), call.request, call.entry)
    if isinstance(outcome, Effect):
        carry_out(call, outcome, facts)
    if isinstance(outcome, Answer):
        if outcome.response is not None:
            raise FaultAnswered(outcome.response)
        if outcome.error is not None:
            raise outcome.error


def facts_of(call: Call, phase: Phase) -> Facts:
    """Return what a fault can see of a request."""
    return Facts(
        service="entra",
        operation=call.entry.operation,
        method=call.request.method,
        path=call.request.path,
        query=call.request.query,
        host=call.request.host,
        cloud=call.cloud.id,
        tenant=call.tenant.id if call.tenant is not None else "",
        application=call.form.get("client_id", "").lower(),
        user=_user(call),
        grant=call.form.get("grant_type", ""),
        scopes=tuple((call.form.get("scope") or call.form.get("resource") or "").split()),
        body=call.request.body,
        phase=phase,
    )


def _user(call: Call) -> str:
    """Return the name of the user that the request is about: named in it, or the one of its refresh token."""
    named = call.form.get("username", "")
    presented = call.form.get("refresh_token", "")
    if named or not presented or call.world is None:
        return named
    for tenant in call.world.tenants.values():
        token = tenant.refresh_tokens.get(presented)
        user = tenant.users.get(token.user) if token is not None else None
        if user is not None:
            return user.user_principal_name
    return ""
