"""Worlds that outlive the emulator: read back from a data directory at its start, exported and imported."""

import asyncio
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from outlook365_emulator.store.hosting import Hosting, NameTaken
from outlook365_emulator.store.recording import NotKept
from outlook365_emulator.store.world import World

if TYPE_CHECKING:
    from outlook365_emulator.store.durable.archive import Captured
    from outlook365_emulator.store.durable.parts import Part
    from outlook365_emulator.store.durable.recorder import DataDirectory

DEFAULT = "default"
"""Name of the note that says which world is the default one: its key, a space, and what was asked for."""

KEYS = "keys"
"""Folder of the signing keys in a data directory."""

AUTHORITY = "authority"
"""Folder of the certificate authority in a data directory."""


def open_directory(directory: Path, parts: "Sequence[Part]") -> "DataDirectory":
    """Open a data directory for this emulator alone; `sqlite3` is imported here and not before.

    Args:
        directory: the directory; made where it is missing.
        parts: further parts of a world that are kept.

    Raises:
        BadData: it cannot be used; the message says why.
    """
    from outlook365_emulator.store.durable.database import BadData
    from outlook365_emulator.store.durable.recorder import DataDirectory

    data = DataDirectory(directory, parts)
    try:
        for name in (KEYS, AUTHORITY):
            (directory / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        data.close()
        raise BadData(f"the data directory {directory} cannot be used: {error}") from None
    return data


def fill(hosting: Hosting, data: "DataDirectory", wanted: str | None, make: Callable[[str], World]) -> None:
    """Host the worlds of a data directory, and the default one where it is not among them.

    Args:
        hosting: the worlds of the emulator, none yet.
        data: the directory, which records all changes from here on.
        wanted: name or file of the default world, or None for none.
        make: reads a world file and hosts its world.

    Raises:
        BadData: the directory holds what cannot be read, or cannot be written.
        DocumentError: the world file says something wrong.
    """
    from outlook365_emulator.store.durable.database import BadData

    hosting.recorder = data
    try:
        for world in data.stored():
            hosting.add(world)
    except ValueError as error:
        raise BadData(f"the data directory {data.directory} holds what cannot be read: {error}") from None
    try:
        if wanted is not None:
            hosting.default = _default(hosting, data, wanted) or make(wanted)
            data.database.note(DEFAULT, f"{hosting.default.key} {wanted}")
        data.settle_all()
    except NotKept as error:
        raise BadData(str(error)) from None


def _default(hosting: Hosting, data: "DataDirectory", wanted: str) -> World | None:
    """Return the world that was made of the same file, or that has its name."""
    key, _, source = data.database.noted(DEFAULT).partition(" ")
    if source == wanted and (found := hosting.by_key(key)) is not None:
        return found
    from outlook365_emulator.worlds import load_world_file

    name = load_world_file(wanted).name
    return hosting.by_name(name) if name is not None else None


class Archives:
    """Exports and imports of worlds, packed and unpacked in a thread while the loop serves others.

    One at a time: each holds the whole of a world in memory.

    Args:
        hosting: the worlds of the emulator.
        parts: further parts of a world that are kept.
    """

    def __init__(self, hosting: Hosting, parts: "Sequence[Part]") -> None:
        from outlook365_emulator.store.durable.parts import PARTS

        self._hosting = hosting
        self._parts = (*PARTS, *parts)
        self._turn = asyncio.Lock()

    async def exported(self, world: World) -> bytes:
        """Return a world with its mail, as it is when this begins, as one file."""
        from outlook365_emulator.store.durable.archive import capture

        captured = capture(world, self._parts)
        async with self._turn:
            return await asyncio.to_thread(packed, captured)

    async def imported(self, content: bytes, limit: int) -> World:
        """Host a world that was exported, and write it where worlds are kept; the latter holds up the loop.

        Args:
            content: the file.
            limit: how many bytes it may have when it is unpacked.

        Raises:
            BadData: it is no such file, or is too large.
            NameTaken: a world of its name, or a tenant with one of its ids or domains, is there already.
            NotKept: it cannot be written.
        """
        from outlook365_emulator.store.durable.archive import read_archive

        async with self._turn:
            archived = await asyncio.to_thread(read_archive, io.BytesIO(content), self._parts, limit=limit)
        self._host(archived.world)
        return archived.world

    def _host(self, world: World) -> None:
        hosting = self._hosting
        try:
            hosting.add(world)
            if hosting.recorder is not None:
                hosting.recorder.rewrite(world)
        except NameTaken:
            world.blobs.close()
            raise
        except NotKept:
            hosting.drop(world)
            raise


def packed(captured: "Captured") -> bytes:
    """Return a world as one file; any thread may call.

    Args:
        captured: the world as it was.
    """
    from outlook365_emulator.store.durable.archive import write_archive

    target = io.BytesIO()
    write_archive(captured, target)
    return target.getvalue()
