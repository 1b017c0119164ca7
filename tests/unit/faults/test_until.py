"""When a fault ends: every way to write it, and what is refused."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.faults.decode import FaultError
from outlook365_emulator.faults.until import expiry, parse_until, written_until

TEN = datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (None, None),
        (600, timedelta(minutes=10)),
        (0.5, timedelta(milliseconds=500)),
        ("10 min", timedelta(minutes=10)),
        ("90s", timedelta(seconds=90)),
        ("1.5 hours", timedelta(minutes=90)),
        ("2 D", timedelta(days=2)),
        ("PT10M", timedelta(minutes=10)),
        (timedelta(hours=1), timedelta(hours=1)),
        ("2026-11-02T10:00:00Z", TEN),
        ("2026-11-02T11:00:00+01:00", TEN),
        (TEN, TEN),
    ],
)
def test_an_instant_or_a_duration(written: Any, meant: Any) -> None:
    assert parse_until(written, "until") == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "10",
        "10 parsecs",
        "2026-11-02T10:00:00",
        "P",
        True,
        0,
        -1,
        "0 s",
        float("nan"),
        1e300,
        [],
        "9" * 400,
    ],
)
def test_anything_else_is_refused_with_its_place(written: Any) -> None:
    with pytest.raises(FaultError, match=r"^faults\[0\].until: "):
        parse_until(written, "faults[0].until")


def test_a_duration_counts_from_the_adding() -> None:
    assert expiry(timedelta(minutes=10), TEN) == TEN + timedelta(minutes=10)
    assert expiry(TEN, TEN - timedelta(days=1)) == TEN
    assert expiry(None, TEN) is None


def test_a_duration_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(FaultError, match="beyond the year 9999"):
        expiry(timedelta(days=10_000 * 365), TEN)


@given(st.one_of(st.timedeltas(timedelta(microseconds=1), timedelta(days=300)), st.datetimes(timezones=st.just(UTC))))
def test_what_is_written_is_read_again(until: datetime | timedelta) -> None:
    assert parse_until(written_until(until), "until") == until


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(FaultError):
        assert parse_until(text, "until") is not None
