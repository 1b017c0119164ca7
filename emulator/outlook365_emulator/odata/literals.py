"""Literals of the OData ABNF: text to value and back."""

import base64
import binascii
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

MAX_DIGITS = 38
MAX_EXPONENT = 308

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,12})(?:\.(?P<part>\d{1,12}))?S)?)?",
    re.ASCII | re.IGNORECASE,
)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)?(?:(?(date)T)(?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?)(?P<zone>Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
_FRACTION = re.compile(r"(:\d\d\.\d{1,6})\d*")


def read_integer(text: str) -> int:
    """Read decimal digits with an optional sign; at most 38 of them.

    Raises:
        ValueError: when the text is no such number.
    """
    if len(text) > MAX_DIGITS + 1:
        raise ValueError("number out of range")
    if not _INTEGER.fullmatch(text):
        raise ValueError("not an integer")
    return int(text)


def read_decimal(text: str) -> Decimal:
    """Read a number with a fraction or an exponent; at most 38 digits and exponents within 308, those of a double.

    Raises:
        ValueError: when the text is no such number.
    """
    if not _DECIMAL.fullmatch(text):
        raise ValueError("not a number")
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MAX_DIGITS + 2 or len(exponent) > 5 or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise ValueError("number out of range")
    return Decimal(text)


def read_datetime(text: str) -> datetime:
    """Read a DateTimeOffset as an aware UTC datetime; digits behind the microsecond are cut.

    Raises:
        ValueError: for a text without day, time or offset, for a day or time that does not exist, or a year outside
            1 to 9999.
    """
    try:
        return datetime.fromisoformat(_moment(text.upper(), "date", "time", "zone")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("no such date and time") from None


def read_date(text: str) -> date:
    """Read a Date. Raises ValueError for a day that does not exist."""
    try:
        return date.fromisoformat(_moment(text, "date"))
    except ValueError:
        raise ValueError("no such date") from None


def read_time(text: str) -> time:
    """Read a TimeOfDay. Raises ValueError for a time that does not exist."""
    try:
        return time.fromisoformat(_moment(text, "time"))
    except ValueError:
        raise ValueError("no such time") from None


def read_duration(text: str) -> timedelta:
    """Read a dayTimeDuration such as `P1DT2H3M4.5S`.

    Raises:
        ValueError: when it is none, has years or months, or is over 999,999,999 days.
    """
    found = _DURATION.fullmatch(text)
    if found is None or text[-1] in "Pp":
        raise ValueError("not a duration")
    part = ((found["part"] or "") + "000000")[:6]
    try:
        span = timedelta(
            days=int(found["days"] or 0),
            hours=int(found["hours"] or 0),
            minutes=int(found["minutes"] or 0),
            seconds=int(found["seconds"] or 0),
            microseconds=int(part),
        )
        return -span if found["sign"] == "-" else span
    except OverflowError:
        raise ValueError("duration out of range") from None


def read_binary(text: str) -> bytes:
    """Read base64 of either alphabet, padded or not. Raises ValueError when it is none."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None


def read_guid(text: str) -> str:
    """Read a GUID into lower case. Raises ValueError when it is none."""
    if not _GUID.fullmatch(text):
        raise ValueError("not a guid")
    return text.lower()


def write_duration(span: timedelta) -> str:
    """Write a duration in days and seconds, `P1DT3600S`."""
    sign, size = ("-", -span) if span < timedelta(0) else ("", span)
    seconds = f"{size.seconds}.{size.microseconds:06d}" if size.microseconds else str(size.seconds)
    return f"{sign}P{size.days}DT{seconds}S"


def write_binary(content: bytes) -> str:
    """Write bytes in the base64 of URLs."""
    return base64.urlsafe_b64encode(content).decode("ascii")


def write_datetime(instant: datetime) -> str:
    """Write an aware UTC datetime with `Z`."""
    return instant.replace(tzinfo=None).isoformat() + "Z"


def write_decimal(number: Decimal) -> str:
    """Write a Decimal so that it reads back as a decimal and not as an integer."""
    text = str(number)
    return text if "." in text or "E" in text else text + ".0"


def _moment(text: str, *parts: str) -> str:
    # Python also reads forms of ISO 8601 that OData does not have.
    found = _MOMENT.fullmatch(text)
    if found is None or {name for name, part in found.groupdict().items() if part} != set(parts):
        raise ValueError("not a moment")
    return _FRACTION.sub(_six_digits, text)


def _six_digits(found: re.Match[str]) -> str:
    # Python 3.11 reads one to six digits only where they are three or six.
    return found[1].ljust(10, "0")
