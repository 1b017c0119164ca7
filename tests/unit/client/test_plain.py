from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.client.plain import offset, parsed_instant, plain
from outlook365_emulator.worlds.instants import moment


class Ada:
    reference = "ada@contoso.example"


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        (None, None),
        ("text", "text"),
        (3, 3),
        (True, True),
        (b"\x00\xff", "AP8="),
        (Path("a") / "b.txt", str(Path("a") / "b.txt")),
        (("a", "b"), ["a", "b"]),
        ({"b", "a"}, ["a", "b"]),
        (Ada(), "ada@contoso.example"),
        ({"to": [Ada()]}, {"to": ["ada@contoso.example"]}),
        (datetime(2026, 3, 2, 9, tzinfo=UTC), "2026-03-02T09:00:00Z"),
        (datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=1))), "2026-03-02T08:00:00Z"),
        (timedelta(hours=-2), "-2h"),
        (timedelta(days=1, minutes=30), "+1d30m"),
        (timedelta(), "+0s"),
    ],
)
def test_values_become_plain(given_value: Any, expected: Any) -> None:
    assert plain(given_value) == expected


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        plain({"received": datetime(2026, 3, 2)})


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="a document cannot hold object"):
        plain({"x": object()})


@given(st.timedeltas(min_value=timedelta(days=-3000), max_value=timedelta(days=3000)))
def test_documents_read_offsets_as_they_were_meant(delta: timedelta) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert moment(offset(delta), now) == now + timedelta(seconds=round(delta.total_seconds()))


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1971, 1, 1), max_value=datetime(9000, 1, 1)))
def test_instants_come_back(instant: datetime) -> None:
    assert parsed_instant(plain(instant)) == instant
    assert moment(plain(instant), instant) == instant
