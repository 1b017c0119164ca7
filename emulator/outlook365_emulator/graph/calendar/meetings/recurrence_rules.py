"""From an iCalendar `RRULE` to a pattern and a range as Graph writes them.

Exchange knows six patterns; a rule that none of them gives cannot be kept (reference `graph-calendar.md` section 12).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from outlook365_emulator.graph.calendar.recurrence.reading import DAYS, INDEXES
from outlook365_emulator.graph.zones import Zone, to_wall

_DAYS: Mapping[str, str] = MappingProxyType(dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), DAYS, strict=True)))
_INDEXES: Mapping[int, str] = MappingProxyType({number: name for name, number in INDEXES.items()})
_DAY = re.compile(r"([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)")
_TAKEN: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"})
_LAST_DAYS: Final = (28, 29, 30, 31)


def pattern_and_range(rule: Mapping[str, Sequence[Any]], start: datetime, zone: Zone) -> dict[str, Any]:
    """Return the `patternedRecurrence` of a rule.

    Args:
        rule: the parts of the rule by name, each a list.
        start: start of the series as a clock in its zone shows it.
        zone: the zone.

    Raises:
        ValueError: no pattern of Exchange gives these days.
    """
    parts = {str(name).upper(): list(values) for name, values in rule.items()}
    if not parts.keys() <= _TAKEN:
        raise ValueError(f"no pattern has {', '.join(sorted(parts.keys() - _TAKEN))}")
    return {"pattern": _pattern(parts, start), "range": _range(parts, start, zone)}


def _range(parts: dict[str, list[Any]], start: datetime, zone: Zone) -> dict[str, Any]:
    limits: dict[str, Any] = {"type": "noEnd", "startDate": start.date().isoformat(), "recurrenceTimeZone": zone.name}
    if parts.get("COUNT"):
        limits |= {"type": "numbered", "numberOfOccurrences": int(parts["COUNT"][0])}
    elif parts.get("UNTIL"):
        until = parts["UNTIL"][0]
        if isinstance(until, datetime):
            until = until if until.tzinfo is None else to_wall(until.astimezone(UTC), zone.iana)
            until = until.date()
        limits |= {"type": "endDate", "endDate": until.isoformat()}
    return limits


def _pattern(parts: dict[str, list[Any]], start: datetime) -> dict[str, Any]:
    frequency = str(parts["FREQ"][0]).upper()
    interval = int((parts.get("INTERVAL") or [1])[0])
    days = [_day(one) for one in parts.get("BYDAY") or ()]
    if frequency == "DAILY" and not parts.keys() & {"BYMONTHDAY", "BYMONTH", "BYSETPOS"}:
        if not days:
            return {"type": "daily", "interval": interval}
        if interval == 1:
            return _weekly(days, 1, "MO", start)
    if frequency == "WEEKLY" and not parts.keys() & {"BYMONTHDAY", "BYMONTH", "BYSETPOS"}:
        return _weekly(days, interval, str((parts.get("WKST") or ["MO"])[0]).upper(), start)
    if frequency in ("MONTHLY", "YEARLY"):
        return _of_month(parts, days, interval, start, yearly=frequency == "YEARLY")
    raise ValueError(f"no pattern gives {frequency} with {', '.join(sorted(parts))}")


def _weekly(days: list[tuple[int, str]], interval: int, week_start: str, start: datetime) -> dict[str, Any]:
    if any(index for index, _ in days):
        raise ValueError("a weekly pattern has no numbered days")
    named = [name for _, name in days] or [DAYS[start.weekday()]]
    return {"type": "weekly", "interval": interval, "daysOfWeek": named, "firstDayOfWeek": _DAYS[week_start]}


def _of_month(
    parts: dict[str, list[Any]], days: list[tuple[int, str]], interval: int, start: datetime, *, yearly: bool
) -> dict[str, Any]:
    months = [int(one) for one in parts.get("BYMONTH") or ()]
    if len(months) > 1 or (months and not yearly) or (yearly and days and not months):
        raise ValueError("a pattern has one month a year")
    pattern: dict[str, Any] = {"interval": interval} | ({"month": (months or [start.month])[0]} if yearly else {})
    if days:
        if parts.get("BYMONTHDAY"):
            raise ValueError("a pattern has days of the week or a day of the month")
        index, named = _indexed(days, [int(one) for one in parts.get("BYSETPOS") or ()])
        kind = "relativeYearly" if yearly else "relativeMonthly"
        return pattern | {"type": kind, "index": index, "daysOfWeek": named}
    kind = "absoluteYearly" if yearly else "absoluteMonthly"
    return pattern | {"type": kind, "dayOfMonth": _day_of_month(parts, start)}


def _indexed(days: list[tuple[int, str]], positions: list[int]) -> tuple[str, list[str]]:
    numbers = {index for index, _ in days}
    if numbers == {0} and len(positions) == 1:
        number = positions[0]
    elif len(days) == 1 and not positions:
        number = days[0][0]
    else:
        raise ValueError("a pattern has one day a month")
    if number not in _INDEXES:
        raise ValueError(f"no pattern has the day number {number} of a month")
    return _INDEXES[number], [name for _, name in days]


def _day_of_month(parts: dict[str, list[Any]], start: datetime) -> int:
    """Return the day of the month; `28,29,30,31;BYSETPOS=-1` is Exchange's way to clamp it to the month's last."""
    days = [int(one) for one in parts.get("BYMONTHDAY") or ()]
    positions = [int(one) for one in parts.get("BYSETPOS") or ()]
    if not days:
        return start.day
    if days == [-1] and not positions:
        return 31
    if len(days) == 1 and not positions and days[0] > 0:
        return days[0]
    if positions == [-1] and tuple(days) == _LAST_DAYS[: len(days)]:
        return days[-1]
    raise ValueError("a pattern has one day a month")


def _day(written: Any) -> tuple[int, str]:
    match = _DAY.fullmatch(str(written).upper())
    if match is None:
        raise ValueError(f"{written!r} is no day of the week")
    return int(match[1] or 0), _DAYS[match[2]]
