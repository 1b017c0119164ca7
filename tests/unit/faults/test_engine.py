"""The engine: order, counts, chance, end, waits, names, explanations, and the same decisions for the same seed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.clock import monotonic
from outlook365_emulator.faults.decode import FaultError
from outlook365_emulator.faults.engine import FaultEngine
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.fault import decode_fault, describe
from outlook365_emulator.faults.match import Match, decode_match
from outlook365_emulator.faults.outcomes import Answer, Delay, Outcome
from outlook365_emulator.ids import Chance

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
LIST = Facts(service="graph", operation="mail.messages.list", method="GET")
SEND = Facts(service="graph", operation="mail.send", method="POST")


def engine_with(*documents: dict[str, Any], seed: int = 1) -> FaultEngine:
    engine = FaultEngine(Chance(seed))
    for document in documents:
        engine.add(document, NOW)
    return engine


def status(code: int, **envelope: Any) -> dict[str, Any]:
    return {"kind": "error", "with": {"status": code}, **envelope}


def wait(seconds: float, **envelope: Any) -> dict[str, Any]:
    return {"kind": "latency", "with": {"seconds": seconds}, **envelope}


def seen(outcome: Outcome | None) -> Any:
    """Reduce an outcome to its status, its seconds, or both."""
    if isinstance(outcome, Delay):
        return outcome.seconds if outcome.then is None else (outcome.seconds, seen(outcome.then))
    if isinstance(outcome, Answer):
        assert outcome.response is not None
        return outcome.response.status
    return outcome


def decisions(engine: FaultEngine, *requests: Facts, now: datetime = NOW) -> list[Any]:
    return [seen(engine.decide(facts, now)) for facts in requests]


def test_without_faults_nothing_is_decided() -> None:
    engine = FaultEngine(Chance(1))
    assert not engine.active
    assert engine.decide(LIST, NOW) is None
    assert engine.list() == []


def test_the_first_fault_that_matches_wins_and_later_ones_are_not_counted() -> None:
    engine = engine_with(status(503, match={"operation": "mail.send"}), status(500), status(502))
    assert decisions(engine, LIST, SEND) == [500, 503]
    assert [(fault.matched, fault.served) for fault in engine.list()] == [(1, 1), (1, 1), (0, 0)]


def test_times_serves_so_many_and_hands_over_to_the_next() -> None:
    engine = engine_with(status(429, times=2), status(500, times=1))
    assert decisions(engine, *[LIST] * 4) == [429, 429, 500, None]
    assert [(fault.matched, fault.served) for fault in engine.list()] == [(4, 2), (2, 1)]


def test_after_lets_matching_requests_pass_first() -> None:
    engine = engine_with(status(429, after=2, times=1, match={"operation": "mail.messages.*"}))
    assert decisions(engine, LIST, SEND, LIST, LIST, LIST) == [None, None, None, 429, None]


@pytest.mark.parametrize(
    ("nth", "expected"),
    [(2, [None, 500, None, None]), ([1, 3], [500, None, 500, None])],
)
def test_nth_counts_the_requests_that_fit_the_rest_of_the_match(nth: Any, expected: list[Any]) -> None:
    engine = engine_with(status(500, match={"operation": "mail.messages.list", "nth": nth}))
    assert decisions(engine, SEND) == [None]
    assert decisions(engine, *[LIST] * 4) == expected


def test_a_duration_ends_in_the_time_of_the_world() -> None:
    engine = engine_with(status(503, until="10 min"))
    (fault,) = engine.list()
    assert fault.expires == NOW + timedelta(minutes=10)
    assert decisions(engine, LIST, now=NOW + timedelta(minutes=9)) == [503]
    assert decisions(engine, LIST, now=NOW + timedelta(minutes=10)) == [None]
    assert (fault.matched, fault.served) == (1, 1)


def test_an_instant_ends_in_the_time_of_the_world() -> None:
    engine = engine_with(status(503, until="2026-11-02T12:00:00+01:00"))
    assert decisions(engine, LIST, now=NOW + timedelta(minutes=59)) == [503]
    assert decisions(engine, LIST, now=NOW + timedelta(minutes=60)) == [None]


def test_chance_serves_about_its_share() -> None:
    engine = engine_with(status(500, chance=0.25), status(501, chance=0), status(200, chance=1.0))
    found = decisions(engine, *[LIST] * 1000)
    assert 200 < found.count(500) < 300
    assert found.count(501) == 0
    assert found.count(200) == 1000 - found.count(500)


def test_a_wait_is_combined_with_the_next_fault_that_is_no_wait() -> None:
    engine = engine_with(wait(2), wait(5), status(503, match={"operation": "mail.send"}))
    assert decisions(engine, LIST, SEND) == [2, (2, 503)]
    assert [(fault.matched, fault.served) for fault in engine.list()] == [(2, 2), (0, 0), (1, 1)]


def test_a_wait_after_the_winner_does_not_count() -> None:
    assert decisions(engine_with(status(503), wait(2)), LIST) == [503]


def test_a_wait_that_is_used_up_hands_over_to_the_next() -> None:
    assert decisions(engine_with(wait(2, times=1), wait(5)), LIST, LIST) == [2, 5]


def test_a_fault_acts_only_in_the_phase_of_its_kind() -> None:
    engine = engine_with(status(503, times=1))
    late = Facts(operation="mail.send", phase="after")
    assert decisions(engine, late, SEND) == [None, 503]


def test_names_are_made_and_never_twice() -> None:
    engine = engine_with(status(500), wait(1, name="error-3"), status(501))
    assert [fault.name for fault in engine.list()] == ["error-1", "error-3", "error-2"]
    engine.remove("error-2")
    assert engine.add(status(502), NOW).name == "error-4"


def test_a_name_that_is_taken_or_unknown_is_refused() -> None:
    engine = engine_with(status(500, name="outage"))
    with pytest.raises(FaultError, match=r"^name: a fault named 'outage' is set already"):
        engine.add(status(500, name="outage"), NOW)
    with pytest.raises(FaultError, match=r"^name: unknown fault 'outrage'; did you mean 'outage'"):
        engine.remove("outrage")
    engine.remove("outage")
    with pytest.raises(FaultError, match="no fault is set"):
        engine.remove("outage")


def test_a_fault_that_is_refused_leaves_nothing_behind() -> None:
    engine = FaultEngine(Chance(1))
    with pytest.raises(FaultError):
        engine.add({"kind": "eror"}, NOW)
    with pytest.raises(FaultError, match="beyond the year 9999"):
        engine.add(status(500, until=1e12), NOW)
    assert not engine.active


def test_active_follows_adding_and_removing() -> None:
    engine = engine_with(status(500, name="a"), status(500, name="b"))
    assert engine.active
    engine.remove("a")
    assert engine.active
    engine.clear()
    assert not engine.active
    assert engine.list() == []


def test_a_decoded_fault_can_be_added_to_many_engines() -> None:
    fault = decode_fault(status(503, times=1, name="outage"))
    first, second = FaultEngine(Chance(1)), FaultEngine(Chance(1))
    first.add(fault, NOW)
    second.add(fault, NOW)
    assert decisions(first, LIST, LIST) == [503, None]
    assert decisions(second, LIST) == [503]
    assert (fault.matched, fault.served) == (0, 0)


def test_a_held_fault_is_described_with_its_counts_and_end() -> None:
    engine = engine_with(status(503, name="outage", until=600))
    decisions(engine, LIST, SEND)
    assert describe(engine.list()[0]) == {
        "name": "outage",
        "kind": "error",
        "until": 600.0,
        "with": {"status": 503},
        "counts": {"matched": 2, "served": 2},
        "expires": "2026-11-02T10:10:00Z",
    }


def test_the_explanation_begins_with_the_fault_that_nearly_served() -> None:
    engine = engine_with(
        status(500, name="far", match={"operation": "calendar.*", "method": "PUT"}),
        status(500, name="near", match={"operation": "mail.*", "method": "POST"}),
        status(500, name="used", times=1, match={"operation": "mail.send"}),
        status(500, name="over", until=60),
    )
    decisions(engine, LIST)
    assert engine.explain(LIST, NOW + timedelta(hours=1))[0] == (
        "near",
        ["method: wanted 'POST', got 'GET'"],
    )
    over = dict(engine.explain(LIST, NOW + timedelta(hours=1)))["over"]
    assert over == ["until: ended 2026-11-02T10:01:00Z"]
    assert [fault.matched for fault in engine.list()] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("envelope", "reason"),
    [
        ({"times": 1}, "times: served 1 of 1"),
        ({"after": 3}, "after: match 2 is one of the first 3, which pass"),
        ({"match": {"nth": [1, 4]}}, "nth: match 2 is none of 1, 4"),
    ],
)
def test_the_explanation_names_the_count_that_holds_a_fault_back(envelope: dict[str, Any], reason: str) -> None:
    engine = engine_with(status(500, name="f", **envelope))
    decisions(engine, LIST)
    assert engine.explain(LIST, NOW) == (("f", [reason]),)


envelopes = st.fixed_dictionaries(
    {"chance": st.floats(0, 1)},
    optional={
        "times": st.integers(1, 5),
        "after": st.integers(0, 3),
        "match": st.sampled_from([{}, {"operation": "mail.send"}, {"method": "GET"}, {"nth": [1, 3, 5]}]),
    },
)
faults = st.lists(
    st.one_of(
        envelopes.map(lambda envelope: status(503, **envelope)),
        envelopes.map(lambda envelope: wait(1, **envelope)),
        envelopes.map(lambda envelope: {"kind": "latency", "with": {"low": 0, "high": 9}, **envelope}),
    ),
    max_size=4,
)
requests = st.lists(st.sampled_from([LIST, SEND]), max_size=12)


@given(faults, requests, st.integers(0, 2**32))
def test_the_same_seed_makes_the_same_decisions(documents: Any, asked: list[Facts], seed: int) -> None:
    first, second = engine_with(*documents, seed=seed), engine_with(*documents, seed=seed)
    assert decisions(first, *asked) == decisions(second, *asked)
    assert [describe(fault) for fault in first.list()] == [describe(fault) for fault in second.list()]


@given(faults, requests, st.integers(0, 2**32))
def test_no_fault_serves_more_than_it_matched_or_than_its_times(documents: Any, asked: list[Facts], seed: int) -> None:
    engine = engine_with(*documents, seed=seed)
    decisions(engine, *asked)
    for fault in engine.list():
        assert fault.served <= max(0, fault.matched - fault.after)
        assert fault.times is None or fault.served <= fault.times
        assert fault.matched <= len(asked)


@given(st.lists(st.booleans(), max_size=20), st.integers(0, 2**32))
def test_what_a_fault_draws_depends_on_no_other_fault(between: list[bool], seed: int) -> None:
    chancy = status(500, name="chancy", chance=0.5, match={"operation": "mail.send"})
    alone = engine_with(chancy, seed=seed)
    noise = {
        "kind": "latency",
        "name": "noise",
        "chance": 0.5,
        "match": {"method": "GET"},
        "with": {"low": 0, "high": 1},
    }
    among = engine_with(noise, chancy, seed=seed)
    expected = decisions(alone, *[SEND] * len(between))
    found = []
    for noisy in between:
        if noisy:
            among.decide(LIST, NOW)
        found += decisions(among, SEND)
    assert found == expected


def test_without_faults_a_decision_costs_less_than_a_microsecond() -> None:
    engine = FaultEngine(Chance(1))
    best = 1.0
    for _ in range(20):
        start = monotonic()
        for _ in range(1000):
            engine.decide(LIST, NOW)
        best = min(best, (monotonic() - start) / 1000)
    assert best < 1e-6


class TestSpare:
    def test_a_request_that_was_just_served_passes_when_it_is_repeated(self) -> None:
        engine = engine_with(status(503, spare=True))
        assert [seen(engine.decide(LIST, NOW)) for _ in range(5)] == [503, None, 503, None, 503]

    def test_no_other_sparing_fault_takes_its_place(self) -> None:
        engine = engine_with(status(503, spare=True, times=1), status(502, spare=True))
        assert [seen(engine.decide(LIST, NOW)) for _ in range(4)] == [503, None, 502, None]

    def test_a_fault_that_does_not_spare_does(self) -> None:
        engine = engine_with(status(503, spare=True, times=1), status(502))
        assert [seen(engine.decide(LIST, NOW)) for _ in range(2)] == [503, 502]

    def test_other_requests_are_served_meanwhile(self) -> None:
        engine = engine_with(status(503, spare=True))
        assert [seen(engine.decide(facts, NOW)) for facts in (LIST, SEND, LIST, SEND)] == [503, 503, None, None]


class TestWatch:
    def test_it_counts_what_matches_and_ends(self) -> None:
        engine, ended = engine_with(), []
        watch = Match(decode_match({"method": "GET"}, ""))
        engine.watch(watch, 2, lambda: ended.append("over"))
        assert engine.active
        for facts in (LIST, SEND, LIST, LIST):
            engine.decide(facts, NOW)
        assert ended == ["over"]
        assert not engine.active

    def test_it_counts_what_a_fault_serves_too(self) -> None:
        engine, ended = engine_with(status(503)), []
        engine.watch(Match(decode_match({}, "")), 1, lambda: ended.append("over"))
        assert seen(engine.decide(LIST, NOW)) == 503
        assert ended == ["over"]
        assert engine.active

    def test_it_can_be_given_up(self) -> None:
        engine = engine_with()
        watch = engine.watch(Match(decode_match({}, "")), 1, lambda: None)
        engine.unwatch(watch)
        engine.unwatch(watch)
        assert not engine.active


def test_what_was_set_is_remembered_for_reports() -> None:
    engine = engine_with(status(503, name="a"))
    engine.decide(LIST, NOW)
    engine.remove("a")
    assert engine.ever == (("a", "error", 1),)
    engine.add(status(503, name="a"), NOW)
    assert engine.ever == (("a", "error", 1),), "a scenario that repeats sets its faults again"
    engine.decide(LIST, NOW)
    assert engine.ever == (("a", "error", 2),)


def test_it_knows_whether_a_fault_acts_before_there_is_a_request() -> None:
    engine = engine_with(status(503))
    assert not engine.connecting
    engine.add({"kind": "dns"}, NOW)
    assert engine.connecting
    engine.remove("dns-2")
    assert not engine.connecting


@pytest.mark.parametrize(
    ("query", "served"), [("$top=5&$skip=10", True), ("$top=5", False), ("%24skip=1", True), ("", False)]
)
def test_a_match_reads_the_query(query: str, served: bool) -> None:
    engine = engine_with(status(400, match={"query": {"$skip": "*"}}))
    facts = Facts(service="graph", query=query)
    assert (engine.decide(facts, NOW) is not None) is served
    assert served or "query: wanted $skip=*" in str(engine.explain(facts, NOW))
