"""Time zones by their Windows and IANA names: rows of `time_zones.json`, generated from tzlocal's table (CLDR)."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import msgspec

from outlook365_emulator.tables.files import read_rows


class ZoneRow(msgspec.Struct, frozen=True):
    """One Windows time zone.

    Attributes:
        windows: `Pacific Standard Time`.
        iana: the IANA zone that stands for it.
        also: every IANA zone that belongs to it.
    """

    windows: str
    iana: str
    also: tuple[str, ...]


@cache
def zone_rows() -> tuple[ZoneRow, ...]:
    """Return every Windows time zone, by name."""
    return read_rows("time_zones.json", tuple[ZoneRow, ...])


@cache
def _by_windows() -> Mapping[str, ZoneRow]:
    return MappingProxyType({row.windows.lower(): row for row in zone_rows()})


@cache
def _by_iana() -> Mapping[str, tuple[str, ZoneRow]]:
    return MappingProxyType({zone.lower(): (zone, row) for row in zone_rows() for zone in (row.iana, *row.also)})


def iana_name(name: str) -> str | None:
    """Return the IANA zone of a name that Graph accepts.

    Args:
        name: a Windows or an IANA name in any case, `UTC`.

    Returns:
        The IANA zone in its own spelling, or None when the name is neither.
    """
    row = _by_windows().get(name.lower())
    if row is not None:
        return row.iana
    found = _by_iana().get(name.lower())
    return found[0] if found else None


def windows_name(name: str) -> str | None:
    """Return the Windows name of a zone.

    Args:
        name: an IANA or a Windows name in any case.

    Returns:
        The Windows name in its own spelling, or None when the zone has none.
    """
    row = _by_windows().get(name.lower())
    if row is not None:
        return row.windows
    found = _by_iana().get(name.lower())
    return found[1].windows if found else None


class ZoneName(msgspec.Struct, frozen=True):
    """What a Windows time zone is called.

    Attributes:
        windows: `Pacific Standard Time`.
        display: `(UTC-08:00) Pacific Time (US & Canada)`, English, with the zone's offset in winter.
    """

    windows: str
    display: str


@cache
def zone_names() -> tuple[ZoneName, ...]:
    """Return the display names of the Windows time zones from west to east, as Windows lists them."""
    return read_rows("time_zone_names.json", tuple[ZoneName, ...])


@cache
def iana_zones() -> tuple[str, ...]:
    """Return every IANA zone that belongs to a Windows zone, by name."""
    return tuple(sorted({zone for row in zone_rows() for zone in (row.iana, *row.also)}))
