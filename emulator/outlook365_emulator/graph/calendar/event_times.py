"""Start and end of an event as sent: zones, the rules of all-day events, and the series that a pattern makes of them.

Reference `graph-calendar.md` sections 6, 7, 10 and 12.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.calendar.recurrence.reading import read_series
from outlook365_emulator.graph.zones import Moment, Zone, read_moment, to_wall, zone_named
from outlook365_emulator.store.records.calendar import Series

_MIDNIGHT = time()


class Times(msgspec.Struct, frozen=True):
    """When an event takes place.

    Attributes:
        start: when it begins, in UTC; an all-day event at midnight UTC of its first day.
        end: when it ends.
        wall: the start as the client wrote it.
        zone: the zone of the start.
        end_zone: the zone of the end.
        is_all_day: whether it lasts whole days, which float.
    """

    start: datetime
    end: datetime
    wall: datetime
    zone: Zone
    end_zone: Zone
    is_all_day: bool


def read_times(given: dict[str, Any], *, is_all_day: bool) -> Times:
    """Read `start` and `end`.

    Args:
        given: members with both.
        is_all_day: whether the event lasts whole days.

    Raises:
        GraphError: one is missing or cannot be read, the end is before the start, or an all-day event does not keep to
            midnights.
    """
    start, end = read_moment(given.get("start"), "start"), read_moment(given.get("end"), "end")
    if is_all_day:
        return _whole_days(start, end)
    if end.instant < start.instant:
        because = f"end {given['end']} is before start {given['start']}"
        raise graph_error("property_validation_failed", because=because)
    return Times(start.instant, end.instant, start.wall, start.zone, end.zone, is_all_day=False)


def _whole_days(start: Moment, end: Moment) -> Times:
    if start.wall.time() != _MIDNIGHT:
        raise graph_error("all_day_not_midnight", because=f"an all-day event begins at midnight, not at {start.wall}")
    if end.wall.time() != _MIDNIGHT or end.zone.iana != start.zone.iana:
        because = f"an all-day event ends at midnight of the zone of its start, not at {end.wall} {end.zone.name}"
        raise graph_error("all_day_end_not_midnight", because=because)
    if end.wall - start.wall < timedelta(days=1):
        raise graph_error("all_day_too_short", because="the end of an all-day event is the midnight after its last day")
    begins, ends = start.wall.replace(tzinfo=UTC), end.wall.replace(tzinfo=UTC)
    return Times(begins, ends, start.wall, start.zone, end.zone, is_all_day=True)


def series_at(recurrence: dict[str, Any], times: Times) -> Series:
    """Read a `patternedRecurrence` for an event that takes place at given times.

    Args:
        recurrence: members as sent, names canonical.
        times: start and end of the event.

    Raises:
        GraphError: what Exchange refuses.
    """
    named = (recurrence.get("range") or {}).get("recurrenceTimeZone")
    zone = times.zone if named is None else zone_named(named)
    iana = "UTC" if times.is_all_day else zone.iana
    start, end = to_wall(times.start, iana), to_wall(times.end, iana)
    midnight = datetime.combine(start.date(), _MIDNIGHT)
    return read_series(
        recurrence,
        start=start.date(),
        written=times.wall.date(),
        zone=iana,
        zone_name=zone.windows,
        starts=int((start - midnight).total_seconds()),
        ends=int((end - midnight).total_seconds()),
    )
