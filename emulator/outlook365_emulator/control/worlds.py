"""Worlds: made from a document, listed, shown, dropped."""

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.views import PortView, WorldList, WorldSummary, WorldView, clock_view, world_view
from outlook365_emulator.worlds import WorldDocument, build_world


def create_world(call: Call, document: WorldDocument) -> WorldView:
    """Make a world with everything in it and host it."""
    return world_view(build_world(call.context.hosting, document))


def list_worlds(call: Call) -> WorldList:
    """List the worlds."""
    hosting = call.context.hosting
    return WorldList(
        [
            WorldSummary(
                name=world.name,
                default=world is hosting.default,
                clock=clock_view(world),
                domains=[domain for tenant in world.tenants.values() for domain in tenant.domains],
            )
            for world in hosting
        ]
    )


def show_world(call: Call) -> WorldView:
    """Show a world."""
    return world_view(call.world)


def drop_world(call: Call) -> None:
    """Drop a world and its snapshots."""
    world = call.world
    call.context.drop(world)
    call.snapshots.pop(world.key, None)


def open_port(call: Call) -> PortView:
    """Open an HTTPS port of the world's own: every request there is placed in it."""
    return PortView(call.context.open_port(call.world))
