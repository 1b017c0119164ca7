"""Recipients: written as Graph writes them, names resolved by the directory."""

import re
from collections.abc import Iterable
from typing import Any

from outlook365_emulator.directory.users import find_by_address
from outlook365_emulator.errors import graph_error
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant

_ADDRESS = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\]+\.[^\s@<>(),;:\"\[\]\\.]+")


def is_address(text: str) -> bool:
    """Return whether a text can be an SMTP address."""
    return len(text) <= 320 and _ADDRESS.fullmatch(text) is not None


def recipient_of(user: User) -> dict[str, Any]:
    """Return a user as a `recipient`."""
    return {"emailAddress": {"name": user.display_name, "address": user.mail or user.user_principal_name}}


def resolved(tenant: Tenant, recipient: dict[str, Any] | None) -> dict[str, Any]:
    """Return a `recipient` with a name: its own, the directory's, or the address itself.

    Args:
        tenant: the tenant whose directory knows people.
        recipient: a `recipient` as sent, already checked against the schema.
    """
    given = (recipient or {}).get("emailAddress") or {}
    address = str(given.get("address") or "").strip()
    user = find_by_address(tenant, address) if address else None
    name = given.get("name") or (user.display_name if user else address)
    return {"emailAddress": {"name": name, "address": address}}


def resolved_all(tenant: Tenant, recipients: Iterable[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Return a list of recipients with names."""
    return [resolved(tenant, one) for one in recipients or ()]


def resolved_members(tenant: Tenant, given: dict[str, Any]) -> dict[str, Any]:
    """Return members of a message with names for everybody they mention; who wrote it sent it, unless they differ.

    Args:
        tenant: the tenant whose directory knows people.
        given: members as sent, already checked against the schema.
    """
    members = dict(given)
    for name in ("toRecipients", "ccRecipients", "bccRecipients", "replyTo"):
        if name in members:
            members[name] = resolved_all(tenant, members[name])
    for name in ("from", "sender"):
        if members.get(name):
            members[name] = resolved(tenant, members[name])
    if "from" in members and not members.get("sender"):
        members["sender"] = members["from"]
    return members


def address_of(recipient: dict[str, Any] | None) -> str:
    """Return the address of a `recipient`, or ""."""
    return str(((recipient or {}).get("emailAddress") or {}).get("address") or "")


def all_recipients(members: dict[str, Any]) -> list[str]:
    """Return every address that a message goes to, once each, as written.

    Raises:
        GraphError: `no_recipients`, `invalid_recipients`.
    """
    found: dict[str, str] = {}
    for kind in ("toRecipients", "ccRecipients", "bccRecipients"):
        for recipient in members.get(kind) or ():
            address = address_of(recipient)
            if not is_address(address):
                because = f"{kind} holds {address!r}, which is no SMTP address"
                raise graph_error("invalid_recipients", recipient=address, because=because)
            found.setdefault(address.lower(), address)
    if not found:
        raise graph_error("no_recipients", because="toRecipients, ccRecipients and bccRecipients are all empty")
    return list(found.values())
