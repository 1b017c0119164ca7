"""Views over calendars that change: what was prepared never shows what is not there any more."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from outlook365_emulator.clock import Clock
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.directory.users import add_user
from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.calendar.adding import add_event, setting_for
from outlook365_emulator.graph.calendar.changing import (
    change_event,
    change_occurrence,
    remove_event,
    remove_occurrence,
)
from outlook365_emulator.graph.calendar.recurrence.instants import overlaps
from outlook365_emulator.graph.calendar.seen_calendars import SeenCalendar, default_calendar
from outlook365_emulator.graph.calendar.seen_events import SeenEvent, instances, seen_event, unfolded, view
from outlook365_emulator.store import snapshot
from outlook365_emulator.store.world import World

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Calendar:
    """A person's calendar, changed at random."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.world = World("views", clock=Clock(START, frozen=True))
        self.tenant = make_tenant(self.world, domains=("contoso.example",))
        self.world.tenants[self.tenant.id] = self.tenant
        with self.world.unit() as unit:
            self.ada = add_user(self.world, self.tenant, unit, "ada")
        box = self.tenant.mailbox_of(self.ada)
        assert box is not None
        self.box = box
        calendar = default_calendar(box)
        self.seen = SeenCalendar(box, calendar, box, calendar, self.ada, "owner")

    def times(self) -> dict[str, Any]:
        zone = self.chance.choice(ZONES)
        begins = datetime(2026, 2, 1) + timedelta(minutes=30 * self.chance.randrange(48 * 60))
        length = timedelta(minutes=self.chance.choice((0, 30, 60, 300, 1500)))
        return {
            "start": {"dateTime": begins.isoformat(), "timeZone": zone},
            "end": {"dateTime": (begins + length).isoformat(), "timeZone": zone},
        }

    def recurrence(self, times: dict[str, Any]) -> dict[str, Any]:
        pattern = self.chance.choice(
            (
                {"type": "daily", "interval": self.chance.randint(2, 5)},
                {"type": "weekly", "interval": self.chance.randint(1, 3), "daysOfWeek": [self.chance.choice(DAYS)]},
                {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": self.chance.randint(1, 31)},
            )
        )
        limits = self.chance.choice(({"type": "noEnd"}, {"type": "numbered", "numberOfOccurrences": 9}))
        return {"pattern": pattern, "range": {**limits, "startDate": times["start"]["dateTime"][:10]}}

    def step(self) -> None:
        """Do one thing that a client could do; what Exchange refuses changes nothing."""
        events = list(self.box.events)
        event = self.chance.choice(events) if events else None
        kind = self.chance.random()
        try:
            with self.world.unit() as unit:
                setting = setting_for(self.world, self.tenant, unit, self.ada)
                if event is None or kind < 0.35:
                    times = self.times()
                    again = {"recurrence": self.recurrence(times)} if kind < 0.2 else {}
                    add_event(self.world, self.tenant, unit, self.ada, {"subject": "x", **times, **again})
                elif kind < 0.5:
                    times = self.times()
                    again = {"recurrence": self.recurrence(times)} if self.chance.random() < 0.5 else {}
                    change_event(setting, event, {**times, **again})
                elif kind < 0.6:
                    remove_event(setting, event)
                elif event.series is not None:
                    found = instances(self.seen, event, START - timedelta(days=40), START + timedelta(days=90))
                    if found:
                        day = self.chance.choice(found).day
                        if kind < 0.8:
                            remove_occurrence(setting, event, day)
                        else:
                            change = self.times() if self.chance.random() < 0.7 else {"subject": "mine"}
                            change_occurrence(setting, event, day, change)
        except GraphError:
            pass

    def plainly(self, low: datetime, high: datetime) -> list[SeenEvent]:
        """What a view must show, without anything prepared."""
        found: list[SeenEvent] = []
        for event in self.box.events:
            if event.series is not None:
                found += instances(self.seen, event, low, high)
            elif overlaps(event.start, event.end, low, high):
                found.append(seen_event(self.seen, event))
        return sorted(found, key=lambda one: (one.start, one.event.number, one.day))

    def check(self) -> None:
        low = START + timedelta(hours=self.chance.randrange(-24 * 40, 24 * 90))
        high = low + timedelta(hours=self.chance.choice((1, 24, 24 * 7, 24 * 45)))
        rows, total = view(self.seen, low, high)
        expected = self.plainly(low, high)
        assert list(unfolded(self.seen, rows)) == expected
        assert total == len(expected)


@pytest.mark.parametrize("seed", range(4))
def test_a_view_is_what_its_events_are_after_any_change(seed: int, amount: Any) -> None:
    calendar = Calendar(seed)
    for _ in range(amount(120, 1500)):
        calendar.step()
        calendar.check()
    assert len(calendar.box.events) > 5


def test_a_snapshot_brings_events_back_as_they_were() -> None:
    calendar = Calendar(1)
    for _ in range(60):
        calendar.step()
    window = START - timedelta(days=30), START + timedelta(days=60)
    before = list(unfolded(calendar.seen, view(calendar.seen, *window)[0]))
    kept = snapshot.take(calendar.world)
    for _ in range(60):
        calendar.step()
    snapshot.restore(calendar.world, kept)
    assert list(unfolded(calendar.seen, view(calendar.seen, *window)[0])) == before


def test_what_fails_leaves_nothing_behind() -> None:
    calendar = Calendar(2)
    for _ in range(60):
        calendar.step()
    window = START - timedelta(days=30), START + timedelta(days=60)
    before = list(unfolded(calendar.seen, view(calendar.seen, *window)[0]))

    def fail() -> None:
        with calendar.world.unit() as unit:
            setting = setting_for(calendar.world, calendar.tenant, unit, calendar.ada)
            for event in list(calendar.box.events)[:5]:
                remove_event(setting, event)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(unfolded(calendar.seen, view(calendar.seen, *window)[0])) == before
