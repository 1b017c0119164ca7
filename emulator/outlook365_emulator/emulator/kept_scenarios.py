"""Scenarios under way as a part of a world that is kept: after a restart they go on where they were."""

from collections.abc import Callable
from typing import Any

import msgspec

from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.scenarios.files import plain_scenario, read_scenario
from outlook365_emulator.scenarios.running import Running, resume_scenario
from outlook365_emulator.store.durable.parts import Part
from outlook365_emulator.store.world import World


class KeptScenario(msgspec.Struct, frozen=True):
    """A scenario under way.

    Attributes:
        document: the scenario as plain data.
        index: number of its phase.
        round: how often a phase has begun.
        faults: names of the faults that the phase has set.
        due: number of the entry of the agenda that ends the phase, or 0.
        left: how many requests the phase still lasts, or 0 where they do not count.
    """

    document: dict[str, Any]
    index: int
    round: int
    faults: tuple[str, ...]
    due: int
    left: int


def scenarios_part(keys: Callable[[], KeyRing], prepare: Callable[[World], None]) -> Part:
    """Return the part.

    Args:
        keys: returns the ring that makes signing keys.
        prepare: called with a world when a phase has faults that act before there is a request.
    """

    def restore(world: World, kept: list[KeptScenario]) -> None:
        for one in kept:
            running = Running(read_scenario(one.document), keys(), prepare, one.index, one.round, [*one.faults])
            resume_scenario(world, running, due=one.due, left=one.left)

    return Part("scenarios", list[KeptScenario], _marks, _read, restore)


def _state(running: Running) -> tuple[int, int, tuple[str, ...], int, int]:
    due = running.due.number if running.due is not None else 0
    left = running.watch.left if running.watch is not None else 0
    return running.index, running.round, tuple(running.faults), due, left


def _marks(world: World) -> Any:
    return tuple((running, *_state(running)) for running in world.scenarios.values())


def _read(world: World) -> list[KeptScenario]:
    return [KeptScenario(plain_scenario(one.document), *_state(one)) for one in world.scenarios.values()]
