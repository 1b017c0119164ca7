"""The days of a series, for any window, by arithmetic.

A series is a row of periods (days, weeks, months, years), each with the days that the pattern gives in it. The period
of a day is computed, so that a window far from the beginning costs no more than one near it.

Source: reference `graph-calendar.md` section 12 (patterns, first occurrence, clamping of day 29 to 31).
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from outlook365_emulator.store.records.calendar import Pattern, Series

LAST_DAY = date(4500, 9, 1).toordinal()
"""No series goes beyond September 1, 4500."""

FIRST_DAY = date(1601, 1, 1).toordinal()
"""No event lies before 1601, where Windows' time begins."""

_MONTHS = frozenset({"absoluteMonthly", "relativeMonthly"})


def _month_of(day: int) -> int:
    on = date.fromordinal(day)
    return on.year * 12 + on.month - 1


def _in_month(pattern: Pattern, month: int) -> int:
    """Return the day that a monthly or yearly pattern gives in a month, counted from year 0."""
    year, index = divmod(month, 12)
    first = date(year, index + 1, 1).toordinal()
    length = monthrange(year, index + 1)[1]
    if not pattern.days:
        return first + min(pattern.day, length) - 1
    if pattern.index < 0:
        last = first + length - 1
        return next(day for day in range(last, first - 1, -1) if (day - 1) % 7 in pattern.days)
    fitting = [day for day in range(first, first + length) if (day - 1) % 7 in pattern.days]
    return fitting[pattern.index - 1]


def _week_of(day: int, week_start: int) -> int:
    """Return the first day of the week that a day lies in."""
    return day - ((day - 1) % 7 - week_start) % 7


def _step(pattern: Pattern) -> int:
    """Return how many months lie between two periods of a monthly or yearly pattern."""
    return pattern.interval if pattern.type in _MONTHS else 12 * pattern.interval


def period_of(series: Series, day: int) -> int:
    """Return the number of the period that a day lies in or follows; negative before the first."""
    pattern = series.pattern
    if pattern.type == "daily":
        return (day - series.first) // pattern.interval
    if pattern.type == "weekly":
        origin = _week_of(series.first, pattern.week_start)
        return (day - origin) // (7 * pattern.interval)
    return (_month_of(day) - _month_of(series.first)) // _step(pattern)


def days_of_period(series: Series, period: int) -> tuple[int, ...]:
    """Return the days of a period in order; those before the first occurrence are none of the series."""
    pattern = series.pattern
    if pattern.type == "daily":
        return (series.first + period * pattern.interval,)
    if pattern.type == "weekly":
        week = _week_of(series.first, pattern.week_start) + 7 * pattern.interval * period
        offsets = sorted((day - pattern.week_start) % 7 for day in pattern.days)
        return tuple(week + offset for offset in offsets if week + offset >= series.first)
    return (_in_month(pattern, _month_of(series.first) + period * _step(pattern)),)


def last_day(series: Series) -> int | None:
    """Return the last day of a series, or None where it has no end."""
    if series.range == "noEnd":
        return None
    if series.range == "numbered":
        return _numbered(series)
    end = min(series.until, LAST_DAY)
    for period in range(period_of(series, end), -1, -1):
        fitting = [day for day in days_of_period(series, period) if day <= end]
        if fitting:
            return fitting[-1]
    return series.first - 1


def _numbered(series: Series) -> int:
    count = series.count
    if series.pattern.type != "weekly":
        return days_of_period(series, count - 1)[0]
    begun = days_of_period(series, 0)
    if count <= len(begun):
        return begun[count - 1]
    weeks, index = divmod(count - len(begun) - 1, len(series.pattern.days))
    return days_of_period(series, weeks + 1)[index]


def days_between(series: Series, low: int, high: int) -> Iterator[int]:
    """Yield the days of a series from `low` to `high`, both inclusive, deleted ones among them.

    Args:
        series: the series.
        low: ordinal of the first day of interest.
        high: ordinal of the last.
    """
    end = last_day(series)
    high = min(high, LAST_DAY if end is None else end)
    low = max(low, series.first)
    if low > high:
        return
    period, last = max(0, period_of(series, low)), period_of(series, high)
    while period <= last:
        for day in days_of_period(series, period):
            if low <= day <= high:
                yield day
        period += 1


def includes(series: Series, day: int) -> bool:
    """Return whether the pattern and the range give a day."""
    return next(days_between(series, day, day), None) is not None


def first_fitting(pattern: Pattern, day: int) -> int:
    """Return the first day from a given one on that fits a pattern, whatever its interval.

    Args:
        pattern: the pattern.
        day: where the search begins, `range.startDate`.
    """
    if pattern.type == "daily":
        return day
    if pattern.type == "weekly":
        return next(one for one in range(day, day + 7) if (one - 1) % 7 in pattern.days)
    month = _month_of(day)
    if pattern.type not in _MONTHS:
        month += (pattern.month - 1 - month) % 12
    step = 1 if pattern.type in _MONTHS else 12
    found = _in_month(pattern, month)
    return found if found >= day else _in_month(pattern, month + step)


def shortest_gap(pattern: Pattern) -> int:
    """Return the fewest days that can lie between two neighbouring occurrences."""
    if pattern.type == "daily":
        return pattern.interval
    if pattern.type == "weekly":
        offsets = sorted((day - pattern.week_start) % 7 for day in pattern.days)
        inside = [after - before for before, after in pairwise(offsets)]
        return min([*inside, 7 * pattern.interval - offsets[-1] + offsets[0]])
    # Neighbouring months are 28 days apart at least; the fifth weekday of one and the first of the next less.
    shortest = 28 if not pattern.days or len(pattern.days) == 1 else 22
    return shortest * _step(pattern)
