"""A data directory: what was written comes back as it was, whatever was done; what cannot be written does not happen."""

import os
import random
import resource
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.clock import Clock
from outlook365_emulator.store.durable import shelves
from outlook365_emulator.store.durable.archive import read_archive, write_archive
from outlook365_emulator.store.durable.database import FILE, MIGRATIONS, BadData, Database
from outlook365_emulator.store.durable.drafting import UnknownShelf
from outlook365_emulator.store.durable.parts import PARTS
from outlook365_emulator.store.durable.recorder import DataDirectory
from outlook365_emulator.store.durable.rows import plain, rows_of
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.recording import NotKept
from outlook365_emulator.store.records.directory import Application, Group, PermissionGrant, RefreshToken, User
from outlook365_emulator.store.records.mail import Attachment, MailFolder, Message
from outlook365_emulator.store.records.sign_in import Flow, Session
from outlook365_emulator.store.records.subscriptions import Subscription
from outlook365_emulator.store.shelf import Table
from outlook365_emulator.store.sign_ins import SignIns
from outlook365_emulator.store.snapshot import restore, take
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import Outgoing, World

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
THROTTLED = {"kind": "throttled", "match": {"operation": "*"}, "chance": 0.5}
Make = Callable[..., Message]


class Kept:
    """Worlds in a directory, as an emulator has them."""

    def __init__(self, directory: Path) -> None:
        self.data = DataDirectory(directory)
        self.hosting = Hosting()
        self.hosting.recorder = self.data
        for world in self.data.stored():
            self.hosting.add(world)
        self.data.settle_all()

    def world(self, name: str = "contoso") -> World:
        found = self.hosting.by_name(name)
        if found is None:
            found = World(name, seed=7, clock=Clock(START, frozen=True))
            self.hosting.add(found)
            with found.unit():
                pass
        return found


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Kept]]:
    """`opened(directory)` ends whatever has the directory and opens it anew."""
    held: list[Kept] = []

    def open_again(directory: Path) -> Kept:
        for one in held:
            one.data.close()
        held.append(Kept(directory))
        return held[-1]

    yield open_again
    for one in held:
        one.data.close()


def contents(world: World) -> list[tuple[Any, str, Any]]:
    """Everything of a world, written; ids are set aside in advance, and a change log is a set with numbers."""
    encode = msgspec.json.Encoder(enc_hook=plain, order="sorted").encode
    rows = [(place, key, encode(record)) for place, key, record in rows_of(world, PARTS) if key != "ids"]
    logs = sorted(row for row in rows if row[0].shelf == "changes")
    return [*(row for row in rows if row[0].shelf != "changes"), *logs]


def add_tenant(hosting: Hosting, world: World, name: str) -> Tenant:
    tenant = Tenant(name, "global", (f"{name}.example",), name.title(), {"user_consent": "all"})
    hosting.add_tenant(world, tenant)
    return tenant


def test_every_shelf_is_kept() -> None:
    for kind, kept in (
        (Mailbox, shelves.MAILBOX_SHELVES),
        (Tenant, shelves.TENANT_SHELVES),
        (SignIns, shelves.SIGN_IN_SHELVES),
        (World, {}),
    ):
        named = {*kept, *shelves.BESIDES[kind.__name__]}
        assert named == {*kind.__slots__}, f"enter it in store/durable/shelves.py: {named ^ {*kind.__slots__}}"


def test_a_shelf_that_is_not_kept_is_refused(tmp_path: Path, opened: Callable[[Path], Kept]) -> None:
    world = opened(tmp_path).world()
    stray: Table[Group] = Table(lambda group: group.id)
    with pytest.raises(UnknownShelf, match="Table of Group"), world.unit() as unit:
        unit.put(stray, Group(id="g", display_name="G"))
    assert len(stray) == 0


