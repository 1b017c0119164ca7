"""An entry of the journal explained: who asked, what decided, and the same request for curl."""

import shlex
from typing import Any

from outlook365_emulator.journal import Entry


def explained(entry: Entry) -> dict[str, Any]:
    """Return what the page of an entry says.

    Args:
        entry: the entry.
    """
    return {
        "entry": entry,
        "claims": _claims(entry),
        "decision": _decision(entry),
        "curl": as_curl(entry),
    }


def _claims(entry: Entry) -> list[tuple[str, str, str]]:
    """Return what the token said: claim, value, meaning."""
    kind = "scp" if entry.user else "roles"
    meaning = "delegated permissions" if entry.user else "application permissions"
    rows = [
        ("tid", entry.tenant, "tenant"),
        ("appid", entry.application, "application"),
        ("upn", entry.user, "person who signed in"),
        (kind, " ".join(entry.permissions), meaning),
    ]
    return [row for row in rows if row[1]]


def _decision(entry: Entry) -> str:
    """Say in a sentence what became of the request, and why."""
    if entry.fault:
        return f"The fault {entry.fault!r} answered, or changed the answer."
    if entry.missing:
        return f"Refused for want of permission. Any one of these would do: {', '.join(entry.missing)}."
    if entry.status == 401:
        return "Refused: the token was missing, or not good for this."
    if entry.status >= 400:
        return "Refused for another reason than permission."
    if entry.service != "graph":
        return "Answered."
    if entry.permissions:
        return "Allowed: the token holds a permission that opens the operation."
    return "Answered; no permission was needed."


def as_curl(entry: Entry) -> str:
    """Write the request for a shell; secrets and the body are not in the journal, so places for them stand there.

    Args:
        entry: the entry.
    """
    if entry.method == "CONNECT":
        return ""
    parts = ["curl", "-i", "-X", entry.method]
    text = " ".join([*map(shlex.quote, parts), shlex.quote(entry.url)])
    if entry.service == "graph":
        text += ' -H "Authorization: Bearer $TOKEN"'
    if entry.method in ("POST", "PATCH", "PUT"):
        kind = "application/json" if entry.service == "graph" else "application/x-www-form-urlencoded"
        text += f" -H 'Content-Type: {kind}' -d \"$BODY\""
    return text
