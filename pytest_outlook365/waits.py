"""Waits of the code under test that cost no real time: its `time.sleep` and `asyncio.sleep` move the world's clock."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from outlook365_emulator.client import World

OURS = "outlook365-"
"""How the names of the emulator's own threads begin."""


@contextmanager
def auto_advance(world: "World") -> Iterator[None]:
    """Let `time.sleep` and `asyncio.sleep` of this process advance a world's clock by what they were to wait.

    `from time import sleep` is found in every loaded module. Waits of other kinds (events, queues, `select`) are not
    touched, and neither are the emulator's own.

    Args:
        world: the world whose clock moves.
    """
    from outlook365_emulator.net.interception.patches import replace_copies

    places: tuple[tuple[Any, Callable[..., Any]], ...] = ((time, _sleep), (asyncio, _async_sleep))
    with ExitStack() as stack:
        for module, make in places:
            original = module.sleep
            module.sleep = replacement = make(world, original)
            replace_copies({id(original): replacement})
            stack.callback(_restore, module, original, replacement)
        yield


def _restore(module: Any, original: Any, replacement: Any) -> None:
    from outlook365_emulator.net.interception.patches import replace_copies

    if module.sleep is replacement:
        module.sleep = original
    replace_copies({id(replacement): original})


def _waits_really(seconds: float) -> bool:
    return not seconds > 0 or threading.current_thread().name.startswith(OURS)


def _sleep(world: "World", original: Callable[[float], None]) -> Callable[[float], None]:
    def sleep(seconds: float, /) -> None:
        """Advance the clock of the test's world instead of waiting."""
        if _waits_really(seconds):
            original(seconds)
        else:
            world.clock.advance(seconds=seconds)

    return sleep


def _async_sleep(world: "World", original: Callable[..., Any]) -> Callable[..., Any]:
    async def sleep(delay: float, result: Any = None) -> Any:
        """Advance the clock of the test's world instead of waiting; other tasks run meanwhile."""
        if _waits_really(delay):
            return await original(delay, result)
        world.clock.advance(seconds=delay)
        return await original(0, result)

    return sleep
