"""Files of a data directory: exports, snapshots, schema, and who may open it."""

import io
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.store.durable.archive import capture, read_archive, save_archive, write_archive
from outlook365_emulator.store.durable.database import FILE, MIGRATIONS, BadData, Database
from outlook365_emulator.store.durable.parts import PARTS
from outlook365_emulator.store.durable.recorder import DataDirectory
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.snapshot import restore
from outlook365_emulator.store.world import World

Make = Callable[..., Message]


def test_an_export_is_the_same_world(filled: Any, contents: Callable[[World], Any], tmp_path: Path) -> None:
    world = filled.world()
    blob = world.blobs.add(b"large" * 20_000)
    save_archive(world, tmp_path / "contoso.zip", PARTS)
    before = contents(world)
    archived = read_archive(tmp_path / "contoso.zip", PARTS)
    assert contents(archived.world) == before
    assert archived.world.blobs.read(blob) == b"large" * 20_000
    archived.world.blobs.close()


def test_a_captured_world_is_as_it_was(
    filled: Any, contents: Callable[[World], Any], doing_in: Callable[..., Any]
) -> None:
    doing = doing_in(filled, random.Random(5))
    before = contents(filled.world())
    captured = capture(filled.world(), PARTS)
    for what in ("mail", "move", "delete", "folder", "consent", "revoke", "token", "subscribe", *["outside"] * 12):
        doing.do(what)
    doing.do("drop_user")
    doing.do("tenant")
    assert contents(filled.world()) != before
    target = io.BytesIO()
    write_archive(captured, target)
    target.seek(0)
    archived = read_archive(target, PARTS)
    assert contents(archived.world) == before
    archived.world.blobs.close()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and then nothing", b"text"])
def test_what_is_no_export_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(BadData, match=r"x\.zip is no export of a world, or is damaged"):
        read_archive(tmp_path / "x.zip", PARTS)


def test_a_snapshot_by_name_outlives_a_restart(
    filled: Any, contents: Callable[[World], Any], tmp_path: Path, opened: Callable[[Path], Any], message: Make
) -> None:
    world = filled.world()
    before = contents(world)
    filled.data.keep_snapshot(world, "before / after")
    box = next(box for tenant in world.tenants.values() for box in tenant.mailboxes)
    with world.unit() as unit:
        unit.put_item(box, box.messages, message(box.take_number()))
    assert contents(world) != before
    kept = opened(tmp_path / "data")
    found = kept.data.kept_snapshots(kept.hosting)[world.key]
    restore(kept.world(), found["before / after"])
    faults_and_chance = {"faults", "chance"}
    assert [row for row in contents(kept.world()) if row[1] not in faults_and_chance] == [
        row for row in before if row[1] not in faults_and_chance
    ]


def test_a_dropped_world_leaves_nothing(filled: Any, tmp_path: Path) -> None:
    world = filled.world()
    world.blobs.add(b"content")
    filled.data.keep_snapshot(world, "one")
    filled.hosting.drop(world)
    assert filled.data.database.worlds() == []
    left = [file for file in (tmp_path / "data").rglob("*") if file.is_file() and world.key in str(file)]
    assert left == []


def test_one_process_at_a_time(filled: Any, tmp_path: Path) -> None:
    with pytest.raises(BadData, match="another emulator uses the data directory"):
        DataDirectory(tmp_path / "data")
    reading = Database(tmp_path / "data", reading=True)
    with reading.reading():
        assert reading.worlds() == [filled.world().key]
    reading.close()


def test_a_newer_schema_is_refused(tmp_path: Path, opened: Callable[[Path], Any]) -> None:
    opened(tmp_path).data.close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(BadData, match="was written by a newer emulator"):
        Database(tmp_path)


def test_migrations_run_once_each_in_order(tmp_path: Path) -> None:
    ran: list[str] = []

    def add_column(connection: sqlite3.Connection) -> None:
        ran.append("add")
        connection.execute("ALTER TABLE places ADD COLUMN note TEXT NOT NULL DEFAULT ''")

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE records")
        raise sqlite3.OperationalError("no")

    Database(tmp_path).close()
    with pytest.raises(BadData):
        Database(tmp_path, (*MIGRATIONS, add_column, fail))
    again = Database(tmp_path, (*MIGRATIONS, add_column))
    assert (ran, again.worlds()) == (["add"], [])
    again.close()
