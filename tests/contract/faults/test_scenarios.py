"""Scenarios in a running world: phases by time and by requests, steps, ends, mistakes."""

from typing import Any

import httpx
import pytest
from outlook365_emulator.client import BadDocument, NotFound, Taken

DOWN = {"kind": "error", "match": {"service": "graph"}, "with": {"error": "service_unavailable"}}


def statuses(place: Any, number: int) -> list[int]:
    return [place.graph("GET", f"{place.mailbox}/messages").status_code for _ in range(number)]


def test_phases_end_by_requests_and_by_time(place: Any) -> None:
    scenario = place.world.scenarios.start("outage")
    assert scenario.phase == "normal"
    assert statuses(place, 5) == [200, 200, 200, 503, 503]
    assert scenario.phase == "outage"
    place.world.clock.advance(minutes=9)
    assert statuses(place, 1) == [503]
    place.world.clock.advance(minutes=1)
    assert statuses(place, 2) == [200, 200]
    assert scenario.phase == "recovered"


def test_a_scenario_repeats(place: Any) -> None:
    phases = [{"name": "calm", "requests": 2}, {"name": "down", "requests": 1, "faults": [DOWN]}]
    place.world.scenarios.start({"name": "again", "repeat": True, "phases": phases})
    assert statuses(place, 7) == [200, 200, 503, 200, 200, 503, 200]


def test_faults_of_one_name_are_told_apart(place: Any) -> None:
    place.world.scenarios.start({"name": "busy", "phases": [{"name": "down", "faults": [{**DOWN, "name": "one"}] * 3}]})
    assert [fault.name for fault in place.world.faults] == ["busy.one", "busy.one-1", "busy.one-2"]


def test_a_phase_begins_with_what_has_happened(place: Any) -> None:
    place.world.scenarios.start("secret_expired")
    assert [place.ask_token().status_code for _ in range(3)] == [200, 401, 401]


def test_only_the_requests_that_match_are_counted(place: Any) -> None:
    phases = [
        {"name": "calm", "requests": 1, "match": {"operation": "mail.folders.*"}},
        {"name": "down", "faults": [DOWN]},
    ]
    place.world.scenarios.start({"name": "counting", "phases": phases})
    assert statuses(place, 3) == [200, 200, 200]
    assert place.graph("GET", f"{place.mailbox}/mailFolders").status_code == 200
    assert statuses(place, 1) == [503]


def test_throttling_that_is_waited_out(place: Any) -> None:
    place.world.scenarios.start("throttled")
    assert statuses(place, 4) == [200, 200, 429, 429]
    place.world.clock.advance(seconds=1)
    assert statuses(place, 3) == [200, 200, 429]


def test_a_scenario_stops_and_its_faults_go(place: Any) -> None:
    place.faults.add("throttled", name="mine", match={"operation": "mail.folders.*"})
    scenario = place.world.scenarios.start({"name": "down", "phases": [{"name": "on", "faults": [DOWN]}]})
    assert [fault.name for fault in place.faults] == ["mine", "down.on"]
    scenario.stop()
    assert [fault.name for fault in place.faults] == ["mine"]
    assert statuses(place, 1) == [200]
    with pytest.raises(NotFound, match="down"):
        scenario.stop()


def test_the_last_phase_may_end(place: Any) -> None:
    phases = [{"name": "down", "for": "10 min", "faults": [DOWN]}]
    scenario = place.world.scenarios.start({"name": "once", "phases": phases})
    place.world.clock.advance(minutes=10)
    assert scenario.phase is None
    assert statuses(place, 1) == [200]


