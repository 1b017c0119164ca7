"""What the application does for worlds that are recorded, before an answer is sent."""

from outlook365_emulator.journal import Entry
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.recording import NotKept
from outlook365_emulator.store.world import World


def settle_quietly(world: World | None, entry: Entry) -> None:
    """Have written what a request has changed besides records: counts of faults, notifications on their way.

    Where that fails the answer goes out nevertheless, for its records are written; the journal says it.

    Args:
        world: the world of the request, or None.
        entry: the request's line in the journal.
    """
    if world is None or world.recorder is None:
        return
    try:
        world.recorder.settle(world)
    except NotKept as problem:
        entry.reason = entry.reason or str(problem)


def settle_all(hosting: Hosting) -> None:
    """Have written what a call of the control API has changed besides records, in any world.

    Args:
        hosting: the worlds.

    Raises:
        NotKept: it cannot be written.
    """
    for world in hosting:
        if world.recorder is not None:
            world.recorder.settle(world)
