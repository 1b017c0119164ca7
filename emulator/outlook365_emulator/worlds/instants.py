"""Moments in documents: an instant with offset, or an offset from the world's time."""

import re
from datetime import datetime, timedelta

import msgspec

_OFFSET = re.compile(
    r"([+-]?)(?=\d)(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?", re.ASCII
)
_MEANT = "an instant with offset (2026-03-02T09:00:00Z) or an offset from the world's time (-2d4h30m)"


def moment(text: str, now: datetime) -> datetime:
    """Read a moment.

    Args:
        text: `2026-03-02T09:00:00Z`, `-2d4h`, `+30m`; units are w, d, h, m and s, in this order.
        now: the instant from which an offset counts.

    Raises:
        ValueError: it is neither, or lies outside of the calendar.
    """
    found = _OFFSET.fullmatch(text.strip().lower())
    if found is None:
        return _instant(text)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    delta = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    try:
        return now - delta if found[1] == "-" else now + delta
    except OverflowError:
        raise ValueError(f"{text!r} lies outside of the calendar") from None


def _instant(text: str) -> datetime:
    try:
        instant = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        raise ValueError(f"expected {_MEANT}, got {text!r}") from None
    if instant.tzinfo is None:
        raise ValueError(f"the instant {text!r} has no offset: add 'Z' or '+01:00'")
    return instant
