"""The shelves of a mailbox's calendars: groups, calendars and events, found in every way that operations ask."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from outlook365_emulator.store.records.calendar import Calendar, CalendarGroup, CalendarPermission, Event

DEFAULT_CALENDAR = 0x10D
"""Number of the calendar that every mailbox begins with (reference `graph-calendar.md` section 5)."""

DEFAULT_GROUP = 0x120
"""Number of the group that every mailbox begins with; two more follow."""

DEFAULT_GROUPS = (
    ("My Calendars", "0006f0b7-0000-0000-c000-000000000046"),
    ("Other Calendars", "0006f0b8-0000-0000-c000-000000000046"),
    ("People's Calendars", "0006f0b9-0000-0000-c000-000000000046"),
)
"""The groups of a new mailbox and their class ids (`graph-calendar.md` section 3)."""

EVERYBODY = "My Organization"
"""Name of the permission that everybody of the organisation has."""

C = TypeVar("C", Calendar, CalendarGroup)


def permission_key(permission: CalendarPermission) -> str:
    """Return the key of a permission: its calendar and whom it is for."""
    return f"{permission.calendar} {permission.address}"


class NumberedShelf(Generic[C]):
    """Calendars or calendar groups by number; the order is that of their making.

    Args:
        name: kind of item in the change log.
        parent: returns the number of what holds a record.
    """

    __slots__ = ("_parent", "_rows", "name")

    def __init__(self, name: str, parent: Callable[[C], int]) -> None:
        self.name = name
        self._parent: Callable[[C], int] = parent
        self._rows: dict[int, C] = {}

    def put(self, record: C) -> C | None:
        """Set a record in place of the one with its number, and return that one."""
        previous = self._rows.get(record.number)
        self._rows[record.number] = record
        return previous

    def remove(self, record: C) -> C:
        """Take off the record with the number of the one given, and return it."""
        return self._rows.pop(record.number)

    def get(self, number: int) -> C | None:
        """Return the record with a number, or None."""
        return self._rows.get(number)

    def place(self, record: C) -> tuple[int, int, int]:
        """Return holder, number and stable number of a record, for the change log."""
        return self._parent(record), record.number, record.number

    def __iter__(self) -> Iterator[C]:
        return iter(sorted(self._rows.values(), key=lambda record: record.number))

    def __len__(self) -> int:
        return len(self._rows)

    def state(self) -> dict[int, C]:
        """Return a shallow copy, for a snapshot."""
        return dict(self._rows)

    def restore(self, rows: dict[int, C]) -> None:
        """Go back to what `state` returned."""
        self._rows = dict(rows)


def _begin(event: Event) -> tuple[datetime, int]:
    return event.start, event.number


class EventShelf:
    """The events of a mailbox: by number, single ones by start, series apart.

    Attributes:
        expansions: what views have prepared of the series of a calendar, by its number; may be emptied at any time.
    """

    __slots__ = ("_by_stable", "_by_transaction", "_by_uid", "_longest", "_rows", "_series", "_singles", "expansions")
    name = "event"

    def __init__(self) -> None:
        self._rows: dict[int, Event] = {}
        self._by_stable: dict[int, int] = {}
        self._by_uid: dict[str, int] = {}
        self._by_transaction: dict[str, int] = {}
        self._singles: dict[int, list[Event]] = {}
        self._longest: dict[int, timedelta] = {}
        self._series: dict[int, dict[int, Event]] = {}
        self.expansions: dict[int, Any] = {}

    def put(self, record: Event) -> Event | None:
        """Set an event in place of the one with its number, and return that one."""
        previous = self._rows.get(record.number)
        if previous is not None:
            self._take_out(previous)
        self._rows[record.number] = record
        self._by_stable[record.stable] = record.number
        self._by_uid[record.ical_uid] = record.number
        if record.transaction_id:
            self._by_transaction[record.transaction_id] = record.number
        if record.series is not None:
            self.expansions.pop(record.calendar, None)
            self._series.setdefault(record.calendar, {})[record.number] = record
        else:
            insort(self._singles.setdefault(record.calendar, []), record, key=_begin)
            longest = self._longest.get(record.calendar, timedelta())
            self._longest[record.calendar] = max(longest, record.end - record.start)
        return previous

    def remove(self, record: Event) -> Event:
        """Take off the event with the number of the one given, and return it."""
        held = self._rows.pop(record.number)
        self._take_out(held)
        return held

    def _take_out(self, record: Event) -> None:
        if self._by_stable.get(record.stable) == record.number:
            del self._by_stable[record.stable]
        for index, key in ((self._by_uid, record.ical_uid), (self._by_transaction, record.transaction_id)):
            if index.get(key) == record.number:
                del index[key]
        if record.series is not None:
            self.expansions.pop(record.calendar, None)
            del self._series[record.calendar][record.number]
        else:
            singles = self._singles[record.calendar]
            del singles[bisect_left(singles, _begin(record), key=_begin)]

    def get(self, number: int) -> Event | None:
        """Return the event with a number, or None."""
        return self._rows.get(number)

    def by_stable(self, stable: int) -> Event | None:
        """Return the event with an immutable number, or None."""
        number = self._by_stable.get(stable)
        return None if number is None else self._rows[number]

    def by_uid(self, ical_uid: str) -> Event | None:
        """Return the single event or series with an `iCalUId`, or None: how copies of a meeting find each other."""
        number = self._by_uid.get(ical_uid)
        return None if number is None else self._rows[number]

    def by_transaction(self, transaction_id: str) -> Event | None:
        """Return the event that was made under a `transactionId`, or None."""
        number = self._by_transaction.get(transaction_id)
        return None if number is None else self._rows[number]

    def in_calendar(self, calendar: int) -> list[Event]:
        """Return single events and series of a calendar, the latest made first."""
        found = [*self._singles.get(calendar, ()), *self._series.get(calendar, {}).values()]
        return sorted(found, key=lambda event: event.number, reverse=True)

    def series_of(self, calendar: int) -> list[Event]:
        """Return the series of a calendar."""
        return list(self._series.get(calendar, {}).values())

    def singles_between(self, calendar: int, low: datetime, high: datetime) -> list[Event]:
        """Return single events that may lie between two instants, by start; some may have ended before."""
        singles = self._singles.get(calendar, [])
        try:
            earliest = low - self._longest.get(calendar, timedelta())
        except OverflowError:
            return singles[: bisect_right(singles, high, key=lambda event: event.start)]
        first = bisect_left(singles, earliest, key=lambda event: event.start)
        return singles[first : bisect_right(singles, high, key=lambda event: event.start)]

    def place(self, record: Event) -> tuple[int, int, int]:
        """Return calendar, number and stable number of an event, for the change log."""
        return record.calendar, record.number, record.stable

    def __iter__(self) -> Iterator[Event]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def state(self) -> dict[int, Event]:
        """Return a shallow copy of the events, for a snapshot."""
        return dict(self._rows)

    def restore(self, rows: dict[int, Event]) -> None:
        """Go back to events that `state` returned."""
        for held in (self._rows, self._by_stable, self._by_uid, self._by_transaction, self._singles):
            held.clear()
        for other in (self._longest, self._series, self.expansions):
            other.clear()
        for record in rows.values():
            self.put(record)
