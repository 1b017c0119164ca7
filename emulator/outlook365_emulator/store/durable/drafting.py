"""What has changed in a world since it was written last, as one transaction."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import msgspec

from outlook365_emulator.store.durable.heads import TenantHead, mailbox_head, tenant_head, world_head
from outlook365_emulator.store.durable.parts import Part
from outlook365_emulator.store.durable.rows import (
    CHANGES,
    MAILBOXES,
    OUTBOX,
    PARTS,
    TENANTS,
    WORLD,
    Content,
    change_key,
    mailbox_rows,
    plain,
    rows_of,
    tenant_rows,
)
from outlook365_emulator.store.durable.shelves import TENANT_SHELVES, Place
from outlook365_emulator.store.durable.tracking import (
    Draft,
    Tracked,
    mailbox_shelves,
    places_of,
    tenant_shelves,
)
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

_ENCODER = msgspec.msgpack.Encoder(enc_hook=plain)
_NOTHING = object()


class UnknownShelf(LookupError):
    """A unit of work has written to a shelf that is not kept: enter it in `store/durable/shelves.py`."""


def whole(tracked: Tracked, next_place: Callable[[], int], parts: Sequence[Part]) -> Draft:
    """Draft the transaction that writes a world anew.

    Args:
        tracked: the world, nothing of it being written.
        next_place: returns a new id of a place.
        parts: the parts of a world.
    """
    world = tracked.world
    draft = Draft(tracked, next_place)
    draft.batch.dropped = world.key
    _put_all(draft, rows_of(world, parts))
    for tenant in world.tenants.values():
        follow_tenant(draft, tenant)
    _note_parts(draft, [(part, part.fingerprint(world), part.read(world)) for part in parts])
    outbox = list(world.outbox)
    draft.then(partial(setattr, tracked, "outbox", outbox))
    return draft


def follow_tenant(draft: Draft, tenant: Tenant) -> None:
    """Have the shelves of a tenant and its mailboxes followed once the transaction is written."""
    tracked, head = draft.tracked, tenant_head(tenant)
    draft.shelves.update(tenant_shelves(tenant))
    draft.then(partial(tracked.tenants.__setitem__, tenant.id, (tenant, head)))
    for mailbox in tenant.mailboxes:
        follow_mailbox(draft, tenant.id, mailbox)


def follow_mailbox(draft: Draft, tenant: str, mailbox: Mailbox) -> None:
    """Have the shelves of a mailbox followed once the transaction is written.

    Args:
        draft: the transaction.
        tenant: id of its tenant.
        mailbox: the mailbox.
    """
    tracked, head = draft.tracked, mailbox_head(mailbox)
    draft.shelves.update(mailbox_shelves(tenant, mailbox))
    draft.then(partial(tracked.boxes.__setitem__, id(mailbox), (mailbox, tenant, head)))


def of_unit(draft: Draft, unit: UnitOfWork) -> None:
    """Add what a unit of work has done.

    Args:
        draft: the transaction, to which tenants that came or went have been added.
        unit: the unit; its records are in place.

    Raises:
        UnknownShelf: it has written to a shelf that is not kept.
    """
    tracked = draft.tracked
    passing = _mailboxes(draft, unit)
    net: dict[tuple[Place, str], tuple[Any, bool]] = {}
    touched: dict[int, Mailbox] = {mailbox_id: box for mailbox_id, box in _changed(unit) if mailbox_id in tracked.boxes}
    for shelf, record, previous in unit.operations:
        shelved = tracked.shelves.get(id(shelf))
        if shelved is None or shelved.place.shelf == MAILBOXES:
            if shelved is None and id(shelf) not in draft.shelves and id(shelf) not in passing:
                raise UnknownShelf(f"{type(shelf).__name__} of {type(previous if record is None else record).__name__}")
            continue
        if draft.is_gone(shelved.place):
            continue
        if shelved.mailbox is not None:
            touched[id(shelved.mailbox)] = shelved.mailbox
        place, key = shelved.place, shelved.key(previous if record is None else record)
        before = net.pop((place, key), (None, False))
        net[place, key] = (record, before[1] or record is None)
    for (place, key), (record, removed) in net.items():
        if removed:
            draft.batch.deleted.append((draft.place(place), key))
        if record is not None:
            draft.batch.put.append((draft.place(place), key, _ENCODER.encode(record)))
    for mailbox, change in unit.changes:
        entry = tracked.boxes.get(id(mailbox))
        if entry is not None and not draft.is_gone(place := Place(entry[1], mailbox.owner, CHANGES)):
            key = change_key(change.shelf, change.number)
            draft.batch.put.append((draft.place(place), key, _ENCODER.encode(change)))
    heads_of(draft, touched.values())


def _changed(unit: UnitOfWork) -> list[tuple[int, Mailbox]]:
    return [(id(mailbox), mailbox) for mailbox, _ in unit.changes]


def _mailboxes(draft: Draft, unit: UnitOfWork) -> set[int]:
    """Add the mailboxes that came or went; return the identities of the shelves of those that did both."""
    tracked = draft.tracked
    passing: set[int] = set()
    for shelf, record, previous in unit.operations:
        shelved = tracked.shelves.get(id(shelf))
        if shelved is None or shelved.place.shelf != MAILBOXES:
            continue
        tenant = shelved.place.tenant
        for mailbox in (previous, record):
            if mailbox is None:
                continue
            present, known = shelf_holds(shelf, mailbox), id(mailbox) in tracked.boxes
            if known and not present:
                leave_mailbox(draft, tenant, mailbox)
            elif present and known and record is None:  # it was taken away and set again: the last one in the order
                place = draft.place(shelved.place)
                draft.batch.deleted.append((place, mailbox.owner))
                draft.batch.put.append((place, mailbox.owner, _ENCODER.encode(mailbox_head(mailbox))))
            elif present and not known and id(mailbox.messages) not in draft.shelves:
                draft.batch.put.append(
                    (draft.place(shelved.place), mailbox.owner, _ENCODER.encode(mailbox_head(mailbox)))
                )
                _put_all(draft, mailbox_rows(tenant, mailbox))
                follow_mailbox(draft, tenant, mailbox)
            elif not present:
                passing.update(identity for identity, _ in mailbox_shelves(tenant, mailbox))
    return passing


def shelf_holds(shelf: Any, mailbox: Mailbox) -> bool:
    """Whether the shelf of a tenant's mailboxes holds this very one."""
    held: Mailbox | None = shelf.get(mailbox.owner)
    return held is mailbox


