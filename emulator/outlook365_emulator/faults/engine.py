"""The faults of one world: which one serves this request?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from msgspec.structs import replace

from outlook365_emulator.ids import Chance

from .decode import FaultError, unknown
from .facts import Facts
from .fault import Fault, decode_fault
from .match import VOCABULARY, Known
from .outcomes import Delay, Outcome
from .until import expiry


class Near(NamedTuple):
    """A fault that did not serve a request, and why.

    Attributes:
        fault: its name.
        differences: a line for each thing that kept it off; empty when only chance did or an earlier fault served.
    """

    fault: str
    differences: list[str]


class FaultEngine:
    """Holds the faults of one world in the order of adding and decides which serves a request.

    Every fault draws from a source of its own, made from the seed and its name: what a fault decides about its n-th
    matching request depends neither on other faults nor on anything else that draws from the world's chance later.

    Args:
        chance: the world's seeded chance; one number is drawn from it.
        known: for keys of `match`, the values that exist, so that a misspelt operation is refused at `add`.
    """

    __slots__ = ("_added", "_faults", "_known", "_root", "active")

    active: bool
    """Whether any fault is set; where not, facts need not be gathered."""

    def __init__(self, chance: Chance, *, known: Known = VOCABULARY) -> None:
        self.active = False
        self._faults: dict[str, Fault] = {}
        self._known = known
        self._root = chance.getrandbits(64)
        self._added = 0

    def add(self, document: Mapping[str, Any] | Fault, now: datetime) -> Fault:
        """Add a fault after those that are set.

        Args:
            document: a fault as plain data, or a decoded one, which is copied with its counts at zero.
            now: the world's time, from which a duration in `until` counts.

        Returns:
            The fault as held, with its name; its `matched` and `served` go on counting.

        Raises:
            FaultError: it is described wrongly, or its name is taken.
        """
        given = document if isinstance(document, Fault) else decode_fault(document, known=self._known)
        if given.name in self._faults:
            raise FaultError("name", f"a fault named {given.name!r} is set already")
        expires = expiry(given.until, now)
        name = given.name or self._made_name(given.kind)
        draws = Chance(f"{self._root}/{name}")
        self._faults[name] = fault = replace(given, name=name, expires=expires, draws=draws, matched=0, served=0)
        self.active = True
        return fault

    def remove(self, name: str) -> None:
        """Remove a fault.

        Raises:
            FaultError: no fault has this name; the nearest name is given.
        """
        if name not in self._faults:
            raise FaultError("name", unknown("fault", name, self._faults) if self._faults else "no fault is set")
        del self._faults[name]
        self.active = bool(self._faults)

    def clear(self) -> None:
        """Remove every fault."""
        self._faults.clear()
        self.active = False

    def list(self) -> list[Fault]:
        """Return the faults in the order in which they are asked, those that are used up or over included."""
        return [*self._faults.values()]

    def decide(self, facts: Facts, now: datetime) -> Outcome | None:
        """Decide what happens to a request, and count.

        The first fault that serves it wins. A wait does not end the search: the first wait is combined with the first
        other outcome after it (`Delay.then`); further waits are passed over, and so is what stands after the winner.

        Args:
            facts: the request.
            now: the world's time.

        Returns:
            The outcome, or None where no fault serves the request.
        """
        if not self.active:
            return None
        delay: Delay | None = None
        for fault in self._faults.values():
            if fault.phase != facts.phase or (delay is not None and fault.delays) or not fault.takes(facts, now):
                continue
            outcome = fault.act(facts, now)
            if not isinstance(outcome, Delay):
                return outcome if delay is None else replace(delay, then=outcome)
            delay = outcome
        return delay

    def explain(self, facts: Facts, now: datetime) -> tuple[Near, ...]:
        """Say why each fault would not serve a request if it came next, the nearest first; nothing is counted.

        Args:
            facts: the request.
            now: the world's time.
        """
        found = [Near(fault.name, fault.difference(facts, now)) for fault in self._faults.values()]
        return tuple(sorted(found, key=lambda near: len(near.differences)))

    def _made_name(self, kind: str) -> str:
        while True:
            self._added += 1
            name = f"{kind}-{self._added}"
            if name not in self._faults:
                return name
