"""When a fault ends: an instant of the world's time, or a duration from when it was added."""

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec

from outlook365_emulator.faults.decode import FaultError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)", re.ASCII)
_MEANT = "an instant with offset ('2026-11-02T10:00:00Z'), seconds (600) or a duration ('10 min', 'PT10M')"


def parse_until(value: Any, where: str) -> datetime | timedelta | None:
    """Read `until`.

    Args:
        value: None, a datetime, a timedelta, a number of seconds, or a text: ISO 8601 instant or duration, `10 min`.
        where: place of the value, for errors.

    Returns:
        An aware instant, a duration above zero, or None for no end.

    Raises:
        FaultError: it is none of these, or an instant without an offset.
    """
    if value is None:
        return None
    try:
        end = _parsed(value)
    except (ValueError, OverflowError):
        raise FaultError(where, f"expected {_MEANT}, got {value!r}") from None
    if isinstance(end, datetime) and end.tzinfo is None:
        raise FaultError(where, f"the instant {value!s} has no offset: add 'Z' or '+01:00'")
    if isinstance(end, timedelta) and end <= timedelta():
        raise FaultError(where, f"expected a duration above zero, got {value!r}")
    return end


def expiry(until: datetime | timedelta | None, now: datetime) -> datetime | None:
    """Return the instant at which a fault that is added now ends, or None.

    Raises:
        FaultError: the instant lies beyond what a calendar holds.
    """
    try:
        return now + until if isinstance(until, timedelta) else until
    except OverflowError:
        raise FaultError("until", f"a duration of {until} ends beyond the year 9999") from None


def written_until(until: datetime | timedelta | None) -> str | float | None:
    """Write `until` as plain data: an instant in UTC, or seconds."""
    if isinstance(until, timedelta):
        return until.total_seconds()
    return None if until is None else str(msgspec.to_builtins(until))


def _parsed(value: Any) -> datetime | timedelta:
    if isinstance(value, datetime | timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return timedelta(seconds=value)
    if not isinstance(value, str):
        raise ValueError
    text = value.strip()
    found = _DURATION.fullmatch(text.lower())
    if found:
        return timedelta(seconds=float(found[1]) * _UNITS[found[2][0]])
    if text.startswith("P"):
        return msgspec.convert(text, timedelta)
    return msgspec.convert(text, datetime)
