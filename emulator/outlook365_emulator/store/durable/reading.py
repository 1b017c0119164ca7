"""From rows to a world."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from outlook365_emulator.store.change_log import Change
from outlook365_emulator.store.durable.heads import MailboxHead, TenantHead, WorldHead
from outlook365_emulator.store.durable.parts import Part
from outlook365_emulator.store.durable.rows import CHANGES, MAILBOXES, OUTBOX, PARTS, SIGN_INS, TENANTS, WORLD
from outlook365_emulator.store.durable.shelves import MAILBOX_SHELVES, SIGN_IN_SHELVES, TENANT_SHELVES, Place
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import Outgoing, World

Decode = Callable[[Any, Any], Any]
"""Reads a record as a type."""


class Building:
    """A world that is put together from rows.

    Args:
        decode: reads a record as a type.
        parts: the parts of a world.
    """

    def __init__(self, decode: Decode, parts: Sequence[Part]) -> None:
        self._decode = decode
        self._types = {part.name: part.type for part in parts}
        self._parts = parts
        self._values: dict[str, Any] = {}
        self._world: World | None = None
        self._heads: dict[tuple[str, str], MailboxHead] = {}
        self._changes: dict[tuple[str, str], list[Change]] = {}

    @property
    def world(self) -> World:
        """The world, once its own row was added."""
        if self._world is None:
            raise ValueError("the world's own row is missing")
        return self._world

    def add(self, place: Place, key: str, record: Any) -> None:
        """Take in a row.

        Raises:
            ValueError: it cannot be read, or belongs to something that is not there.
        """
        if place.mailbox:
            self._add_to_mailbox(place, record)
        elif place.tenant:
            self._add_to_tenant(self.world.tenants[place.tenant], place.shelf, record)
        elif place == WORLD:
            head = self._decode(record, WorldHead)
            self._world = World(head.name, seed=head.seed, nonce=head.nonce)
        elif place == PARTS:
            if key in self._types:
                self._values[key] = self._decode(record, self._types[key])
        elif place == OUTBOX:
            self.world.outbox.append(self._decode(record, Outgoing))
        elif place == TENANTS:
            one = self._decode(record, TenantHead)
            self.world.tenants[one.id] = Tenant(one.id, one.cloud, one.domains, one.display_name, one.settings)
        else:
            name = place.shelf.removeprefix(SIGN_INS)
            getattr(self.world.sign_ins, name).put(self._decode(record, SIGN_IN_SHELVES[name].type))

    def _add_to_tenant(self, tenant: Tenant, shelf: str, record: Any) -> None:
        if shelf != MAILBOXES:
            getattr(tenant, shelf).put(self._decode(record, TENANT_SHELVES[shelf].type))
            return
        head = self._decode(record, MailboxHead)
        mailbox = Mailbox(head.owner, head.guid)
        for name in MAILBOX_SHELVES:
            getattr(mailbox, name).restore({})
        tenant.mailboxes.put(mailbox)
        self._heads[tenant.id, head.owner] = head

    def _add_to_mailbox(self, place: Place, record: Any) -> None:
        if place.shelf == CHANGES:
            self._changes.setdefault(place[:2], []).append(self._decode(record, Change))
            return
        mailbox = self.world.tenants[place.tenant].mailboxes.get(place.mailbox)
        if mailbox is None:
            raise ValueError(f"the mailbox {place.mailbox} of {place.shelf} is missing")
        getattr(mailbox, place.shelf).put(self._decode(record, MAILBOX_SHELVES[place.shelf].type))

    def finish(self, blobs: Path | None) -> World:
        """Return the world, with its counters and parts in place.

        Args:
            blobs: the file with its large content, or None where that is not read.
        """
        world = self.world
        world.blobs.path = blobs
        for (tenant, owner), head in self._heads.items():
            mailbox = world.tenants[tenant].mailboxes.get(owner)
            assert mailbox is not None
            mailbox.next_number, mailbox.generation = head.next_number, head.generation
            changes = sorted(self._changes.get((tenant, owner), ()), key=lambda change: change.sequence)
            mailbox.changes.restore((head.sequence, {(one.shelf, one.number): one for one in changes}))
        for part in self._parts:
            if part.name in self._values:
                part.restore(world, self._values[part.name])
        return world


def read_world(
    rows: Iterable[tuple[Place, str, Any]], decode: Decode, parts: Sequence[Part], blobs: Path | None
) -> World:
    """Build a world from its rows.

    Args:
        rows: what `rows_of` gives, its records written.
        decode: reads a record as a type.
        parts: the parts of a world.
        blobs: the file with its large content, or None where that is not read.

    Raises:
        ValueError: a row cannot be read, or belongs to something that is not there.
    """
    building = Building(decode, parts)
    for place, key, record in rows:
        try:
            building.add(place, key, record)
        except (LookupError, ValueError) as error:
            raise ValueError(f"{'/'.join(filter(None, place))} {key}: {error}") from None
    return building.finish(blobs)
