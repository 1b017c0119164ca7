"""What falls due without a request."""

import asyncio
from datetime import timedelta

from outlook365_emulator.app.alarms import Alarms
from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World


def run(*effects: tuple[str, float], frozen: bool = False, dropped: bool = False) -> tuple[list[str], list[Exception]]:
    """Plan effects, each so many seconds from now, and return which ran within half a second, and what was reported."""
    hosting, world = Hosting(), World("one")
    hosting.add(world)
    ran: list[str] = []
    problems: list[BaseException] = []

    async def wait() -> None:
        done = asyncio.Event()

        def effect(_: World, due: Due) -> None:
            ran.append(due.effect)
            if due.effect == "last":
                done.set()
            if due.effect == "bad":
                raise KeyError("bad")

        alarms = Alarms(hosting, effect, problems.append)
        if frozen:
            world.clock.freeze()
        for name, seconds in effects:
            world.agenda.add(world.clock.now() + timedelta(seconds=seconds), name)
            alarms.set(world)
        if dropped:
            hosting.drop(world)
        await asyncio.wait([asyncio.ensure_future(done.wait())], timeout=0.5)

    asyncio.run(wait())
    return ran, [one for one in problems if isinstance(one, Exception)]


def test_in_order_of_time() -> None:
    assert run(("last", 0.06), ("first", 0.02), ("later", 3600))[0] == ["first", "last"]


def test_a_clock_that_stands_still() -> None:
    assert run(("last", 0.01), frozen=True)[0] == []


def test_a_world_that_is_gone() -> None:
    assert run(("last", 0.01), dropped=True)[0] == []


def test_an_effect_that_fails_is_reported_and_the_next_runs() -> None:
    ran, problems = run(("bad", 0.01), ("last", 0.05))
    assert ran == ["bad", "last"]
    assert [type(one) for one in problems] == [KeyError]
