"""`location` and `locations` of an event: always about the same places.

Reference `graph-calendar.md` section 19.
"""

from collections.abc import Sequence
from typing import Any

_LOCATION_ORDER = (
    "displayName",
    "locationUri",
    "locationEmailAddress",
    "locationType",
    "uniqueId",
    "uniqueIdType",
    "address",
    "coordinates",
)


def no_location() -> dict[str, Any]:
    """Return the `location` of an event that has none."""
    return {
        "displayName": "",
        "locationType": "default",
        "uniqueIdType": "unknown",
        "address": {},
        "coordinates": {},
    }


def _place(given: dict[str, Any]) -> dict[str, Any]:
    """Return a location as it is answered: with its type, and with an id that it was not given."""
    name = given.get("displayName") or ""
    members = {key: value for key, value in given.items() if value is not None and not key.startswith("@")}
    members["displayName"] = name
    members["locationType"] = given.get("locationType") or "default"
    if name or given.get("uniqueId"):
        members["uniqueId"] = given.get("uniqueId") or name
        members["uniqueIdType"] = given.get("uniqueIdType") or "private"
    else:
        members["uniqueIdType"] = given.get("uniqueIdType") or "unknown"
    return {key: members[key] for key in _LOCATION_ORDER if key in members}


def _is_empty(given: dict[str, Any]) -> bool:
    return not any(value for key, value in given.items() if key not in ("locationType", "uniqueIdType"))


def places_of(given: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """Return `location` and `locations` of an event from what was sent, or None where nothing was.

    Args:
        given: members as sent, names canonical; `locations` win over `location`.
    """
    several: Sequence[dict[str, Any]] | None = given.get("locations")
    one: dict[str, Any] | None = given.get("location")
    if several:
        places = [_place(each) for each in several if not _is_empty(each)]
    elif "location" in given:
        places = [] if not one or _is_empty(one) else [_place(one)]
    elif several is not None:
        places = []
    else:
        return None
    if not places:
        return no_location(), []
    if len(places) == 1:
        return places[0], places
    joined = {**places[0], "displayName": "; ".join(place["displayName"] for place in places)}
    joined |= {"uniqueId": joined["displayName"], "uniqueIdType": "private"}
    return joined, places
