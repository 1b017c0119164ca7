"""A world as rows: every record with its place and key, in an order in which the world can be built again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from outlook365_emulator.store.change_log import Change
from outlook365_emulator.store.durable.heads import mailbox_head, tenant_head, world_head
from outlook365_emulator.store.durable.parts import Part
from outlook365_emulator.store.durable.shelves import MAILBOX_SHELVES, SIGN_IN_SHELVES, TENANT_SHELVES, Place
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

WORLD, TENANTS, PARTS, OUTBOX = (Place("", "", name) for name in ("world", "tenants", "parts", "outbox"))
MAILBOXES, CHANGES = "mailboxes", "changes"
SIGN_INS = "sign_ins."
"""What the names of the sign-ins' shelves begin with."""

Content = tuple[Place, str, Any]


def plain(value: Any) -> Any:
    """Turn what msgspec does not know (read-only mappings) into what it knows.

    Raises:
        NotImplementedError: it is no mapping.
    """
    if hasattr(value, "keys"):
        return dict(value)
    raise NotImplementedError(f"a record holds a {type(value).__name__}, which cannot be kept")


def change_key(shelf: str, number: int) -> str:
    """Return the key of an entry of a change log."""
    return f"{shelf}/{number}"


def rows_of(world: World, parts: Sequence[Part]) -> Iterator[Content]:
    """Yield everything of a world, which stays as it is meanwhile."""
    return chain.from_iterable(_pieces(world, parts))


def held_rows(world: World, parts: Sequence[Part]) -> Iterator[Content]:
    """Yield everything of a world as it is when this is called, in any thread and whatever happens to the world later.

    Records never change, so that only the lists of them are copied.
    """
    return chain.from_iterable(list(_pieces(world, parts)))


def tenant_rows(tenant: Tenant) -> Iterator[Content]:
    """Yield what lies on a tenant's own shelves."""
    return chain.from_iterable(_tenant_pieces(tenant))


def mailbox_rows(tenant: str, mailbox: Mailbox) -> Iterator[Content]:
    """Yield what lies on a mailbox's shelves, and its change log.

    Args:
        tenant: id of the tenant that it belongs to.
        mailbox: the mailbox.
    """
    return chain.from_iterable(_mailbox_pieces(tenant, mailbox))


def _pieces(world: World, parts: Sequence[Part]) -> Iterator[Iterable[Content]]:
    yield [(WORLD, "world", world_head(world))]
    yield [(PARTS, part.name, part.read(world)) for part in parts]
    yield [(OUTBOX, str(position), outgoing) for position, outgoing in enumerate(world.outbox)]
    for name, kept in SIGN_IN_SHELVES.items():
        yield _laid(Place("", "", SIGN_INS + name), kept.key, getattr(world.sign_ins, name))
    tenants = list(world.tenants.values())
    yield [(TENANTS, tenant.id, tenant_head(tenant)) for tenant in tenants]
    for tenant in tenants:
        yield from _tenant_pieces(tenant)
        place = Place(tenant.id, "", MAILBOXES)
        yield [(place, mailbox.owner, mailbox_head(mailbox)) for mailbox in tenant.mailboxes]
    for tenant in tenants:
        for mailbox in tenant.mailboxes:
            yield from _mailbox_pieces(tenant.id, mailbox)


def _tenant_pieces(tenant: Tenant) -> Iterator[Iterable[Content]]:
    for name, kept in TENANT_SHELVES.items():
        yield _laid(Place(tenant.id, "", name), kept.key, getattr(tenant, name))


def _mailbox_pieces(tenant: str, mailbox: Mailbox) -> Iterator[Iterable[Content]]:
    for name, kept in MAILBOX_SHELVES.items():
        yield _laid(Place(tenant, mailbox.owner, name), kept.key, getattr(mailbox, name))
    yield _laid(Place(tenant, mailbox.owner, CHANGES), _key_of_change, mailbox.changes)


def _key_of_change(change: Change) -> str:
    return change_key(change.shelf, change.number)


def _laid(place: Place, key: Callable[[Any], str], shelf: Iterable[Any]) -> Iterable[Content]:
    """Return the rows of what lies on a shelf when this is called."""
    records = tuple(shelf)
    return ((place, key(record), record) for record in records)