def leave_mailbox(draft: Draft, tenant: str, mailbox: Mailbox) -> None:
    """Have a mailbox go with everything in it.

    Args:
        draft: the transaction.
        tenant: id of its tenant.
        mailbox: the mailbox.
    """
    tracked = draft.tracked
    draft.batch.deleted.append((draft.place(Place(tenant, "", MAILBOXES)), mailbox.owner))
    for place in places_of(tenant, mailbox):
        draft.forget(place)
    for identity, _ in mailbox_shelves(tenant, mailbox):
        draft.then(partial(tracked.shelves.pop, identity, None))
    draft.then(partial(tracked.boxes.pop, id(mailbox), None))


def of_tenants(draft: Draft, world: World) -> None:
    """Add the tenants that came, went, or got other settings."""
    tracked = draft.tracked
    for tenant in world.tenants.values():
        held, head = tracked.tenants.get(tenant.id, (None, None))
        if held is tenant and head is not None:
            if not _is_same(tenant, head):
                head = tenant_head(tenant)
                draft.batch.put.append((draft.place(TENANTS), tenant.id, _ENCODER.encode(head)))
                draft.then(partial(tracked.tenants.__setitem__, tenant.id, (tenant, head)))
            continue
        if held is not None:
            _leave_tenant(draft, held)
        draft.batch.put.append((draft.place(TENANTS), tenant.id, _ENCODER.encode(tenant_head(tenant))))
        _put_all(draft, tenant_rows(tenant))
        for mailbox in tenant.mailboxes:
            row = (draft.place(Place(tenant.id, "", MAILBOXES)), mailbox.owner, _ENCODER.encode(mailbox_head(mailbox)))
            draft.batch.put.append(row)
            _put_all(draft, mailbox_rows(tenant.id, mailbox))
        follow_tenant(draft, tenant)
    for held, _ in [*tracked.tenants.values()]:
        if held.id not in world.tenants:
            _leave_tenant(draft, held)


