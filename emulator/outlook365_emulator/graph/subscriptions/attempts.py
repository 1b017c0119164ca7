"""When a notification that was not taken is sent again, and what an endpoint earns that is slow.

Reference `graph-core.md` section 10.4; all times are the world's.
"""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.notices import Endpoint, Notice, Notices
from outlook365_emulator.store.world import World

RETRY: Final = "notifications.retry"
"""Name of the effect on the agenda."""

ANSWER_SECONDS: Final = 3.0
"""How long an endpoint may take to answer a notification, in real time."""

SLOW_SECONDS: Final = 2.9
"""An answer that takes longer is slow."""

GIVEN_UP: Final = timedelta(hours=4)
"""How long a notification is sent again before it is given up."""

WINDOW: Final = timedelta(minutes=10)
_JUDGED_FROM: Final = 100
_SLOW_SHARE: Final = 0.10
_DROP_SHARE: Final = 0.15
DROPPED_FOR: Final = timedelta(minutes=10)
HELD_FOR: Final = timedelta(seconds=10)
"""How long notifications for a slow endpoint are held back."""

_PAUSES: Final = (10, 30, 60, 120, 300, 600, 1200, 1800, 3600)
"""Seconds before the second attempt, the third and so on; the last one is repeated."""


def next_attempt(came_about: datetime, now: datetime, attempts: int) -> datetime | None:
    """Return when a notification is sent again, or None where it is given up.

    Args:
        came_about: when the change happened.
        now: the world's present.
        attempts: how often it was sent.
    """
    at = now + timedelta(seconds=_PAUSES[min(attempts, len(_PAUSES)) - 1])
    return at if at <= came_about + GIVEN_UP else None


def send_later(world: World, notice: Notice, at: datetime, *, held: bool = False) -> None:
    """Hold a notification back until an instant, by the agenda of the world.

    Args:
        world: the world.
        notice: the notification.
        at: when it is sent at the latest.
        held: whether it is sent as soon as another one of its subscription was.
    """
    world.notices.wait(notice, at, held=held)
    world.agenda.add(at, RETRY, number=notice.number)


def retry(world: World, due: Due) -> None:
    """Let a notification be sent whose time has come."""
    world.notices.release([int(dict(due.data)["number"])])


def endpoint_of(notices: Notices, url: str) -> Endpoint:
    """Return what is known of the host of a URL."""
    host = urlsplit(url).netloc
    return notices.endpoints.setdefault(host, Endpoint())


def note_answer(endpoint: Endpoint, now: datetime, *, slow: bool, count: int) -> None:
    """Remember an answer of an endpoint; where too many are slow, nothing is sent to it for ten minutes.

    Args:
        endpoint: the endpoint.
        now: the world's present.
        slow: whether the answer was slow, or did not come.
        count: how many notifications it answered.
    """
    endpoint.answers.append((now, count, count if slow else 0))
    endpoint.total += count
    endpoint.slow += count if slow else 0
    if _share(endpoint, now) >= _DROP_SHARE:
        endpoint.dropped_until = now + DROPPED_FOR


def is_dropped(endpoint: Endpoint, now: datetime) -> bool:
    """Return whether nothing is sent to an endpoint now; afterwards it is judged anew."""
    if endpoint.dropped_until is None:
        return False
    if now < endpoint.dropped_until:
        return True
    endpoint.dropped_until = None
    endpoint.answers.clear()
    endpoint.total = endpoint.slow = 0
    return False


def is_slow(endpoint: Endpoint, now: datetime) -> bool:
    """Return whether notifications for an endpoint are held back."""
    return _share(endpoint, now) >= _SLOW_SHARE


def _share(endpoint: Endpoint, now: datetime) -> float:
    answers = endpoint.answers
    while answers and answers[0][0] <= now - WINDOW:
        _, count, slow = answers.popleft()
        endpoint.total -= count
        endpoint.slow -= slow
    return endpoint.slow / endpoint.total if endpoint.total >= _JUDGED_FROM else 0.0
