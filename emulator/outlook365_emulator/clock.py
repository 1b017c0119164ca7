"""The only source of time.

Every world has a clock of its own that tests may freeze, set and advance; what a client dates itself (a signed
assertion) is judged by the real time. Both start from references taken at import and count with a performance
counter, so that a library which replaces `time.time` or `datetime` in the test process does not move the emulator.
"""

import time
from datetime import UTC, datetime

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

monotonic = time.perf_counter
"""Seconds of real time from an unspecified start, for measuring durations."""

_EPOCH = time.time() - time.perf_counter()


def real_timestamp() -> float:
    """Return the real time in seconds since 1970-01-01 UTC."""
    return _EPOCH + monotonic()


def real_now() -> datetime:
    """Return the real time as an aware UTC datetime."""
    return datetime.fromtimestamp(real_timestamp(), UTC)


def iso_seconds(instant: datetime) -> str:
    """Write an instant as Graph writes the dates of a message: UTC, whole seconds, `2021-04-23T18:13:44Z`."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def http_date(instant: datetime) -> str:
    """Write an instant (aware, UTC) as an HTTP date (RFC 9110 section 5.6.7), in English whatever the locale."""
    return _dated(instant, " ")


def cookie_date(instant: datetime) -> str:
    """Write an instant (aware, UTC) as the end of a cookie as Entra writes it, `Wed, 09-Dec-2026 13:15:00 GMT`."""
    return _dated(instant, "-")


def _dated(instant: datetime, between: str) -> str:
    day, month = _DAYS[instant.weekday()], _MONTHS[instant.month - 1]
    return f"{day}, {between.join((f'{instant.day:02}', month, f'{instant.year:04}'))} {instant:%H:%M:%S} GMT"


class Clock:
    """A world's clock: runs with the real time, shifted by what tests asked for, or stands still.

    Setting the clock here runs nothing; `store.world.World.advance` moves it and runs what falls due on the way.

    Args:
        start: the instant to begin at (aware datetime), or None for the real time.
        frozen: True to stand still until advanced.
    """

    __slots__ = ("_frozen_at", "_offset")

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        self._offset = 0.0
        self._frozen_at: float | None = None
        if frozen:
            self.freeze()
        if start is not None:
            self.set(start)

    def timestamp(self) -> float:
        """Return the world's time in seconds since 1970-01-01 UTC."""
        if self._frozen_at is not None:
            return self._frozen_at
        return real_timestamp() + self._offset

    def now(self) -> datetime:
        """Return the world's time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return self._frozen_at is not None

    def state(self) -> tuple[float, float | None]:
        """Return how far it is ahead of the real time, and the timestamp at which it stands, or None where it runs."""
        return self._offset, self._frozen_at

    def restore(self, state: tuple[float, float | None]) -> None:
        """Go on from what `state` returned."""
        self._offset, self._frozen_at = state

    def freeze(self) -> None:
        """Stand still at the present instant."""
        self._frozen_at = self.timestamp()

    def resume(self) -> None:
        """Run on from the instant at which the clock stands."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - real_timestamp()
            self._frozen_at = None

    def set(self, instant: datetime) -> None:
        """Go to an instant, forwards or backwards.

        Args:
            instant: an aware datetime.

        Raises:
            ValueError: the datetime is naive.
        """
        if instant.tzinfo is None:
            raise ValueError("a world's clock takes aware datetimes: add tzinfo=datetime.UTC")
        if self._frozen_at is not None:
            self._frozen_at = instant.timestamp()
        else:
            self._offset = instant.timestamp() - real_timestamp()
