"""What the entries of a world's agenda do when they fall due: the effects of all services in one table."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.files import unknown

Effect = Callable[[World, Due], None]


@cache
def effects() -> Mapping[str, Effect]:
    """Return every effect by its name, `mail.send_deferred`."""
    # Imported here: a world has nothing on its agenda until a request has put it there.
    from outlook365_emulator.graph.effects import EFFECTS as OF_GRAPH
    from outlook365_emulator.scenarios.running import EFFECTS as OF_SCENARIOS

    return MappingProxyType({**OF_GRAPH, **OF_SCENARIOS})


def run_effect(world: World, due: Due) -> None:
    """Run one entry of the agenda.

    Args:
        world: the world that it belongs to.
        due: the entry.

    Raises:
        LookupError: no effect has this name; the message names the nearest.
    """
    effect = effects().get(due.effect)
    if effect is None:
        raise unknown("effect", due.effect, effects())
    effect(world, due)
