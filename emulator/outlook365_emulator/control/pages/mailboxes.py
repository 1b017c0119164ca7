"""The pages of mailboxes: people, folders, messages, raw MIME, the week of a calendar."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from outlook365_emulator.control.pages.rendering import foreign
from outlook365_emulator.control.pages.visit import Visit
from outlook365_emulator.control.pages.week import monday_of, week_of
from outlook365_emulator.control.problems import ControlError, unknown
from outlook365_emulator.directory.users import user_named
from outlook365_emulator.wire import Response

Shown = Response | tuple[str, dict[str, Any]]

PAGE = 50
"""Messages on one page."""

FIRST = ("inbox", "drafts", "sentitems", "archive", "deleteditems", "junkemail", "outbox")
"""The folders that stand above the others, in this order, by their well-known names."""


def show(visit: Visit) -> Shown:
    """Show the mailboxes of a world, or one of them: `mailboxes/{tenant}/{user}/…`."""
    if len(visit.rest) < 2:
        return "mailboxes.html", {"title": "Mailboxes", "tenants": visit.tenants}
    tenant, user, *below = visit.rest
    person = visit.ask("GET", visit.user_api(tenant, user))
    common = {"person": person, "tenant": tenant, "mailbox": _place(visit, tenant, user)}
    if not person["has_mailbox"]:
        raise ControlError(404, "no_mailbox", f"{person['upn']} has no mailbox")
    match below:
        case []:
            return _folder(visit, common)
        case ["calendar"]:
            return _calendar(visit, common)
        case ["messages", message]:
            return _message(visit, common, message)
        case ["messages", message, "body"]:
            found = _find(visit, common, message)["body"]
            kind = "text/html" if found["contentType"].lower() == "html" else "text/plain"
            return foreign(found["content"], kind)
        case ["messages", message, "raw"]:
            content = visit.ask("GET", f"{_api(visit, common)}/messages/{quote(message, safe='')}/mime")["content"]
            return foreign(base64.b64decode(content).decode("utf-8", "replace"), "text/plain")
    raise unknown("page", "/".join(below), ("calendar", "messages/ID", "messages/ID/raw"))


def _place(visit: Visit, tenant: str, user: str) -> str:
    return f"{visit.base}/mailboxes/{quote(tenant, safe='')}/{quote(user, safe='')}"


def _api(visit: Visit, common: dict[str, Any]) -> str:
    return visit.user_api(common["tenant"], common["person"]["id"])


def _folder(visit: Visit, common: dict[str, Any]) -> Shown:
    folders = visit.ask("GET", f"{_api(visit, common)}/folders")["value"]
    chosen = visit.query.get("folder", "inbox")
    folder = next((one for one in folders if chosen in (one["id"], one.get("wellKnownName"))), None)
    if folder is None:
        raise unknown("folder", chosen, [one["displayName"] for one in folders])
    skip = visit.query.get("skip", "0")
    first = int(skip) if skip.isascii() and skip.isdecimal() and len(skip) < 8 else 0
    query = urlencode({"folder": folder["id"], "skip": first, "top": PAGE})
    messages = visit.ask("GET", f"{_api(visit, common)}/messages?{query}")["value"]
    following = first + PAGE if folder["totalItemCount"] > first + PAGE else None
    return "mailbox.html", {
        **common,
        "title": f"{folder['displayName']} of {common['person']['display_name']}",
        "folders": _in_order([one for one in folders if one.get("wellKnownName") != "msgfolderroot"]),
        "folder": folder,
        "messages": messages,
        "previous": max(first - PAGE, 0) if first else None,
        "following": following,
    }


def _in_order(folders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put the folders that people look at first above the others, each followed by what lies below it."""
    ranks = {one["path"]: FIRST.index(one["wellKnownName"]) for one in folders if one["wellKnownName"] in FIRST}
    return sorted(folders, key=lambda one: ranks.get(one["path"].partition("/")[0], len(FIRST)))


def _find(visit: Visit, common: dict[str, Any], message: str) -> dict[str, Any]:
    query = urlencode({"folder": visit.query.get("folder", "")}) if visit.query.get("folder") else ""
    rows = visit.ask("GET", f"{_api(visit, common)}/messages{'?' + query if query else ''}")["value"]
    found: dict[str, Any] | None = next((row for row in rows if row["id"] == message), None)
    if found is None:
        raise ControlError(404, "unknown_message", "there is no such message any more: it was moved or deleted")
    return found


def _message(visit: Visit, common: dict[str, Any], message: str) -> Shown:
    found = _find(visit, common, message)
    query = f"?{urlencode({'folder': visit.query['folder']})}" if visit.query.get("folder") else ""
    return "message.html", {
        **common,
        "title": found.get("subject") or "(no subject)",
        "message": found,
        "address": f"{common['mailbox']}/messages/{quote(message, safe='')}",
        "query": query,
    }


def _calendar(visit: Visit, common: dict[str, Any]) -> Shown:
    placed = visit.context.hosting.by_tenant(common["tenant"])
    if placed is None or placed[0].name != visit.world:
        raise ControlError(404, "unknown_tenant", f"there is no tenant {common['tenant']!r} in this world")
    world, tenant = placed
    user = user_named(tenant, common["person"]["id"])
    mailbox = tenant.mailbox_of(user)
    if mailbox is None:
        raise ControlError(404, "no_mailbox", f"{user.user_principal_name} has no mailbox")
    monday = monday_of(visit.query.get("week", ""), world.clock.now())
    return "calendar.html", {
        **common,
        "title": f"Calendar of {common['person']['display_name']}",
        "monday": monday,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "days": week_of(mailbox, user, monday),
    }
