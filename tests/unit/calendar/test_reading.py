"""A `patternedRecurrence` read into a series and written back, whatever is sent."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.calendar.recurrence.reading import DAYS, INDEXES, read_series, recurrence_of
from outlook365_emulator.store.records.calendar import Series

MONDAY = date(2026, 3, 2)
TYPES = ("daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly")


def read(given_: dict[str, Any]) -> Series:
    return read_series(given_, start=MONDAY, written=MONDAY, zone="UTC", zone_name="UTC", starts=36000, ends=39600)


pattern = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES), "interval": st.integers(-1, 120)},
    optional={
        "month": st.integers(-1, 14),
        "dayOfMonth": st.integers(-1, 33),
        "daysOfWeek": st.lists(st.sampled_from(DAYS), max_size=8),
        "firstDayOfWeek": st.none() | st.sampled_from(DAYS),
        "index": st.sampled_from(tuple(INDEXES)),
    },
)
limits = st.fixed_dictionaries(
    {"type": st.sampled_from(("endDate", "noEnd", "numbered"))},
    optional={
        "startDate": st.just("2026-03-02") | st.sampled_from(["2026-03-03", "2026-02-30", "x"]),
        "endDate": st.dates(date(2025, 1, 1), date(4600, 1, 1)).map(str),
        "numberOfOccurrences": st.integers(-1, 1200),
    },
)


@given(pattern, limits)
def test_it_is_a_series_that_reads_back_or_refused_in_exchanges_words(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    refused: list[GraphError] = []
    try:
        series = read({"pattern": one, "range": other})
    except GraphError as error:
        refused.append(error)
    if refused:
        assert refused[0].status == 400
        assert refused[0].because
        return
    written = recurrence_of(series)
    day = date.fromordinal(series.first)
    again = read_series(
        written, start=day, written=day, zone="UTC", zone_name="UTC", starts=series.starts, ends=series.ends
    )
    assert again == series


@pytest.mark.parametrize(
    "given_", [{}, {"pattern": None, "range": None}, {"pattern": {"type": "daily", "interval": 1}}]
)
def test_what_lacks_a_part_is_refused(given_: dict[str, Any]) -> None:
    with pytest.raises(GraphError):
        read(given_)


def test_members_that_a_type_does_not_use_are_left_out() -> None:
    series = read({"pattern": {"type": "daily", "interval": 2, "dayOfMonth": 5, "month": 3, "daysOfWeek": ["monday"]},
                   "range": {"type": "noEnd", "startDate": "2026-03-02"}})  # fmt: skip
    written = recurrence_of(series)["pattern"]
    assert (written["dayOfMonth"], written["month"], written["daysOfWeek"]) == (0, 0, [])
