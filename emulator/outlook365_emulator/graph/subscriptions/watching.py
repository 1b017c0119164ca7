"""From the changes of a unit of work to notifications: who watches the item, and what the change is to them.

Reference `graph-core.md` section 10.4, `graph-mail.md` section 19, `graph-calendar.md` section 26: with a filter, an
item that comes to fit was created, one that no longer fits was deleted; a move is a deletion in one folder and a
creation in the other; a change to an occurrence names its series.
"""

from functools import lru_cache
from typing import Any

from outlook365_emulator.graph.calendar.seen_calendars import as_owner
from outlook365_emulator.graph.calendar.seen_events import seen_event
from outlook365_emulator.graph.mail.search_folders import shows
from outlook365_emulator.graph.subscriptions.resources import type_of
from outlook365_emulator.odata.comparison import Predicate
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.parser import parse_filter
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Event
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.records.subscriptions import Subscription, Watched
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import Committed
from outlook365_emulator.store.world import World


def notify(world: World, changes: list[Committed]) -> None:
    """Make the notifications that the changes of a unit of work lead to; nothing is sent yet.

    Args:
        world: the world in which the unit of work has succeeded.
        changes: what has changed.
    """
    for mailbox, change, record, previous in changes:
        if change.shelf not in ("message", "event"):
            continue
        tenant = tenant_of(world, mailbox)
        if tenant is None:
            continue
        for one in tenant.subscriptions.of(mailbox.owner):
            if one.watched != change.shelf or one.standing == "ended":
                continue
            kind = kind_of_change(world, tenant, mailbox, one, record, previous)
            if kind not in one.changes:
                continue
            if one.standing == "paused":
                world.notices.missed.add(one.id)
                continue
            item = previous if record is None else record
            world.notices.add("change", kind, tenant.id, one.id, one.notification_url, change.at, item)


def tenant_of(world: World, mailbox: Mailbox) -> Tenant | None:
    """Return the tenant that a mailbox belongs to, or None where it is gone."""
    found = (one for one in world.tenants.values() if one.mailboxes.get(mailbox.owner) is mailbox)
    return next(found, None)


def kind_of_change(
    world: World, tenant: Tenant, mailbox: Mailbox, one: Subscription, record: Any, previous: Any
) -> str:
    """Return what a change of an item is to a subscription: `created`, `updated`, `deleted`, or "" for nothing."""
    before = previous is not None and _concerns(world, tenant, mailbox, one, previous)
    after = record is not None and _concerns(world, tenant, mailbox, one, record)
    if after:
        return "updated" if before else "created"
    return "deleted" if before else ""


@lru_cache(maxsize=1024)
def _lasting(text: str, watched: Watched) -> Predicate:
    return compile_filter(parse_filter(text), type_of(watched))


def _predicate(world: World, one: Subscription) -> Predicate:
    """Return the filter of a subscription, compiled; one that asks for the present is compiled for it each time."""
    if "now" in one.filter.lower():
        return compile_filter(parse_filter(one.filter), type_of(one.watched), now=world.clock.now())
    return _lasting(one.filter, one.watched)


def _concerns(world: World, tenant: Tenant, mailbox: Mailbox, one: Subscription, item: Message | Event) -> bool:
    subject: Any = item
    if isinstance(item, Message):
        if item.hidden or not _in_folder(world, mailbox, one.folder, item):
            return False
    else:
        if item.calendar != one.folder:
            return False
        subject = _as_owner(tenant, mailbox, item) if one.filter else item
    if not one.filter or subject is None:
        return subject is not None
    return bool(_predicate(world, one)(subject))


def _in_folder(world: World, mailbox: Mailbox, folder: int, message: Message) -> bool:
    if folder in (0, message.folder):
        return True
    held = mailbox.folders.get(folder)
    if held is None:
        return False
    if held.well_known == "msgfolderroot":
        return False
    return held.search is not None and shows(mailbox, held, message, world.clock.now())


def _as_owner(tenant: Tenant, mailbox: Mailbox, event: Event) -> Any:
    calendar, owner = mailbox.calendars.get(event.calendar), tenant.users.get(mailbox.owner)
    if calendar is None or owner is None:
        return None
    return seen_event(as_owner(mailbox, calendar, owner), event)
