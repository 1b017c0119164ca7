"""The calendar and the calendar group as API resources.

Reference `graph-calendar.md` sections 2 and 3; what each role may: section 22.
"""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from outlook365_emulator.graph.calendar.online import allowed_providers
from outlook365_emulator.graph.calendar.sight import Sight
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import recipient_of
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Kind, Property, RecordType
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


def calendar_members(call: Call, sight: Sight) -> dict[str, Any]:
    """Return a calendar as the caller sees it."""
    mailbox, calendar = sight.mailbox, sight.calendar
    providers = allowed_providers(call.tenant, sight.source)
    return {
        "id": mailbox.ids.folder(calendar.number),
        "name": calendar.name,
        "color": calendar.color,
        "hexColor": calendar.hex_color,
        "isDefaultCalendar": calendar.is_default,
        "changeKey": mailbox.ids.short_change_key(calendar.change),
        "canShare": sight.role == "owner",
        "canViewPrivateItems": sight.sees_private,
        "canEdit": sight.may_write,
        "allowedOnlineMeetingProviders": list(providers),
        "defaultOnlineMeetingProvider": providers[0] if providers else "unknown",
        "isTallyingResponses": calendar.is_default,
        "isRemovable": not calendar.is_default,
        "owner": recipient_of(sight.owner)["emailAddress"],
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


def _open(name: str, kind: Kind, get: Callable[[Any], Any]) -> Property:
    return Property(name, kind, get, nullable=False)


def _closed(name: str, kind: Kind) -> Property:
    return Property(name, kind, None, filterable=False, sortable=False)


def _type(name: str, *properties: Property) -> RecordType:
    return RecordType(f"microsoft.graph.{name}", MappingProxyType({one.name.lower(): one for one in properties}))


@cache
def calendar_resource() -> Resource:
    """Return the calendar as a resource."""
    type_ = _type(
        "calendar",
        _open("name", "string", lambda sight: sight.calendar.name),
        _open("color", "enum", lambda sight: sight.calendar.color),
        _open("isDefaultCalendar", "boolean", lambda sight: sight.calendar.is_default),
        _open("canEdit", "boolean", lambda sight: sight.may_write),
        *(_closed(name, "string") for name in ("id", "hexColor", "changeKey", "defaultOnlineMeetingProvider")),
        *(_closed(name, "boolean") for name in ("canShare", "canViewPrivateItems", "isTallyingResponses")),
        _closed("isRemovable", "boolean"),
        _closed("allowedOnlineMeetingProviders", "collection"),
        _closed("owner", "complex"),
    )
    return Resource(name="calendar", type=type_, compute=calendar_members, efficient_order=False)


@cache
def group_resource() -> Resource:
    """Return the calendar group as a resource."""
    type_ = _type(
        "calendarGroup",
        _open("name", "string", lambda group: group.name),
        *(_closed(name, "string") for name in ("id", "changeKey")),
        _closed("classId", "guid"),
    )
    return Resource(name="calendarGroup", type=type_, compute=group_members, efficient_order=False)
