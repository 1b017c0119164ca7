"""What is kept of worlds, tenants and mailboxes themselves, beside what lies on their shelves."""

from typing import Any

import msgspec

from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World


class WorldHead(msgspec.Struct, frozen=True, kw_only=True):
    """A world.

    Attributes:
        nonce: what determines its ids.
        key: what its opaque values begin with; it follows from nonce and name.
    """

    name: str
    seed: int
    nonce: bytes
    key: str


class TenantHead(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant."""

    id: str
    cloud: str
    domains: tuple[str, ...]
    display_name: str
    settings: dict[str, Any]


class MailboxHead(msgspec.Struct, frozen=True, kw_only=True):
    """A mailbox.

    Attributes:
        next_number: the counter of its items, folders and changes.
        generation: generation of the sync states of delta queries.
        sequence: number of the latest change in its change log.
    """

    owner: str
    guid: str
    next_number: int
    generation: int
    sequence: int


def world_head(world: World) -> WorldHead:
    """Return what is kept of a world itself."""
    return WorldHead(name=world.name, seed=world.seed, nonce=world.ids.nonce, key=world.key)


def tenant_head(tenant: Tenant) -> TenantHead:
    """Return what is kept of a tenant itself."""
    return TenantHead(
        id=tenant.id,
        cloud=tenant.cloud,
        domains=tuple(tenant.domains),
        display_name=tenant.display_name,
        settings=dict(tenant.settings),
    )


def mailbox_head(mailbox: Mailbox) -> MailboxHead:
    """Return what is kept of a mailbox itself."""
    return MailboxHead(
        owner=mailbox.owner,
        guid=mailbox.guid,
        next_number=mailbox.next_number,
        generation=mailbox.generation,
        sequence=mailbox.changes.sequence,
    )
