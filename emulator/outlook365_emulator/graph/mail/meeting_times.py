"""The times of meeting messages in the zone that a client prefers (reference `graph-calendar.md` section 6)."""

from datetime import UTC, datetime
from typing import Any

from outlook365_emulator.graph.zones import wall_text, written_moment, zone_named

_TIMES = ("startDateTime", "endDateTime", "previousStartDateTime", "previousEndDateTime")


def show_in_zone(members: dict[str, Any], name: str) -> None:
    """Write the times of a meeting message in a zone; those of whole days float.

    Args:
        members: the message; changed.
        name: Windows or IANA name of the zone, which is repeated as given.

    Raises:
        GraphError: `time_zone_not_supported`.
    """
    zone = zone_named(name)

    def shown(given: dict[str, str]) -> dict[str, str]:
        instant = datetime.fromisoformat(given["dateTime"][:26]).replace(tzinfo=UTC)
        if members["isAllDay"]:
            return {"dateTime": wall_text(instant.replace(tzinfo=None)), "timeZone": zone.name}
        return written_moment(instant, zone)

    for time in _TIMES:
        if members.get(time):
            members[time] = shown(members[time])
    proposal = members.get("proposedNewTime")
    if proposal:
        members["proposedNewTime"] = {edge: shown(proposal[edge]) for edge in ("start", "end")}
