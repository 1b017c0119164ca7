"""Time zones by the names that Graph takes, and its `dateTimeTimeZone` read and written.

Source: reference `graph-calendar.md` section 6; the forms that clients send: reference `clients.md`. `zoneinfo` is
imported when the first zone other than UTC is used.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Any, Final

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.tables.time_zones import iana_name, windows_name

_TIME = re.compile(
    r"\s*(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?)?"
    r"\s*(?:([Zz])|([+-])(\d\d):?(\d\d))?\s*",
    re.ASCII,
)
_UTC_NAMES: Final = frozenset({"utc", "tzone://microsoft/utc", "etc/utc", "z", "etc/gmt", "coordinated universal time"})
_EARLIEST, _LATEST = 1601, 4500
"""Years that an event may lie in: the beginning of Windows' time, the end of Exchange's."""


class Zone(msgspec.Struct, frozen=True):
    """A time zone as a client named it.

    Attributes:
        iana: the IANA zone.
        name: the name as given.
    """

    iana: str
    name: str

    @property
    def windows(self) -> str:
        """The zone's Windows name, or the name as given where it has none."""
        return "UTC" if self.iana == "UTC" else windows_name(self.name) or windows_name(self.iana) or self.name


UTC_ZONE: Final = Zone("UTC", "UTC")


def zone_named(name: str) -> Zone:
    """Return a zone by its Windows or IANA name in any case.

    Raises:
        GraphError: `time_zone_not_supported`.
    """
    if name.lower() in _UTC_NAMES:
        return Zone("UTC", name if name.lower() == "utc" else "UTC")
    iana = iana_name(name) or (name if _is_iana(name) else None)
    if iana is None:
        because = f"{name!r} is neither a Windows zone (Pacific Standard Time) nor an IANA one (Europe/Berlin)"
        raise graph_error("time_zone_not_supported", zone=name, because=because)
    return Zone(iana, name)


def _is_iana(name: str) -> bool:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*", name, re.ASCII):
        return False
    try:
        _info(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


@cache
def _info(iana: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(iana)


def to_utc(wall: datetime, iana: str) -> datetime:
    """Return the instant of a wall-clock time in a zone.

    Args:
        wall: a naive datetime.
        iana: name of the zone.
    """
    if iana == "UTC":
        return wall.replace(tzinfo=UTC)
    return wall.replace(tzinfo=_info(iana)).astimezone(UTC)


def to_wall(instant: datetime, iana: str) -> datetime:
    """Return the wall-clock time of an instant in a zone, as a naive datetime."""
    zone = UTC if iana == "UTC" else _info(iana)
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


class Moment(msgspec.Struct, frozen=True):
    """A `dateTimeTimeZone` as read.

    Attributes:
        wall: the wall-clock time, naive.
        zone: its zone.
        instant: the same in UTC.
    """

    wall: datetime
    zone: Zone
    instant: datetime


def read_moment(given: Mapping[str, Any] | None, name: str) -> Moment:
    """Read a `dateTimeTimeZone`; without a zone it is UTC, and an offset in the text decides over the zone.

    Args:
        given: members as sent, names canonical.
        name: name of the property, for our explanation.

    Raises:
        GraphError: `property_validation_failed`, `body_undeserializable`, `time_zone_not_supported`.
    """
    if not given or given.get("dateTime") is None:
        raise graph_error("property_validation_failed", because=f"{name} is missing, or has no dateTime")
    zone = UTC_ZONE if given.get("timeZone") is None else zone_named(given["timeZone"])
    found = read_time(given["dateTime"])
    if found is None:
        because = f"{name}.dateTime is {given['dateTime']!r}; write 2026-03-02T09:00:00"
        raise graph_error("body_undeserializable", because=because)
    wall = found
    if found.tzinfo is not None:
        wall = to_wall(found, zone.iana)
    if not _EARLIEST <= wall.year < _LATEST:
        because = f"{name} lies in the year {wall.year}; Exchange knows {_EARLIEST} to {_LATEST - 1}"
        raise graph_error("property_validation_failed", because=because)
    return Moment(wall, zone, to_utc(wall, zone.iana))


def read_time(text: str) -> datetime | None:
    """Read an ISO 8601 time: a date alone, seconds and fractions or not, an offset or not.

    Returns:
        A naive datetime, an aware one where an offset was written, or None where the text is no time.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    fraction = int((match[7] or "")[:6].ljust(6, "0"))
    try:
        found = datetime(year, month, day, hour, minute, second, fraction)
        if match[8]:
            return found.replace(tzinfo=UTC)
        if match[9]:
            offset = timedelta(hours=int(match[10]), minutes=int(match[11]))
            return found.replace(tzinfo=timezone(-offset if match[9] == "-" else offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found


def wall_text(wall: datetime) -> str:
    """Write a wall-clock time as Graph does: seven digits after the point, no offset."""
    return f"{wall.isoformat(timespec='microseconds')}0"


def written_moment(instant: datetime, zone: Zone) -> dict[str, str]:
    """Write an instant as a `dateTimeTimeZone` in a zone; the zone's name is repeated as it was given."""
    return {"dateTime": wall_text(to_wall(instant, zone.iana)), "timeZone": zone.name}


def precise(instant: datetime) -> str:
    """Write an instant as the dates of an event are written: UTC, fraction without trailing zeros."""
    text = instant.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{text}Z"
