"""Decoding a fault in two steps, its errors, and writing it back."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.faults.decode import FaultError
from outlook365_emulator.faults.fault import decode_fault, describe, document_of

WHOLE: dict[str, Any] = {
    "name": "busy",
    "kind": "error",
    "match": {"operation": ["mail.*"], "batch": False, "nth": [1, 3], "body": {"a.b": 1}, "service": "graph"},
    "times": 3,
    "after": 2,
    "chance": 0.5,
    "until": 600.0,
    "with": {"error": "server_busy", "retry_after": 7.0, "retry_after_as": "date"},
}


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "latency", "with": {"seconds": 2.0}},
        {"kind": "error", "with": {"status": 503}},
        {"kind": "error", "until": "2026-11-02T10:00:00Z", "with": {"status": 500, "body": {"a": [1, None]}}},
        WHOLE,
    ],
)
def test_a_fault_is_written_as_it_was_read(document: dict[str, Any]) -> None:
    assert document_of(decode_fault(document)) == document


def test_the_description_is_json_with_counts() -> None:
    described = msgspec.json.decode(msgspec.json.encode(describe(decode_fault(WHOLE))))
    assert described == {**WHOLE, "counts": {"matched": 0, "served": 0}, "expires": None}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("latency", "faults[2]: expected a mapping, got str"),
        ({}, "faults[2]: Object missing required field `kind`"),
        ({"knid": "error"}, "faults[2].knid: unknown key 'knid'; did you mean 'kind'?"),
        ({"kind": "latencey"}, "faults[2].kind: unknown kind 'latencey'; did you mean 'latency'?"),
        ({"kind": "error", 1: 2}, "faults[2].1: unknown key 1"),
        ({"kind": "error", "with_": {}}, "faults[2].with_: unknown key 'with_'; did you mean 'with'?"),
        ({"kind": "error", "times": 0}, "faults[2].times: Expected `int` >= 1"),
        ({"kind": "error", "chance": 1.5}, "faults[2].chance: Expected `float` <= 1.0"),
        ({"kind": "error", "after": True}, "faults[2].after: Expected `int`, got `bool`"),
        (
            {"kind": "error", "with": {"sttus": 500}},
            "faults[2].with.sttus: unknown key 'sttus'; did you mean 'status'?",
        ),
        ({"kind": "error", "with": {"status": "x"}}, "faults[2].with.status: Expected `int | null`, got `str`"),
        ({"kind": "error", "with": {}}, "faults[2].with: give error"),
        ({"kind": "latency", "with": {"seconds": 1}, "until": "soon"}, "faults[2].until: expected an instant"),
        (
            {"kind": "latency", "with": {"seconds": 1}, "match": {"operaton": "x"}},
            "faults[2].match.operaton: unknown key 'operaton'; did you mean 'operation'?",
        ),
    ],
)
def test_a_wrong_fault_names_the_place_and_the_nearest_name(document: Any, message: str) -> None:
    with pytest.raises(FaultError) as caught:
        decode_fault(document, "faults[2]")
    assert str(caught.value).startswith(message)


def test_without_a_place_the_error_begins_with_the_key() -> None:
    with pytest.raises(FaultError, match=r"^match\.operaton: "):
        decode_fault({"kind": "latency", "with": {"seconds": 1}, "match": {"operaton": "x"}})


@pytest.mark.parametrize(
    ("settings", "asked", "service"),
    [
        ({"error": "server_busy"}, {}, ["graph", "outlook"]),
        ({"error": "server_busy"}, {"service": "graph"}, "graph"),
        ({"aadsts": 50076}, {}, "entra"),
        ({"aadsts": 50076}, {"service": "*"}, "entra"),
    ],
)
def test_an_error_of_one_service_serves_no_other(settings: Any, asked: Any, service: Any) -> None:
    fault = decode_fault({"kind": "error", "match": asked, "with": settings})
    assert document_of(fault)["match"] == {"service": service}


def test_asking_the_wrong_service_for_an_error_is_refused() -> None:
    with pytest.raises(FaultError, match=r"^match\.service: this fault can only serve entra"):
        decode_fault({"kind": "error", "match": {"service": "graph"}, "with": {"aadsts": 50076}})


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["kind", "name", "match", "times", "after", "chance", "until", "with", "x"])
kinds = st.sampled_from(["error", "latency"])
inner_keys = st.sampled_from(["status", "seconds", "low", "high", "body", "headers", "error", "aadsts", "retry_after"])
match_keys = st.sampled_from(["service", "path", "operation", "nth", "body", "batch"])


@given(
    st.dictionaries(keys, plain, max_size=4),
    kinds,
    st.dictionaries(inner_keys, plain, max_size=2),
    st.dictionaries(match_keys, plain, max_size=2),
)
def test_any_document_is_a_fault_or_a_fault_error(rest: Any, kind: str, settings: Any, match: Any) -> None:
    try:
        fault = decode_fault({"with": settings, "match": match, **rest, "kind": kind})
    except FaultError:
        return
    assert document_of(decode_fault(document_of(fault))) == document_of(fault)