class Doing:
    """Random operations on a world, each in a unit of work as an operation of the emulator would do it."""

    def __init__(self, kept: Kept, chance: random.Random, message: Make) -> None:
        self.kept, self.chance, self.message, self.count = kept, chance, message, 0
        self.world = kept.world()
        self.snapshot = take(self.world)

    def number(self) -> int:
        self.count += 1
        return self.count

    def tenant(self) -> Tenant:
        found = list(self.world.tenants.values())
        return self.chance.choice(found) if found else add_tenant(self.kept.hosting, self.world, f"t{self.number()}")

    def mailbox(self) -> Mailbox:
        tenant = self.tenant()
        return self.chance.choice(list(tenant.mailboxes)) if len(tenant.mailboxes) else self.add_user(tenant)

    def add_user(self, tenant: Tenant) -> Mailbox:
        name = f"u{self.number()}"
        box = Mailbox(name, name)
        with self.world.unit() as unit:
            unit.put(
                tenant.users,
                User(id=name, user_principal_name=f"{name}@x", display_name=name, further=MappingProxyType({"a": 1})),
            )
            unit.put(tenant.mailboxes, box)
            unit.put_item(box, box.messages, self.message(box.take_number()))
        return box

    def do(self, what: str) -> None:
        if what == "fail":
            with pytest.raises(ZeroDivisionError), self.world.unit() as unit:
                box = self.mailbox()
                unit.put_item(box, box.messages, self.message(box.take_number()))
                raise ZeroDivisionError
            return
        getattr(self, f"do_{what}")()

    def do_tenant(self) -> None:
        add_tenant(self.kept.hosting, self.world, f"t{self.number()}")

    def do_drop_tenant(self) -> None:
        self.kept.hosting.drop_tenant(self.world, self.tenant())

    def do_user(self) -> None:
        self.add_user(self.tenant())

    def do_drop_user(self) -> None:
        tenant, box = self.tenant(), self.mailbox()
        with self.world.unit() as unit:
            if tenant.mailboxes.get(box.owner) is box:
                unit.put_item(box, box.messages, self.message(box.take_number()))
                unit.remove(tenant.mailboxes, box)
                if self.chance.random() < 0.5:
                    unit.put(tenant.mailboxes, self.chance.choice([box, Mailbox(box.owner, "anew")]))

    def do_mail(self) -> None:
        box = self.mailbox()
        with self.world.unit() as unit:
            for _ in range(self.chance.randrange(1, 4)):
                received = START + timedelta(microseconds=self.chance.randrange(10**9))
                number = box.take_number()
                unit.put_item(box, box.messages, self.message(number, received=received, document=b'{"a":"\xc3\xa4"}'))
                content = self.world.blobs.add(b"x" * 9) if self.chance.random() < 0.3 else b"small"
                attachment = Attachment(number=box.take_number(), message=number, document=b"{}", content=content)
                unit.put(box.attachments, attachment)

    def do_move(self) -> None:
        box = self.mailbox()
        with self.world.unit() as unit:
            for held in list(box.messages)[:2]:
                unit.remove_item(box, box.messages, held)
                moved = msgspec.structs.replace(held, number=box.take_number(), folder=266, is_read=True)
                unit.put_item(box, box.messages, moved)

    def do_delete(self) -> None:
        box = self.mailbox()
        with self.world.unit() as unit:
            for held in list(box.messages)[-1:]:
                unit.remove_item(box, box.messages, held)
                if self.chance.random() < 0.3:
                    unit.put_item(box, box.messages, held)

    def do_folder(self) -> None:
        box = self.mailbox()
        with self.world.unit() as unit:
            number = box.take_number()
            unit.put_item(box, box.folders, MailFolder(number=number, parent=268, display_name=f"F{number}"))

    def do_consent(self) -> None:
        tenant, name = self.tenant(), f"c{self.number()}"
        with self.world.unit() as unit:
            unit.put(tenant.applications, Application(id=name, client_id=name, display_name=name))
            unit.put(tenant.grants, PermissionGrant(id=name, client=name, principal=None, scopes=frozenset({"a"})))

    def do_revoke(self) -> None:
        tenant = self.tenant()
        with self.world.unit() as unit:
            for grant in list(tenant.grants)[:1]:
                unit.remove(tenant.grants, grant)

    def do_token(self) -> None:
        tenant, value = self.tenant(), self.world.opaque("1.A")
        token = RefreshToken(
            value=value, client_id="c", user="u", session="s", scopes=("a",), issued=START, authenticated=START
        )
        with self.world.unit() as unit:
            unit.put(tenant.refresh_tokens, token)
            self.session(unit, value)

    def session(self, unit: Any, value: str) -> None:
        session = Session(
            id=value, browser=value, tenant="t", user="u", authenticated=START, issued=self.world.clock.now()
        )
        unit.put(self.world.sign_ins.sessions, session)
        flow = Flow(
            id=value,
            browser=value,
            canary="c",
            journey="authorize",
            operation="authorize.v2",
            segment="common",
            parameters=MappingProxyType({"state": "ö"}),
            begun=START,
        )
        unit.put(self.world.sign_ins.flows, flow)

    def do_subscribe(self) -> None:
        tenant, box, later = self.tenant(), self.mailbox(), START + timedelta(hours=1)
        one = Subscription(
            id=f"s{self.number()}",
            application="a",
            creator="c",
            delegated=False,
            mailbox=box.owner,
            resource="r",
            watched="message",
            folder=0,
            change_type="created",
            changes=("created",),
            notification_url="http://localhost/",
            expires=later,
            authorized=START,
            authorized_until=later,
        )
        with self.world.unit() as unit:
            unit.put(tenant.subscriptions, one)
            unit.after(lambda: self.world.agenda.add(later, "expire", id=one.id))
        notice = self.world.notices.add("change", "created", tenant.id, one.id, "http://localhost/", START, one)
        if self.chance.random() < 0.5:
            self.world.notices.take(notice.url, 1)
            self.world.notices.wait(notice, later, held=True)

    def do_outside(self) -> None:
        world, tenant = self.world, self.tenant()
        match self.chance.randrange(7):
            case 0:
                world.outbox.append(Outgoing(at=START, sender="a", recipients=("b",), document=b"{}"))
            case 1:
                world.settings[f"s{self.number()}"] = "ü"
            case 2:
                world.clock.shift(timedelta(seconds=1.25))
            case 3:
                world.faults.add(THROTTLED, world.clock.now())
            case 4:
                for fault in world.faults.list():
                    fault.matched += 1
                    fault.draws.random()
            case 5:
                tenant.settings["workflow"] = self.number()
            case 6:
                for due in world.agenda.state()[:1]:
                    world.agenda.cancel(due)

    def do_snapshot(self) -> None:
        self.snapshot = take(self.world)

    def do_restore(self) -> None:
        for tenant in [one for one in self.world.tenants.values() if one.id not in self.snapshot.tenants]:
            self.kept.hosting.drop_tenant(self.world, tenant)
        restore(self.world, self.snapshot)