def test_a_snapshot_takes_the_plan_of_a_scenario_along(place: Any) -> None:
    place.world.scenarios.start({"name": "once", "phases": [{"name": "down", "for": "10 min", "faults": [DOWN]}]})
    place.world.snapshot("before")
    place.world.clock.advance(minutes=5)
    place.world.restore("before")
    place.world.clock.advance(minutes=9)
    assert statuses(place, 1) == [503]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"name": "x", "phases": []}, "at least one phase"),
        ({"name": "x", "phases": [{"name": "a"}, {"name": "b"}]}, "say how long the phase lasts"),
        ({"name": "x", "phases": [{"name": "a", "for": 1, "requests": 1}]}, "not both"),
        ({"name": "x", "phases": [{"name": "a", "for": "soon"}]}, "duration"),
        ({"name": "x", "phases": [{"name": "a", "for": 1e12}]}, "at most 3660 days"),
        ({"name": "x", "phases": [{"name": "a", "for": "2026-03-02T09:00:00Z"}]}, "expected a duration"),
        ({"name": "x", "phases": [{"name": "a", "faults": [{"kind": "eror"}]}]}, "did you mean 'error'"),
        ({"name": "x", "phases": [{"name": "a", "steps": [{"chnge": "x"}]}]}, "did you mean 'change'"),
        (
            {"name": "x", "phases": [{"name": "a", "steps": [{"change": "expire_secrets", "app": "?"}]}]},
            "no application",
        ),
        ({"name": "x", "phases": [{"name": "a", "match": {}, "requests": 0}]}, "requests"),
        ({"name": "x", "phases": [{"name": "a", "requests": 1, "match": {"opration": "*"}}]}, "operation"),
        ({"name": "x", "phases": [{"name": "a", "requests": 1}, {"name": "a"}]}, "already"),
        ({"name": "X!", "phases": [{"name": "a"}]}, "small letters"),
        ({"name": "x", "repeat": True, "phases": [{"name": "a", "for": 0.2}, {"name": "b", "for": 0.7}]}, "a second"),
    ],
)
def test_a_wrong_scenario_is_refused_with_the_place(place: Any, document: dict[str, Any], said: str) -> None:
    with pytest.raises(BadDocument, match=said):
        place.world.scenarios.start(document)
    assert len(place.world.scenarios) == 0


def test_an_unknown_scenario_names_the_nearest(place: Any) -> None:
    with pytest.raises(NotFound, match="throttled"):
        place.world.scenarios.start("throtled")


def test_one_name_runs_once(place: Any) -> None:
    place.world.scenarios.start("throttled")
    with pytest.raises(Taken, match="runs already"):
        place.world.scenarios.start("throttled")


def test_the_control_api_lists_what_is_shipped(emulator: Any) -> None:
    shipped = httpx.get(f"{emulator.control_url}/scenarios", trust_env=False).json()["scenarios"]
    assert {"throttled", "outage", "hostile"} <= {one["name"] for one in shipped}
    assert all(one["title"] and one["finds"] for one in shipped)


class TestChaos:
    def test_a_client_that_repeats_once_survives_every_fault(self, place: Any) -> None:
        place.ada.mailbox.receive(subject="Hello", sender="eve@example.org")
        place.world.scenarios.chaos(1.0)
        for _ in range(20):
            assert read_patiently(place) == ["Hello"]

    def test_no_rate_no_trouble(self, place: Any) -> None:
        place.world.scenarios.chaos(0.0)
        assert statuses(place, 20) == [200] * 20

    def test_a_rate_is_a_part_of_one(self, place: Any) -> None:
        with pytest.raises(BadDocument):
            place.world.scenarios.chaos(1.5)


def read_patiently(place: Any) -> list[str]:
    """Read a list as a correct client does: once more after trouble, and on to the next page."""
    link, found = f"{place.mailbox}/messages?$select=subject", []
    while link:
        for _ in range(2):
            try:
                answer = place.graph("GET", link)
            except httpx.TransportError:
                continue
            if answer.status_code == 200:
                break
        page = answer.json()
        found += [one["subject"] for one in page["value"]]
        link = page.get("@odata.nextLink", "")
    return found


def test_the_same_seed_gives_the_same_journal(emulator: Any, place: Any) -> None:
    def run() -> list[tuple[str, int, str]]:
        other = type(place)(emulator, seed=7)
        other.world.scenarios.chaos(0.5)
        for _ in range(25):
            try:
                other.graph("GET", f"{other.mailbox}/messages")
            except httpx.TransportError:
                continue
        journal = [(entry.operation, entry.status, entry.fault) for entry in other.journal]
        other.world.drop()
        return journal

    first = run()
    assert run() == first
    assert any(fault for _, _, fault in first)
