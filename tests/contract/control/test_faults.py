"""Faults over the control API."""

from typing import Any

import pytest

Api = Any

SLOW = {"kind": "latency", "name": "slow", "with": {"seconds": 2}, "times": 3}


def test_faults_are_added_listed_and_removed(api: Api, world: str) -> None:
    faults = f"{world}/faults"
    made = api("POST", faults, SLOW, status=201)
    assert made == {**SLOW, "counts": {"matched": 0, "served": 0}, "expires": None}
    api("POST", faults, {**SLOW, "name": "slower"})
    assert [one["name"] for one in api("GET", faults)["faults"]] == ["slow", "slower"]
    api("DELETE", f"{faults}/slow", status=204)
    assert [one["name"] for one in api("GET", faults)["faults"]] == ["slower"]
    api("DELETE", faults, status=204)
    assert api("GET", faults)["faults"] == []


def test_a_name_is_given_once(api: Api, world: str) -> None:
    api("POST", f"{world}/faults", SLOW)
    assert api.refused("POST", f"{world}/faults", SLOW, status=409)["code"] == "taken"


@pytest.mark.parametrize(
    ("document", "where", "words"),
    [
        ({"kind": "latncy"}, "kind", "did you mean 'latency'?"),
        ({"kind": "latency", "with": {"secnds": 1}}, "with.secnds", "did you mean"),
        ({**SLOW, "tmes": 1}, "tmes", "did you mean 'times'?"),
        ({**SLOW, "match": {"method": "GETT"}}, "match.method", "GET"),
        ({**SLOW, "until": "soon"}, "until", "instant"),
    ],
)
def test_a_mistake_names_its_place(api: Api, world: str, document: dict[str, Any], where: str, words: str) -> None:
    error = api.refused("POST", f"{world}/faults", document, status=400)
    assert error["where"] == where
    assert words in error["message"]


def test_an_unknown_fault_names_the_nearest(api: Api, world: str) -> None:
    api("POST", f"{world}/faults", SLOW)
    assert "did you mean 'slow'?" in api.refused("DELETE", f"{world}/faults/slwo", status=404)["message"]
