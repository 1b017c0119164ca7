"""The journal of a world."""

from typing import Any

import msgspec

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.views import Count, JournalView
from outlook365_emulator.graph.least_privilege import Privileges, least_privileges


class PrivilegesView(msgspec.Struct):
    """The least-privilege report of a journal.

    Attributes:
        applications: what each application needed of what it held, by kind of token.
        dropped: how many requests are no longer kept, and so not considered.
    """

    applications: list[Privileges]
    dropped: int


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
        bugs=dict(journal.bugs),
        counts=[Count(operation, code, count) for (operation, code), count in journal.counts.items()],
    )


def show_privileges(call: Call) -> PrivilegesView:
    """Show for each application the least permissions that would have served, and what its tokens held beyond them."""
    journal = call.world.journal
    return PrivilegesView(applications=least_privileges(journal), dropped=journal.dropped)
