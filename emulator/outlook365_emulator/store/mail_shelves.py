"""The shelves of a mailbox that hold mail: messages sorted by arrival, folders with their children, attachments."""

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from outlook365_emulator.store.records.calendar import Event
from outlook365_emulator.store.records.mail import Attachment, MailFolder, Message

Arrival = tuple[datetime, int]


def arrival(message: Message) -> Arrival:
    """The order of messages in a folder: by arrival, then by number."""
    return message.received, message.number


def hidden_part(folder: int) -> int:
    """Return the number under which a folder's hidden messages stand, apart from those that lists show."""
    return -folder


def _list_of(message: Message) -> int:
    return hidden_part(message.folder) if message.hidden else message.folder


def _received(message: Message) -> datetime:
    return message.received


class MessageShelf:
    """The messages of a mailbox, by number and sorted by arrival in each folder; hidden ones stand apart."""

    __slots__ = ("_folders", "_rows", "_stable", "_unread")
    name = "message"

    def __init__(self) -> None:
        self._rows: dict[int, Message] = {}
        self._stable: dict[int, int] = {}
        self._folders: dict[int, list[Message]] = {}
        self._unread: dict[int, int] = {}

    def put(self, record: Message) -> Message | None:
        """Set a message in place of the one with its number, and return that one."""
        previous = self._rows.get(record.number)
        if previous is not None:
            self._take_out(previous)
        self._rows[record.number] = record
        self._stable[record.stable] = record.number
        place = _list_of(record)
        insort(self._folders.setdefault(place, []), record, key=arrival)
        self._unread[place] = self._unread.get(place, 0) + (not record.is_read)
        return previous

    def remove(self, record: Message) -> Message:
        """Take off the message with the number of the one given, and return it."""
        held = self._rows.pop(record.number)
        self._take_out(held)
        if self._stable.get(held.stable) == held.number:
            del self._stable[held.stable]
        return held

    def _take_out(self, record: Message) -> None:
        place = _list_of(record)
        messages = self._folders[place]
        del messages[bisect_left(messages, arrival(record), key=arrival)]
        self._unread[place] -= not record.is_read

    def get(self, number: int) -> Message | None:
        """Return the message with a number, or None."""
        return self._rows.get(number)

    def by_stable(self, stable: int) -> Message | None:
        """Return the message with an immutable number, or None."""
        number = self._stable.get(stable)
        return None if number is None else self._rows[number]

    def total(self, folder: int) -> int:
        """Return how many messages lie in a folder."""
        return len(self._folders.get(folder, ()))

    def unread(self, folder: int) -> int:
        """Return how many unread messages lie in a folder."""
        return self._unread.get(folder, 0)

    def oldest_first(self, folder: int) -> list[Message]:
        """Return a folder's messages by arrival; the list is the shelf's own and must not be changed."""
        return self._folders.get(folder, [])

    def newest_first(self, folders: list[int]) -> Iterator[Message]:
        """Yield the messages of folders, latest arrival first."""
        lists = [self._folders[folder] for folder in folders if self._folders.get(folder)]
        if len(lists) == 1:
            return reversed(lists[0])
        return heapq.merge(*(reversed(messages) for messages in lists), key=arrival, reverse=True)

    def received_between(self, folder: int, low: datetime | None, high: datetime | None) -> Iterator[Message]:
        """Return the messages of a folder that arrived between two instants, both inclusive, latest first.

        Args:
            folder: number of the folder.
            low: the earliest arrival, or None for no bound.
            high: the latest arrival, or None for no bound.
        """
        messages = self._folders.get(folder, [])
        start = 0 if low is None else bisect_left(messages, low, key=_received)
        end = len(messages) if high is None else bisect_right(messages, high, key=_received)
        if start == 0 and end == len(messages):
            return reversed(messages)
        return islice(reversed(messages), len(messages) - end, len(messages) - start)

    def __iter__(self) -> Iterator[Message]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def place(self, record: Message) -> tuple[int, int, int]:
        """Return folder, number and stable number of a message, for the change log."""
        return record.folder, record.number, record.stable

    def state(self) -> dict[int, Message]:
        """Return a shallow copy of the messages, for a snapshot."""
        return dict(self._rows)

    def restore(self, rows: dict[int, Message]) -> None:
        """Go back to messages that `state` returned."""
        self._rows.clear()
        self._stable.clear()
        self._folders.clear()
        self._unread.clear()
        for record in rows.values():
            self.put(record)


