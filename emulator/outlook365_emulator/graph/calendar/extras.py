"""Extended properties and open extensions of events, as queries and `$expand` see them.

Reference `graph-calendar.md` section 21. Ids and values are read as those of messages are.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from outlook365_emulator.graph.asked_ids import asked_ids
from outlook365_emulator.graph.calendar.shown import Shown
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.extended_properties import asked_properties, normal_id
from outlook365_emulator.graph.open_extensions import as_rows, extension_members, plain_name
from outlook365_emulator.odata.records import Property
from outlook365_emulator.store.records.calendar import Event

OWN_FILTERS = frozenset({"extensions", "singleValueExtendedProperties", "multiValueExtendedProperties"})
"""Expanded properties whose `$filter` is applied here, since it compares ids in several spellings."""


def _rows(event: Event, *, many: bool) -> list[dict[str, Any]]:
    return [{"id": name, "value": value} for name, value in event.properties if isinstance(value, tuple) is many]


def _by_name(*properties: Property) -> Mapping[str, Property]:
    return MappingProxyType({one.name.lower(): one for one in properties})


def extended_rows() -> tuple[Property, ...]:
    """Return what `any` may ask of extended properties and extensions."""
    identity = Property("id", "string", lambda row: row["id"], literal=normal_id)
    text = Property("", "string", None)
    named = Property("id", "string", lambda row: row["id"].lower(), literal=lambda id_: plain_name(id_).lower())
    single = _by_name(identity, Property("value", "string", lambda row: row["value"], nullable=False))
    values = Property("value", "collection", lambda row: row["value"], element=text, sortable=False)
    rows: tuple[tuple[str, Mapping[str, Property], Callable[[Shown], Any]], ...] = (
        ("singleValueExtendedProperties", single, lambda one: _rows(one.item, many=False)),
        ("multiValueExtendedProperties", _by_name(identity, values), lambda one: _rows(one.item, many=True)),
        ("extensions", _by_name(named), lambda one: as_rows(one.item.extensions)),
    )
    return tuple(
        Property(name, "collection", get, element=Property("", "complex", None, parts), sortable=False)
        for name, parts, get in rows
    )


def expanded_properties(name: str, *, many: bool) -> Callable[[Call, Shown], dict[str, Any]]:
    """Return what expands single-value or multi-value extended properties."""

    def expand(call: Call, one: Shown) -> dict[str, Any]:
        asked = asked_properties(call, name)
        if one.sight.hides(one.item):
            return {}
        found = [row for row in _rows(one.item, many=many) if row["id"] in asked]
        return {f"{name}@odata.context": f"{context_of(call, one)}/{name}", name: found} if found else {}

    return expand


def expanded_extensions(call: Call, one: Shown) -> dict[str, Any]:
    """Expand the open extensions of an event."""
    asked = asked_ids(call, "extensions", lambda text: plain_name(text).lower())
    held = () if one.sight.hides(one.item) else one.item.extensions
    found = [extension_members(each) for each in held if asked is None or each[0].lower() in asked]
    return {"extensions@odata.context": f"{context_of(call, one)}/extensions", "extensions": found} if found else {}


def context_of(call: Call, one: Shown) -> str:
    """Return the `@odata.context` of an event's own collections, up to the event."""
    sight, event = one.sight, one.event
    ids = sight.mailbox.ids
    item = (
        ids.occurrence(sight.calendar.number, event.number, one.day)
        if one.day
        else ids.item(sight.calendar.number, event.number)
    )
    return f"{call.root}/$metadata#{call.user_path}/events('{item}')"
