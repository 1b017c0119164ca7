"""The agenda: what happens later, in order of time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.store.agenda import Agenda

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def drain(agenda: Agenda, until: datetime) -> list[str]:
    found = []
    while (due := agenda.pop_due(until)) is not None:
        found.append(due.effect)
    return found


def test_order_of_time_then_of_planning() -> None:
    agenda = Agenda()
    for seconds, effect in ((3, "c"), (1, "a"), (2, "b1"), (2, "b2")):
        agenda.add(at(seconds), effect)
    assert agenda.next_at() == at(1)
    assert drain(agenda, at(2)) == ["a", "b1", "b2"]
    assert len(agenda) == 1
    assert drain(agenda, at(99)) == ["c"]
    assert agenda.next_at() is None
    assert agenda.pop_due(at(99)) is None


def test_data_is_plain_and_ordered() -> None:
    due = Agenda().add(at(1), "mail.send_deferred", number=7, mailbox="ada")
    assert due.data == (("mailbox", "ada"), ("number", 7))


def test_cancelling() -> None:
    agenda = Agenda()
    first, second = agenda.add(at(1), "first"), agenda.add(at(2), "second")
    agenda.cancel(first)
    agenda.cancel(first)
    assert (len(agenda), agenda.next_at()) == (1, at(2))
    assert drain(agenda, at(9)) == ["second"]
    agenda.cancel(second)
    assert len(agenda) == 0
    agenda.add(at(3), "third")
    assert drain(agenda, at(9)) == ["third"]


def test_restoring() -> None:
    agenda = Agenda()
    gone = agenda.add(at(1), "gone")
    agenda.add(at(3), "late")
    agenda.add(at(2), "early")
    agenda.cancel(gone)
    kept = agenda.state()
    drain(agenda, at(9))
    agenda.add(at(1), "other")
    agenda.restore(kept)
    agenda.add(at(2), "after early")
    assert drain(agenda, at(9)) == ["early", "after early", "late"]


@given(st.lists(st.integers(0, 9)), st.sets(st.integers(0, 20)))
def test_it_is_a_stable_sort(instants: list[int], cancelled: set[int]) -> None:
    agenda = Agenda()
    planned = [agenda.add(at(seconds), str(index)) for index, seconds in enumerate(instants)]
    for index in cancelled:
        if index < len(planned):
            agenda.cancel(planned[index])
    expected = [str(i) for i, _ in sorted(enumerate(instants), key=lambda pair: pair[1]) if i not in cancelled]
    assert len(agenda) == len(expected)
    assert drain(agenda, at(99)) == expected
