"""What a kind of fault is: its settings, and what it makes of a request."""

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from outlook365_emulator.faults.facts import Facts, Phase
from outlook365_emulator.faults.outcomes import Outcome
from outlook365_emulator.ids import Chance

S = TypeVar("S", bound=msgspec.Struct)


class Window(msgspec.Struct):
    """What a fault remembers of a span of time.

    Attributes:
        began: when it began, or None where it has not.
        count: requests in it.
    """

    began: datetime | None = None
    count: int = 0


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """One request that a fault serves.

    Attributes:
        fault: name of the fault, for the outcome.
        facts: the request.
        now: the world's time.
        chance: the fault's own source of chance: the same seed and the same requests give the same draws.
        window: the fault's own memory, which the kind may change.
    """

    fault: str
    facts: Facts
    now: datetime
    chance: Chance
    window: Window = msgspec.field(default_factory=Window)


CONNECTING: tuple[Phase, ...] = ("resolve", "connect", "handshake")


def any_service(settings: msgspec.Struct) -> tuple[str, ...]:
    """Say that a kind can serve every service."""
    return ()


class Kind(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """A kind of fault.

    Attributes:
        settings: the type of `with`; it refuses what does not fit together by a ValueError in `__post_init__`.
        act: decides what happens to a request; None lets it pass as if the fault were not there.
        phase: whether it acts `before` or `after` the handler.
        delays: whether the outcome is a wait, after which further faults are looked for.
        services: the services that given settings can serve; empty for all. `match.service` is narrowed to them.
        harms: whether it harms an answer of ours, so that it has no business with what we send to webhooks.
        whole: whether it concerns a whole answer on its connection, so that it passes the items of a `$batch`.
    """

    settings: type[S]
    act: Callable[[S, Occasion], Outcome | None]
    phase: Phase = "before"
    delays: bool = False
    services: Callable[[S], tuple[str, ...]] = any_service
    whole: bool = False
    harms: bool = False

    @property
    def connecting(self) -> bool:
        """Whether it acts before there is a request: on a look-up, a connection, a TLS handshake."""
        return self.phase in CONNECTING
