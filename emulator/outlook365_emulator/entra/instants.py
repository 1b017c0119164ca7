"""The exact instant of issue inside a token, for continuous access evaluation.

`iat` has whole seconds, and revoking and signing in again can happen within one second of a world's clock, or at one
instant of a frozen one. The opaque claim `aio` carries the instant in microseconds at its end.
"""

import base64
from datetime import UTC, datetime, timedelta

from outlook365_emulator.ids import base64url

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LENGTH = 11
"""Characters of eight bytes in base64url."""


def mark_of(instant: datetime) -> str:
    """Return the end of an `aio` claim for an instant of issue."""
    return base64url(((instant - _EPOCH) // _MICROSECOND).to_bytes(8, "big"))


def marked_instant(claim: object) -> datetime | None:
    """Return the instant that an `aio` claim carries, or None for a text that carries none."""
    if not isinstance(claim, str):
        return None
    try:
        microseconds = int.from_bytes(base64.urlsafe_b64decode(claim[-_LENGTH:] + "="), "big")
        return _EPOCH + microseconds * _MICROSECOND
    except (ValueError, OverflowError):
        return None
