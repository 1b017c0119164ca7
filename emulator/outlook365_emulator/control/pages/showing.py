"""The pages of a world besides its mailboxes."""

from typing import Any

from outlook365_emulator.control.context import Context
from outlook365_emulator.control.pages.explaining import explained
from outlook365_emulator.control.pages.rendering import fragment
from outlook365_emulator.control.pages.visit import Ask, Visit
from outlook365_emulator.control.problems import ControlError
from outlook365_emulator.faults.kinds import KINDS
from outlook365_emulator.journal import Entry
from outlook365_emulator.wire import Response

Shown = Response | tuple[str, dict[str, Any]]

ROWS = 200
"""Entries of the journal on the page."""

CHANGES = ("revoke_sessions", "expire_secrets", "withdraw_consent", "disable_account")
"""Changes that the page of faults offers; the control API knows more."""


def home(context: Context, ask: Ask) -> dict[str, Any]:
    """Return what the start page says: the worlds, the doors, and whose certificates to trust."""
    return {"title": "Outlook 365 emulator", "details": context.details(), "listed": ask("GET", "/worlds")["worlds"]}


def outbox(visit: Visit) -> Shown:
    """Show what left for addresses outside of the emulator."""
    return "outbox.html", {"title": "Outbox", "messages": visit.ask("GET", f"{visit.api}/outbox")["messages"]}


def journal(visit: Visit) -> Shown:
    """Show the journal, the newest first; `journal/rows` is the part that is new, `journal/{number}` one entry."""
    world = visit.context.hosting.by_name(visit.world)
    if world is None:
        visit.ask("GET", visit.api)  # says which worlds there are
        raise ControlError(404, "unknown_world", f"there is no world {visit.world!r}")
    if visit.rest and visit.rest[0] != "rows":
        return _entry(list(world.journal), visit.rest[0])
    query = visit.query
    since = int(query["since"]) if query.get("since", "").isdecimal() and len(query["since"]) < 16 else 0
    found = [one for one in world.journal.since(since) if _wanted(one, query)][-ROWS:][::-1]
    context = {"entries": found, "total": world.journal.total, "base": visit.base}
    if visit.rest:
        return fragment("journal_rows.html", **context)
    filters = {name: query.get(name, "") for name in ("text", "status", "operation", "fault")}
    operations = sorted({one.operation for one in world.journal if one.operation})
    return "journal.html", {
        "title": "Journal",
        **{key: value for key, value in context.items() if key != "base"},
        "filters": filters,
        "operations": operations,
        "dropped": world.journal.dropped,
        "not_emulated": world.journal.not_emulated,
    }


def _wanted(entry: Entry, query: Any) -> bool:
    status, operation, text = query.get("status", ""), query.get("operation", ""), query.get("text", "").lower()
    if status and not str(entry.status).startswith(status.rstrip("x")):
        return False
    if operation and entry.operation != operation:
        return False
    if query.get("fault") and not entry.fault:
        return False
    return not text or text in f"{entry.method} {entry.url} {entry.code} {entry.reason} {entry.user}".lower()


def _entry(entries: list[Entry], number: str) -> Shown:
    found = next((one for one in entries if str(one.number) == number), None)
    if found is None:
        raise ControlError(404, "unknown_entry", "the journal has no such entry, or no longer")
    return "entry.html", {"title": f"Request {found.number}", **explained(found)}


def apps(visit: Visit) -> Shown:
    """Show the applications and who has consented to what."""
    return "apps.html", {"title": "Applications", "tenants": visit.tenants}


def people(visit: Visit) -> Shown:
    """Show the people: passwords, state of their accounts, sessions."""
    return "people.html", {"title": "People", "tenants": visit.tenants}


def trouble(visit: Visit) -> Shown:
    """Show faults, scenarios and the clock."""
    return "trouble.html", {
        "title": "Faults and clock",
        "faults": visit.ask("GET", f"{visit.api}/faults")["faults"],
        "running": visit.ask("GET", f"{visit.api}/scenarios")["scenarios"],
        "shipped": visit.ask("GET", "/scenarios")["scenarios"],
        "clock": visit.ask("GET", f"{visit.api}/clock"),
        "kinds": sorted(KINDS),
        "changes": CHANGES,
    }


def notifications(visit: Visit) -> Shown:
    """Show what became of notifications, and what waits."""
    return "notifications.html", {
        "title": "Notifications",
        "found": visit.ask("GET", f"{visit.api}/notifications"),
    }


def connect(visit: Visit) -> Shown:
    """Show what a connection form asks for, by auth type."""
    return "connect.html", {"title": "Connect", "tenants": visit.tenants, "details": visit.context.details()}
