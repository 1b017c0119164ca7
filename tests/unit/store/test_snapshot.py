"""Snapshots: everything of a world goes back, and nothing that was taken is changed by what comes after."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import MailboxRight, User
from outlook365_emulator.store.records.mail import Attachment, MailFolder, Message
from outlook365_emulator.store.snapshot import restore, take
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import Outgoing, World

ADA = User(id="ada", user_principal_name="ada@contoso.example", display_name="Ada")


@pytest.fixture
def filled(world: World, tenant: Tenant, mailbox: Mailbox, message: Callable[..., Message]) -> Mailbox:
    tenant.users.put(ADA)
    with world.unit() as unit:
        unit.put_item(mailbox, mailbox.messages, message(1))
        unit.put(mailbox.attachments, Attachment(number=2, message=1, document=b"{}", content=b"x"))
    world.agenda.add(world.clock.now(), "planned")
    world.settings["policy"] = "on"
    return mailbox


def test_everything_goes_back(world: World, tenant: Tenant, filled: Mailbox, message: Callable[..., Message]) -> None:
    before, changes = take(world), list(filled.changes)
    numbers = filled.next_number
    for _ in range(2):
        with world.unit() as unit:
            unit.put_item(filled, filled.messages, message(1, is_read=True, folder=266))
            unit.put_item(filled, filled.messages, message(5))
            unit.put_item(filled, filled.folders, MailFolder(number=900, parent=268, display_name="New"))
            unit.put(filled.attachments, Attachment(number=9, message=1, document=b"{}", content=b"y"))
            unit.put(filled.rights, MailboxRight(user="ben", full_access=True))
            unit.put(tenant.users, msgspec.structs.replace(ADA, user_principal_name="eve@contoso.example"))
        filled.take_number()
        tenant.mailboxes.put(Mailbox("ben", "33333333-0000-0000-0000-000000000000"))
        tenant.settings["x"] = 1
        world.settings.clear()
        world.outbox.append(Outgoing(at=world.clock.now(), sender="a", recipients=("b",), document=b"{}"))
        world.agenda.pop_due(world.clock.now())
        world.clock.set(world.clock.now() + timedelta(hours=1))
        world.clock.resume()
        world.tenants["later"] = Tenant("later", "global", ("later.example",), "Later")

        restore(world, before)
        assert [(one.number, one.folder, one.is_read) for one in filled.messages] == [(1, 268, False)]
        assert (filled.messages.unread(268), filled.messages.total(266)) == (1, 0)
        assert filled.folders.get(900) is None
        assert [one.number for one in filled.attachments.of(message(1))] == [2]
        assert filled.rights.get("ben") is None
        assert list(filled.changes) == changes
        assert filled.next_number == numbers
        assert tenant.users.find("name", "ada@contoso.example") == ADA
        assert tenant.users.find("name", "eve@contoso.example") is None
        assert [one.owner for one in tenant.mailboxes] == ["ada"]
        assert (tenant.settings, world.settings, world.outbox) == ({}, {"policy": "on"}, [])
        assert len(world.agenda) == 1
        assert (world.clock.now(), world.clock.frozen) == (before_now(before.timestamp), True)
        assert list(world.tenants) == [tenant.id]


def before_now(timestamp: float) -> object:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(timestamp, UTC)


def test_a_running_clock_runs_again(world: World) -> None:
    world.clock.resume()
    kept = take(world)
    world.clock.freeze()
    restore(world, kept)
    assert not world.clock.frozen


def test_a_deleted_mailbox_comes_back_with_its_mail(world: World, tenant: Tenant, filled: Mailbox) -> None:
    kept = take(world)
    with world.unit() as unit:
        unit.remove(tenant.mailboxes, filled)
    restore(world, kept)
    found = tenant.mailboxes.get("ada")
    assert found is not None
    assert len(found.messages) == 1


def test_tenants_that_left_come_back(world: World, tenant: Tenant) -> None:
    kept = take(world)
    world.tenants.clear()
    restore(world, kept)
    assert world.tenants == {tenant.id: tenant}
