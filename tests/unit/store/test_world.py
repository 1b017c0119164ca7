"""A world: its identity, its clock and what happens when the clock moves."""

from datetime import UTC, datetime, timedelta

import pytest
from outlook365_emulator.clock import Clock
from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.world import KEY_LENGTH, World

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Diary:
    """Notes what ran and what the clock said then."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, datetime]] = []

    def __call__(self, world: World, due: Due) -> None:
        self.entries.append((due.effect, world.clock.now()))


@pytest.fixture
def diary() -> Diary:
    return Diary()


class TestClock:
    def test_what_falls_due_runs_at_its_own_instant(self, world: World, diary: Diary) -> None:
        for minutes in (30, 10, 20, 90):
            world.agenda.add(START + timedelta(minutes=minutes), f"{minutes}")
        world.advance(timedelta(hours=1), diary)
        assert diary.entries == [(f"{minutes}", START + timedelta(minutes=minutes)) for minutes in (10, 20, 30)]
        assert world.clock.now() == START + timedelta(hours=1)
        assert len(world.agenda) == 1

    def test_an_effect_may_plan_another_one(self, world: World) -> None:
        ran: list[datetime] = []

        def every_ten_minutes(world: World, due: Due) -> None:
            ran.append(world.clock.now())
            world.agenda.add(due.at + timedelta(minutes=10), "again")

        world.agenda.add(START + timedelta(minutes=10), "again")
        world.advance(timedelta(minutes=35), every_ten_minutes)
        assert ran == [START + timedelta(minutes=minutes) for minutes in (10, 20, 30)]

    def test_what_is_overdue_runs_at_the_present(self, world: World, diary: Diary) -> None:
        world.agenda.add(START - timedelta(hours=1), "late")
        world.advance(timedelta(minutes=1), diary)
        assert diary.entries == [("late", START)]

    def test_turning_back_runs_nothing(self, world: World, diary: Diary) -> None:
        world.agenda.add(START - timedelta(hours=2), "overdue")
        world.agenda.add(START + timedelta(hours=2), "future")
        world.move_clock(START - timedelta(hours=1), diary)
        assert (diary.entries, world.clock.now()) == ([], START - timedelta(hours=1))
        assert len(world.agenda) == 2

    def test_run_due_leaves_the_clock_alone(self, world: World, diary: Diary) -> None:
        world.agenda.add(START, "now")
        world.agenda.add(START - timedelta(seconds=1), "before")
        world.agenda.add(START + timedelta(seconds=1), "later")
        assert world.run_due(diary) == 2
        assert [effect for effect, _ in diary.entries] == ["before", "now"]
        assert world.clock.now() == START

    def test_a_running_clock_runs_on(self, diary: Diary) -> None:
        world = World("running", clock=Clock(START))
        world.agenda.add(START + timedelta(hours=1), "due")
        world.advance(timedelta(hours=2), diary)
        assert world.clock.now() - START >= timedelta(hours=2)
        ((_, at),) = diary.entries
        assert timedelta(0) <= at - (START + timedelta(hours=1)) < timedelta(seconds=5)
        assert not world.clock.frozen

    def test_an_effect_that_fails_keeps_what_comes_after(self, world: World, diary: Diary) -> None:
        def fail(world: World, due: Due) -> None:
            raise RuntimeError(due.effect)

        for minutes in (1, 2):
            world.agenda.add(START + timedelta(minutes=minutes), f"{minutes}")
        with pytest.raises(RuntimeError):
            world.advance(timedelta(hours=1), fail)
        world.advance(timedelta(hours=1), diary)
        assert [effect for effect, _ in diary.entries] == ["2"]

    def test_no_other_world_notices(self, world: World, diary: Diary) -> None:
        other = World("other", clock=Clock(START, frozen=True))
        world.advance(timedelta(days=1), diary)
        assert other.clock.now() == START


class TestIdentity:
    def test_a_constant_nonce_gives_the_same_ids(self) -> None:
        one, two = (World("a", nonce=b"constant") for _ in range(2))
        assert (one.key, one.ids.guid()) == (two.key, two.ids.guid())

    def test_the_seed_gives_none(self) -> None:
        one, two = (World("a", seed=7) for _ in range(2))
        assert one.key != two.key
        assert one.ids.guid() != two.ids.guid()
        assert one.chance.random() == two.chance.random()

    def test_opaque_values_hold_the_key(self, world: World) -> None:
        value = world.opaque("1.A")
        assert value.startswith("1.A" + world.key)
        assert len(value) == 3 + KEY_LENGTH + 43
        assert world.opaque("1.A") != value

    def test_a_unit_happens_at_the_worlds_present(self, world: World) -> None:
        assert world.unit().now == START
        assert world.unit(START + timedelta(1)).now == START + timedelta(1)
