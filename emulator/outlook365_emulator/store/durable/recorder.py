"""A data directory: the worlds in it, and every change of them written before its answer is sent."""

import contextlib
import gc
import shutil
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from outlook365_emulator.store.durable.archive import read_archive, save_archive
from outlook365_emulator.store.durable.database import BadData, Batch, Database, not_written
from outlook365_emulator.store.durable.drafting import follow_tenant, heads_of, of_parts, of_tenants, of_unit, whole
from outlook365_emulator.store.durable.parts import PARTS, Part, restore_agenda
from outlook365_emulator.store.durable.reading import read_world
from outlook365_emulator.store.durable.snapshots import bound_to, file_of, name_of
from outlook365_emulator.store.durable.tracking import Draft, Tracked
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.recording import NotKept
from outlook365_emulator.store.snapshot import Snapshot
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World


class DataDirectory:
    """The recorder of an emulator whose worlds outlive it.

    Args:
        directory: where everything lies; made where it is missing.
        parts: further parts of a world than `PARTS`.

    Raises:
        BadData: the directory cannot be used; the message says why.
    """

    def __init__(self, directory: Path, parts: Sequence[Part] = ()) -> None:
        self.directory = directory
        self.database = Database(directory)
        (directory / "blobs").mkdir(exist_ok=True)
        self._parts = (*PARTS, *parts)
        self._tracked: dict[str, Tracked] = {}
        self._last_place = self.database.last_place()

    def _next_place(self) -> int:
        self._last_place += 1
        return self._last_place

    def blobs_of(self, key: str) -> Path:
        """Return the file with the large content of a world.

        Args:
            key: the world's key.
        """
        return self.directory / "blobs" / key

    def stored(self) -> Iterator[World]:
        """Build each world that the directory holds; host it next.

        Raises:
            ValueError: the file holds what cannot be read.
        """
        for key in self.database.worlds():
            with without_collection():
                world = read_world(self.database.rows(key), decoded, self._parts, self.blobs_of(key))
            yield world

    def take_in(self, file: Path) -> World:
        """Put a world that was exported into the directory.

        Args:
            file: what `write_archive` has written.

        Raises:
            BadData: it is no such file, or cannot be written.
            NameTaken: the directory holds a world or tenant of that name.
        """
        hosting = Hosting()
        hosting.recorder = self
        for held in self.stored():
            hosting.add(held)
        world = read_archive(file, self._parts).world
        try:
            hosting.add(world)
            self.rewrite(world)
        except NotKept as error:
            raise BadData(str(error)) from None
        return world

    def host(self, world: World) -> None:
        """Begin to record a world; one that the directory holds is followed as it stands.

        Raises:
            NotKept: its large content cannot be written.
        """
        tracked = self._tracked[world.key] = Tracked(world)
        world.recorder = self
        tracked.places = self.database.places(world.key)
        if not tracked.places:
            self._remove_files(world.key)
            world.blobs.keep_in(self.blobs_of(world.key))
            return
        draft = Draft(tracked, self._next_place)
        for tenant in world.tenants.values():
            follow_tenant(draft, tenant)
        tracked.outbox = list(world.outbox)
        draft.written()

    def write(self, world: World, unit: UnitOfWork) -> None:
        """Write a unit of work, whose records are in place, and what else has changed in its world.

        Raises:
            NotKept: it cannot be written; agenda, outbox and settings are as they were written last.
            UnknownShelf: it has written to a shelf that is not kept.
        """
        tracked = self._tracked[world.key]
        try:
            if tracked.stale:
                self.rewrite(world)
                return
            draft = Draft(tracked, self._next_place)
            of_tenants(draft, world)
            of_unit(draft, unit)
            of_parts(draft, world, self._parts)
            self._write(draft)
        except BaseException:
            self._revert(tracked)
            raise

    def settle(self, world: World) -> None:
        """Write what has changed in a world outside of units of work.

        Raises:
            NotKept: it cannot be written.
        """
        tracked = self._tracked[world.key]
        if tracked.stale:
            self.rewrite(world)
            return
        draft = Draft(tracked, self._next_place)
        of_tenants(draft, world)
        heads_of(draft, counted(tracked))
        of_parts(draft, world, self._parts)
        if not draft.batch.empty:
            self._write(draft)

    def settle_all(self) -> None:
        """Write what has changed in any world outside of units of work.

        Raises:
            NotKept: it cannot be written.
        """
        for tracked in list(self._tracked.values()):
            self.settle(tracked.world)

    def rewrite(self, world: World) -> None:
        """Write a world anew as a whole.

        Raises:
            NotKept: it cannot be written; that is tried again with the next change.
        """
        self._tracked[world.key].stale = True
        tracked = Tracked(world)
        self._write(whole(tracked, self._next_place, self._parts))
        self._tracked[world.key] = tracked

    def _write(self, draft: Draft) -> None:
        """Write a transaction; the large content that it names is with the system by then."""
        try:
            draft.tracked.world.blobs.flush()
        except OSError as error:
            raise NotKept(not_written(self.directory, error)) from None
        self.database.write(draft.batch)
        draft.written()

    @staticmethod
    def _revert(tracked: Tracked) -> None:
        """Put back what is no record: what the failed unit planned, sent out of the emulator or set."""
        if tracked.written and not tracked.stale and tracked.values:
            world = tracked.world
            restore_agenda(world, tracked.values["agenda"])
            world.settings = dict(tracked.values["settings"])
            world.outbox[:] = tracked.outbox

    def drop(self, world: World) -> None:
        """Forget a world and everything that is kept of it.

        Raises:
            NotKept: that cannot be written; the world is still there.
        """
        tracked = self._tracked.get(world.key)
        if tracked is None:
            return
        if tracked.written:
            self.database.write(Batch(dropped=world.key))
        del self._tracked[world.key]
        world.recorder = None
        self._remove_files(world.key)

    def _remove_files(self, key: str) -> None:
        """Remove the files of a world that is gone, or of one with the same key whose end a kill has cut short."""
        self.blobs_of(key).unlink(missing_ok=True)
        shutil.rmtree(self._snapshots_of(key), ignore_errors=True)

    def _snapshots_of(self, key: str) -> Path:
        return self.directory / "snapshots" / key

    def keep_snapshot(self, world: World, name: str) -> None:
        """Write a world's present state under a name; its large content stays where it lies.

        Raises:
            NotKept: it cannot be written.
        """
        folder = self._snapshots_of(world.key)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            save_archive(world, folder / file_of(name), self._parts, content=False)
        except OSError as error:
            raise NotKept(f"the snapshot cannot be written to {folder} ({error})") from None

    def kept_snapshots(self, worlds: Iterable[World]) -> dict[str, dict[str, Snapshot]]:
        """Return the snapshots that are kept, by world key and name.

        Args:
            worlds: the worlds, hosted already.

        Raises:
            BadData: a file cannot be read.
        """
        found: dict[str, dict[str, Snapshot]] = {}
        for world in worlds:
            for file in sorted(self._snapshots_of(world.key).glob("*.zip"), key=lambda one: one.stat().st_mtime_ns):
                archived = read_archive(file, self._parts)
                found.setdefault(world.key, {})[name_of(file)] = bound_to(world, archived)
        return found

    def close(self) -> None:
        """Close the files."""
        for tracked in self._tracked.values():
            tracked.world.blobs.close()
        self.database.close()


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Keep the collector of cycles from walking over records that are being read: it would take as long as reading."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def counted(tracked: Tracked) -> list[Mailbox]:
    """Return the mailboxes that have counted on outside of units of work that succeeded."""
    return [
        mailbox
        for mailbox, _, head in tracked.boxes.values()
        if mailbox.next_number != head.next_number or mailbox.generation != head.generation
    ]


def decoded(record: bytes, kind: Any) -> Any:
    """Read a record of the database."""
    return _decoder(kind).decode(record)


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)
