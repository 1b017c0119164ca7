"""Extended properties of calendars and events and open extensions of events, as queries and `$expand` see them.

Reference `graph-calendar.md` section 21. Ids and values are read as those of messages are.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from outlook365_emulator.graph.asked_ids import asked_ids
from outlook365_emulator.graph.calendar.seen_events import SeenEvent
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.extended_properties import Properties, asked_properties, normal_id
from outlook365_emulator.graph.open_extensions import as_rows, extension_members, plain_name
from outlook365_emulator.odata.records import Property, by_name

EXTENDED = MappingProxyType({"singleValueExtendedProperties": False, "multiValueExtendedProperties": True})
"""The two collections of extended properties, and whether their values are many."""

OWN_FILTERS = frozenset({"extensions", *EXTENDED})
"""Expanded properties whose `$filter` is applied here, since it compares ids in several spellings."""


def _rows(properties: Properties, *, many: bool) -> list[dict[str, Any]]:
    return [{"id": name, "value": value} for name, value in properties if isinstance(value, tuple) is many]


def extended_rows(properties_of: Callable[[Any], Properties]) -> tuple[Property, ...]:
    """Return what `any` may ask of extended properties.

    Args:
        properties_of: returns those of a record.
    """
    identity = Property("id", "string", lambda row: row["id"], literal=normal_id)
    text = Property("", "string", None)
    single = by_name(identity, Property("value", "string", lambda row: row["value"], nullable=False))
    values = Property("value", "collection", lambda row: row["value"], element=text, sortable=False)
    return (
        _collection("singleValueExtendedProperties", single, lambda one: _rows(properties_of(one), many=False)),
        _collection(
            "multiValueExtendedProperties", by_name(identity, values), lambda one: _rows(properties_of(one), many=True)
        ),
    )


def extension_rows() -> Property:
    """Return what `any` may ask of the extensions of an event."""
    named = Property("id", "string", lambda row: row["id"].lower(), literal=lambda id_: plain_name(id_).lower())
    return _collection("extensions", by_name(named), lambda one: as_rows(one.item.extensions))


def _collection(name: str, parts: Mapping[str, Property], get: Callable[[Any], Any]) -> Property:
    return Property(name, "collection", get, element=Property("", "complex", None, parts), sortable=False)


def expanded_properties(
    name: str, properties_of: Callable[[Any], Properties], context: Callable[[Call, Any], str]
) -> Callable[[Call, Any], dict[str, Any]]:
    """Return what expands single-value or multi-value extended properties.

    Args:
        name: `singleValueExtendedProperties` or `multiValueExtendedProperties`.
        properties_of: returns the properties of a record that the caller may see.
        context: returns the `@odata.context` of a record's own collections, up to the record.
    """

    def expand(call: Call, one: Any) -> dict[str, Any]:
        asked = asked_properties(call, name)
        found = [row for row in _rows(properties_of(one), many=EXTENDED[name]) if row["id"] in asked]
        return {f"{name}@odata.context": f"{context(call, one)}/{name}", name: found} if found else {}

    return expand


def shown_properties(one: SeenEvent) -> Properties:
    """Return the extended properties of an event as far as its seer may see them."""
    return () if one.seen.hides(one.item) else one.item.properties


def expanded_extensions(call: Call, one: SeenEvent) -> dict[str, Any]:
    """Expand the open extensions of an event."""
    asked = asked_ids(call, "extensions", lambda text: plain_name(text).lower())
    held = () if one.seen.hides(one.item) else one.item.extensions
    found = [extension_members(each) for each in held if asked is None or each[0].lower() in asked]
    return {"extensions@odata.context": f"{context_of(call, one)}/extensions", "extensions": found} if found else {}


def context_of(call: Call, one: SeenEvent) -> str:
    """Return the `@odata.context` of an event's own collections, up to the event."""
    seen, event = one.seen, one.event
    ids = seen.mailbox.ids
    item = (
        ids.occurrence(seen.calendar.number, event.number, one.day)
        if one.day
        else ids.item(seen.calendar.number, event.number)
    )
    return call.context(f"{call.user_path}/events('{item}')")
