"""A unit of work: everything that one operation writes, or nothing."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import Attachment, MailFolder, Message
from outlook365_emulator.store.shelf import Taken
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitSpansAwait
from outlook365_emulator.store.world import World

Make = Callable[..., Message]


class Broken(Exception):
    pass


def picture(mailbox: Mailbox) -> dict[str, Any]:
    """Everything that can be seen of a mailbox."""
    shelf, numbers = mailbox.messages, [folder.number for folder in mailbox.folders]
    return {
        "rows": {message.number: message for message in shelf},
        "stable": {message.stable: shelf.by_stable(message.stable) for message in shelf},
        "sorted": {number: list(shelf.oldest_first(number)) for number in numbers},
        "unread": {number: shelf.unread(number) for number in numbers},
        "total": {number: shelf.total(number) for number in numbers},
        "folders": {folder.number: folder for folder in mailbox.folders},
        "children": {number: mailbox.folders.children(number) for number in numbers},
        "attachments": [mailbox.attachments.of(message) for message in shelf],
        "changes": list(mailbox.changes),
    }


@pytest.fixture
def filled(world: World, mailbox: Mailbox, message: Make) -> Mailbox:
    """Three messages in the inbox, one of them read, and one with two attachments."""
    with world.unit() as unit:
        for number in (1, 2, 3):
            received = world.clock.now() + timedelta(minutes=number)
            unit.put_item(mailbox, mailbox.messages, message(number, received=received, is_read=number == 2))
        for number in (10, 11):
            attachment = Attachment(number=number, message=1, document=b"{}", content=b"x")
            unit.put(mailbox.attachments, attachment)
    return mailbox


def write_much(unit: Any, mailbox: Mailbox, message: Make) -> None:
    """Do one of everything."""
    shelf = mailbox.messages
    first, second, third = (shelf.get(number) for number in (1, 2, 3))
    assert first
    assert second
    assert third
    for attachment in mailbox.attachments.of(first)[:1]:
        unit.remove(mailbox.attachments, attachment)
    unit.put_item(mailbox, shelf, msgspec.structs.replace(first, is_read=True))
    unit.put_item(mailbox, shelf, msgspec.structs.replace(first, is_read=True, received=third.received))
    unit.remove_item(mailbox, shelf, second)
    unit.put_item(mailbox, shelf, message(20, folder=266, stable=2, received=second.received))
    unit.put_item(mailbox, shelf, message(21))
    unit.remove_item(mailbox, shelf, message(21))
    unit.remove_item(mailbox, shelf, third)
    unit.put_item(mailbox, mailbox.folders, MailFolder(number=900, parent=268, display_name="New"))
    inbox = mailbox.folders.get(268)
    assert inbox
    unit.put_item(mailbox, mailbox.folders, msgspec.structs.replace(inbox, display_name="Posteingang"))


def test_it_reads_its_own_writes(world: World, filled: Mailbox, message: Make) -> None:
    with world.unit() as unit:
        write_much(unit, filled, message)
        assert [one.number for one in filled.messages.oldest_first(268)] == [1]
        assert (filled.messages.unread(268), filled.messages.unread(266)) == (0, 1)
        moved = filled.messages.by_stable(2)
        assert moved is not None
        assert moved.number == 20
        assert [one.number for one in filled.attachments.of(message(1))] == [11]


def test_a_failure_leaves_nothing_behind(world: World, filled: Mailbox, message: Make) -> None:
    before = picture(filled)
    with pytest.raises(Broken), world.unit() as unit:  # noqa: PT012 - the writes come first
        write_much(unit, filled, message)
        raise Broken
    assert picture(filled) == before


def test_what_is_done_after_happens_only_on_success(world: World) -> None:
    done: list[str] = []
    with pytest.raises(Broken), world.unit() as unit:  # noqa: PT012 - the writes come first
        unit.after(lambda: done.append("failed"))
        raise Broken
    with world.unit() as unit:
        unit.after(lambda: done.append("good"))
        assert done == []
    assert done == ["good"]


def test_a_unique_value_that_is_taken_undoes_all(world: World, tenant: Tenant) -> None:
    def user(number: str, name: str) -> User:
        return User(id=number, user_principal_name=f"{name}@contoso.example", display_name=name)

    with world.unit() as unit:
        unit.put(tenant.users, user("1", "ada"))
    with pytest.raises(Taken, match=r"ada@contoso\.example"), world.unit() as unit:  # noqa: PT012 - the writes come first
        unit.put(tenant.users, user("2", "ben"))
        unit.put(tenant.users, user("1", "eve"))
        unit.put(tenant.users, user("3", "ada"))
        unit.put(tenant.users, user("4", "ADA"))
    assert [one.id for one in tenant.users] == ["1"]
    assert tenant.users.find("name", "ada@contoso.example") is not None
    assert tenant.users.find("name", "ben@contoso.example") is None
    assert tenant.users.find("name", "eve@contoso.example") is None


def test_removing_an_outdated_record_removes_what_stands_there(world: World, tenant: Tenant) -> None:
    old = User(id="1", user_principal_name="ada@contoso.example", display_name="Ada")
    new = msgspec.structs.replace(old, user_principal_name="eve@contoso.example")
    tenant.users.put(old)
    tenant.users.put(new)
    with pytest.raises(Broken), world.unit() as unit:  # noqa: PT012 - the writes come first
        unit.remove(tenant.users, old)
        assert tenant.users.find("name", "eve@contoso.example") is None
        raise Broken
    assert tenant.users.get("1") == new


def test_a_unit_within_a_unit_stands_for_itself(world: World, mailbox: Mailbox, message: Make) -> None:
    with world.unit() as outer:
        outer.put_item(mailbox, mailbox.messages, message(1))
        with pytest.raises(Broken), world.unit() as inner:  # noqa: PT012 - the writes come first
            inner.put_item(mailbox, mailbox.messages, message(2))
            raise Broken
        assert [one.number for one in mailbox.messages] == [1]
    assert [one.number for one in mailbox.messages] == [1]


class TestAwait:
    async def test_it_may_not_span_one(self, world: World, mailbox: Mailbox, message: Make) -> None:
        with pytest.raises(UnitSpansAwait, match="await first"), world.unit() as unit:  # noqa: PT012 - the writes come first
            unit.put_item(mailbox, mailbox.messages, message(1))
            await asyncio.sleep(0)
        assert len(mailbox.messages) == 0
        assert len(mailbox.changes) == 0

    async def test_an_error_on_the_way_wins(self, world: World) -> None:
        with pytest.raises(Broken), world.unit():  # noqa: PT012 - the writes come first
            await asyncio.sleep(0)
            raise Broken

    async def test_within_a_loop_it_works_as_without(self, world: World, mailbox: Mailbox, message: Make) -> None:
        await asyncio.sleep(0)
        with world.unit() as unit:
            unit.put_item(mailbox, mailbox.messages, message(1))
        await asyncio.sleep(0)
        assert len(mailbox.messages) == 1


class TestLog:
    def test_the_net_of_a_unit(self, world: World, filled: Mailbox, message: Make) -> None:
        before = filled.changes.sequence
        with world.unit() as unit:
            write_much(unit, filled, message)
        found = {(one.shelf, one.number): (one.kind, one.folder) for one in unit_changes(filled, before)}
        assert found == {
            ("message", 1): ("updated", 268),
            ("message", 2): ("deleted", 268),
            ("message", 20): ("created", 266),
            ("message", 3): ("deleted", 268),
            ("mailFolder", 900): ("created", 268),
            ("mailFolder", 268): ("updated", 264),
        }
        assert [change for _, change in unit.changes] == list(unit_changes(filled, before))

    def test_put_back_within_the_unit_is_an_update(self, world: World, filled: Mailbox, message: Make) -> None:
        before = filled.changes.sequence
        kept = filled.messages.get(1)
        assert kept is not None
        with world.unit() as unit:
            unit.remove_item(filled, filled.messages, kept)
            unit.put_item(filled, filled.messages, msgspec.structs.replace(kept, is_read=True))
        assert [(one.kind, one.number) for one in unit_changes(filled, before)] == [("updated", 1)]

    def test_everything_happens_at_one_instant(self, world: World, mailbox: Mailbox, message: Make) -> None:
        with world.unit() as unit:
            unit.put_item(mailbox, mailbox.messages, message(1))
            world.clock.set(world.clock.now() + timedelta(hours=1))
            unit.put_item(mailbox, mailbox.messages, message(2))
        assert {one.at for one in mailbox.changes} == {unit.now}


class TestListeners:
    def test_they_are_told_what_has_changed_with_both_states(
        self, world: World, filled: Mailbox, message: Make
    ) -> None:
        told: list[tuple[str, Any, Any]] = []
        world.committed.append(lambda _, changes: told.extend((one.change.kind, *one[2:]) for one in changes))
        first, second = filled.messages.get(1), filled.messages.get(2)
        assert first is not None
        read, new = msgspec.structs.replace(first, is_read=True), message(20)
        with world.unit() as unit:
            unit.put_item(filled, filled.messages, read)
            unit.remove_item(filled, filled.messages, second)
            unit.put_item(filled, filled.messages, new)
        assert told == [("updated", read, first), ("deleted", None, second), ("created", new, None)]

    def test_they_are_told_after_everything_else(self, world: World, filled: Mailbox, message: Make) -> None:
        order: list[str] = []
        world.committed.append(lambda *_: order.append("listener"))
        with world.unit() as unit:
            unit.put_item(filled, filled.messages, message(20))
            unit.after(lambda: order.append("after"))
        assert order == ["after", "listener"]

    def test_nothing_is_told_of_a_unit_that_fails_or_changes_no_item(self, world: World, filled: Mailbox) -> None:
        told: list[Any] = []
        world.committed.append(lambda _, changes: told.append(changes))
        with world.unit():
            pass

        def fail() -> None:
            with world.unit() as unit:
                unit.remove_item(filled, filled.messages, filled.messages.get(1))
                raise KeyError

        with pytest.raises(KeyError):
            fail()
        assert told == []


def unit_changes(mailbox: Mailbox, after: int) -> list[Any]:
    return [change for change in mailbox.changes if change.sequence > after]
