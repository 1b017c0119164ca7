"""Filling a mailbox with invented mail: threads, senders, attachments, dates up to the emulated present."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.graph.mail.addresses import recipient_of
from outlook365_emulator.graph.mail.attached import NewAttachment, attach, file_document
from outlook365_emulator.graph.mail.delivery import transport_headers
from outlook365_emulator.graph.mail.documents import fresh_members, write_message
from outlook365_emulator.graph.mail.inventing import Inventor, Letter, Person
from outlook365_emulator.graph.mail.replying import child_index
from outlook365_emulator.store.item_ids import conversation_index
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

SLICE = 50
"""Messages of one unit of work: about 20 ms."""


def fill(
    world: World,
    tenant: Tenant,
    unit_factory: Callable[[], AbstractContextManager[UnitOfWork]],
    user: User,
    messages: int,
    seed: int,
) -> Iterator[int]:
    """Put invented mail into a mailbox, a slice at a time; whoever iterates can let others run between two slices.

    The same seed invents the same mail for the same people at the same instant; ids are new ones. Rules and automatic
    replies do not see it, since it came long ago.

    Args:
        world: the world.
        tenant: the user's tenant; the people in it are the colleagues who write.
        unit_factory: begins a unit of work, `world.unit`.
        user: whose mailbox it is.
        messages: how many, the person's own in Sent Items included.
        seed: decides what is invented.

    Yields:
        How many messages have been put in so far, after each slice.

    Raises:
        LookupError: the user has no mailbox.
        ValueError: the number of messages is negative.
    """
    mailbox = tenant.mailbox_of(user)
    if mailbox is None:
        raise LookupError(f"{user.user_principal_name} has no mailbox")
    if messages < 0:
        raise ValueError(f"messages must not be negative: {messages}")
    colleagues = [
        Person(one.display_name, one.mail or one.user_principal_name)
        for one in sorted(tenant.users, key=lambda one: one.user_principal_name)
        if one.id != user.id and one.has_mailbox and one.purpose == "user"
    ]
    inventor = Inventor(seed, world.clock.now(), user.display_name, colleagues)
    return _slices(_Filling(world, user, mailbox), unit_factory, inventor.letters(messages))


def _slices(
    filling: "_Filling", unit_factory: Callable[[], AbstractContextManager[UnitOfWork]], letters: Iterator[Letter]
) -> Iterator[int]:
    made = 0
    left = True
    while left:
        with unit_factory() as unit:
            for _ in range(SLICE):
                letter = next(letters, None)
                if letter is None:
                    left = False
                    break
                filling.put(unit, letter)
                made += 1
        if left or made % SLICE:
            yield made


class _Filling:
    """The mailbox being filled, and the conversation of the thread at hand."""

    __slots__ = ("_index", "_mailbox", "_own", "_thread", "_world")

    def __init__(self, world: World, user: User, mailbox: Mailbox) -> None:
        self._world = world
        self._mailbox = mailbox
        self._own = recipient_of(user)
        self._thread = -1
        self._index = ""

    def put(self, unit: UnitOfWork, letter: Letter) -> None:
        """Put an invented message into its folder."""
        folder = self._mailbox.folders.well_known(letter.folder) or self._mailbox.folders.well_known("inbox")
        assert folder is not None, "every mailbox has an inbox"
        if letter.thread != self._thread:
            self._thread, self._index = letter.thread, conversation_index(letter.at, self._world.ids.data(16))
        elif letter.place:
            self._index = child_index(self._index, letter.at)
        members = fresh_members(self._world, letter.at, self._members(letter), draft=False)
        members["hasAttachments"] = bool(letter.files)
        headers = transport_headers(members) if letter.author is not None else ()
        message = write_message(self._mailbox, members, folder, headers=headers)
        unit.put_item(self._mailbox, self._mailbox.messages, message)
        for name, media_type, content in letter.files:
            document = file_document(letter.at, name, media_type, len(content))
            attach(self._world, self._mailbox, unit, message.stable, NewAttachment(document, content))

    def _members(self, letter: Letter) -> dict[str, Any]:
        author = self._recipient(letter.author)
        return {
            "subject": letter.subject,
            "body": {"contentType": "text", "content": letter.text.replace("\n", "\r\n")},
            "from": author,
            "sender": author,
            "toRecipients": [self._recipient(one) for one in letter.to],
            "ccRecipients": [self._recipient(one) for one in letter.cc],
            "receivedDateTime": iso_seconds(letter.at),
            "isRead": letter.read,
            "importance": letter.importance,
            "categories": list(letter.categories),
            "flag": {"flagStatus": "flagged" if letter.flagged else "notFlagged"},
            "inferenceClassification": "focused" if letter.focused else "other",
            "conversationIndex": self._index,
        }

    def _recipient(self, person: Person | None) -> dict[str, Any]:
        return self._own if person is None else {"emailAddress": {"name": person.name, "address": person.address}}
