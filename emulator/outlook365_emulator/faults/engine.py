"""The faults of one world: which one serves this request?"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from outlook365_emulator.faults.decode import FaultError, unknown
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.fault import Fault, decode_fault
from outlook365_emulator.faults.kinds.kind import Window
from outlook365_emulator.faults.match import VOCABULARY, Known, Match
from outlook365_emulator.faults.outcomes import Delay, Outcome
from outlook365_emulator.faults.until import expiry
from outlook365_emulator.ids import Chance

KEPT = 1000
"""How many faults are remembered for reports."""


class Served(NamedTuple):
    """How many requests the faults of one name have served, those that were removed included."""

    name: str
    kind: str
    served: int


class Near(NamedTuple):
    """A fault that did not serve a request, and why.

    Attributes:
        fault: its name.
        differences: a line for each thing that kept it off; empty when only chance did or an earlier fault served.
    """

    fault: str
    differences: list[str]


class Watch(msgspec.Struct, eq=False):
    """Requests that are counted.

    Attributes:
        match: which.
        left: how many are still to come.
        then: called after the last.
    """

    match: Match
    left: int
    then: Callable[[], None]


class FaultEngine:
    """Holds the faults of one world in the order of adding and decides which serves a request.

    Every fault draws from a source of its own, made from the seed and its name: what a fault decides about its n-th
    matching request depends neither on other faults nor on anything else that draws from the world's chance later.

    Args:
        chance: the world's seeded chance; one number is drawn from it.
        known: for keys of `match`, the values that exist, so that a misspelt operation is refused at `add`.
    """

    __slots__ = (
        "_added",
        "_ever",
        "_faults",
        "_known",
        "_removed",
        "_root",
        "_spared",
        "_watches",
        "active",
        "connecting",
    )

    active: bool
    """Whether any fault is set or anything is watched; where not, facts need not be gathered."""

    connecting: bool
    """Whether a fault is set that acts before there is a request."""

    def __init__(self, chance: Chance, *, known: Known = VOCABULARY) -> None:
        self.active = False
        self.connecting = False
        self._faults: dict[str, Fault] = {}
        self._ever: dict[str, Fault] = {}
        self._removed: dict[str, int] = {}
        self._watches: list[Watch] = []
        self._spared: set[str] = set()
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
        self._faults[name] = fault = replace(
            given, name=name, expires=expires, draws=draws, matched=0, served=0, window=Window()
        )
        before = self._ever.get(name)
        if before is not None:
            self._removed[name] = self._removed.get(name, 0) + before.served
        if before is not None or len(self._ever) < KEPT:
            self._ever[name] = fault
        self._settle()
        return fault

    def remove(self, name: str) -> None:
        """Remove a fault.

        Raises:
            FaultError: no fault has this name; the nearest name is given.
        """
        if name not in self._faults:
            raise FaultError("name", unknown("fault", name, self._faults) if self._faults else "no fault is set")
        del self._faults[name]
        self._settle()

    def clear(self) -> None:
        """Remove every fault."""
        self._faults.clear()
        self._settle()

    def watch(self, match: Match, count: int, then: Callable[[], None]) -> "Watch":
        """Have something done when a number of requests has come by, whether or not a fault serves them.

        Args:
            match: the requests meant.
            count: how many of them, at least 1.
            then: called when the last of them has been decided on; it must not add or remove watches itself.
        """
        watch = Watch(match, count, then)
        self._watches.append(watch)
        self._settle()
        return watch

    def unwatch(self, watch: "Watch") -> None:
        """Stop watching; nothing happens where it has ended."""
        if watch in self._watches:
            self._watches.remove(watch)
            self._settle()

    def _settle(self) -> None:
        self.active = bool(self._faults or self._watches)
        self.connecting = any(fault.connecting for fault in self._faults.values())

    def list(self) -> list[Fault]:
        """Return the faults in the order in which they are asked, those that are used up or over included."""
        return [*self._faults.values()]

    @property
    def ever(self) -> tuple[Served, ...]:
        """What the faults that are or were set have served, for reports; one line for each name."""
        return tuple(
            Served(name, fault.kind, fault.served + self._removed.get(name, 0)) for name, fault in self._ever.items()
        )

    def state(self) -> tuple[int, int, tuple[str, ...]]:
        """Return what its faults draw from, how many names it made, and which attempts are spared next."""
        return self._root, self._added, tuple(sorted(self._spared))

    def resume(self, state: tuple[int, int, tuple[str, ...]], faults: Iterable[Fault]) -> None:
        """Go on with what `state` returned and with faults as they were held, their counts included."""
        self._root, self._added, spared = state
        self._spared = set(spared)
        self._faults = {fault.name: fault for fault in faults}
        self._ever = dict(self._faults)
        self._settle()

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
        if self._watches and facts.phase == "before":
            self._note(facts)
        attempt = f"{facts.phase} {facts.method} {facts.host} {facts.path} {facts.user}"
        spared = attempt in self._spared
        self._spared.discard(attempt)
        delay: Delay | None = None
        for fault in self._faults.values():
            if fault.phase != facts.phase or (delay is not None and fault.delays) or (spared and fault.spare):
                continue
            if not fault.takes(facts, now):
                continue
            outcome = fault.act(facts, now)
            if outcome is None:
                continue
            if not isinstance(outcome, Delay):
                if fault.spare:
                    self._spared.add(attempt)
                return outcome if delay is None else replace(delay, then=outcome)
            delay = outcome
        return delay

    def _note(self, facts: Facts) -> None:
        """Count a request for those who watch."""
        for watch in [one for one in self._watches if one.match.matches(facts)]:
            watch.left -= 1
            if watch.left <= 0:
                self.unwatch(watch)
                watch.then()

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
