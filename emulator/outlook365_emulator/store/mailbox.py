"""A mailbox: its mail, calendars, rules and settings, who may open it, and its change log."""

from datetime import datetime
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
from outlook365_emulator.store.mail_shelves import AttachmentShelf, FolderShelf, MessageShelf
from outlook365_emulator.store.records.calendar import Calendar, CalendarGroup, CalendarPermission
from outlook365_emulator.store.records.directory import MailboxRight
from outlook365_emulator.store.records.mail import MailFolder, SendCount, UploadSession
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


class Mailbox:
    """A user's mailbox.

    Args:
        owner: object id of the user that it belongs to.
        guid: the mailbox's own GUID, part of all its ids.
        culture: the owner's language, `de-DE`; the default folders are named in it once and for all (Exchange names
            them when a mailbox is made, and not anew when the language changes).

    Attributes:
        next_number: the number that was given out last; `take_number` gives the next one.
        generation: generation of the sync states of delta queries; raising it makes all delta tokens too old.
        search_texts: what `$search` has prepared of messages, by number; may be emptied at any time.
        search_uses: when a search folder was last addressed, by its number; unknown after a restart.
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
        "search_uses",
        "sent",
        "settings",
        "uploads",
    )

    def __init__(self, owner: str, guid: str, culture: str = "") -> None:
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
        self.search_uses: dict[int, datetime] = {}
        numbers = {row.name: row.counter for row in well_known_folders()}
        for row in well_known_folders():
            if row.created_at_start:
                folder = MailFolder(
                    number=row.counter,
                    parent=numbers.get(row.parent, 0),
                    display_name=row.name_in(culture),
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
