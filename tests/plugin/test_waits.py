"""Waits that move the world's clock: `outlook365_auto_advance`."""

import asyncio
import threading
import time
from time import sleep as copied

import pytest
from outlook365_emulator.client import World
from outlook365_emulator.clock import monotonic

from pytest_outlook365.waits import auto_advance


def span(outlook365: World, wait: object) -> tuple[float, float]:
    """How long a wait took by the world's clock and by the real one."""
    began, real = outlook365.clock.now, monotonic()
    wait()
    return (outlook365.clock.now - began).total_seconds(), monotonic() - real


@pytest.mark.usefixtures("outlook365_auto_advance")
class TestInside:
    def test_sleep(self, outlook365: World) -> None:
        world, real = span(outlook365, lambda: time.sleep(3600))
        assert world >= 3600
        assert real < 5

    def test_a_copy_of_sleep(self, outlook365: World) -> None:
        world, _ = span(outlook365, lambda: copied(60))
        assert world >= 60

    def test_asyncio(self, outlook365: World) -> None:
        async def two() -> list[str]:
            return await asyncio.gather(asyncio.sleep(60, "a"), asyncio.sleep(60, "b"))

        world, real = span(outlook365, lambda: asyncio.run(two()))
        assert world >= 120
        assert real < 5

    def test_what_falls_due_on_the_way_happens(self, outlook365: World) -> None:
        phases = [{"name": "down", "for": "5 min"}]
        scenario = outlook365.scenarios.start({"name": "short", "phases": phases})
        time.sleep(300)
        assert scenario.phase is None

    def test_no_time_is_no_advance(self, outlook365: World) -> None:
        outlook365.clock.freeze()
        began = outlook365.clock.now
        time.sleep(0)
        asyncio.run(asyncio.sleep(0))
        assert outlook365.clock.now == began

    def test_the_emulators_own_waits_stay_real(self, outlook365: World) -> None:
        outlook365.clock.freeze()
        began = outlook365.clock.now
        thread = threading.Thread(target=time.sleep, args=(0.01,), name="outlook365-x")
        thread.start()
        thread.join()
        assert outlook365.clock.now == began


def test_afterwards_everything_is_as_before(outlook365: World) -> None:
    before = (time.sleep, asyncio.sleep, copied)
    with auto_advance(outlook365):
        assert time.sleep is not before[0]
    assert (time.sleep, asyncio.sleep, copied) == before
    assert globals()["copied"] is before[2]
