"""A world with its mail as one file: out of one emulator, into another. Format: docs/how-to/keep-data.md."""

import msgspec

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.problems import ControlError
from outlook365_emulator.control.views import WorldView, world_view

MEDIA = "application/zip"

UNPACKED = 512 * 1024 * 1024
"""How many bytes an import may have when it is unpacked."""


class Archive(msgspec.Struct):
    """The file."""

    content: bytes


async def export_world(call: Call) -> Archive:
    """Write the world with its mail as one file (`application/zip`); snapshots and the journal are not in it."""
    return Archive(await call.context.export(call.world))


async def import_world(call: Call, archive: Archive) -> WorldView:
    """Host a world that was exported, with its ids; signing keys that it rolled over to do not come with it."""
    from outlook365_emulator.store.durable.database import BadData

    try:
        return world_view(await call.context.take_in(archive.content, UNPACKED))
    except BadData as error:
        raise ControlError(400, "bad_archive", str(error)) from None
