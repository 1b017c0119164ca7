"""The handle of a world's clock."""

from datetime import datetime, timedelta
from typing import Any

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.plain import instant, parsed_instant


class Clock:
    """A world's clock: it runs with the real time until it is frozen, set or advanced; no other world notices.

    Args:
        connection: to the control API.
        path: path of the world.
    """

    def __init__(self, connection: Connection, path: str) -> None:
        self._connection = connection
        self._path = f"{path}/clock"

    def __repr__(self) -> str:
        return f"Clock({self._path!r})"

    @property
    def now(self) -> datetime:
        """The world's present, as an aware UTC datetime."""
        return parsed_instant(self._connection.call("GET", self._path)["now"])

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return bool(self._connection.call("GET", self._path)["frozen"])

    def freeze(self, at: datetime | str | None = None) -> datetime:
        """Stand still, at the present instant or at another one.

        Args:
            at: an aware datetime, or an instant with offset as text.

        Returns:
            The instant at which the clock stands.

        Raises:
            ValueError: the datetime is naive.
        """
        __tracebackhide__ = True
        document: dict[str, Any] = {"freeze": True}
        if at is not None:
            document["set"] = _written(at)
        return self._change(document)

    def resume(self) -> datetime:
        """Run on from the instant at which the clock stands, and return it."""
        __tracebackhide__ = True
        return self._change({"resume": True})

    def set(self, at: datetime | str) -> datetime:
        """Go to an instant; what falls due on the way forward has happened when this returns.

        Args:
            at: an aware datetime, or an instant with offset as text (`2026-03-02T09:00:00Z`).

        Returns:
            The world's present.

        Raises:
            ValueError: the datetime is naive, or the text is no instant with offset.
        """
        __tracebackhide__ = True
        return self._change({"set": _written(at)})

    def advance(
        self,
        delta: timedelta | None = None,
        *,
        weeks: float = 0,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> datetime:
        """Go forward; what falls due on the way has happened when this returns.

        Args:
            delta: a duration; the others are added to it.
            weeks: weeks.
            days: days.
            hours: hours.
            minutes: minutes.
            seconds: seconds.

        Returns:
            The world's present.

        Raises:
            TypeError: `delta` is no duration.
            ValueError: the whole is negative; `set` goes back.
        """
        __tracebackhide__ = True
        if delta is not None and not isinstance(delta, timedelta):
            raise TypeError(f"advance takes a timedelta, or keywords such as seconds=5, not {delta!r}")
        whole = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        whole += delta if delta is not None else timedelta()
        if whole < timedelta():
            raise ValueError(f"advance goes forward, got {whole}: use set() to go back")
        return self._change({"advance": whole.total_seconds()})

    def _change(self, document: dict[str, Any]) -> datetime:
        __tracebackhide__ = True
        return parsed_instant(self._connection.call("POST", self._path, document)["now"])


def _written(at: datetime | str) -> str:
    return at if isinstance(at, str) else instant(at)
