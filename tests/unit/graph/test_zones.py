"""Time zones by name, wall-clock times over changes of the clocks, and texts of times."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.zones import precise, read_time, to_utc, to_wall, wall_text, zone_named


@pytest.mark.parametrize(
    ("name", "iana", "windows"),
    [
        ("Pacific Standard Time", "America/Los_Angeles", "Pacific Standard Time"),
        ("europe/berlin", "Europe/Berlin", "W. Europe Standard Time"),
        ("UTC", "UTC", "UTC"),
        ("tzone://Microsoft/Utc", "UTC", "UTC"),
        ("Etc/UTC", "UTC", "UTC"),
        ("Europe/Kyiv", "Europe/Kyiv", None),
    ],
)
def test_names(name: str, iana: str, windows: str | None) -> None:
    zone = zone_named(name)
    assert zone.iana == iana
    assert windows is None or zone.windows == windows


@pytest.mark.parametrize("name", ["", " ", "Mars", "../etc/passwd", "Europe/", "/Europe/Berlin", "America", "a" * 5000])
def test_what_is_no_zone(name: str) -> None:
    with pytest.raises(GraphError) as caught:
        zone_named(name)
    assert caught.value.code == "TimeZoneNotSupportedException"


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        ("2026-03-29T01:59:00", "2026-03-29T00:59:00"),
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00"),  # skipped: 03:30 summer time
        ("2026-03-29T03:00:00", "2026-03-29T01:00:00"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00"),  # comes twice: the first is meant
        ("2026-10-25T03:00:00", "2026-10-25T02:00:00"),
    ],
)
def test_changes_of_the_clocks(wall: str, instant: str) -> None:
    found = to_utc(datetime.fromisoformat(wall), "Europe/Berlin")
    assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe"]),
)
def test_an_instant_survives_its_zone(wall: datetime, zone: str) -> None:
    instant = wall.replace(tzinfo=UTC)
    back = to_utc(to_wall(instant, zone), zone)
    assert back == instant or abs(back - instant) <= timedelta(hours=1), "only within the hour that comes twice"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-03-02", datetime(2026, 3, 2)),
        ("2026-03-02T09:30", datetime(2026, 3, 2, 9, 30)),
        ("2026-03-02T09:30:15.1234567", datetime(2026, 3, 2, 9, 30, 15, 123456)),
        ("2026-03-02T09:30:00Z", datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
        ("2026-03-02T09:30:00+05:30", datetime(2026, 3, 2, 4, tzinfo=UTC)),
        ("2026-03-02T09:30:00-0800", datetime(2026, 3, 2, 17, 30, tzinfo=UTC)),
    ],
)
def test_texts_of_times(text: str, found: datetime) -> None:
    assert read_time(text) == found


@given(st.text(max_size=40) | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = read_time(text)
    assert found is None or isinstance(found, datetime)


def test_times_are_written_with_seven_digits_and_dates_without_zeros_at_the_end() -> None:
    assert wall_text(datetime(2026, 3, 2, 9)) == "2026-03-02T09:00:00.0000000"
    assert precise(datetime(2026, 3, 2, 9, 0, 0, 245300, tzinfo=UTC)) == "2026-03-02T09:00:00.2453Z"
    assert precise(datetime(2026, 3, 2, 9, tzinfo=UTC)) == "2026-03-02T09:00:00Z"