WHAT = [name.removeprefix("do_") for name in dir(Doing) if name.startswith("do_")] + ["fail", "mail", "move", "user"]


@given(st.lists(st.sampled_from(WHAT), max_size=25), st.randoms(use_true_random=False), st.booleans())
def test_a_restart_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    make: Make,
    operations: list[str],
    chance: random.Random,
    each: bool,
) -> None:
    directory = tmp_path_factory.mktemp("data")
    kept = Kept(directory)
    try:
        doing = Doing(kept, chance, make)
        for what in operations:
            doing.do(what)
            if each:
                kept.data.settle_all()
        kept.data.settle_all()
        before, drawn = contents(doing.world), doing.world.ids.count
        kept.data.close()
        kept = Kept(directory)
        after = kept.world()
        assert contents(after) == before
        assert after.ids.count >= drawn
        assert kept.data.database.check() == "ok"
    finally:
        kept.data.close()


@pytest.fixture(scope="module")
def make(request: pytest.FixtureRequest) -> Make:
    """A message record, as the fixture `message` makes it, for all examples of a test."""
    texts = "importance inference flag_status conversation internet_message_id from_address from_name sender_address"
    plain_fields = dict.fromkeys((*texts.split(), "sender_name", "preview", "subject"), "")
    times = dict.fromkeys(("received", "sent", "created", "modified"), START)
    flags = dict.fromkeys(("is_read", "is_draft", "has_attachments"), False)

    def made(number: int, folder: int = 268, **fields: Any) -> Message:
        given = {"stable": number, "change": number, "document": b"{}", **plain_fields, **times, **flags, **fields}
        return Message(number=number, folder=folder, **given)

    return made


