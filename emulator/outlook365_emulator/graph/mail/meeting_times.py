"""The times of meeting messages in the zone that a client prefers (reference `graph-calendar.md` section 6)."""

from datetime import UTC, datetime
from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.tables.time_zones import iana_name

_TIMES = ("startDateTime", "endDateTime", "previousStartDateTime", "previousEndDateTime")


def show_in_zone(members: dict[str, Any], zone: str) -> None:
    """Write the times of a meeting message in a zone; those of whole days float.

    Args:
        members: the message; changed.
        zone: Windows or IANA name, which is repeated as given.

    Raises:
        GraphError: `time_zone_not_supported`.
    """
    from zoneinfo import ZoneInfo

    try:
        info = ZoneInfo(iana_name(zone) or zone)
    except (KeyError, ValueError, OSError):
        because = f"{zone!r} is neither a Windows zone nor an IANA one"
        raise graph_error("time_zone_not_supported", zone=zone, because=because) from None

    def shown(given: dict[str, str]) -> dict[str, str]:
        instant = datetime.fromisoformat(given["dateTime"][:26]).replace(tzinfo=UTC)
        wall = instant if members["isAllDay"] else instant.astimezone(info)
        return {"dateTime": f"{wall.replace(tzinfo=None).isoformat(timespec='microseconds')}0", "timeZone": zone}

    for name in _TIMES:
        if members.get(name):
            members[name] = shown(members[name])
    proposal = members.get("proposedNewTime")
    if proposal:
        members["proposedNewTime"] = {edge: shown(proposal[edge]) for edge in ("start", "end")}
