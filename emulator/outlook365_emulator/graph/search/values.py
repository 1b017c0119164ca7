"""Dates and sizes in searches: `received>=2019-01-01`, `sent:last week`, `size:1..500`."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from outlook365_emulator.graph.search.tree import Between, Node

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?Z?)?", re.IGNORECASE)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_SIZE = re.compile(r"(\d{1,12})(k|kb|m|mb|g|gb)?", re.IGNORECASE)
_UNITS: Mapping[str, int] = MappingProxyType({"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30})

Span = tuple[datetime, datetime]


def _day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _month(day: datetime, offset: int) -> datetime:
    months = day.year * 12 + day.month - 1 + offset
    return day.replace(year=months // 12, month=months % 12 + 1, day=1)


def _week(now: datetime, offset: int) -> Span:
    start = _day(now) - timedelta(days=(now.weekday() + 1) % 7) + timedelta(weeks=offset)
    return start, start + timedelta(weeks=1)


def _year(now: datetime, offset: int) -> Span:
    start = _day(now).replace(month=1, day=1, year=now.year + offset)
    return start, start.replace(year=start.year + 1)


_NAMED: Mapping[str, Callable[[datetime], Span]] = MappingProxyType(
    {
        "today": lambda now: (_day(now), _day(now) + timedelta(days=1)),
        "yesterday": lambda now: (_day(now) - timedelta(days=1), _day(now)),
        "this week": lambda now: _week(now, 0),
        "last week": lambda now: _week(now, -1),
        "this month": lambda now: (_month(_day(now), 0), _month(_day(now), 1)),
        "last month": lambda now: (_month(_day(now), -1), _month(_day(now), 0)),
        "this year": lambda now: _year(now, 0),
        "last year": lambda now: _year(now, -1),
    }
)
"""Named spans of time; weeks begin on Sunday (Keyword Query Language syntax reference, "Date")."""


def _span(text: str, now: datetime) -> Span | None:
    """Return the span that a date names: a day, or the second of a time."""
    named = _NAMED.get(text.lower())
    if named is not None:
        return named(now)
    match, american = _DATE.fullmatch(text), _AMERICAN.fullmatch(text)
    try:
        if american is not None:
            start = datetime(int(american[3]), int(american[1]), int(american[2]), tzinfo=UTC)
            return start, start + timedelta(days=1)
        if match is None:
            return None
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        start = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return start, start + (timedelta(days=1) if match[4] is None else timedelta(seconds=1))
    except (ValueError, OverflowError):
        return None


def between_dates(name: str, operator: str, value: str, now: datetime) -> Node | None:
    """Return the restriction of a date, or None where the value is none.

    Args:
        name: `received` or `sent`.
        operator: `:`, `=`, `<>` or a comparison.
        value: a date, a named span, or a range `first..last`.
        now: the instant of the request.
    """
    first, dots, last = value.partition("..")
    low = _span(first.strip(), now) if first.strip() else None
    if dots:
        high = _span(last.strip(), now) if last.strip() else None
        if (first.strip() and low is None) or (last.strip() and high is None):
            return None
        return Between(name, low[0] if low else None, high[1] if high else None)
    return None if low is None else _limits(name, operator, *low)


def between_sizes(name: str, operator: str, value: str, _: datetime) -> Node | None:
    """Return the restriction of a size in bytes, or None where the value is none."""
    first, dots, last = value.partition("..")
    low, high = _bytes(first.strip()), _bytes(last.strip())
    if dots:
        if (first.strip() and low is None) or (last.strip() and high is None):
            return None
        return Between(name, low, None if high is None else high + 1)
    return None if low is None else _limits(name, operator, low, low + 1)


def _bytes(text: str) -> int | None:
    match = _SIZE.fullmatch(text)
    return int(match[1]) * _UNITS[(match[2] or "")[:1].lower()] if match is not None else None


def _limits(name: str, operator: str, start: datetime | int, end: datetime | int) -> Between:
    table: dict[str, tuple[datetime | int | None, datetime | int | None]] = {
        "<": (None, start),
        "<=": (None, end),
        ">": (end, None),
        ">=": (start, None),
    }
    low, high = table.get(operator, (start, end))
    return Between(name, low, high, operator == "<>")
