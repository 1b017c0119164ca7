"""The SQLite file of a data directory: its schema, one transaction for each batch, and what is wrong when one fails.

Write-ahead log, `synchronous=NORMAL`: a transaction outlives the end of the process at any moment; after a loss of
power the latest ones may be missing, and the file is whole in any case (sqlite.org/pragma.html#pragma_synchronous).
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from outlook365_emulator.store.durable.heads import WorldHead
from outlook365_emulator.store.durable.shelves import Place
from outlook365_emulator.store.recording import NotKept

FILE = "worlds.sqlite3"
LOCK = "in-use"
CHECKPOINT = 4000
"""Pages (16 MB) after which the log is copied into the file: the only time at which a request waits for the disk."""

Migration = Callable[[sqlite3.Connection], None]
Row = tuple[Place, str, bytes]


class BadData(ValueError):
    """A data directory or a file of it that cannot be used; the message says why and what to do."""


class Batch(msgspec.Struct):
    """What one transaction writes, in the order in which it happens.

    Attributes:
        gone: places whose records go, and they with them.
        places: new places: id, world, tenant, mailbox, shelf.
        deleted: records that go: place and key.
        put: records that are set: place, key and record.
        dropped: key of a world that goes before all the rest, or "".
    """

    gone: list[int] = []
    places: list[tuple[int, str, str, str, str]] = []
    deleted: list[tuple[int, str]] = []
    put: list[tuple[int, str, bytes]] = []
    dropped: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.gone or self.places or self.deleted or self.put or self.dropped)


def create_tables(connection: sqlite3.Connection) -> None:
    """Migration to version 1: make the tables, and a view for people who open the file."""
    connection.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    connection.execute(
        "CREATE TABLE places (id INTEGER PRIMARY KEY, world TEXT NOT NULL, tenant TEXT NOT NULL, "
        "mailbox TEXT NOT NULL, shelf TEXT NOT NULL, UNIQUE (world, tenant, mailbox, shelf))"
    )
    connection.execute(
        "CREATE TABLE records (id INTEGER PRIMARY KEY, place INTEGER NOT NULL, key TEXT NOT NULL, "
        "record BLOB NOT NULL, UNIQUE (place, key))"
    )
    connection.execute(
        "CREATE VIEW contents AS SELECT world, tenant, mailbox, shelf, key, record "
        "FROM records JOIN places ON places.id = records.place ORDER BY records.id"
    )


MIGRATIONS: Sequence[Migration] = (create_tables,)
"""From each version of the schema to the next; the number of the last one is the version that this code writes."""


class Database:
    """The file of a data directory, opened by this process alone.

    Args:
        directory: the data directory; made where it is missing.
        migrations: how the schema came about.
        reading: True to look at the file while another process may write it; nothing is made or changed.

    Raises:
        BadData: the directory cannot be written, another emulator uses it, or a newer one wrote it.
    """

    def __init__(self, directory: Path, migrations: Sequence[Migration] = MIGRATIONS, *, reading: bool = False) -> None:
        self.directory = directory
        self._lock: sqlite3.Connection | None = None
        file = directory / FILE
        try:
            if reading:
                if not file.exists():
                    raise BadData(f"{directory} holds no data: there is no {FILE} in it")
            else:
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                file.touch(mode=0o600)  # it holds secrets
                self._lock = _locked(directory)
            self._connection = _connected(file)
            self._migrate(migrations, reading=reading)
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise BadData(f"the data directory {directory} cannot be used: {error}") from None
        except BadData:
            self.close()
            raise

    def _migrate(self, migrations: Sequence[Migration], *, reading: bool) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > len(migrations):
            raise BadData(
                f"{self.directory / FILE} was written by a newer emulator (schema {version}, this one knows "
                f"{len(migrations)}): use that one, or another directory"
            )
        if reading and version < len(migrations):
            raise BadData(f"{self.directory / FILE} was written by an older emulator: serve it once with --data")
        for number, migration in enumerate(migrations[version:], version + 1):
            with self._transaction():
                migration(self._connection)
                self._connection.execute(f"PRAGMA user_version = {number}")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # a full disk has rolled it back already
                self._connection.execute("ROLLBACK")
            raise

    def write(self, batch: Batch) -> None:
        """Write a batch in one transaction.

        Raises:
            NotKept: it could not be written, and nothing of it was.
        """
        try:
            with self._transaction() as connection:
                if batch.dropped:
                    found = connection.execute("SELECT id FROM places WHERE world = ?", (batch.dropped,))
                    _forget(connection, [number for (number,) in found.fetchall()])
                _forget(connection, batch.gone)
                connection.executemany("INSERT INTO places VALUES (?, ?, ?, ?, ?)", batch.places)
                connection.executemany("DELETE FROM records WHERE place = ? AND key = ?", batch.deleted)
                connection.executemany(
                    "INSERT INTO records (place, key, record) VALUES (?, ?, ?) "
                    "ON CONFLICT (place, key) DO UPDATE SET record = excluded.record",
                    batch.put,
                )
        except sqlite3.Error as error:
            raise NotKept(not_written(self.directory, error)) from None

    def last_place(self) -> int:
        """Return the greatest id of a place, or 0."""
        (number,) = self._connection.execute("SELECT coalesce(max(id), 0) FROM places").fetchone()
        return int(number)

    def worlds(self) -> list[str]:
        """Return the keys of the worlds, in the order in which they were written first."""
        rows = self._connection.execute("SELECT world FROM places WHERE shelf = 'world' ORDER BY id")
        return [world for (world,) in rows.fetchall()]

    def name_of(self, world: str) -> str:
        """Return the name of a world by its key."""
        (record,) = self._connection.execute(
            "SELECT record FROM contents WHERE world = ? AND shelf = 'world'", (world,)
        ).fetchone()
        return msgspec.msgpack.decode(record, type=WorldHead).name

    def places(self, world: str) -> dict[Place, int]:
        """Return the places of a world with their ids."""
        rows = self._connection.execute(
            "SELECT id, tenant, mailbox, shelf FROM places WHERE world = ? "
            "ORDER BY tenant != '', mailbox != '', shelf != 'world', id",
            (world,),
        )
        return {Place(*place): number for number, *place in rows.fetchall()}

    def rows(self, world: str) -> Iterator[Row]:
        """Yield the records of a world: what is the world's first, then its tenants', then their mailboxes'."""
        for place, number in self.places(world).items():
            found = self._connection.execute("SELECT key, record FROM records WHERE place = ? ORDER BY id", (number,))
            for key, record in found:
                yield place, key, record

    def noted(self, name: str) -> str:
        """Return a note about the directory as a whole, or ""."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])

    def note(self, name: str, value: str) -> None:
        """Write a note about the directory as a whole.

        Raises:
            NotKept: it could not be written.
        """
        try:
            self._connection.execute(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
            )
        except sqlite3.Error as error:
            raise NotKept(not_written(self.directory, error)) from None

    def reading(self) -> contextlib.AbstractContextManager[object]:
        """See one state of the file for the length of a `with` statement, whatever is written meanwhile."""
        return self._read_transaction()

    @contextlib.contextmanager
    def _read_transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def check(self) -> str:
        """Return "ok", or what SQLite finds wrong with the file (`PRAGMA integrity_check`)."""
        return str(self._connection.execute("PRAGMA integrity_check").fetchone()[0])

    def close(self) -> None:
        """Close the file and let others use the directory."""
        for connection in (getattr(self, "_connection", None), self._lock):
            if connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    connection.close()


def not_written(directory: Path, error: Exception) -> str:
    """Say that a change did not take place because it could not be written."""
    return f"the change did not take place: it could not be written to the data directory {directory} ({error})"


def _forget(connection: sqlite3.Connection, places: Sequence[int]) -> None:
    gone = [(number,) for number in places]
    connection.executemany("DELETE FROM records WHERE place = ?", gone)
    connection.executemany("DELETE FROM places WHERE id = ?", gone)


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, cached_statements=32)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
    return connection


def _locked(directory: Path) -> sqlite3.Connection:
    """Take the directory for this process: the system lets go of it however the process ends."""
    lock = sqlite3.connect(directory / LOCK, isolation_level=None, check_same_thread=False, timeout=0)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if "locked" in str(error):
            raise BadData(
                f"another emulator uses the data directory {directory}: stop it, or use another one"
            ) from None
        raise
    return lock
