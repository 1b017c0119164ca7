"""From a `patternedRecurrence` as sent to a `Series`, and back to the members of an answer.

Which members a type needs, defaults and refusals: reference `graph-calendar.md` section 12; the greatest intervals and
counts are those of Exchange's EWS schema (DailyRecurrence 999, WeeklyRecurrence and monthly ones 99, numbered 999).
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.calendar.recurrence.days import (
    FIRST_DAY,
    LAST_DAY,
    first_fitting,
    last_day,
    shortest_gap,
)
from outlook365_emulator.store.records.calendar import Pattern, PatternType, RangeType, Series

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INDEXES: Mapping[str, int] = MappingProxyType({"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1})
_NAME_OF_INDEX = {number: name for name, number in INDEXES.items()}
_NO_END = "0001-01-01"

_GREATEST: Mapping[str, int] = MappingProxyType({"daily": 999})
_GREATEST_ELSE = 99
GREATEST_COUNT = 999


def _refused(name: str, because: str) -> GraphError:
    return graph_error(name, because=because)


def read_pattern(given: Mapping[str, Any]) -> Pattern:
    """Read a `recurrencePattern`; members that its type does not use are checked and kept out.

    Args:
        given: members as sent, names and enumeration members canonical.

    Raises:
        GraphError: a member is missing, or has a value that Exchange refuses.
    """
    kind: PatternType | None = given.get("type")
    if kind is None:
        raise _refused("recurrence_invalid", "recurrence.pattern.type is missing")
    interval = given.get("interval")
    greatest = _GREATEST.get(kind, _GREATEST_ELSE)
    if interval is None:
        raise _refused("property_validation_failed", "recurrence.pattern.interval is missing")
    if not 1 <= interval <= greatest:
        raise _refused("recurrence_out_of_range", f"interval of a {kind} pattern is 1 to {greatest}, not {interval}")
    month, day = given.get("month") or 0, given.get("dayOfMonth") or 0
    if not 0 <= month <= 12 or not 0 <= day <= 31:
        raise _refused("recurrence_out_of_range", f"month {month} or dayOfMonth {day} is no month or day")
    days = tuple(sorted({DAYS.index(one) for one in given.get("daysOfWeek") or ()}))
    week_start = DAYS.index(given.get("firstDayOfWeek") or "sunday")
    index = INDEXES[given.get("index") or "first"]
    if kind == "weekly" and not days:
        raise _refused("recurrence_weekly_days_invalid", "a weekly pattern needs daysOfWeek")
    if kind in ("relativeMonthly", "relativeYearly") and not days:
        raise _refused("recurrence_invalid", f"a {kind} pattern needs daysOfWeek")
    if kind in ("absoluteMonthly", "absoluteYearly") and not day:
        raise _refused("recurrence_out_of_range", f"a {kind} pattern needs dayOfMonth, 1 to 31")
    if kind in ("absoluteYearly", "relativeYearly") and not month:
        raise _refused("recurrence_out_of_range", f"a {kind} pattern needs month, 1 to 12")
    monthly = kind in ("absoluteMonthly", "absoluteYearly")
    return Pattern(
        type=kind,
        interval=interval,
        days=days if kind == "weekly" or kind.startswith("relative") else (),
        week_start=week_start if kind == "weekly" else 6,
        day=day if monthly else 0,
        month=month if kind.endswith("Yearly") else 0,
        index=index if kind.startswith("relative") else 1,
    )


def _day(text: Any, name: str) -> int | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise _refused("body_undeserializable", f"recurrence.range.{name} is {text!r}; write 2026-03-02") from None


def read_series(
    given: Mapping[str, Any], *, start: date, written: date, zone: str, zone_name: str, starts: int, ends: int
) -> Series:
    """Read a `patternedRecurrence`.

    Args:
        given: members as sent, names and enumeration members canonical.
        start: day of the event's start in the series' zone.
        written: day of the start as the client wrote it, in the zone of `start`.
        zone: IANA name of the series' zone.
        zone_name: the zone as the client named it.
        starts: seconds from midnight to the start, in wall-clock time.
        ends: seconds from the same midnight to the end.

    Returns:
        The series; its first occurrence is the first day from `range.startDate` on that fits.

    Raises:
        GraphError: what Exchange refuses.
    """
    pattern = read_pattern(given.get("pattern") or {})
    limits = given.get("range") or {}
    kind: RangeType | None = limits.get("type")
    begins = _day(limits.get("startDate"), "startDate")
    if begins is None:
        raise _refused("recurrence_end_too_big", "recurrence.range.startDate is missing (Exchange says so oddly)")
    if kind is None:
        raise _refused("recurrence_invalid", "recurrence.range.type is missing: endDate, noEnd or numbered")
    if begins not in (start.toordinal(), written.toordinal()):
        because = f"recurrence.range.startDate is {limits['startDate']}, and the event starts on {start.isoformat()}"
        raise _refused("property_validation_failed", f"{because} in the zone {zone_name}")
    begins = start.toordinal()
    if not FIRST_DAY <= begins <= LAST_DAY:
        raise _refused("recurrence_out_of_range", "a series begins between 1601-01-01 and 4500-09-01")
    until, count = _limits(limits, kind, begins)
    series = Series(
        pattern=pattern,
        first=first_fitting(pattern, begins),
        range=kind,
        until=until,
        count=count,
        zone=zone,
        zone_name=zone_name,
        starts=starts,
        ends=ends,
    )
    _judge(series)
    return series


def _limits(limits: Mapping[str, Any], kind: RangeType, begins: int) -> tuple[int, int]:
    if kind == "numbered":
        count = limits.get("numberOfOccurrences") or 0
        if not 1 <= count <= GREATEST_COUNT:
            because = f"numberOfOccurrences is 1 to {GREATEST_COUNT}, not {count}"
            raise _refused("property_validation_failed", because)
        return 0, count
    if kind == "noEnd":
        return 0, 0
    until = _day(limits.get("endDate"), "endDate")
    if until is None:
        raise _refused("property_validation_failed", "a range of type endDate needs endDate")
    if until > LAST_DAY:
        raise _refused("recurrence_end_too_big", f"endDate is {limits['endDate']}")
    if until < begins:
        raise _refused("property_validation_failed", f"endDate {limits['endDate']} is before startDate")
    return until, 0


def _judge(series: Series) -> None:
    try:
        end = last_day(series)
    except (ValueError, OverflowError):
        raise _refused("recurrence_end_too_big", "the last occurrence would lie beyond the calendar") from None
    if end is not None and end < series.first:
        raise _refused("recurrence_without_occurrence", "no day from startDate to endDate fits the pattern")
    if end is not None and end > LAST_DAY:
        raise _refused("recurrence_end_too_big", f"the last occurrence would be on {date.fromordinal(end)}")
    alone = end == series.first
    gap = shortest_gap(series.pattern)
    if not alone and series.ends - series.starts > gap * 86400:
        because = f"an occurrence lasts longer than the {gap} days to the next one"
        raise _refused("occurrence_too_long", because)


def recurrence_of(series: Series) -> dict[str, Any]:
    """Write a series as a `patternedRecurrence`; every member is present (`graph-calendar.md` section 12)."""
    pattern = series.pattern
    end = date.fromordinal(series.until).isoformat() if series.range == "endDate" else _NO_END
    return {
        "pattern": {
            "type": pattern.type,
            "interval": pattern.interval,
            "month": pattern.month,
            "dayOfMonth": pattern.day,
            "daysOfWeek": [DAYS[day] for day in pattern.days],
            "firstDayOfWeek": DAYS[pattern.week_start],
            "index": _NAME_OF_INDEX[pattern.index],
        },
        "range": {
            "type": series.range,
            "startDate": date.fromordinal(series.first).isoformat(),
            "endDate": end,
            "recurrenceTimeZone": series.zone_name,
            "numberOfOccurrences": series.count,
        },
    }
