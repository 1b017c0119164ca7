import re
from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.faults import Faults, fault_document
from outlook365_emulator.faults.kinds import KINDS


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


@pytest.mark.parametrize(
    ("fault", "settings", "told"),
    [
        (17, {}, "a fault is the name of an error ('throttled') or a fault document, not 17"),
        ("throttled", {"tmes": 2}, "unknown keyword 'tmes'; did you mean 'times'?"),
    ],
)
def test_a_misuse_is_told(connection: Connection, server: Any, fault: Any, settings: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError, match=re.escape(told)):
        Faults(connection, "/worlds/w").add(fault, **settings)
    assert server.asked == []


def test_no_setting_of_a_kind_passes_for_a_misspelt_keyword(connection: Connection, server: Any) -> None:
    settings = {name for kind in KINDS.values() for name in kind.settings.__struct_encode_fields__}
    for name in sorted(settings):
        keywords: dict[str, Any] = {name: 1}
        Faults(connection, "/worlds/w").add("throttled", **keywords)
    assert len(server.asked) == len(settings) > 20


def test_a_duration_is_sent_in_seconds(connection: Connection, server: Any) -> None:
    server.answers = [(201, {"name": "error", "kind": "error"})]
    Faults(connection, "/worlds/w").add("throttled", until=timedelta(minutes=10))
    assert server.last.target == "/_emulator/v1/worlds/w/faults"
    assert server.last.body["until"] == 600
