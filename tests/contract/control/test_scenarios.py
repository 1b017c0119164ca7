"""Scenarios, changes, connections and reports over the control API."""

from typing import Any

import pytest

Api = Any

DOWN = {"kind": "error", "with": {"error": "service_unavailable"}}


def test_scenarios_are_started_listed_and_ended(api: Api, world: str) -> None:
    made = api("POST", f"{world}/scenarios", {"name": "outage"}, status=201)
    assert (made["name"], made["phase"], made["connections"]) == ("outage", "normal", False)
    assert made["phases"] == ["normal", "outage", "recovered"]
    document = {"name": "own", "phases": [{"name": "down", "faults": [DOWN]}]}
    assert api("POST", f"{world}/scenarios", {"document": document}, status=201)["faults"] == ["own.down"]
    assert [one["name"] for one in api("GET", f"{world}/scenarios")["scenarios"]] == ["outage", "own"]
    api("DELETE", f"{world}/scenarios/own", status=204)
    assert api("GET", f"{world}/faults")["faults"] == []
    assert api.refused("DELETE", f"{world}/scenarios/own", status=404)["code"] == "unknown_scenario"


@pytest.mark.parametrize(
    ("document", "status", "words"),
    [
        ({}, 400, "give one of name, document and chaos"),
        ({"name": "outage", "chaos": 0.1}, 400, "give one of"),
        ({"name": "outrage"}, 404, "did you mean 'outage'?"),
        ({"chaos": 2}, 400, "0 to 1"),
        ({"nmae": "outage"}, 400, "did you mean 'name'?"),
        ({"document": {"name": "x"}}, 400, "phases"),
    ],
)
def test_a_wrong_start_is_refused(api: Api, world: str, document: dict[str, Any], status: int, words: str) -> None:
    assert words in api.refused("POST", f"{world}/scenarios", document, status=status)["message"]


def test_the_shipped_ones_say_what_they_find(api: Api) -> None:
    shipped = {one["name"]: one for one in api("GET", "/scenarios")["scenarios"]}
    assert "Retry-After" in shipped["throttled"]["finds"]


def test_faults_before_a_request_prepare_the_world_and_are_asked(api: Api, world: str) -> None:
    question = {"phase": "resolve", "host": "graph.microsoft.com"}
    assert api("POST", f"{world}/connections", question) == {"kind": None, "how": None}
    api("POST", f"{world}/faults", {"kind": "dns"}, status=201)
    assert api.emulator.prepared
    assert api("POST", f"{world}/connections", question) == {"kind": "dns", "how": "unknown"}
    assert api("POST", f"{world}/connections", {**question, "phase": "connect"})["kind"] is None
    api.refused("POST", f"{world}/connections", {**question, "phase": "handshake"}, status=400)


def test_a_report_begins_empty(api: Api, world: str) -> None:
    assert api("GET", f"{world}/report")["observed"] is False
    report = api("POST", f"{world}/report")
    assert (report["observed"], report["requests"], report["cells"]) == (True, 0, [])
    assert set(report["findings"].values()) == {0}


def test_a_change_of_nobody_is_refused(api: Api, world: str) -> None:
    body = {"change": "revoke_sessions", "user": "nobody"}
    assert "nobody" in api.refused("POST", f"{world}/changes", body, status=400)["message"]
    api("POST", f"{world}/changes", {"change": "lift_policies"}, status=204)
