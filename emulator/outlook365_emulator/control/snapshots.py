"""Snapshots of a world."""

from datetime import UTC, datetime

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.problems import unknown
from outlook365_emulator.control.requests import SnapshotName
from outlook365_emulator.control.views import SnapshotList, SnapshotView
from outlook365_emulator.store.snapshot import Snapshot, restore, take


def take_snapshot(call: Call, body: SnapshotName) -> SnapshotView:
    """Take a snapshot; one with the same name is replaced."""
    snapshot = take(call.world)
    if call.world.recorder is not None:
        call.world.recorder.keep_snapshot(call.world, body.name)
    call.snapshots.setdefault(call.world.key, {})[body.name] = snapshot
    return _view(body.name, snapshot)


def list_snapshots(call: Call) -> SnapshotList:
    """List the snapshots of a world."""
    return SnapshotList([_view(name, one) for name, one in call.snapshots.get(call.world.key, {}).items()])


def restore_snapshot(call: Call) -> None:
    """Put a world back to a snapshot; tenants and applications that came later are gone."""
    world, hosting, name = call.world, call.context.hosting, call.keys["snapshot"]
    held = call.snapshots.get(world.key, {})
    if name not in held:
        raise unknown("snapshot", name, held)
    for tenant in [one for one in world.tenants.values() if one.id not in held[name].tenants]:
        hosting.drop_tenant(world, tenant)
    for client_id in _clients(call):
        hosting.forget_client(world, client_id)
    restore(world, held[name])
    for client_id in _clients(call):
        hosting.add_client(world, client_id)
    call.context.resume(world)


def _clients(call: Call) -> set[str]:
    return {one.client_id for tenant in call.world.tenants.values() for one in tenant.applications}


def _view(name: str, snapshot: Snapshot) -> SnapshotView:
    return SnapshotView(name, datetime.fromtimestamp(snapshot.timestamp, UTC))
