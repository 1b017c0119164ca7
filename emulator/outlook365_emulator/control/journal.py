"""The journal of a world."""

from typing import Any

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.views import Count, JournalView


def show_journal(call: Call) -> JournalView:
    """Show what was asked and answered; `since`, `operation` and `status` restrict the entries."""
    journal = call.world.journal
    wanted: dict[str, Any] = {}
    if "operation" in call.query:
        wanted["operation"] = call.query["operation"]
    if (status := call.number("status")) is not None:
        wanted["status"] = status
    return JournalView(
        entries=journal.since(call.number("since") or 0, **wanted),
        dropped=journal.dropped,
        total=journal.total,
        not_emulated=dict(journal.not_emulated),
        counts=[Count(operation, code, count) for (operation, code), count in journal.counts.items()],
    )
