"""What a fault decides, as values; whoever asked carries it out."""

from typing import Any, TypeAlias

import msgspec

from outlook365_emulator.errors import EntraError, GraphError
from outlook365_emulator.wire import Response


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Answer so, and do not ask the handler. Exactly one of `error` and `response` is set.

    Attributes:
        fault: name of the fault, for the journal.
        error: an error that the service renders in its own envelope, with its ids and date.
        response: a finished answer that is sent as it is.
    """

    fault: str
    error: GraphError | EntraError | None = None
    response: Response | None = None


class FaultAnswered(Exception):
    """A fault gave a finished answer in place of the handler; a service sends it as it is.

    Args:
        response: the answer.
    """

    def __init__(self, response: Response) -> None:
        super().__init__("a fault answered")
        self.response = response


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """Harm the connection or the bytes.

    Attributes:
        fault: name of the fault, for the journal.
        kind: what to do, a name that `altering` or `net.wire_faults` knows (`reset`, `truncate`).
        settings: particulars of the kind.
        handled: whether the handler works first, so that what was asked for has happened.
    """

    fault: str
    kind: str
    settings: dict[str, Any] = {}
    handled: bool = True


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """Let the service behave differently for this request, or change the world first.

    Attributes:
        fault: name of the fault, for the journal.
        name: what to do, a name that the service's `effects` knows (`consent_withdrawn`, `stale_read`).
        settings: particulars of the effect.
    """

    fault: str
    name: str
    settings: dict[str, Any] = {}


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """Wait, then go on with what else was decided.

    Attributes:
        fault: name of the fault, for the journal.
        seconds: how long to wait, in seconds.
        then: the outcome that follows the wait; None lets the handler answer.
    """

    fault: str
    seconds: float
    then: Answer | Wire | Effect | None = None


Outcome: TypeAlias = Answer | Delay | Wire | Effect
