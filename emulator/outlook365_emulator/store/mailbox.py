"""A mailbox: folders, messages sorted by arrival, attachments, who may open it, and its change log."""

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from outlook365_emulator.store.calendar_shelf import (
    DEFAULT_CALENDAR,
    DEFAULT_GROUP,
    DEFAULT_GROUPS,
    EVERYBODY,
    EventShelf,
    NumberedShelf,
    permission_key,
)
from outlook365_emulator.store.change_log import ChangeLog
from outlook365_emulator.store.item_ids import IdMaker
from outlook365_emulator.store.records.calendar import Calendar, CalendarGroup, CalendarPermission, Event
from outlook365_emulator.store.records.directory import MailboxRight
from outlook365_emulator.store.records.mail import Attachment, MailFolder, Message, SendCount, UploadSession
from outlook365_emulator.store.records.mailbox_settings import (
    Answered,
    Category,
    ClassificationOverride,
    MailboxSettings,
    MessageRule,
    first_categories,
)
from outlook365_emulator.store.shelf import Table
from outlook365_emulator.tables.well_known_folders import well_known_folders

FIRST_ITEM = 0x1000
"""Counter of the first item; the default folders have smaller ones."""

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


class Mailbox:
    """A user's mailbox.

    Args:
        owner: object id of the user that it belongs to.
        guid: the mailbox's own GUID, part of all its ids.

    Attributes:
        generation: generation of the sync states of delta queries; raising it makes all delta tokens too old.
        search_texts: what `$search` has prepared of messages, by number; may be emptied at any time.
    """

    __slots__ = (
        "answered",
        "attachments",
        "calendar_groups",
        "calendar_permissions",
        "calendars",
        "categories",
        "changes",
        "events",
        "folders",
        "generation",
        "guid",
        "ids",
        "messages",
        "next_number",
        "overrides",
        "owner",
        "rights",
        "rules",
        "search_texts",
        "sent",
        "settings",
        "uploads",
    )

    def __init__(self, owner: str, guid: str) -> None:
        self.owner = owner
        self.guid = guid
        self.ids = IdMaker(guid)
        self.folders = FolderShelf()
        self.messages = MessageShelf()
        self.attachments = AttachmentShelf()
        self.rights: Table[MailboxRight] = Table(lambda right: right.user)
        self.settings: Table[MailboxSettings] = Table(lambda _: "settings")
        self.rules: Table[MessageRule] = Table(lambda rule: rule.id)
        self.categories: Table[Category] = Table(
            lambda category: category.id, {"name": lambda category: (category.display_name.lower(),)}
        )
        self.overrides: Table[ClassificationOverride] = Table(
            lambda override: override.id, {"address": lambda override: (override.address.lower(),)}
        )
        self.answered: Table[Answered] = Table(lambda answered: answered.sender)
        self.uploads: Table[UploadSession] = Table(lambda session: session.id)
        self.sent: Table[SendCount] = Table(lambda count: count.period)
        self.calendar_groups: NumberedShelf[CalendarGroup] = NumberedShelf("calendarGroup", lambda _: 0)
        self.calendars: NumberedShelf[Calendar] = NumberedShelf("calendar", lambda calendar: calendar.group)
        self.calendar_permissions: Table[CalendarPermission] = Table(permission_key)
        self.events = EventShelf()
        self._add_first_calendar()
        for category in first_categories(guid):
            self.categories.put(category)
        self.changes = ChangeLog()
        self.next_number = FIRST_ITEM
        self.generation = 1
        self.search_texts: dict[int, Any] = {}
        numbers = {row.name: row.counter for row in well_known_folders()}
        for row in well_known_folders():
            if row.created_at_start:
                folder = MailFolder(
                    number=row.counter,
                    parent=numbers.get(row.parent, 0),
                    display_name=row.display_name,
                    well_known=row.name,
                    hidden=row.hidden,
                )
                self.folders.put(folder)

    def _add_first_calendar(self) -> None:
        for offset, (name, class_id) in enumerate(DEFAULT_GROUPS):
            group = CalendarGroup(number=DEFAULT_GROUP + offset, name=name, class_id=class_id, well_known=name)
            self.calendar_groups.put(group)
        self.calendars.put(Calendar(number=DEFAULT_CALENDAR, group=DEFAULT_GROUP, name="Calendar", is_default=True))
        everybody = CalendarPermission(
            calendar=DEFAULT_CALENDAR, address="", name=EVERYBODY, role="freeBusyRead", removable=False
        )
        self.calendar_permissions.put(everybody)

    def take_number(self) -> int:
        """Return the next counter, for an item, a folder or a change."""
        self.next_number += 1
        return self.next_number

    def _shelves(self) -> tuple[Any, ...]:
        return (
            self.folders,
            self.messages,
            self.attachments,
            self.rights,
            self.settings,
            self.rules,
            self.categories,
            self.overrides,
            self.answered,
            self.uploads,
            self.sent,
            self.calendar_groups,
            self.calendars,
            self.calendar_permissions,
            self.events,
            self.changes,
        )

    def state(self) -> tuple[Any, ...]:
        """Return a shallow copy of everything in the mailbox, for a snapshot."""
        return (self.next_number, *(shelf.state() for shelf in self._shelves()))

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to what `state` returned."""
        self.next_number = state[0]
        for shelf, kept in zip(self._shelves(), state[1:], strict=True):
            shelf.restore(kept)
