"""A world as rows: every record with its place and key, in an order in which the world can be built again."""

from collections.abc import Iterator, Sequence
from typing import Any

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
    """Yield everything of a world."""
    yield WORLD, "world", world_head(world)
    for part in parts:
        yield PARTS, part.name, part.read(world)
    for position, outgoing in enumerate(world.outbox):
        yield OUTBOX, str(position), outgoing
    for name, kept in SIGN_IN_SHELVES.items():
        for record in getattr(world.sign_ins, name):
            yield Place("", "", SIGN_INS + name), kept.key(record), record
    for tenant in world.tenants.values():
        yield TENANTS, tenant.id, tenant_head(tenant)
    for tenant in world.tenants.values():
        yield from tenant_rows(tenant)
        for mailbox in tenant.mailboxes:
            yield Place(tenant.id, "", MAILBOXES), mailbox.owner, mailbox_head(mailbox)
    for tenant in world.tenants.values():
        for mailbox in tenant.mailboxes:
            yield from mailbox_rows(tenant.id, mailbox)


def tenant_rows(tenant: Tenant) -> Iterator[Content]:
    """Yield what lies on a tenant's own shelves."""
    for name, kept in TENANT_SHELVES.items():
        for record in getattr(tenant, name):
            yield Place(tenant.id, "", name), kept.key(record), record


def mailbox_rows(tenant: str, mailbox: Mailbox) -> Iterator[Content]:
    """Yield what lies on a mailbox's shelves, and its change log.

    Args:
        tenant: id of the tenant that it belongs to.
        mailbox: the mailbox.
    """
    for name, kept in MAILBOX_SHELVES.items():
        for record in getattr(mailbox, name):
            yield Place(tenant, mailbox.owner, name), kept.key(record), record
    for change in mailbox.changes:
        yield Place(tenant, mailbox.owner, CHANGES), change_key(change.shelf, change.number), change
