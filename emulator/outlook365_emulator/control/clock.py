"""A world's clock."""

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.requests import ClockChange
from outlook365_emulator.control.views import ClockView, clock_view
from outlook365_emulator.worlds import DocumentError

FIRST = datetime(1971, 1, 1, tzinfo=UTC)
LAST = datetime(9000, 1, 1, tzinfo=UTC)
"""Between these a clock may stand, so that what follows from it stays in the calendar."""


def show_clock(call: Call) -> ClockView:
    """Show a world's time."""
    return clock_view(call.world)


def change_clock(call: Call, change: ClockChange) -> ClockView | Awaitable[ClockView]:
    """Freeze or resume, set, advance; what falls due on the way runs before the answer, and notifications are sent."""
    clock = call.world.clock
    if change.freeze and change.resume:
        raise DocumentError("resume", "a clock cannot be frozen and resumed at once")
    if change.set is not None:
        _check(change.set, "set")
    if change.advance is not None:
        _check((change.set or clock.now()) + timedelta(seconds=change.advance), "advance")
    if change.freeze:
        clock.freeze()
    if change.resume:
        clock.resume()
    return _deliver_on_the_way(call, change) if call.world.committed else _move(call, change)


def _move(call: Call, change: ClockChange) -> ClockView:
    world = call.world
    if change.set is not None:
        world.move_clock(change.set, call.context.run_effect)
    if change.advance is not None:
        world.advance(timedelta(seconds=change.advance), call.context.run_effect)
    return clock_view(world)


async def _deliver_on_the_way(call: Call, change: ClockChange) -> ClockView:
    world, courier = call.world, call.context.courier
    if change.set is not None:
        await courier.move_clock(world, change.set, call.context.run_effect)
    if change.advance is not None:
        to = world.clock.now() + timedelta(seconds=change.advance)
        await courier.move_clock(world, to, call.context.run_effect)
    return clock_view(world)


def _check(instant: datetime, place: str) -> None:
    if not FIRST <= instant <= LAST:
        raise DocumentError(place, f"{instant.isoformat()} lies outside of {FIRST.year} to {LAST.year}")
