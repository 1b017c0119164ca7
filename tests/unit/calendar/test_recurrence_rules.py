"""Patterns from iCalendar rules: what our own writer writes comes back, and what no pattern gives is refused."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import vRecur
from outlook365_emulator.graph.calendar.event_times import Times, series_at
from outlook365_emulator.graph.calendar.meetings.icalendar_writing import recurrence_rule
from outlook365_emulator.graph.calendar.meetings.messages import global_id, uid_in
from outlook365_emulator.graph.calendar.meetings.recurrence_rules import pattern_and_range
from outlook365_emulator.graph.calendar.recurrence.reading import DAYS, INDEXES
from outlook365_emulator.graph.zones import Zone, to_utc

BERLIN = Zone("Europe/Berlin", "Europe/Berlin")
START = datetime(2026, 3, 9, 10)  # a Monday

some_days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True)
intervals = st.fixed_dictionaries({"interval": st.integers(1, 12)})
patterns = st.one_of(
    st.fixed_dictionaries({"type": st.just("daily")}),
    st.fixed_dictionaries(
        {"type": st.just("weekly"), "daysOfWeek": some_days, "firstDayOfWeek": st.sampled_from(DAYS)},
    ),
    st.fixed_dictionaries({"type": st.just("absoluteMonthly"), "dayOfMonth": st.integers(1, 31)}),
    st.fixed_dictionaries(
        {"type": st.just("relativeMonthly"), "daysOfWeek": some_days, "index": st.sampled_from(list(INDEXES))}
    ),
    st.fixed_dictionaries(
        {"type": st.just("absoluteYearly"), "dayOfMonth": st.integers(1, 31), "month": st.integers(1, 12)}
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("relativeYearly"),
            "daysOfWeek": some_days,
            "index": st.sampled_from(list(INDEXES)),
            "month": st.integers(1, 12),
        }
    ),
)
ranges = st.one_of(
    st.just({"type": "noEnd"}),
    st.fixed_dictionaries({"type": st.just("numbered"), "numberOfOccurrences": st.integers(1, 50)}),
    st.just({"type": "endDate", "endDate": "2060-12-31"}),
)


def series(recurrence: dict[str, Any]) -> Any:
    instant = to_utc(START, BERLIN.iana)
    times = Times(instant, to_utc(START.replace(hour=11), BERLIN.iana), START, BERLIN, BERLIN, is_all_day=False)
    return series_at(recurrence, times)


@given(patterns, intervals, ranges)
def test_what_we_write_comes_back(pattern: dict[str, Any], interval: dict[str, Any], limits: dict[str, Any]) -> None:
    made = series({"pattern": {**pattern, **interval}, "range": {"startDate": "2026-03-09", **limits}})
    first = datetime.combine(date.fromordinal(made.first), START.time())
    read = pattern_and_range(vRecur.from_ical(recurrence_rule(made)), first, BERLIN)
    assert recurrence_rule(series({**read, "range": {**read["range"], "startDate": "2026-03-09"}})) == recurrence_rule(
        made
    )


FOREIGN = [
    ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", {"type": "weekly", "daysOfWeek": list(DAYS[:5])}),
    ("FREQ=WEEKLY", {"type": "weekly", "daysOfWeek": ["monday"]}),
    ("FREQ=MONTHLY", {"type": "absoluteMonthly", "dayOfMonth": 9}),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", {"type": "absoluteMonthly", "dayOfMonth": 31}),
    ("FREQ=MONTHLY;BYDAY=2MO", {"type": "relativeMonthly", "daysOfWeek": ["monday"], "index": "second"}),
    ("FREQ=MONTHLY;BYDAY=-1FR", {"type": "relativeMonthly", "daysOfWeek": ["friday"], "index": "last"}),
    ("FREQ=YEARLY", {"type": "absoluteYearly", "dayOfMonth": 9, "month": 3}),
    ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", {"type": "relativeYearly", "daysOfWeek": ["thursday"], "index": "fourth"}),
]


@pytest.mark.parametrize(("rule", "pattern"), FOREIGN, ids=[one[0] for one in FOREIGN])
def test_what_other_calendars_write(rule: str, pattern: dict[str, Any]) -> None:
    assert pattern_and_range(vRecur.from_ical(rule), START, BERLIN)["pattern"].items() >= pattern.items()


def test_an_end_is_a_day_of_the_zone() -> None:
    read = pattern_and_range(vRecur.from_ical("FREQ=DAILY;UNTIL=20260331T230000Z"), START, BERLIN)
    assert (read["range"]["type"], read["range"]["endDate"]) == ("endDate", "2026-04-01")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "FREQ=MONTHLY;BYDAY=5MO",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1",
        "FREQ=YEARLY;BYDAY=1MO",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
    ],
)
def test_what_no_pattern_gives_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        pattern_and_range(vRecur.from_ical(rule), START, BERLIN)


HEX = "040000008200E00074C5B7101A82E00800000000DA2B357D94B5D201000000000000000010000000EC4597557F0CB34EA4CC2887EA7B17C3"


@pytest.mark.parametrize("uid", [HEX, "7kukuqrfedlm2f9t@google.com", "ä", "040000008200E00074C5B7101A82E008"])
@pytest.mark.parametrize("day", [0, date(2026, 3, 16).toordinal()])
def test_the_id_of_a_meeting_comes_back(uid: str, day: int) -> None:
    assert uid_in(global_id(uid, day)) == (uid, day)
