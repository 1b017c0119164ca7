"""What callers hand to a handle, as the plain data that JSON can hold."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Named(Protocol):
    """A handle that a document refers to by a name or address."""

    @property
    def reference(self) -> str:
        """The name that stands for it in a document."""


def plain(value: Any) -> Any:
    """Return a value as plain data.

    Args:
        value: aware datetimes become ISO 8601, timedeltas an offset from the world's time (`-2h`), bytes base64,
            handles (a user) their name, paths text, tuples and sets lists.

    Raises:
        ValueError: a datetime is naive.
        TypeError: a document cannot hold it.
    """
    match value:
        case None | str() | bool() | int() | float():
            return value
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case set() | frozenset():
            return sorted(plain(one) for one in value)
        case datetime():
            return instant(value)
        case timedelta():
            return offset(value)
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
        case Path():
            return str(value)
        case Named():
            return value.reference
    raise TypeError(f"a document cannot hold {type(value).__name__}: {value!r}")


def instant(moment: datetime) -> str:
    """Write an aware datetime as ISO 8601 in UTC.

    Raises:
        ValueError: the datetime is naive.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone: add tzinfo=datetime.UTC")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def offset(delta: timedelta) -> str:
    """Write a duration as documents write an offset from the world's time, in whole seconds: `-1d2h`, `+30m`."""
    seconds = round(delta.total_seconds())
    minutes, second = divmod(abs(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    parts = ((days, "d"), (hour, "h"), (minute, "m"), (second, "s"))
    text = "".join(f"{amount}{unit}" for amount, unit in parts if amount) or "0s"
    return f"{'-' if seconds < 0 else '+'}{text}"


def parsed_instant(text: str) -> datetime:
    """Read an instant as the control API writes it."""
    return datetime.fromisoformat(text)
