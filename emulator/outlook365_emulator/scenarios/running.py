"""A scenario under way in a world: phases begin and end by the agenda, or when requests have come by."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.world_changes import check_names, make_change
from outlook365_emulator.faults.decode import convert
from outlook365_emulator.faults.engine import Watch
from outlook365_emulator.faults.fault import Fault, decode_fault
from outlook365_emulator.faults.kinds.changing import Change
from outlook365_emulator.faults.match import Match, decode_match
from outlook365_emulator.scenarios.documents import PhaseDocument, ScenarioDocument
from outlook365_emulator.scenarios.files import duration_of
from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.world import World
from outlook365_emulator.worlds.reading import DocumentConflict, at

NEXT = "scenario.next"
"""Name of the effect that ends a phase."""


class Running(msgspec.Struct, eq=False):
    """A scenario in a world.

    Attributes:
        document: the scenario.
        keys: makes signing keys.
        prepare: called with the world when a phase has faults that act before there is a request.
        index: number of the phase from 0; the number of phases when all is over.
        round: how often a phase has begun.
        faults: names of the faults that the phase has set.
        due: the entry of the agenda that ends the phase, or None.
        watch: the requests that end it, or None.
    """

    document: ScenarioDocument
    keys: KeyRing | None
    prepare: Callable[[World], None]
    index: int = -1
    round: int = 0
    faults: list[str] = []
    due: Due | None = None
    watch: Watch | None = None

    @property
    def phase(self) -> PhaseDocument | None:
        """The phase that is on, or None when all is over."""
        phases = self.document.phases
        return phases[self.index] if 0 <= self.index < len(phases) else None


def start_scenario(
    world: World,
    document: ScenarioDocument,
    keys: KeyRing | None = None,
    prepare: Callable[[World], None] = lambda world: None,
) -> Running:
    """Let a scenario begin in a world.

    Args:
        world: the world.
        document: the scenario (`read_scenario`).
        keys: the ring that makes signing keys, for the step `roll_signing_key`.
        prepare: called with the world when a phase has faults that act before there is a request.

    Raises:
        DocumentConflict: one of that name runs already.
        DocumentError: a step names somebody or something that the world does not have.
    """
    if document.name in world.scenarios:
        raise DocumentConflict("name", f"a scenario named {document.name!r} runs already in this world")
    for i, phase in enumerate(document.phases):
        for j, step in enumerate(phase.steps):
            with at(f"phases[{i}].steps[{j}]"):
                check_names(list(world.tenants.values()), convert(step, Change, ""))
    running = Running(document, keys, prepare)
    world.scenarios[document.name] = running
    _enter(world, running, 0)
    return running


def resume_scenario(world: World, running: Running, *, due: int, left: int) -> None:
    """Let a scenario that was kept go on in a world whose agenda and faults are in place.

    Args:
        world: the world.
        running: the scenario in its phase.
        due: number of the entry of the agenda that ends the phase, or 0.
        left: how many requests the phase still lasts, or 0 where they do not count.
    """
    world.scenarios[running.document.name] = running
    running.due = next((one for one in world.agenda.state() if one.number == due), None)
    if running.phase is not None and left:
        _watch(world, running, running.phase, left)


def stop_scenario(world: World, name: str) -> None:
    """End a scenario: its faults go, what has happened stays.

    Raises:
        KeyError: none of that name runs.
    """
    _leave(world, world.scenarios.pop(name))


def uses_connections(document: ScenarioDocument) -> bool:
    """Tell whether a phase has faults that act before there is a request."""
    return any(decode_fault(fault).connecting for phase in document.phases for fault in phase.faults)


def next_phase(world: World, due: Due) -> None:
    """Effect: end a phase and begin the next; nothing happens where the phase has ended otherwise."""
    data = dict(due.data)
    running = world.scenarios.get(str(data["scenario"]))
    if isinstance(running, Running) and running.round == data["round"]:
        _leave(world, running)
        following = running.index + 1
        again = running.document.repeat and following == len(running.document.phases)
        _enter(world, running, 0 if again else following, due.at)


def _enter(world: World, running: Running, index: int, at: datetime | None = None) -> None:
    """Begin a phase.

    Args:
        world: the world.
        running: the scenario.
        index: number of the phase.
        at: when the phase before ended, which may be noticed later; None for the present.
    """
    running.index = index
    running.round += 1
    phase = running.phase
    if phase is None:
        return
    for step in phase.steps:
        # Whom a step names was there when the scenario began, and may have been deleted since.
        with suppress(LookupError):
            make_change(world, convert(step, Change, "steps"), running.keys)
    for number, fault in enumerate(phase.faults, 1):
        _add_fault(world, running, phase, number, fault)
    if any(fault.connecting for fault in world.faults.list()):
        running.prepare(world)
    _plan_end(world, running, phase, at or world.clock.now())


def _add_fault(world: World, running: Running, phase: PhaseDocument, number: int, document: dict[str, Any]) -> None:
    name = document.get("name") or (phase.name if len(phase.faults) == 1 else f"{phase.name}-{number}")
    decoded: Fault = decode_fault({**document, "name": f"{running.document.name}.{name}"[:100]})
    held = {fault.name for fault in world.faults.list()}
    wanted, further = decoded.name, running.round
    while decoded.name in held:
        decoded.name, further = f"{wanted}-{further}", further + 1
    running.faults.append(world.faults.add(decoded, world.clock.now()).name)


def _plan_end(world: World, running: Running, phase: PhaseDocument, began: datetime) -> None:
    data: dict[str, str | int] = {"scenario": running.document.name, "round": running.round}
    duration = duration_of(phase)
    if duration is not None:
        running.due = world.agenda.add(began + duration, NEXT, **data)
    elif phase.requests is not None:
        _watch(world, running, phase, phase.requests)


def _watch(world: World, running: Running, phase: PhaseDocument, left: int) -> None:
    """Have a phase end after a number of requests; by the agenda, so that the last is answered as its phase says."""
    data: dict[str, str | int] = {"scenario": running.document.name, "round": running.round}

    def end() -> None:
        world.agenda.add(world.clock.now(), NEXT, **data)

    running.watch = world.faults.watch(Match(decode_match(phase.match, "match")), left, end)


def _leave(world: World, running: Running) -> None:
    held = {fault.name for fault in world.faults.list()}
    for name in running.faults:
        if name in held:
            world.faults.remove(name)
    running.faults = []
    if running.watch is not None:
        world.faults.unwatch(running.watch)
    if running.due is not None:
        world.agenda.cancel(running.due)
    running.watch = running.due = None


EFFECTS: Mapping[str, Callable[[World, Due], None]] = MappingProxyType({NEXT: next_phase})
"""The effects of scenarios, for whoever runs a world's agenda."""
