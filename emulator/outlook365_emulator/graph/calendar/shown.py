"""Events as they are shown: single ones, series, and the occurrences of series in a window.

Occurrences are computed, never stored. What was computed of a series stands beside it until the series changes, in
blocks of days, so that the window of a busy year costs what lies in the window.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from outlook365_emulator.graph.calendar.recurrence.days import LAST_DAY, days_between, includes
from outlook365_emulator.graph.calendar.recurrence.instants import overlaps, times_of
from outlook365_emulator.graph.calendar.sight import Sight
from outlook365_emulator.store.records.calendar import Event

Kind = Literal["singleInstance", "occurrence", "exception", "seriesMaster"]

BLOCK: Final = 64
"""Days that are expanded together."""

_DRIFT: Final = timedelta(hours=3)
"""By how much an occurrence can be longer than its wall-clock times say, over a change of the clocks."""

_MARGIN: Final = 2
"""Days by which the date of an instant may differ between zones, rounded up."""

Slot = tuple[datetime, int, datetime]
"""Start, day and end of an occurrence."""


class Shown(msgspec.Struct, frozen=True):
    """An event as it is shown.

    Attributes:
        sight: the calendar as the caller sees it.
        event: the single event or the series.
        item: what holds the properties: the exception, else the event.
        start, end: the times, in UTC.
        day: of an occurrence the day that the pattern gives (ordinal), else 0.
    """

    sight: Sight
    event: Event
    item: Event
    start: datetime
    end: datetime
    day: int = 0

    @property
    def kind(self) -> Kind:
        """The type of the event."""
        if self.day:
            return "exception" if self.item is not self.event else "occurrence"
        return "singleInstance" if self.event.series is None else "seriesMaster"


def shown(sight: Sight, event: Event) -> Shown:
    """Return a single event or a series as it is shown."""
    return Shown(sight, event, event, event.start, event.end)


def exception_on(event: Event, day: int) -> Event | None:
    """Return the exception of a day, or None."""
    return next((one for one in event.exceptions if one.day == day), None)


def occurrence(sight: Sight, event: Event, day: int) -> Shown | None:
    """Return the occurrence of a day, or None where the series has none on it."""
    series = event.series
    if series is None or day in event.deleted or not includes(series, day):
        return None
    exception = exception_on(event, day)
    if exception is not None:
        return Shown(sight, event, exception, exception.start, exception.end, day)
    start, end = times_of(series, day)
    return Shown(sight, event, event, start, end, day)


class _Expansion:
    """What was computed of one series: its plain occurrences in blocks of days."""

    __slots__ = ("_blocks", "_gone", "_series", "event", "length", "reach")

    def __init__(self, event: Event) -> None:
        assert event.series is not None, "only a series is expanded"
        self.event = event
        self._series = event.series
        self._gone = frozenset((*event.deleted, *(one.day for one in event.exceptions)))
        self._blocks: dict[int, list[Slot]] = {}
        self.length = timedelta(seconds=self._series.ends - self._series.starts) + _DRIFT
        self.reach = self._series.ends // 86400 + _MARGIN

    def _block(self, number: int) -> list[Slot]:
        slots = self._blocks.get(number)
        if slots is None:
            series, first = self._series, number * BLOCK
            days = days_between(series, first, first + BLOCK - 1)
            slots = [
                (start, day, end) for day in days if day not in self._gone for start, end in (times_of(series, day),)
            ]
            self._blocks[number] = slots
        return slots

    def between(self, low: datetime, high: datetime) -> Iterator[Slot]:
        first = max(low.date().toordinal() - self.reach, self._series.first)
        last = min(high.date().toordinal() + _MARGIN, LAST_DAY)
        try:
            earliest = low - self.length
        except OverflowError:
            earliest = datetime.min.replace(tzinfo=UTC)
        for number in range(first // BLOCK, last // BLOCK + 1):
            slots = self._block(number)
            for index in range(bisect_left(slots, (earliest,)), len(slots)):
                slot = slots[index]
                if slot[0] >= high:
                    break
                if overlaps(slot[0], slot[2], low, high):
                    yield slot


def _expansion(sight: Sight, event: Event) -> _Expansion:
    kept: dict[int, Any] = sight.holder.events.expansions
    found: _Expansion | None = kept.get(event.number)
    if found is None or found.event is not event:
        found = kept[event.number] = _Expansion(event)
    return found


def instances(sight: Sight, event: Event, low: datetime, high: datetime) -> list[Shown]:
    """Return the occurrences and exceptions of a series in a window, by start."""
    found = [
        Shown(sight, event, event, start, end, day) for start, day, end in _expansion(sight, event).between(low, high)
    ]
    for one in event.exceptions:
        if overlaps(one.start, one.end, low, high):
            found.append(Shown(sight, event, one, one.start, one.end, one.day))
    return sorted(found, key=lambda shown: (shown.start, shown.day))


def view(sight: Sight, low: datetime, high: datetime) -> tuple[list[Any], int]:
    """Return what a calendar shows in a window, by start: singles, occurrences and exceptions, no series.

    Returns:
        Rows for `unfolded`, and how many there are.
    """
    events, number = sight.holder.events, sight.source.number
    rows: list[tuple[datetime, int, int, datetime, Event, Event]] = [
        (one.start, one.number, 0, one.end, one, one)
        for one in events.singles_between(number, low, high)
        if overlaps(one.start, one.end, low, high)
    ]
    for event in events.series_of(number):
        if event.start < high or event.exceptions:
            key = event.number
            rows += [
                (start, key, day, end, event, event) for start, day, end in _expansion(sight, event).between(low, high)
            ]
            rows += [
                (one.start, key, one.day, one.end, event, one)
                for one in event.exceptions
                if overlaps(one.start, one.end, low, high)
            ]
    rows.sort(key=lambda row: row[:3])
    return rows, len(rows)


def unfolded(sight: Sight, rows: list[Any]) -> Iterator[Shown]:
    """Yield the events that the rows of a view stand for."""
    for start, _, day, end, event, item in rows:
        yield Shown(sight, event, item, start, end, day)
