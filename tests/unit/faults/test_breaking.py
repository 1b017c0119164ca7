"""Settings of the kinds that break a connection, and what they may match."""

from datetime import UTC, datetime
from typing import Any

import pytest
from outlook365_emulator.faults.carrying import carried
from outlook365_emulator.faults.decode import FaultError
from outlook365_emulator.faults.engine import FaultEngine
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.fault import decode_fault
from outlook365_emulator.faults.kinds import KINDS
from outlook365_emulator.faults.outcomes import Answer, Wire
from outlook365_emulator.ids import Chance
from outlook365_emulator.journal import Entry
from outlook365_emulator.wire import Request

NOW = datetime(2026, 11, 8, 9, tzinfo=UTC)
WHOLE = sorted(name for name, kind in KINDS.items() if kind.whole)
CONNECTING = sorted(name for name, kind in KINDS.items() if kind.connecting)


def decided(document: dict[str, Any], **facts: Any) -> Any:
    engine = FaultEngine(Chance(1))
    engine.add({"name": "f", **document}, NOW)
    return engine.decide(Facts(**{"service": "graph", **facts}), NOW)


@pytest.mark.parametrize(
    ("document", "handled"),
    [
        ({"kind": "no_answer"}, False),
        ({"kind": "no_answer", "with": {"handled": True}}, True),
        ({"kind": "reset"}, False),
        ({"kind": "reset", "with": {"handled": True}}, True),
        ({"kind": "reset", "with": {"at": "body"}}, True),
        ({"kind": "lost_answer"}, True),
        ({"kind": "truncate"}, True),
    ],
)
def test_whether_the_request_is_handled(document: dict[str, Any], handled: bool) -> None:
    outcome = decided(document)
    assert isinstance(outcome, Wire)
    assert outcome.handled is handled
    request, entry = Request("GET", "graph.microsoft.com", "/v1.0/me"), Entry()
    left = carried(outcome, request, entry)
    assert (left is None) is handled
    assert isinstance(left, Answer) is not handled
    assert request.harm is not None
    assert request.harm.kind == document["kind"]
    assert entry.fault == "f"


@pytest.mark.parametrize("kind", WHOLE)
def test_what_harms_a_whole_answer_passes_items_of_a_batch(kind: str) -> None:
    assert decided({"kind": kind}, batch=True) is None
    assert decided({"kind": kind}) is not None
    with pytest.raises(FaultError, match="none of its own"):
        decode_fault({"kind": kind, "match": {"batch": True}})


@pytest.mark.parametrize("kind", CONNECTING)
def test_before_there_is_a_request_only_the_host_is_known(kind: str) -> None:
    phase = KINDS[kind].phase
    document = {"kind": kind, "match": {"host": "graph.*"}}
    assert decided(document, service="", host="graph.microsoft.com", phase=phase) is not None
    assert decided(document, service="", host="login.microsoftonline.com", phase=phase) is None
    assert decided(document, host="graph.microsoft.com") is None
    with pytest.raises(FaultError, match="match host only"):
        decode_fault({"kind": kind, "match": {"operation": "mail.*"}})


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"kind": "reset", "with": {"at": "body", "handled": False}}, "sends headers"),
        ({"kind": "content_length", "with": {"difference": 0}}, "right length"),
        ({"kind": "truncate", "with": {"share": 1}}, "share"),
        ({"kind": "dribble", "with": {"pieces": 1}}, "pieces"),
        ({"kind": "headers"}, "repeat, add, set or remove"),
        ({"kind": "headers", "with": {"add": {"Content-Length": "1"}}}, "follows from the body"),
        ({"kind": "members"}, "remove or set"),
        ({"kind": "content_type", "with": {"value": "a\nb"}}, "characters"),
        ({"kind": "tls", "with": {"problem": "late"}}, "problem"),
        ({"kind": "change"}, "change"),
        ({"kind": "change", "with": {"change": "revoke"}}, "change"),
        ({"kind": "reset", "match": {"service": "notifications"}}, "webhooks answer themselves"),
        ({"kind": "malformed", "match": {"service": "notif*"}}, "webhooks answer themselves"),
        ({"kind": "clock_skew", "match": {"service": "graph"}}, "can only serve entra"),
        ({"kind": "lost_notification", "match": {"service": "graph"}}, "can only serve notifications"),
    ],
)
def test_what_does_not_fit_is_refused(document: dict[str, Any], said: str) -> None:
    with pytest.raises(FaultError, match=said):
        decode_fault(document)
