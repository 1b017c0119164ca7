"""Expansion against python-dateutil, which knows nothing of ours, and a window against the slice of a wider one.

Where Exchange differs from RFC 5545 the rule is written so that it says the same: `docs/reference/calendar.md`.
"""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday
from outlook365_emulator.graph.calendar.recurrence import days
from outlook365_emulator.graph.calendar.recurrence.days import days_between, first_fitting, last_day
from outlook365_emulator.graph.calendar.recurrence.instants import occurrences, times_of
from outlook365_emulator.store.records.calendar import Pattern, Series

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Tokyo")
ZONES += ("America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran", "Pacific/Apia", "Europe/London", "Asia/Kathmandu")
TYPES = ("daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly")


def random_pattern(chance: random.Random) -> Pattern:
    kind = chance.choice(TYPES)
    weekdays = tuple(sorted(chance.sample(range(7), chance.randint(1, 7))))
    yearly = kind.endswith("Yearly")
    interval = chance.randint(1, 3) if yearly else chance.choice((1, 1, 2, 3, 5, chance.randint(1, 90)))
    return Pattern(
        type=kind,
        interval=interval,
        days=weekdays if kind == "weekly" or kind.startswith("relative") else (),
        week_start=chance.randrange(7) if kind == "weekly" else 6,
        day=chance.randint(1, 31) if kind.startswith("absolute") else 0,
        month=chance.randint(1, 12) if yearly else 0,
        index=chance.choice((1, 2, 3, 4, -1)) if kind.startswith("relative") else 1,
    )


def random_series(chance: random.Random) -> Series:
    pattern = random_pattern(chance)
    begins = date(chance.randint(1990, 2040), 1, 1).toordinal() + chance.randrange(365)
    first = first_fitting(pattern, begins)
    starts = chance.randrange(0, 86400, 900)
    return Series(
        pattern=pattern,
        first=first,
        range=chance.choice(("noEnd", "endDate", "numbered")),
        until=first + chance.randrange(0, 2000),
        count=chance.randint(1, 60),
        zone=chance.choice(ZONES),
        starts=starts,
        ends=starts + chance.randrange(0, 7200, 900),
    )


def rule(series: Series) -> rrule:
    """The rule of RFC 5545 that gives the days of a series."""
    pattern = series.pattern
    limits = {"count": series.count} if series.range == "numbered" else {}
    if series.range == "endDate":
        limits["until"] = datetime.combine(date.fromordinal(series.until), datetime.min.time())
    start = datetime.combine(date.fromordinal(series.first), datetime.min.time())
    weekdays = [weekday(day) for day in pattern.days]
    # Exchange puts the 31st on the last day of a shorter month; RFC 5545 leaves the month out.
    clamped = {"bymonthday": list(range(min(pattern.day, 28), pattern.day + 1)), "bysetpos": -1}
    relative = {"byweekday": weekdays, "bysetpos": pattern.index}
    months = {"bymonth": pattern.month}
    frequency, parts = {
        "daily": (DAILY, {}),
        "weekly": (WEEKLY, {"byweekday": weekdays, "wkst": pattern.week_start}),
        "absoluteMonthly": (MONTHLY, clamped),
        "relativeMonthly": (MONTHLY, relative),
        "absoluteYearly": (YEARLY, clamped | months),
        "relativeYearly": (YEARLY, relative | months),
    }[pattern.type]
    return rrule(frequency, dtstart=start, interval=pattern.interval, cache=False, **parts, **limits)


def expected(series: Series, low: int, high: int) -> list[int]:
    after = datetime.combine(date.fromordinal(low), datetime.min.time())
    before = datetime.combine(date.fromordinal(high), datetime.min.time())
    return [one.toordinal() for one in rule(series).between(after, before, inc=True)]


@pytest.mark.parametrize("part", range(20))
def test_days_are_those_of_the_oracle(part: int, amount) -> None:
    chance = random.Random(part)
    for _ in range(amount(110, 500)):
        series = random_series(chance)
        low = series.first + chance.randrange(-400, 1500)
        high = low + chance.choice((0, 7, 31, 400, 1200))
        assert list(days_between(series, low, high)) == expected(series, low, high), series


@pytest.mark.parametrize("part", range(5))
def test_instants_are_wall_clock_times_of_the_zone(part: int, amount) -> None:
    chance = random.Random(1000 + part)
    for _ in range(amount(40, 200)):
        series = random_series(chance)
        zone = ZoneInfo(series.zone)
        for day in list(days_between(series, series.first, series.first + 800))[:40]:
            start, _ = times_of(series, day)
            wall = datetime.combine(date.fromordinal(day), datetime.min.time()) + timedelta(seconds=series.starts)
            assert start == wall.replace(tzinfo=zone).astimezone(UTC)
            shown = start.astimezone(zone).replace(tzinfo=None)
            skipped = shown != wall
            assert not skipped or shown > wall, (series, day)  # only a time that the clocks skip is shown later


@pytest.mark.parametrize("part", range(5))
def test_a_window_is_the_slice_of_a_wider_one(part: int, amount) -> None:
    chance = random.Random(2000 + part)
    for _ in range(amount(20, 200)):
        series = random_series(chance)
        low = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(24 * 365 * 40))
        high = low + timedelta(hours=chance.randrange(1, 24 * 60))
        wide = list(occurrences(series, low - timedelta(days=200), high + timedelta(days=200)))
        inside = [one for one in wide if one[1] < high and (one[2] > low or (one[1] == one[2] and one[1] >= low))]
        assert list(occurrences(series, low, high)) == inside, series


def test_the_last_day_is_the_last_of_the_oracle(amount) -> None:
    chance = random.Random(7)
    for _ in range(amount(200, 2000)):
        series = random_series(chance)
        if series.range == "noEnd":
            assert last_day(series) is None
            continue
        assert last_day(series) == list(rule(series))[-1].toordinal(), series


def test_a_far_window_of_an_endless_series_is_computed_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    series = Series(pattern=Pattern(type="daily", interval=1), first=date(1900, 1, 1).toordinal(), range="noEnd")
    visited: list[int] = []
    original = days.days_of_period
    monkeypatch.setattr(days, "days_of_period", lambda one, period: visited.append(period) or original(one, period))
    far = date(4300, 1, 1).toordinal()
    assert list(days_between(series, far, far + 6)) == list(range(far, far + 7))
    assert len(visited) == 7
