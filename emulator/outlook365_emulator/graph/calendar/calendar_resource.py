"""The calendar and the calendar group as API resources.

Reference `graph-calendar.md` sections 2 and 3; what each role may: section 22.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from outlook365_emulator.graph.calendar.extras import EXTENDED, expanded_properties, extended_rows
from outlook365_emulator.graph.calendar.online import allowed_providers
from outlook365_emulator.graph.calendar.seen_calendars import SeenCalendar
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.item_properties import plain
from outlook365_emulator.graph.mail.addresses import recipient_of
from outlook365_emulator.graph.mail.extended_properties import Properties
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Kind, Property, RecordType, by_name
from outlook365_emulator.store.records.calendar import CalendarGroup

HEX_COLORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "auto": "",
        "lightBlue": "#0078d4",
        "lightGreen": "#498205",
        "lightOrange": "#da3b01",
        "lightGray": "#69797e",
        "lightYellow": "#986f0b",
        "lightTeal": "#038387",
        "lightPink": "#bf0077",
        "lightBrown": "#8e562e",
        "lightRed": "#d13438",
        "maxColor": "",
    }
)
"""What `hexColor` says of each `calendarColor`; the shades are not verified."""


def calendar_members(call: Call, seen: SeenCalendar) -> dict[str, Any]:
    """Return a calendar as the caller sees it."""
    mailbox, calendar = seen.mailbox, seen.calendar
    providers = allowed_providers(call.tenant, seen.source)
    return {
        "id": mailbox.ids.folder(calendar.number),
        "name": calendar.name,
        "color": calendar.color,
        "hexColor": calendar.hex_color,
        "isDefaultCalendar": calendar.is_default,
        "changeKey": mailbox.ids.short_change_key(calendar.change),
        "canShare": seen.role == "owner",
        "canViewPrivateItems": seen.sees_private,
        "canEdit": seen.may_write,
        "allowedOnlineMeetingProviders": list(providers),
        "defaultOnlineMeetingProvider": providers[0] if providers else "unknown",
        "isTallyingResponses": seen.source.is_default,
        "isRemovable": not calendar.is_default,
        "owner": recipient_of(seen.owner)["emailAddress"],
    }


def group_members(call: Call, group: CalendarGroup) -> dict[str, Any]:
    """Return a calendar group."""
    ids = call.mailbox.ids
    return {
        "name": group.name,
        "classId": group.class_id,
        "changeKey": ids.short_change_key(group.change),
        "id": ids.folder(group.number),
    }


def _closed(name: str, kind: Kind) -> Property:
    return Property(name, kind, None, filterable=False, sortable=False)


def _type(name: str, *properties: Property) -> RecordType:
    return RecordType(f"microsoft.graph.{name}", by_name(*properties))


def _properties_of(seen: SeenCalendar) -> Properties:
    return seen.calendar.properties


def _context(call: Call, seen: SeenCalendar) -> str:
    return call.context(f"{call.user_path}/calendars('{seen.mailbox.ids.folder(seen.calendar.number)}')")


@cache
def calendar_resource() -> Resource:
    """Return the calendar as a resource."""
    type_ = _type(
        "calendar",
        plain("name", "string", lambda seen: seen.calendar.name),
        plain("color", "enum", lambda seen: seen.calendar.color),
        plain("isDefaultCalendar", "boolean", lambda seen: seen.calendar.is_default),
        plain("canEdit", "boolean", lambda seen: seen.may_write),
        *(_closed(name, "string") for name in ("id", "hexColor", "changeKey", "defaultOnlineMeetingProvider")),
        *(_closed(name, "boolean") for name in ("canShare", "canViewPrivateItems", "isTallyingResponses")),
        _closed("isRemovable", "boolean"),
        _closed("allowedOnlineMeetingProviders", "collection"),
        _closed("owner", "complex"),
        *extended_rows(_properties_of),
    )
    return Resource(
        name="calendar",
        type=type_,
        compute=calendar_members,
        expand={name.lower(): expanded_properties(name, _properties_of, _context) for name in EXTENDED},
        filters_own=frozenset(EXTENDED),
        efficient_order=False,
    )


@cache
def group_resource() -> Resource:
    """Return the calendar group as a resource."""
    type_ = _type(
        "calendarGroup",
        plain("name", "string", lambda group: group.name),
        *(_closed(name, "string") for name in ("id", "changeKey")),
        _closed("classId", "guid"),
    )
    return Resource(name="calendarGroup", type=type_, compute=group_members, efficient_order=False)
