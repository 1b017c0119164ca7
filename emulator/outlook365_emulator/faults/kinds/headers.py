"""Header fields that a fault adds to an answer."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from outlook365_emulator.clock import http_date

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_FRAMING = ("content-length", "transfer-encoding", "connection")


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse header fields that cannot be sent (RFC 9110 section 5) or that frame the message.

    Raises:
        ValueError: it says which field, and why.
    """
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a header field")
        if name.lower() in _FRAMING:
            raise ValueError(f"{name} follows from the body and the connection; it cannot be set")
        if not _VALUE.fullmatch(value):
            raise ValueError(f"the value of {name} holds characters that a header field cannot: {value!r}")


def merged(first: list[tuple[str, str]], over: Mapping[str, str]) -> list[tuple[str, str]]:
    """Put header fields over others of the same name, whatever their capitals."""
    names = {name.lower() for name in over}
    return [(name, value) for name, value in first if name.lower() not in names] + list(over.items())


def retry_after_date(now: datetime, seconds: float) -> str:
    """Write `Retry-After` as a date a number of seconds ahead of the world's time."""
    return http_date(now + timedelta(seconds=seconds))
