"""Snapshots of a world: shallow copies, since records never change."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from outlook365_emulator.store.world import World


class Snapshot(msgspec.Struct, frozen=True):
    """The state of a world at a moment: tenants, mailboxes, agenda, outbox, settings, sign-ins, notices, clock."""

    timestamp: float
    frozen: bool
    tenants: dict[str, tuple[Any, Any]]
    agenda: tuple[Any, ...]
    outbox: tuple[Any, ...]
    settings: dict[str, str]
    sign_ins: list[dict[str, Any]]
    notices: tuple[Any, ...] = ()


def take(world: World) -> Snapshot:
    """Return a snapshot of a world."""
    tenants = {name: (tenant, tenant.state()) for name, tenant in world.tenants.items()}
    return Snapshot(
        world.clock.timestamp(),
        world.clock.frozen,
        tenants,
        world.agenda.state(),
        tuple(world.outbox),
        dict(world.settings),
        world.sign_ins.state(),
        world.notices.state(),
    )


def restore(world: World, snapshot: Snapshot) -> None:
    """Put a world back to a snapshot of it; tenants that came later are gone.

    The clock goes back too; faults and journal stay, since they belong to the observer and not to the state.
    """
    if snapshot.frozen:
        world.clock.freeze()
    world.clock.set(datetime.fromtimestamp(snapshot.timestamp, UTC))
    if not snapshot.frozen:
        world.clock.resume()
    world.tenants = {name: tenant for name, (tenant, _) in snapshot.tenants.items()}
    for tenant, state in snapshot.tenants.values():
        tenant.restore(state)
    world.agenda.restore(snapshot.agenda)
    world.outbox[:] = snapshot.outbox
    world.settings = dict(snapshot.settings)
    world.sign_ins.restore(snapshot.sign_ins)
    world.notices.restore(snapshot.notices)
    if world.recorder is not None:
        world.recorder.rewrite(world)
