"""Meetings as their organizer holds them: attendees, their answers, and what happens when a meeting is written.

An event with attendees is a meeting. Whoever writes an event in a `Setting` adds to its notices what the attendees are
to be told; whoever began the setting has them told, in the same unit of work, after the records are put.

Reference `graph-calendar.md` sections 7, 8 and 14.
"""

from collections.abc import Iterable
from typing import Any, Final, Literal

import msgspec

from outlook365_emulator.directory.users import find_by_address
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.calendar.documents import NEVER
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Calendar, Event
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

MAX_ATTENDEES: Final = 500
"""Greatest number of attendees of an event."""

UNTOLD: Final = "4501-01-01T00:00:00Z"
"""The time of an answer that a change of the meeting's time has made void."""


class Setting(msgspec.Struct, frozen=True):
    """Where an event is written: world, tenant, unit of work, and the calendar with its owner.

    Attributes:
        world: the world.
        tenant: the owner's tenant.
        unit: the unit of work that it happens in.
        owner: whose calendar it is; the organizer of new meetings.
        mailbox: the owner's mailbox.
        calendar: the calendar.
        actor: who writes, where that is a delegate; None for the owner or an application.
        notices: what the attendees are to be told, in the order in which it happened.
    """

    world: World
    tenant: Tenant
    unit: UnitOfWork
    owner: User
    mailbox: Mailbox
    calendar: Calendar
    actor: User | None = None
    notices: "list[Notice]" = []


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a meeting in its organizer's calendar.

    Attributes:
        what: `created`, `changed` or `cancelled`.
        before: the event before, or None for a new one; for an occurrence what it was.
        after: the event after, or None for one that is gone; for an occurrence the exception.
        day: of an occurrence the day that the pattern gives, else 0.
        only_attendees: whether nothing but the attendees was changed, so that only those added or removed are told.
        comment: what the organizer says to it.
    """

    what: Literal["created", "changed", "cancelled"]
    before: Event | None
    after: Event | None
    day: int = 0
    only_attendees: bool = False
    comment: str = ""


def attendees_of(tenant: Tenant, owner: User, given: Iterable[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Return attendees as an event holds them: names and addresses as the directory has them, nobody answered yet.

    Args:
        tenant: the tenant whose directory knows people.
        owner: the organizer, who is no attendee of the own meeting.
        given: attendees as sent, names canonical.

    Raises:
        GraphError: an attendee has no address, or there are too many.
    """
    found: dict[str, dict[str, Any]] = {}
    own = {(owner.mail or "").lower(), owner.user_principal_name.lower()}
    for one in given or ():
        attendee = _attendee(tenant, one)
        address = attendee["emailAddress"]["address"].lower()
        if address not in own:
            found.setdefault(address, attendee)
    if len(found) > MAX_ATTENDEES:
        because = f"the event has {len(found)} attendees; {MAX_ATTENDEES} are the most"
        raise graph_error("property_validation_failed", because=because)
    return list(found.values())


def _attendee(tenant: Tenant, given: dict[str, Any]) -> dict[str, Any]:
    email = given.get("emailAddress") or {}
    address = str(email.get("address") or "").strip()
    if not address:
        because = "an attendee needs emailAddress.address"
        raise graph_error("property_validation_failed", because=because)
    user = find_by_address(tenant, address)
    name = user.display_name if user is not None else email.get("name") or address
    address = (user.mail or user.user_principal_name) if user is not None else address
    return {
        "type": given.get("type") or "required",
        "status": {"response": "none", "time": NEVER},
        "emailAddress": {"name": name, "address": address},
    }


def merged_attendees(held: list[dict[str, Any]], given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return changed attendees: who stays keeps the answer given."""
    answers = {one["emailAddress"]["address"].lower(): one for one in held}
    merged = []
    for one in given:
        before = answers.get(one["emailAddress"]["address"].lower())
        answer: dict[str, Any] = {k: v for k, v in (before or {}).items() if k in ("status", "proposedNewTime")}
        merged.append({**one, **answer})
    return merged


def forget_answers(members: dict[str, Any]) -> None:
    """Make the answers of all attendees void, as a change of the time does (`graph-calendar.md` section 8)."""
    for one in members["attendees"]:
        one["status"] = {"response": "notResponded", "time": UNTOLD}
        one.pop("proposedNewTime", None)
