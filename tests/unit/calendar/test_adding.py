"""Events added without a request, and calendars filled with invented weeks."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from outlook365_emulator.clock import Clock
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.directory.users import add_user
from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.calendar.adding import add_event, events_between
from outlook365_emulator.graph.calendar.filling import fill
from outlook365_emulator.store.world import World

START = datetime(2026, 3, 4, 9, tzinfo=UTC)


def organisation() -> tuple[World, Any, list[Any]]:
    world = World("calendar", seed=1, clock=Clock(START, frozen=True))
    tenant = make_tenant(world, domains=("contoso.example",))
    world.tenants[tenant.id] = tenant
    with world.unit() as unit:
        users = [add_user(world, tenant, unit, name) for name in ("ada", "ben", "cleo")]
        users.append(add_user(world, tenant, unit, "guest", has_mailbox=False))
    return world, tenant, users


@pytest.fixture
def people() -> tuple[World, Any, list[Any]]:
    return organisation()


TIMES = {"start": {"dateTime": "2026-03-04T10:00"}, "end": {"dateTime": "2026-03-04T11:00"}}


class TestAddEvent:
    def test_names_are_taken_in_any_case_and_the_answer_is_graph_json(self, people) -> None:
        world, tenant, (ada, *_) = people
        with world.unit() as unit:
            event = add_event(world, tenant, unit, ada, {"Subject": "Lunch", "showas": "FREE", **TIMES})
        document = json.loads(event.document)
        assert (document["subject"], document["showAs"]) == ("Lunch", "free")

    def test_what_is_wrong_is_said_and_nothing_stays(self, people) -> None:
        world, tenant, (ada, _, _, guest) = people
        with world.unit() as unit:
            add_event(world, tenant, unit, ada, {**TIMES, "subject": "stays"})
        with pytest.raises(GraphError), world.unit() as unit:
            add_event(world, tenant, unit, ada, {"subject": "no times"})
        with pytest.raises(LookupError, match="no mailbox"), world.unit() as unit:
            add_event(world, tenant, unit, guest, TIMES)
        with pytest.raises(LookupError, match="Calendar"), world.unit() as unit:
            add_event(world, tenant, unit, ada, TIMES, "Calender")
        (found,) = events_between(tenant, ada, START - timedelta(days=9), START + timedelta(days=9))
        assert found["subject"] == "stays"

    def test_a_window_gives_occurrences(self, people) -> None:
        world, tenant, (ada, *_) = people
        recurrence = {
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "noEnd", "startDate": "2026-03-04"},
        }
        with world.unit() as unit:
            add_event(world, tenant, unit, ada, {**TIMES, "recurrence": recurrence})
        found = list(events_between(tenant, ada, START, START + timedelta(days=3)))
        assert [one["type"] for one in found] == ["occurrence"] * 3


class TestFill:
    def told(self, people, seed: int, weeks: int = 4) -> list[tuple[str, str]]:
        world, tenant, users = people
        user = users[0]
        counts = list(fill(world, tenant, world.unit, user, weeks, seed, "Europe/Berlin"))
        assert len(counts) == weeks
        assert counts == sorted(counts)
        found = events_between(tenant, user, START - timedelta(days=9), START + timedelta(weeks=6))
        return [(one["start"]["dateTime"], one["subject"]) for one in found]

    def test_weeks_are_believable(self, people) -> None:
        _, tenant, users = people
        assert len(self.told(people, 7)) > 80
        found = list(events_between(tenant, users[0], START - timedelta(days=2, hours=9), START + timedelta(weeks=4)))
        timed = [one for one in found if not one["isAllDay"]]
        assert all(datetime.fromisoformat(one["start"]["dateTime"][:19]).weekday() < 5 for one in found)
        assert all("07:00" <= one["start"]["dateTime"][11:16] < "17:00" for one in timed)
        ends = [(one["start"]["dateTime"], one["end"]["dateTime"]) for one in timed]
        assert all(after[0] >= before[1] for before, after in pairwise(ends)), "nothing overlaps"
        assert {one["type"] for one in found} == {"occurrence", "singleInstance"}
        assert any(one["attendees"] for one in found)
        assert any(one["sensitivity"] == "private" for one in found)

    def test_the_same_seed_invents_the_same_and_another_does_not(self) -> None:
        first, again, other = (self.told(organisation(), seed) for seed in (7, 7, 8))
        assert first == again
        assert first != other

    def test_what_is_wrong_is_refused_at_the_call(self, people) -> None:
        world, tenant, users = people
        with pytest.raises(ValueError, match="negative"):
            fill(world, tenant, world.unit, users[0], -1)
        with pytest.raises(LookupError):
            fill(world, tenant, world.unit, users[3])

    def test_no_weeks_are_no_events(self, people) -> None:
        assert self.told(people, 7, 0) == []