@pytest.fixture
def filled(tmp_path: Path, opened: Callable[[Path], Kept], make: Make) -> Kept:
    """A directory with a world that holds one of everything."""
    kept = opened(tmp_path / "data")
    doing = Doing(kept, random.Random(3), make)
    for what in (
        "tenant",
        "user",
        "mail",
        "mail",
        "folder",
        "consent",
        "token",
        "subscribe",
        *["outside"] * 12,
        "move",
    ):
        doing.do(what)
    kept.data.settle_all()
    return kept


def test_an_export_is_the_same_world(filled: Kept, tmp_path: Path, opened: Callable[[Path], Kept]) -> None:
    world = filled.world()
    blob = world.blobs.add(b"large" * 20_000)
    write_archive(world, tmp_path / "contoso.zip", PARTS)
    before = contents(world)
    other = opened(tmp_path / "other")
    archived = read_archive(tmp_path / "contoso.zip", PARTS, other.data.blobs_of(world.key))
    assert contents(archived.world) == before
    assert archived.world.blobs.read(blob) == b"large" * 20_000
    archived.world.blobs.close()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and then nothing", b"text"])
def test_what_is_no_export_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(BadData, match=r"x\.zip is no export of a world, or is damaged"):
        read_archive(tmp_path / "x.zip", PARTS, None)


def test_a_snapshot_by_name_outlives_a_restart(
    filled: Kept, tmp_path: Path, opened: Callable[[Path], Kept], message: Make
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


def test_a_dropped_world_leaves_nothing(filled: Kept, tmp_path: Path) -> None:
    world = filled.world()
    world.blobs.add(b"content")
    filled.data.keep_snapshot(world, "one")
    filled.hosting.drop(world)
    assert filled.data.database.worlds() == []
    left = [file for file in (tmp_path / "data").rglob("*") if file.is_file() and world.key in str(file)]
    assert left == []


def test_one_process_at_a_time(filled: Kept, tmp_path: Path) -> None:
    with pytest.raises(BadData, match="another emulator uses the data directory"):
        DataDirectory(tmp_path / "data")
    reading = Database(tmp_path / "data", reading=True)
    with reading.reading():
        assert reading.worlds() == [filled.world().key]
    reading.close()


def test_a_newer_schema_is_refused(tmp_path: Path, opened: Callable[[Path], Kept]) -> None:
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


def test_a_unit_that_cannot_be_written_did_not_happen(filled: Kept, message: Make) -> None:
    world = filled.world()
    box = next(box for tenant in world.tenants.values() for box in tenant.mailboxes)
    before, log = contents(world), list(box.changes)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (filled.data.directory / f"{FILE}-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096, hard))
    try:
        with pytest.raises(NotKept, match="the change did not take place"), world.unit() as unit:
            unit.put_item(box, box.messages, message(box.take_number(), document=os.urandom(100_000)))
            unit.remove_item(box, box.messages, next(iter(box.messages)))
            unit.after(lambda: world.agenda.add(START, "never"))
            unit.after(lambda: world.settings.update(never="set"))
        with pytest.raises(NotKept, match="the content could not be written"):
            world.blobs.add(os.urandom(10_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(box.changes) == log
    without_counter = [row for row in before if row[1] != box.owner]
    assert [row for row in contents(world) if row[1] != box.owner] == without_counter
    with world.unit() as unit:
        unit.put_item(box, box.messages, message(box.take_number()))
    assert contents(world) != before
