"""Data directories, and a world to which anything may happen."""

import contextlib
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from outlook365_emulator.clock import Clock
from outlook365_emulator.store.durable.parts import PARTS
from outlook365_emulator.store.durable.recorder import DataDirectory
from outlook365_emulator.store.durable.rows import plain, rows_of
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import Application, PermissionGrant, RefreshToken, User
from outlook365_emulator.store.records.mail import Attachment, MailFolder, Message
from outlook365_emulator.store.records.sign_in import Flow, Session
from outlook365_emulator.store.records.subscriptions import Subscription
from outlook365_emulator.store.snapshot import restore, take
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import Outgoing, World

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SLOW = {"kind": "latency", "with": {"seconds": 1}, "chance": 0.5}
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


def contents_of(world: World) -> list[tuple[Any, str, Any]]:
    """Everything of a world, written; ids are set aside in advance, and a change log is a set with numbers."""
    encode = msgspec.json.Encoder(enc_hook=plain, order="sorted").encode
    rows = [(place, key, encode(record)) for place, key, record in rows_of(world, PARTS) if key != "ids"]
    logs = sorted(row for row in rows if row[0].shelf == "changes")
    return [*(row for row in rows if row[0].shelf != "changes"), *logs]


def add_tenant(hosting: Hosting, world: World, name: str) -> Tenant:
    tenant = Tenant(name, "global", (f"{name}.example",), name.title(), {"user_consent": "all"})
    hosting.add_tenant(world, tenant)
    return tenant


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
            box = self.mailbox()
            with contextlib.suppress(ZeroDivisionError), self.world.unit() as unit:
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
            unit.put(tenant.grants, PermissionGrant(id=name, client=name, principal=None, scopes=("a",)))

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
            for taken in self.world.notices.take(notice.url, 1):
                self.world.notices.wait(taken, later, held=True)

    def do_outside(self) -> None:
        world, tenant = self.world, self.tenant()
        match self.chance.randrange(7):
            case 0:
                world.outbox.append(Outgoing(at=START, sender="a", recipients=("b",), document=b"{}"))
            case 1:
                world.settings[f"s{self.number()}"] = "ü"
            case 2:
                world.clock.set(world.clock.now() + timedelta(seconds=1.25))
            case 3:
                world.faults.add(SLOW, world.clock.now())
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


@pytest.fixture(scope="session")
def contents() -> Callable[[World], list[tuple[Any, str, Any]]]:
    """`contents(world)` is everything of a world, written."""
    return contents_of


@pytest.fixture(scope="session")
def kept_in() -> Callable[[Path], Kept]:
    """`kept_in(directory)` opens a data directory; whoever asks closes it."""
    return Kept


@pytest.fixture(scope="session")
def doing_in(make: Make) -> Callable[[Kept, random.Random], Doing]:
    """`doing_in(kept, chance)` does anything to a world of a data directory: `.do("mail")`."""
    return lambda kept, chance: Doing(kept, chance, make)


@pytest.fixture(scope="session")
def make() -> Make:
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
