"""Chaos: faults at random that every correct client survives.

No request is hit twice in a row (`spare`), so one repetition is enough. What is not repeated safely - a request whose
outcome a client cannot know - is left out: nothing here happens after a write was handled.
"""

from typing import Any

from outlook365_emulator.scenarios.documents import ScenarioDocument
from outlook365_emulator.scenarios.files import read_scenario
from outlook365_emulator.worlds.reading import DocumentError

READING = {"service": ["graph", "outlook"], "method": ["GET", "HEAD"]}

FAULTS: tuple[dict[str, Any], ...] = (
    {"name": "wait", "kind": "latency", "with": {"median": 0.01, "sigma": 0.8}},
    {"name": "throttled", "kind": "error", "with": {"error": "throttled", "retry_after": 1}},
    {"name": "unavailable", "kind": "error", "with": {"error": "service_unavailable", "retry_after": 1}},
    {"name": "timeout", "kind": "error", "match": READING, "with": {"error": "gateway_timeout"}},
    {"name": "cut", "kind": "reset", "match": READING},
    {"name": "half", "kind": "truncate", "match": READING},
    {"name": "trickle", "kind": "dribble", "match": READING, "with": {"seconds": 0.2, "pieces": 4}},
    {"name": "short", "kind": "short_pages", "match": READING, "with": {"items": 1}},
    {"name": "empty", "kind": "pages", "match": READING, "with": {"how": "empty"}},
)


def chaos_document(rate: float) -> ScenarioDocument:
    """Return the scenario of chaos.

    Args:
        rate: the part of all requests that is hit, from 0 to 1, spread evenly over the faults.

    Raises:
        DocumentError: the rate is out of range.
    """
    if not 0 <= rate <= 1:
        raise DocumentError("chaos", f"a rate is a number from 0 to 1, got {rate}")
    # A fault is asked only where those before it passed, so the later ones need a greater chance for an equal share.
    share, left, faults = rate / len(FAULTS), 1.0, []
    for fault in FAULTS:
        faults.append({**fault, "chance": min(1.0, share / left) if left > 0 else 1.0, "spare": True})
        left -= share
    return read_scenario(
        {
            "name": "chaos",
            "title": "Faults at random that a correct client survives",
            "phases": [{"name": "on", "faults": faults}],
        }
    )
