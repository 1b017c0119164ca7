"""Notifications on their way: ready, waiting, held, copied, remembered by a snapshot."""

from datetime import UTC, datetime, timedelta

import pytest
from outlook365_emulator.store.notices import KEPT, Notice, Notices

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
URL = "http://127.0.0.1:1/"


@pytest.fixture
def notices() -> Notices:
    return Notices()


def add(notices: Notices, url: str = URL) -> Notice:
    return notices.add("change", "created", "tenant", "subscription", url, NOW, None)


def test_what_is_added_is_ready(notices: Notices) -> None:
    told: list[str] = []
    notices.on_ready = told.append
    first, second = add(notices), add(notices, "http://127.0.0.1:2/")
    assert (first.number, second.number) == (1, 2)
    assert told == [URL, "http://127.0.0.1:2/"]
    assert notices.take(URL, 10) == [first]
    assert notices.take(URL, 10) == []
    assert notices.pending == 1


def test_take_leaves_the_rest(notices: Notices) -> None:
    made = [add(notices) for _ in range(5)]
    assert notices.take(URL, 3) == made[:3]
    assert notices.take(URL, 3) == made[3:]


def test_waiting_and_release(notices: Notices) -> None:
    one = add(notices)
    notices.take(URL, 1)
    notices.wait(one, NOW + timedelta(seconds=10), held=True)
    assert (notices.pending, one.due, one.held) == (1, NOW + timedelta(seconds=10), True)
    notices.release([99, one.number])
    assert (one.due, one.held, notices.waiting) == (None, False, {})
    assert notices.take(URL, 1) == [one]


def test_a_copy_of_a_copy_names_the_first(notices: Notices) -> None:
    one = add(notices)
    twin = notices.copy(notices.copy(one))
    assert (twin.copy_of, twin.judged, one.judged) == (one.number, True, False)


def test_deliveries_are_bounded_and_counted(notices: Notices) -> None:
    for _ in range(KEPT + 1):
        notices.record(
            at=NOW,
            topic="change",
            url=URL,
            outcome="delivered",
            status=202,
            attempt=1,
            subscriptions=(),
            notifications=(),
        )
    assert (notices.total, len(notices.deliveries), notices.deliveries[0].number) == (KEPT + 1, KEPT, 2)


def test_a_snapshot_is_not_touched_by_what_follows(notices: Notices) -> None:
    ready, waiting = add(notices), add(notices)
    notices.take(URL, 2)
    notices.make_ready(ready)
    notices.wait(waiting, NOW + timedelta(hours=1))
    kept = notices.state()
    ready.attempts = 3
    notices.release([waiting.number])
    notices.take(URL, 2)
    notices.restore(kept)
    [again] = notices.take(URL, 2)
    assert (again.number, again.attempts) == (ready.number, 0)
    assert list(notices.waiting) == [waiting.number]
