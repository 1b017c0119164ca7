"""A data directory gives back what was written, whatever was done, and what cannot be written does not happen."""

import os
import random
import resource
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.store.durable import shelves
from outlook365_emulator.store.durable.database import FILE
from outlook365_emulator.store.durable.drafting import UnknownShelf
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.recording import NotKept
from outlook365_emulator.store.records.directory import Group
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.shelf import Table
from outlook365_emulator.store.sign_ins import SignIns
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Make = Callable[..., Message]
WHAT = (
    "tenant drop_tenant user drop_user mail move delete folder consent revoke token subscribe outside snapshot restore "
    "fail mail move user outside"
).split()


def test_every_shelf_is_kept() -> None:
    for kind, kept in (
        (Mailbox, shelves.MAILBOX_SHELVES),
        (Tenant, shelves.TENANT_SHELVES),
        (SignIns, shelves.SIGN_IN_SHELVES),
        (World, {}),
    ):
        named = {*kept, *shelves.BESIDES[kind.__name__]}
        assert named == {*kind.__slots__}, f"enter it in store/durable/shelves.py: {named ^ {*kind.__slots__}}"


def test_a_shelf_that_is_not_kept_is_refused(tmp_path: Path, opened: Callable[[Path], Any]) -> None:
    world = opened(tmp_path).world()
    stray: Table[Group] = Table(lambda group: group.id)
    with pytest.raises(UnknownShelf, match="Table of Group"), world.unit() as unit:
        unit.put(stray, Group(id="g", display_name="G"))
    assert len(stray) == 0


@pytest.mark.timeout(1800)
@given(st.lists(st.sampled_from(WHAT), max_size=25), st.randoms(use_true_random=False), st.booleans())
def test_a_restart_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    kept_in: Callable[[Path], Any],
    doing_in: Callable[[Any, random.Random], Any],
    contents: Callable[[World], Any],
    operations: list[str],
    chance: random.Random,
    each: bool,
) -> None:
    directory = tmp_path_factory.mktemp("data")
    kept = kept_in(directory)
    try:
        doing = doing_in(kept, chance)
        for what in operations:
            doing.do(what)
            if each:
                kept.data.settle_all()
        kept.data.settle_all()
        before, drawn = contents(doing.world), doing.world.ids.count
        kept.data.close()
        kept = kept_in(directory)
        after = kept.world()
        assert contents(after) == before
        assert after.ids.count >= drawn
        assert kept.data.database.check() == "ok"
    finally:
        kept.data.close()


def test_a_unit_that_cannot_be_written_did_not_happen(
    filled: Any, contents: Callable[[World], Any], message: Make
) -> None:
    world = filled.world()
    box = next(box for tenant in world.tenants.values() for box in tenant.mailboxes)
    before, log = contents(world), list(box.changes)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (filled.data.directory / f"{FILE}-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096, hard))
    try:
        unit = world.unit()
        unit.put_item(box, box.messages, message(box.take_number(), document=os.urandom(100_000)))
        unit.remove_item(box, box.messages, next(iter(box.messages)))
        unit.after(lambda: world.agenda.add(START, "never"))
        unit.after(lambda: world.settings.update(never="set"))
        with pytest.raises(NotKept, match="the change did not take place"):
            unit.__exit__(None, None, None)
        with pytest.raises(NotKept, match="the content could not be written"):
            world.blobs.add(os.urandom(10_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(box.changes) == log
    without_counter = sorted(row for row in before if row[1] != box.owner)
    assert sorted(row for row in contents(world) if row[1] != box.owner) == without_counter
    with world.unit() as unit:
        unit.put_item(box, box.messages, message(box.take_number()))
    assert contents(world) != before


def test_a_mailbox_that_goes_takes_along_what_the_same_unit_wrote(
    tmp_path: Path, opened: Callable[[Path], Any], message: Make
) -> None:
    kept = opened(tmp_path)
    world, tenant, box = kept.world(), Tenant("t", "global", ("t.example",), "T"), Mailbox("ada", "guid")
    kept.hosting.add_tenant(world, tenant)
    with world.unit() as unit:
        unit.put(tenant.mailboxes, box)
    with world.unit() as unit:
        unit.put_item(box, box.messages, message(box.take_number()))
        unit.remove(tenant.mailboxes, box)
    assert [place for place in kept.data.database.places(world.key) if place.mailbox] == []
    assert len(opened(tmp_path).world().tenants["t"].mailboxes) == 0
