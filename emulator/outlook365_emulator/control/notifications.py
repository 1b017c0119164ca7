"""The notifications of a world: what became of them, what waits, and sending all of it now."""

from datetime import datetime
from typing import Final

import msgspec

from outlook365_emulator.control.context import Call
from outlook365_emulator.store.notices import Delivery, Notice
from outlook365_emulator.store.world import World
from outlook365_emulator.worlds import DocumentError
from outlook365_emulator.worlds.contents import Document

LONGEST_WAIT: Final = 20.0
"""Seconds that a request may wait for a delivery at most."""


class PendingView(msgspec.Struct):
    """A notification that waits: to be sent for the first time, or again."""

    topic: str
    event: str
    subscription: str
    url: str
    attempts: int
    due: datetime | None


class NotificationsView(msgspec.Struct):
    """What became of notifications, the earliest first, and what is on its way."""

    deliveries: list[Delivery]
    pending: list[PendingView]
    sending: int
    total: int
    dropped: int


class DeliverRequest(Document):
    """Sending what waits.

    Attributes:
        everything: also what waits for its time (a second attempt, a delay).
    """

    everything: bool = True


class DeliveredView(msgspec.Struct):
    """What became of the notifications that were sent, and whether every endpoint answered in time."""

    deliveries: list[Delivery]
    answered: bool
    pending: list[PendingView]


def show_notifications(call: Call) -> NotificationsView:
    """Show what became of notifications; `since` leaves out deliveries up to a number."""
    return _view(call.world, call.number("since") or 0)


async def wait_for_notifications(call: Call) -> NotificationsView:
    """Wait until there is a delivery after the number `since`, `milliseconds` at most, and show what became."""
    world, since = call.world, call.number("since") or 0
    given = call.number("milliseconds")
    wait = LONGEST_WAIT if given is None else min(given / 1000, LONGEST_WAIT)
    await call.context.courier.recorded(world, since, wait)
    return _view(world, since)


async def deliver_notifications(call: Call, request: DeliverRequest) -> DeliveredView:
    """Send what waits, and answer when the endpoints have."""
    world = call.world
    since = world.notices.total
    answered = await call.context.courier.settle(world, everything=request.everything)
    return DeliveredView(_deliveries(world, since), answered, _pending(world))


def _view(world: World, since: int) -> NotificationsView:
    notices = world.notices
    if since > notices.total:
        raise DocumentError("since", f"there have been {notices.total} deliveries, fewer than {since}")
    return NotificationsView(
        deliveries=_deliveries(world, since),
        pending=_pending(world),
        sending=notices.sending,
        total=notices.total,
        dropped=notices.total - len(notices.deliveries),
    )


def _deliveries(world: World, since: int) -> list[Delivery]:
    return [one for one in world.notices.deliveries if one.number > since]


def _pending(world: World) -> list[PendingView]:
    ready = [one for notices in world.notices.ready.values() for one in notices]
    return [_pending_view(one) for one in (*ready, *world.notices.waiting.values())]


def _pending_view(one: Notice) -> PendingView:
    return PendingView(one.topic, one.event, one.subscription, one.url, one.attempts, one.due)
