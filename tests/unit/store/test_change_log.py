"""The change log: one live entry per item, tombstones for thirty emulated days."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.store.change_log import ChangeLog

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_one_live_entry_for_an_item() -> None:
    log = ChangeLog()
    for kind in ("created", "updated", "updated"):
        log.append(kind, "message", 268, 1, 1, NOW)
    log.append("created", "message", 268, 2, 2, NOW)
    log.append("deleted", "message", 268, 1, 1, NOW)
    assert [(one.number, one.kind, one.sequence) for one in log] == [(2, "created", 4), (1, "deleted", 5)]


def test_kinds_of_items_have_numbers_of_their_own() -> None:
    log = ChangeLog()
    log.append("created", "message", 268, 1, 1, NOW)
    log.append("created", "mailFolder", 264, 1, 1, NOW)
    assert len(log) == 2
    assert [one.shelf for one in log.since(0, "mailFolder")] == ["mailFolder"]


def test_since() -> None:
    log = ChangeLog()
    for number in range(1, 7):
        log.append("created", "message", 268 if number % 2 else 266, number, number, NOW)
    log.append("updated", "message", 268, 1, 1, NOW)
    assert [one.number for one in log.since(0, "message")] == [2, 3, 4, 5, 6, 1]
    assert [one.number for one in log.since(0, "message", 268)] == [3, 5, 1]
    assert [one.number for one in log.since(5, "message")] == [6, 1]
    assert log.since(7, "message") == []


def test_tombstones_are_forgotten_after_thirty_days() -> None:
    log = ChangeLog()
    log.append("deleted", "message", 268, 1, 1, NOW)
    log.append("created", "message", 268, 2, 2, NOW)
    log.append("deleted", "message", 268, 3, 3, NOW + timedelta(seconds=1))
    log.forget(NOW + timedelta(days=30))
    assert [one.number for one in log] == [1, 2, 3]
    log.append("updated", "message", 268, 4, 4, NOW + timedelta(days=30, milliseconds=1))
    assert [one.number for one in log] == [2, 3, 4]
    log.forget(NOW + timedelta(days=365))
    assert [one.number for one in log] == [2, 4]


def test_an_item_that_comes_back_is_no_tombstone() -> None:
    log = ChangeLog()
    log.append("deleted", "message", 268, 1, 1, NOW)
    log.append("created", "message", 268, 1, 1, NOW)
    log.forget(NOW + timedelta(days=99))
    assert [one.kind for one in log] == ["created"]


def test_restoring() -> None:
    log = ChangeLog()
    log.append("deleted", "message", 268, 1, 1, NOW)
    kept = log.state()
    log.append("created", "message", 268, 2, 2, NOW)
    log.restore(kept)
    assert ([one.number for one in log], log.sequence) == ([1], 1)
    log.forget(NOW + timedelta(days=99))
    assert len(log) == 0
    log.restore(kept)
    assert len(log) == 1


@given(st.lists(st.tuples(st.sampled_from(["created", "updated", "deleted"]), st.integers(1, 5), st.integers(0, 40))))
def test_it_is_what_a_plain_list_says(steps: list[tuple[str, int, int]]) -> None:
    log, plain, now = ChangeLog(), [], NOW
    for kind, number, days in steps:
        now += timedelta(days=days)
        change = log.append(kind, "message", 268, number, number, now)
        plain = [one for one in plain if one.number != number] + [change]
        plain = [one for one in plain if one.kind != "deleted" or one.at >= now - timedelta(days=30)]
    assert list(log) == plain
    for sequence in range(len(steps) + 1):
        assert log.since(sequence, "message") == [one for one in plain if one.sequence > sequence]
