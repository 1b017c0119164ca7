"""Events as they are shown: single ones, series, and the occurrences of series in a window.

Occurrences are computed, never stored. What was computed of a series stands beside it until the series changes, in
blocks of days, so that the window of a busy year costs what lies in the window.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

import msgspec

from outlook365_emulator.graph.calendar.recurrence.days import LAST_DAY, days_between, includes
from outlook365_emulator.graph.calendar.recurrence.instants import occurrences, overlaps, times_of
from outlook365_emulator.graph.calendar.seen_calendars import SeenCalendar
from outlook365_emulator.store.records.calendar import Event

Kind = Literal["singleInstance", "occurrence", "exception", "seriesMaster"]

BLOCK: Final = 7
"""Days that are expanded together: weeks from Monday, as most windows are."""

KEPT: Final = 512
"""Blocks of a calendar that are kept."""

MARGIN: Final = 2
"""Days by which the date of an instant may differ between zones, rounded up."""

_FARTHEST: Final = 15 * 3600
"""Seconds by which no zone's clocks differ from UTC."""

_DRIFT: Final = timedelta(hours=3)
"""By how much an occurrence can be longer than its wall-clock times say, over a change of the clocks."""

_MIDNIGHT: Final = time()

Row = tuple[datetime, int, int, datetime, Event, Event]
"""Start, number of the event, day, end, the single event or series, and what holds the properties."""


class SeenEvent(msgspec.Struct, frozen=True):
    """An event as it is shown.

    Attributes:
        seen: the calendar as the caller sees it.
        event: the single event or the series.
        item: what holds the properties: the exception, else the event.
        start, end: the times, in UTC.
        day: of an occurrence the day that the pattern gives (ordinal), else 0.
    """

    seen: SeenCalendar
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


def seen_event(seen: SeenCalendar, event: Event) -> SeenEvent:
    """Return a single event or a series as it is shown."""
    return SeenEvent(seen, event, event, event.start, event.end)


def exception_on(event: Event, day: int) -> Event | None:
    """Return the exception of a day, or None."""
    return next((one for one in event.exceptions if one.day == day), None)


def occurrence(seen: SeenCalendar, event: Event, day: int) -> SeenEvent | None:
    """Return the occurrence of a day, or None where the series has none on it."""
    series = event.series
    if series is None or day in event.deleted or not includes(series, day):
        return None
    exception = exception_on(event, day)
    if exception is not None:
        return SeenEvent(seen, event, exception, exception.start, exception.end, day)
    start, end = times_of(series, day)
    return SeenEvent(seen, event, event, start, end, day)


class _Blocks:
    """What was computed of the series of one calendar: occurrences and exceptions in blocks of days, by start."""

    __slots__ = ("_blocks", "_gone", "_series", "longest")

    def __init__(self, series: list[Event]) -> None:
        self._series = series
        self._gone = {one.number: frozenset((*one.deleted, *(each.day for each in one.exceptions))) for one in series}
        self._blocks: dict[int, list[Row]] = {}
        lengths = [one.end - one.start for event in series for one in event.exceptions]
        self.longest = max((_length(one) for one in series), default=timedelta())
        self.longest = max([self.longest, *lengths])

    def block(self, number: int) -> list[Row]:
        rows = self._blocks.get(number)
        if rows is None:
            if len(self._blocks) >= KEPT:
                self._blocks.clear()
            low = datetime.combine(date.fromordinal(number * BLOCK + 1), time(), UTC)
            rows = self._blocks[number] = self._computed(low, low + timedelta(days=BLOCK))
        return rows

    def _computed(self, low: datetime, high: datetime) -> list[Row]:
        rows: list[Row] = []
        first, last = low.toordinal() - MARGIN, high.toordinal() + MARGIN
        begins, ends = low.toordinal() * 86400 - _FARTHEST, high.toordinal() * 86400 + _FARTHEST
        for event in self._series:
            series, gone, key = event.series, self._gone[event.number], event.number
            assert series is not None, "only series are expanded"
            early = series.starts // 86400  # a series of a zone far ahead begins on the day before
            for day in days_between(series, first - early, last):
                if day not in gone and begins <= day * 86400 + series.starts < ends:
                    start, end = times_of(series, day)
                    if low <= start < high:
                        rows.append((start, key, day, end, event, event))
            for one in event.exceptions:
                if low <= one.start < high:
                    rows.append((one.start, key, one.day, one.end, event, one))
        rows.sort(key=_order)
        return rows

    def between(self, low: datetime, high: datetime) -> list[Row]:
        """Return what overlaps a window, by start."""
        try:
            earliest = low - self.longest
        except OverflowError:
            earliest = datetime.min.replace(tzinfo=UTC)
        found: list[Row] = []
        last = min(high.toordinal() - (high.time() == _MIDNIGHT), LAST_DAY + MARGIN)
        for number in range(_block_of(earliest.toordinal()), _block_of(last) + 1):
            rows = self.block(number)
            inside = bisect_left(rows, low, key=_start)
            for index in range(bisect_left(rows, earliest, hi=inside, key=_start), inside):
                if overlaps(rows[index][0], rows[index][3], low, high):
                    found.append(rows[index])
            found += rows[inside : bisect_left(rows, high, lo=inside, key=_start)]
        return found


def _block_of(day: int) -> int:
    return (day - 1) // BLOCK


def _order(row: Row) -> tuple[datetime, int, int]:
    return row[0], row[1], row[2]


def _start(row: Row) -> datetime:
    return row[0]


def _length(event: Event) -> timedelta:
    series = event.series
    assert series is not None, "only series are expanded"
    return timedelta(seconds=series.ends - series.starts) + _DRIFT


def instances(seen: SeenCalendar, event: Event, low: datetime, high: datetime) -> list[SeenEvent]:
    """Return the occurrences and exceptions of a series in a window, by start."""
    assert event.series is not None, "only a series has instances"
    gone = {*event.deleted, *(one.day for one in event.exceptions)}
    found = [
        SeenEvent(seen, event, event, start, end, day)
        for day, start, end in occurrences(event.series, low, high)
        if day not in gone
    ]
    for one in event.exceptions:
        if overlaps(one.start, one.end, low, high):
            found.append(SeenEvent(seen, event, one, one.start, one.end, one.day))
    return sorted(found, key=lambda shown: (shown.start, shown.day))


def view(seen: SeenCalendar, low: datetime, high: datetime) -> tuple[list[Row], int]:
    """Return what a calendar shows in a window, by start: singles, occurrences and exceptions, no series.

    Returns:
        Rows for `unfolded`, and how many there are.
    """
    events, number = seen.holder.events, seen.source.number
    blocks: _Blocks | None = events.expansions.get(number)
    if blocks is None:
        blocks = events.expansions[number] = _Blocks(events.series_of(number))
    rows: list[Row] = [
        (one.start, one.number, 0, one.end, one, one)
        for one in events.singles_between(number, low, high)
        if overlaps(one.start, one.end, low, high)
    ]
    of_series = blocks.between(low, high)
    rows = sorted([*rows, *of_series], key=_order) if rows and of_series else rows or of_series
    return rows, len(rows)


def unfolded(seen: SeenCalendar, rows: list[Row]) -> Iterator[SeenEvent]:
    """Yield the events that the rows of a view stand for."""
    for start, _, day, end, event, item in rows:
        yield SeenEvent(seen, event, item, start, end, day)
