"""From a decision to the request: what every service does with an outcome in the same way."""

from outlook365_emulator.faults.outcomes import Answer, Delay, Effect, Outcome, Wire
from outlook365_emulator.journal import Entry
from outlook365_emulator.wire import Harm, Request, Response


def carried(outcome: Outcome | None, request: Request, entry: Entry) -> Answer | Effect | None:
    """Note a wait and a harm at the request and the fault's name in the journal; return what the service has to do.

    Args:
        outcome: what was decided.
        request: the request, which takes `delay` and `harm`.
        entry: its line in the journal.

    Returns:
        An answer in place of the handler's, an effect, or None where the handler answers. A harm that keeps the handler
        from working comes as an answer that nobody will see.
    """
    if isinstance(outcome, Delay):
        request.delay += outcome.seconds
        entry.fault = outcome.fault
        outcome = outcome.then
    if outcome is None:
        return None
    entry.fault = outcome.fault
    if not isinstance(outcome, Wire):
        return outcome
    request.harm = Harm(outcome.kind, outcome.settings)
    if outcome.handled:
        return None
    entry.reason = f"the fault {outcome.fault!r} ({outcome.kind}) kept the request from being handled"
    return Answer(fault=outcome.fault, response=Response(503))