def _is_same(tenant: Tenant, head: TenantHead) -> bool:
    return (tenant.settings, tuple(tenant.domains), tenant.display_name, tenant.cloud) == (
        head.settings,
        head.domains,
        head.display_name,
        head.cloud,
    )


def _leave_tenant(draft: Draft, tenant: Tenant) -> None:
    tracked = draft.tracked
    draft.batch.deleted.append((draft.place(TENANTS), tenant.id))
    for mailbox in tenant.mailboxes:
        leave_mailbox(draft, tenant.id, mailbox)
    for name in (*TENANT_SHELVES, MAILBOXES):
        draft.forget(Place(tenant.id, "", name))
    for identity, _ in tenant_shelves(tenant):
        draft.then(partial(tracked.shelves.pop, identity, None))
    draft.then(partial(tracked.tenants.pop, tenant.id, None))


def of_parts(draft: Draft, world: World, parts: Sequence[Part]) -> None:
    """Add the world itself where it is new, its parts and its outbox where they have changed."""
    tracked = draft.tracked
    if not tracked.written:
        draft.batch.put.append((draft.place(WORLD), "world", _ENCODER.encode(world_head(world))))
    changed = []
    for part in parts:
        mark = part.fingerprint(world)
        if tracked.marks.get(part.name, _NOTHING) != mark:
            changed.append((part, mark, part.read(world)))
    _put_all(draft, ((PARTS, part.name, value) for part, _, value in changed))
    _note_parts(draft, changed)
    _add_outbox(draft, world)


def _note_parts(draft: Draft, changed: list[tuple[Part, Any, Any]]) -> None:
    if changed:
        tracked = draft.tracked
        draft.then(partial(tracked.marks.update, {part.name: mark for part, mark, _ in changed}))
        draft.then(partial(tracked.values.update, {part.name: value for part, _, value in changed}))


def _add_outbox(draft: Draft, world: World) -> None:
    tracked, outbox = draft.tracked, world.outbox
    held = len(tracked.outbox)
    if len(outbox) == held and (held == 0 or outbox[-1] is tracked.outbox[-1]):
        return
    grown = len(outbox) > held and (held == 0 or outbox[held - 1] is tracked.outbox[-1])
    if not grown:
        place = draft.place(OUTBOX)
        draft.batch.deleted.extend((place, str(position)) for position in range(held))
    start = held if grown else 0
    _put_all(draft, ((OUTBOX, str(start + offset), one) for offset, one in enumerate(outbox[start:])))
    copied = list(outbox)
    draft.then(partial(setattr, tracked, "outbox", copied))


def heads_of(draft: Draft, mailboxes: Iterable[Mailbox]) -> None:
    """Add the counters of mailboxes where they have changed."""
    tracked = draft.tracked
    for mailbox in mailboxes:
        held, tenant, head = tracked.boxes[id(mailbox)]
        now = mailbox_head(held)
        place = Place(tenant, "", MAILBOXES)
        if now != head and not draft.is_gone(Place(tenant, held.owner, CHANGES)):
            draft.batch.put.append((draft.place(place), held.owner, _ENCODER.encode(now)))
            draft.then(partial(tracked.boxes.__setitem__, id(held), (held, tenant, now)))


def _put_all(draft: Draft, rows: Iterable[Content]) -> None:
    encode, place_of = _ENCODER.encode, draft.place
    draft.batch.put.extend((place_of(place), key, encode(record)) for place, key, record in rows)
