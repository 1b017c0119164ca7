"""What falls due in a world when nobody asks anything: timers of the event loop for the agendas of running clocks."""

import asyncio
from collections.abc import Callable
from typing import Final

from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.recording import NotKept
from outlook365_emulator.store.world import World

LONGEST: Final = 3600.0
"""Seconds after which a timer looks again at the latest, however far the next entry lies ahead."""

AGAIN: Final = 1.0
"""Seconds until what fell due is tried again where it could not be written."""

_SHORTEST: Final = 0.001


class Alarms:
    """One timer for each world whose clock runs and whose agenda holds something.

    Args:
        hosting: the worlds; timers of those that are dropped do nothing.
        run: runs one entry of an agenda.
        report: called with an exception of an entry, which is a bug.
    """

    def __init__(
        self, hosting: Hosting, run: Callable[[World, Due], None], report: Callable[[BaseException], None]
    ) -> None:
        self._hosting = hosting
        self._run = run
        self._report = report
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def set(self, world: World) -> None:
        """See to it that what is on a world's agenda runs when its time comes; call on the event loop.

        Args:
            world: the world. A clock that stands still rings nothing: it is moved, and what falls due runs then.
        """
        at = world.agenda.next_at()
        if at is None or world.clock.frozen:
            return
        loop = asyncio.get_running_loop()
        seconds = min(max((at - world.clock.now()).total_seconds(), _SHORTEST), LONGEST)
        timer = self._timers.get(world.key)
        if timer is not None:
            if timer.when() <= loop.time() + seconds + _SHORTEST:
                return
            timer.cancel()
        self._timers[world.key] = loop.call_later(seconds, self._ring, world.key)

    def _ring(self, key: str) -> None:
        del self._timers[key]
        world = self._hosting.by_key(key)
        if world is None:
            return
        if not world.clock.frozen:
            try:
                world.run_due(self._run)
                if world.recorder is not None:
                    world.recorder.settle(world)
            except NotKept:  # what fell due is on the agenda again
                self._timers[key] = asyncio.get_running_loop().call_later(AGAIN, self._ring, key)
                return
            except Exception as problem:
                self._report(problem)
        self.set(world)
