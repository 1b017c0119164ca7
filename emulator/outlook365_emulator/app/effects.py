"""What the entries of a world's agenda do when they fall due: the effects of all services in one table."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from outlook365_emulator.graph.effects import EFFECTS as GRAPH_EFFECTS
from outlook365_emulator.scenarios.running import EFFECTS as SCENARIO_EFFECTS
from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.files import unknown

Effect = Callable[[World, Due], None]

EFFECTS: Mapping[str, Effect] = MappingProxyType({**GRAPH_EFFECTS, **SCENARIO_EFFECTS})
"""Every effect by its name, `mail.send_deferred`."""


def run_effect(world: World, due: Due) -> None:
    """Run one entry of the agenda.

    Args:
        world: the world that it belongs to.
        due: the entry.

    Raises:
        LookupError: no effect has this name; the message names the nearest.
    """
    effect = EFFECTS.get(due.effect)
    if effect is None:
        raise unknown("effect", due.effect, EFFECTS)
    effect(world, due)
