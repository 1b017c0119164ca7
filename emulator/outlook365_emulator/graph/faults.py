"""The step at which a world's faults have their say: what they see of a call, and what they answer."""

from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.errors import GraphError
from outlook365_emulator.faults.carrying import carried
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.outcomes import Answer, Effect, FaultAnswered
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.fault_effects import carry_out


def apply_faults(call: Call, keys: KeyRing) -> None:
    """Ask the world's faults about a call whose operation is known.

    Args:
        call: the call.
        keys: the ring that makes signing keys.

    Raises:
        GraphError: an error that a fault answers.
        FaultAnswered: a finished answer of a fault.
    """
    folder = call.place.folder or next(
        (key for name, key in zip(call.operation.placeholders, call.keys, strict=True) if name == "folder"), ""
    )
    facts = Facts(
        service="graph",
        operation=call.operation.name,
        method=call.request.method,
        path=call.request.path,
        query=call.request.query,
        host=call.request.host,
        cloud=call.cloud.id,
        tenant=call.claims.tid,
        application=call.claims.appid,
        user=call.claims.upn or "",
        mailbox=mailbox_name(call),
        folder=folder,
        scopes=tuple(sorted(call.permissions)),
        batch=call.request.in_batch,
        body=call.request.body,
    )
    outcome = carried(call.world.faults.decide(facts, call.now), call.request, call.entry)
    if isinstance(outcome, Effect):
        carry_out(call, outcome, facts, keys)
    if isinstance(outcome, Answer):
        if isinstance(outcome.error, GraphError):
            raise outcome.error
        if outcome.response is not None:
            raise FaultAnswered(outcome.response)


def mailbox_name(call: Call) -> str:
    """Return the name of the mailbox that a call addresses, before it is looked up; "" where it addresses none."""
    if call.operation.workload != "outlook" or not call.keys:
        return ""
    if call.place.is_me and call.caller is not None:
        return call.caller.user_principal_name
    user = call.tenant.users.get(call.keys[0].lower())
    return user.user_principal_name if user else call.keys[0]
