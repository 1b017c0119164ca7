"""Snapshots by name that outlive the process: files of a data directory, bound to the world when it is read."""

import base64
from pathlib import Path
from typing import Any

import msgspec

from outlook365_emulator.store.durable.archive import Archived
from outlook365_emulator.store.snapshot import Snapshot, take
from outlook365_emulator.store.world import World


def file_of(name: str) -> str:
    """Return the name of the file of a snapshot; any name makes a valid one."""
    return base64.urlsafe_b64encode(name.encode()).decode().rstrip("=") + ".zip"


def name_of(file: Path) -> str:
    """Return the name of the snapshot in a file."""
    return base64.urlsafe_b64decode(file.stem + "=" * (-len(file.stem) % 4)).decode()


def bound_to(world: World, archived: Archived) -> Snapshot:
    """Return an archived state as a snapshot of a living world: of its own tenants and mailboxes where it has them.

    Args:
        world: the world that it was taken of.
        archived: the state.
    """
    snapshot = take(archived.world)
    tenants: dict[str, tuple[Any, Any]] = {}
    for name, (tenant, (settings, tables, boxes, subscriptions)) in snapshot.tenants.items():
        living = world.tenants.get(name, tenant)
        own = [(living.mailboxes.get(mailbox.owner) or mailbox, state) for mailbox, state in boxes]
        tenants[name] = (living, (settings, tables, own, subscriptions))
    return msgspec.structs.replace(snapshot, timestamp=archived.timestamp, tenants=tenants)