class FolderShelf:
    """The folders of a mailbox, by number, with their children in the order of their names."""

    __slots__ = ("_children", "_rows", "_well_known")
    name = "mailFolder"

    def __init__(self) -> None:
        self._rows: dict[int, MailFolder] = {}
        self._children: dict[int, set[int]] = {}
        self._well_known: dict[str, int] = {}

    def put(self, record: MailFolder) -> MailFolder | None:
        """Set a folder in place of the one with its number, and return that one."""
        previous = self._rows.get(record.number)
        if previous is not None:
            self._children[previous.parent].discard(record.number)
        self._rows[record.number] = record
        self._children.setdefault(record.parent, set()).add(record.number)
        if record.well_known:
            self._well_known[record.well_known] = record.number
        return previous

    def remove(self, record: MailFolder) -> MailFolder:
        """Take off the folder with the number of the one given, and return it."""
        held = self._rows.pop(record.number)
        self._children[held.parent].discard(held.number)
        if held.well_known:
            self._well_known.pop(held.well_known, None)
        return held

    def get(self, number: int) -> MailFolder | None:
        """Return the folder with a number, or None."""
        return self._rows.get(number)

    def well_known(self, name: str) -> MailFolder | None:
        """Return a folder by its well-known name in any case, or None."""
        number = self._well_known.get(name.lower())
        return None if number is None else self._rows[number]

    def children(self, parent: int) -> list[MailFolder]:
        """Return the folders directly below one, sorted by display name."""
        found = [self._rows[number] for number in self._children.get(parent, ())]
        return sorted(found, key=lambda folder: (folder.display_name.lower(), folder.number))

    def subtree(self, number: int) -> list[MailFolder]:
        """Return a folder and everything below it."""
        found = [self._rows[number]]
        for folder in found:
            found.extend(self._rows[child] for child in sorted(self._children.get(folder.number, ())))
        return found

    def __iter__(self) -> Iterator[MailFolder]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def place(self, record: MailFolder) -> tuple[int, int, int]:
        """Return parent, number and number of a folder, for the change log."""
        return record.parent, record.number, record.number

    def state(self) -> dict[int, MailFolder]:
        """Return a shallow copy of the folders, for a snapshot."""
        return dict(self._rows)

    def restore(self, rows: dict[int, MailFolder]) -> None:
        """Go back to folders that `state` returned."""
        self._rows.clear()
        self._children.clear()
        self._well_known.clear()
        for record in rows.values():
            self.put(record)


class AttachmentShelf:
    """The attachments of a mailbox, by the message that holds them."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Attachment]] = {}

    def put(self, record: Attachment) -> Attachment | None:
        """Set an attachment in place of the one with its number, and return that one."""
        held = self._rows.setdefault(record.message, {})
        previous = held.get(record.number)
        held[record.number] = record
        return previous

    def remove(self, record: Attachment) -> Attachment:
        """Take off the attachment with the number of the one given, and return it."""
        held = self._rows[record.message]
        removed = held.pop(record.number)
        if not held:
            del self._rows[record.message]
        return removed

    def of(self, holder: Message | Event) -> list[Attachment]:
        """Return the attachments of a message or event in the order in which they were added."""
        return sorted(self._rows.get(holder.stable, {}).values(), key=lambda attachment: attachment.number)

    def __iter__(self) -> Iterator[Attachment]:
        return (attachment for held in self._rows.values() for attachment in held.values())

    def state(self) -> dict[int, dict[int, Attachment]]:
        """Return a copy, for a snapshot."""
        return {message: dict(held) for message, held in self._rows.items()}

    def restore(self, rows: dict[int, dict[int, Attachment]]) -> None:
        """Go back to what `state` returned."""
        self._rows = {message: dict(held) for message, held in rows.items()}
