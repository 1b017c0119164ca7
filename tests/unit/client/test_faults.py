from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.faults import Faults, fault_document


@pytest.mark.parametrize(
    ("fault", "envelope", "settings", "expected"),
    [
        ("throttled", {}, {}, {"kind": "error", "with": {"error": "throttled"}}),
        (
            "throttled",
            {"times": 2},
            {"retry_after": 1},
            {"kind": "error", "times": 2, "with": {"error": "throttled", "retry_after": 1}},
        ),
        (None, {"kind": "latency"}, {"median": 0.2}, {"kind": "latency", "with": {"median": 0.2}}),
        (None, {}, {"aadsts": 50076}, {"kind": "error", "with": {"aadsts": 50076}}),
        (
            {"kind": "error", "with": {"status": 503}},
            {"times": 1},
            {},
            {"kind": "error", "times": 1, "with": {"status": 503}},
        ),
    ],
)
def test_what_is_given_becomes_a_document(
    fault: Any, envelope: dict[str, Any], settings: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert fault_document(fault, envelope, settings) == expected


def test_a_document_is_not_changed() -> None:
    document = {"kind": "error", "with": {"status": 503}}
    fault_document(document, {"name": "x"}, {"code": "y"})
    assert document == {"kind": "error", "with": {"status": 503}}


def test_a_duration_is_sent_in_seconds(connection: Connection, server: Any) -> None:
    server.answers = [(201, {"name": "error", "kind": "error"})]
    Faults(connection, "/worlds/w").add("throttled", until=timedelta(minutes=10))
    assert server.last.target == "/_emulator/v1/worlds/w/faults"
    assert server.last.body["until"] == 600
