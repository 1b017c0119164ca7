"""A world's clock over the control API."""

from datetime import UTC, datetime
from typing import Any

import pytest

Api = Any


def test_a_clock_is_frozen_set_and_advanced(api: Api, world: str) -> None:
    clock = f"{world}/clock"
    frozen = api("POST", clock, {"freeze": True, "set": "2026-03-02T10:00:00+01:00"})
    assert frozen == {"now": "2026-03-02T09:00:00Z", "frozen": True}
    assert api("POST", clock, {"advance": 5400.5})["now"] == "2026-03-02T10:30:00.500000Z"
    assert api("GET", clock)["frozen"] is True
    assert api("POST", clock, {"resume": True})["frozen"] is False


def test_no_other_world_notices(api: Api, world: str) -> None:
    other = f"/worlds/{api('POST', '/worlds', {})['name']}/clock"
    api("POST", f"{world}/clock", {"set": "2040-01-01T00:00:00Z"})
    assert api("GET", other)["now"] < "2040"


def test_what_falls_due_runs_before_the_answer(api: Api, world: str) -> None:
    hosted = api.emulator.hosting.by_name(world.rpartition("/")[2])
    api("POST", f"{world}/clock", {"freeze": True, "set": "2026-03-02T09:00:00Z"})
    hosted.agenda.add(datetime(2026, 3, 2, 10, tzinfo=UTC), "later")
    hosted.agenda.add(datetime(2026, 3, 2, 12, tzinfo=UTC), "much later")
    api("POST", f"{world}/clock", {"advance": 7200})
    assert [(name, due.effect) for name, due in api.emulator.ran] == [(hosted.name, "later")]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"freeze": True, "resume": True}, "resume"),
        ({"advance": -1}, "advance"),
        ({"advance": "2h"}, "advance"),
        ({"advance": 1e30}, "advance"),
        ({"set": "9999-12-31T00:00:00Z"}, "set"),
        ({"set": "8999-12-31T00:00:00Z", "advance": 3e9}, "advance"),
        ({"set": "2026-03-02T09:00:00"}, "set"),
        ({"move": 1}, "move"),
    ],
)
def test_what_a_clock_does_not_do(api: Api, world: str, change: dict[str, Any], where: str) -> None:
    before = api("POST", f"{world}/clock", {"freeze": True})
    assert api.refused("POST", f"{world}/clock", change, status=400)["where"] == where
    assert api("GET", f"{world}/clock") == before
