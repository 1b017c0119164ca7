"""The shelves of a mailbox against a plain model: sorted lists and counts always agree with it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from outlook365_emulator.store.mail_shelves import MessageShelf
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Attachment, MailFolder, Message
from outlook365_emulator.store.unit import UnitOfWork

START = datetime(2026, 3, 2, tzinfo=UTC)
FOLDERS = (264, 266, 268)
TEXTS = (
    "importance inference flag_status conversation internet_message_id from_address from_name sender_address "
    "sender_name preview subject"
).split()


def record(number: int, **fields: Any) -> Message:
    instants = dict.fromkeys(("sent", "created", "modified"), START)
    flags = dict.fromkeys(("is_draft", "has_attachments"), False)
    return Message(
        number=number, change=number, document=b"", **dict.fromkeys(TEXTS, ""), **instants, **flags, **fields
    )


class ShelfMachine(RuleBasedStateMachine):
    """Puts, moves, changes, removes, fails and restores; the model is a dictionary."""

    numbers = Bundle("numbers")

    def __init__(self) -> None:
        super().__init__()
        self.mailbox = Mailbox("ada", "22222222-0000-0000-0000-000000000000")
        self.shelf: MessageShelf = self.mailbox.messages
        self.model: dict[int, Message] = {}
        self.kept: Any = None
        self.next = 1

    def unit(self) -> UnitOfWork:
        return UnitOfWork(START)

    @rule(target=numbers, folder=st.sampled_from(FOLDERS), minute=st.integers(0, 3), read=st.booleans())
    def put(self, folder: int, minute: int, read: bool) -> int:
        number = self.next
        self.next += 1
        made = record(number, stable=number, folder=folder, received=START + timedelta(minutes=minute), is_read=read)
        with self.unit() as unit:
            unit.put_item(self.mailbox, self.shelf, made)
        self.model[number] = made
        return number

    @rule(number=numbers, minute=st.integers(0, 3), read=st.booleans(), folder=st.sampled_from(FOLDERS))
    def change(self, number: int, minute: int, read: bool, folder: int) -> None:
        if number in self.model:
            received = START + timedelta(minutes=minute)
            made = msgspec.structs.replace(self.model[number], received=received, is_read=read, folder=folder)
            with self.unit() as unit:
                unit.put_item(self.mailbox, self.shelf, made)
            self.model[number] = made

    @rule(target=numbers, number=consumes(numbers), folder=st.sampled_from(FOLDERS))
    def move(self, number: int, folder: int) -> int:
        if number not in self.model:
            return number
        new = self.next
        self.next += 1
        with self.unit() as unit:
            unit.remove_item(self.mailbox, self.shelf, self.model[number])
            made = msgspec.structs.replace(self.model.pop(number), number=new, folder=folder)
            unit.put_item(self.mailbox, self.shelf, made)
        self.model[new] = made
        return new

    @rule(number=numbers)
    def remove(self, number: int) -> None:
        if number in self.model:
            with self.unit() as unit:
                unit.remove_item(self.mailbox, self.shelf, self.model.pop(number))

    @rule(victims=st.lists(numbers, max_size=4), folder=st.sampled_from(FOLDERS))
    def fail(self, victims: list[int], folder: int) -> None:
        changes = list(self.mailbox.changes)
        try:
            with self.unit() as unit:
                for number in dict.fromkeys(victims):
                    held = self.shelf.get(number)
                    if held is not None:
                        unit.put_item(self.mailbox, self.shelf, msgspec.structs.replace(held, is_read=True))
                        unit.remove_item(self.mailbox, self.shelf, held)
                        moved = msgspec.structs.replace(held, number=self.next + number, folder=folder)
                        unit.put_item(self.mailbox, self.shelf, moved)
                raise LookupError
        except LookupError:
            pass
        assert list(self.mailbox.changes) == changes

    @rule()
    def take(self) -> None:
        self.kept = (self.mailbox.state(), dict(self.model))

    @rule()
    def restore(self) -> None:
        if self.kept is not None:
            self.mailbox.restore(self.kept[0])
            self.model = dict(self.kept[1])

    @invariant()
    def agrees(self) -> None:
        assert {one.number: one for one in self.shelf} == self.model
        assert len(self.shelf) == len(self.model)
        for folder in FOLDERS:
            inside = [one for one in self.model.values() if one.folder == folder]
            ordered = sorted(inside, key=lambda one: (one.received, one.number))
            assert self.shelf.oldest_first(folder) == ordered
            assert list(self.shelf.newest_first([folder])) == ordered[::-1]
            assert self.shelf.total(folder) == len(inside)
            assert self.shelf.unread(folder) == sum(not one.is_read for one in inside)
        merged = sorted(self.model.values(), key=lambda one: (one.received, one.number), reverse=True)
        assert list(self.shelf.newest_first(list(FOLDERS))) == merged
        assert all(self.shelf.by_stable(one.stable) == one for one in self.model.values())

    @invariant()
    def logs(self) -> None:
        live = {change.number for change in self.mailbox.changes if change.kind != "deleted"}
        assert live == set(self.model)


TestShelf = ShelfMachine.TestCase


class TestFolders:
    def test_a_new_mailbox(self) -> None:
        box = Mailbox("ada", "22222222-0000-0000-0000-000000000000")
        inbox = box.folders.well_known("Inbox")
        assert inbox is not None
        assert (inbox.number, inbox.parent, inbox.display_name) == (0x010C, 0x0108, "Inbox")
        assert box.folders.well_known("clutter") is None
        assert box.take_number() < box.take_number()
        assert box.take_number() > max(folder.number for folder in box.folders)

    @pytest.mark.parametrize(
        ("culture", "names"),
        [
            ("de-AT", ["Posteingang", "Gesendete Elemente"]),
            ("FR-fr", ["Boîte de réception", "Éléments envoyés"]),
            ("zh-CN", ["收件箱", "已发送邮件"]),
            ("zh-TW", ["Inbox", "Sent Items"]),
            ("", ["Inbox", "Sent Items"]),
        ],
    )
    def test_default_folders_have_names_in_the_language_of_the_owner(self, culture: str, names: list[str]) -> None:
        box = Mailbox("ada", "22222222-0000-0000-0000-000000000000", culture)
        found = [box.folders.well_known(name) for name in ("inbox", "sentitems")]
        assert [one.display_name for one in found if one is not None] == names

    def test_children_come_by_name(self) -> None:
        box = Mailbox("ada", "22222222-0000-0000-0000-000000000000")
        for number, name in ((900, "beta"), (901, "Alpha"), (902, "alpha")):
            box.folders.put(MailFolder(number=number, parent=268, display_name=name))
        box.folders.put(MailFolder(number=903, parent=900, display_name="deep"))
        assert [one.number for one in box.folders.children(268)] == [901, 902, 900]
        assert [one.number for one in box.folders.subtree(268)] == [268, 900, 901, 902, 903]

    def test_a_folder_that_moves(self) -> None:
        box = Mailbox("ada", "22222222-0000-0000-0000-000000000000")
        folder = MailFolder(number=900, parent=268, display_name="x")
        box.folders.put(folder)
        box.folders.put(msgspec.structs.replace(folder, parent=266))
        assert box.folders.children(268) == []
        assert [one.number for one in box.folders.children(266)] == [900]
        box.folders.remove(folder)
        assert box.folders.children(266) == []


def test_attachments_keep_their_order(message: Callable[..., Message]) -> None:
    box = Mailbox("ada", "22222222-0000-0000-0000-000000000000")
    held = [Attachment(number=number, message=1, document=b"", content=b"") for number in (5, 6, 7)]
    for one in held:
        box.attachments.put(one)
    unit = UnitOfWork(START)
    unit.remove(box.attachments, held[0])
    assert box.attachments.of(message(1)) == held[1:]
    unit.undo()
    assert box.attachments.of(message(1)) == held
    assert box.attachments.of(message(2)) == []
