"""Primitive values of OData as JSON carries them: which text or number is a value of which Edm type.

Source: OData JSON Format 4.01 section 7.1 and the OData ABNF; leniency as Graph shows it (booleans and numbers as
strings, base64 in either alphabet: reference graph-core 4, pages user-findmeetingtimes and place-update).
"""

import binascii
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from types import MappingProxyType

_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,12})?)?"
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_DATE_TIME_OFFSET = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d)[Tt]{_TIME}(?:[Zz]|[+-](?:0\d|1[0-4]):[0-5]\d)")
_TIME_OF_DAY = re.compile(_TIME, re.ASCII)
_DURATION = re.compile(r"[+-]?P(?!$)(?:\d+D)?(?:T(?!$)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?", re.ASCII)
_GUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,17}(?:\.\d{1,17})?", re.ASCII)
_RANGES = MappingProxyType(
    {
        "Edm.Byte": (0, 2**8),
        "Edm.Int16": (-(2**15), 2**15),
        "Edm.Int32": (-(2**31), 2**31),
        "Edm.Int64": (-(2**63), 2**63),
    }
)


class NotALiteral(ValueError):
    """A value that is none of its Edm type."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise NotALiteral
    return value


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise NotALiteral


def _integer(value: object, low: int, high: int) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value < high:
        raise NotALiteral
    return value


def _number(value: object) -> float | str:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return float(value)
    if isinstance(value, bool) or not (isinstance(value, int | float) or value in ("INF", "-INF", "NaN")):
        raise NotALiteral
    return value


def _matching(pattern: re.Pattern[str]) -> Callable[[object], str]:
    def check(value: object) -> str:
        text = _text(value)
        if not pattern.fullmatch(text):
            raise NotALiteral
        return text

    return check


def _dated(pattern: re.Pattern[str]) -> Callable[[object], str]:
    def check(value: object) -> str:
        text = _text(value)
        match = pattern.fullmatch(text)
        if match is None or not text.isascii():
            raise NotALiteral
        try:
            date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise NotALiteral from None
        return text

    return check


def _binary(value: object) -> str:
    text = _text(value)
    try:
        binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        _lenient_base64(text)
    return text


def _lenient_base64(text: str) -> None:
    """Check base64 with line breaks, without padding or in the URL alphabet."""
    plain = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        binascii.a2b_base64(plain + "=" * (-len(plain) % 4), strict_mode=True)
    except (binascii.Error, ValueError):
        raise NotALiteral from None


LITERALS: Mapping[str, Callable[[object], object]] = MappingProxyType(
    {
        "Edm.String": _text,
        "Edm.Boolean": _boolean,
        **{name: partial(_integer, low=low, high=high) for name, (low, high) in _RANGES.items()},
        "Edm.Double": _number,
        "Edm.Single": _number,
        "Edm.Decimal": _number,
        "Edm.Date": _dated(_DATE),
        "Edm.DateTimeOffset": _dated(_DATE_TIME_OFFSET),
        "Edm.TimeOfDay": _matching(_TIME_OF_DAY),
        "Edm.Duration": _matching(_DURATION),
        "Edm.Guid": _matching(_GUID),
        "Edm.Binary": _binary,
    }
)
"""For each Edm type a function that gives the canonical value, or raises `NotALiteral`."""
