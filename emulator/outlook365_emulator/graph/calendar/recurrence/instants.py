"""When the occurrences of a series begin and end.

A day is expanded in the wall-clock time of the series' zone, and only then turned into an instant, so that a meeting at
nine stays at nine over a change of the clocks. A time that the change skips lies as far after it as it would have lain
after the hour before (02:30 becomes 03:30); of a time that comes twice the first is meant (RFC 5545 section 3.3.5).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from outlook365_emulator.graph.calendar.recurrence.days import LAST_DAY, days_between
from outlook365_emulator.graph.zones import to_utc
from outlook365_emulator.store.records.calendar import Series

_DAY: Final = 86400
_OFFSETS: Final = 2
"""Days by which the date of an instant may differ between zones, rounded up."""


def times_of(series: Series, day: int) -> tuple[datetime, datetime]:
    """Return start and end of the occurrence of a day, in UTC."""
    midnight = datetime.combine(date.fromordinal(day), datetime.min.time())
    start = midnight + timedelta(seconds=series.starts)
    end = midnight + timedelta(seconds=series.ends)
    if series.zone == "UTC":
        return start.replace(tzinfo=UTC), end.replace(tzinfo=UTC)
    begins, ends = to_utc(start, series.zone), to_utc(end, series.zone)
    return begins, max(begins, ends)


def occurrences(series: Series, low: datetime, high: datetime) -> Iterator[tuple[int, datetime, datetime]]:
    """Yield day, start and end of what happens between two instants, deleted days and exceptions among it.

    Args:
        series: the series.
        low: what ends after it is of interest, or what begins at it.
        high: what begins before it is of interest.
    """
    first = low.date().toordinal() - series.ends // _DAY - _OFFSETS
    last = min(high.date().toordinal() + _OFFSETS, LAST_DAY)
    for day in days_between(series, first, last):
        start, end = times_of(series, day)
        if overlaps(start, end, low, high):
            yield day, start, end


def overlaps(start: datetime, end: datetime, low: datetime, high: datetime) -> bool:
    """Return whether an event lies in a window; one without length at its beginning does."""
    return start < high and (end > low or (start == end and start >= low))
