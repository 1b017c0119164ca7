"""Time is written alike everywhere."""

from datetime import UTC, datetime

import pytest
from outlook365_emulator.clock import cookie_date, http_date, iso_seconds


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC), "Sun, 06 Nov 1994 08:49:37 GMT"),  # RFC 9110 section 5.6.7
        (datetime(2026, 3, 2, 23, 59, 59, 999999, tzinfo=UTC), "Mon, 02 Mar 2026 23:59:59 GMT"),
        (datetime(1, 1, 1, tzinfo=UTC), "Mon, 01 Jan 0001 00:00:00 GMT"),
    ],
)
def test_dates_of_http(instant: datetime, written: str) -> None:
    assert http_date(instant) == written


def test_the_end_of_a_cookie() -> None:
    assert cookie_date(datetime(2026, 3, 2, 23, 59, 59, 999999, tzinfo=UTC)) == "Mon, 02-Mar-2026 23:59:59 GMT"


def test_dates_of_graph_have_whole_seconds() -> None:
    assert iso_seconds(datetime(2021, 4, 23, 18, 13, 44, 500000, tzinfo=UTC)) == "2021-04-23T18:13:44Z"
