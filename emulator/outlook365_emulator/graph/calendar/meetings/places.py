"""Places: rooms, and lists of rooms.

Reference `graph-calendar.md` section 27. A room is a mailbox with the purpose `room`; a group whose members are all
rooms is a list of rooms.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import Page
from outlook365_emulator.graph.calendar.meetings.rooms import room_lists_of, rooms_of
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Kind, Property, RecordType, by_name
from outlook365_emulator.store.records.directory import Group, User

PAGE = 100
"""Places on a page where `$top` says nothing."""

_OF_PLACE: Final[Mapping[str, Any]] = MappingProxyType({"address": None, "geoCoordinates": None, "phone": ""})
"""What every place has beside name and address, and what it is at first."""

ROOM_DETAILS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **_OF_PLACE,
        "nickname": "",
        "building": None,
        "floorNumber": None,
        "floorLabel": None,
        "label": None,
        "capacity": None,
        "bookingType": "standard",
        "audioDeviceName": None,
        "videoDeviceName": None,
        "displayDeviceName": None,
        "isWheelChairAccessible": False,
        "tags": [],
    }
)
"""What a room has beside name and address, and what it is at first."""


def _room(_: Call, room: User) -> dict[str, Any]:
    phone = room.business_phones[0] if room.business_phones else ""
    found = {**ROOM_DETAILS, "phone": phone, "nickname": room.display_name, **room.place}
    address = room.mail or room.user_principal_name
    return {"id": room.id, "emailAddress": address, "displayName": room.display_name, **found}


def _room_list(_: Call, group: Group) -> dict[str, Any]:
    named = {"id": group.id, "displayName": group.display_name, "emailAddress": group.mail}
    return {**named, **_OF_PLACE, **group.place}


def _typed(name: str, kinds: dict[str, Kind]) -> RecordType:
    address = {"emailAddress": lambda one: getattr(one, "mail", None)}
    get: dict[str, Any] = {"displayName": lambda one: one.display_name, **address}
    rows = [
        Property(key, kind, get.get(key), filterable=key in get, sortable=key in get) for key, kind in kinds.items()
    ]
    return RecordType(f"microsoft.graph.{name}", by_name(*rows))


_PLACE: dict[str, Kind] = {
    "id": "string",
    "displayName": "string",
    "address": "complex",
    "geoCoordinates": "complex",
    "phone": "string",
    "emailAddress": "string",
}


@cache
def room_resource() -> Resource:
    """Return the room as a resource."""
    texts: dict[str, Kind] = dict.fromkeys(ROOM_DETAILS, "string")
    kinds: dict[str, Kind] = {
        **texts,
        **_PLACE,
        "floorNumber": "integer",
        "capacity": "integer",
        "bookingType": "enum",
        "isWheelChairAccessible": "boolean",
        "tags": "collection",
    }
    return Resource(
        name="room", type=_typed("room", kinds), compute=_room, page_size=PAGE, outlook=False, efficient_order=False
    )


@cache
def room_list_resource() -> Resource:
    """Return the list of rooms as a resource."""
    type_ = _typed("roomList", _PLACE)
    return Resource(
        name="roomList", type=type_, compute=_room_list, page_size=PAGE, outlook=False, efficient_order=False
    )


@operation("GET /places/microsoft.graph.room", least="Place.Read.All")
def list_rooms(call: Call) -> Page:
    """List the rooms of the tenant."""
    found = rooms_of(call.tenant)
    return Page(resource=room_resource(), records=found, path="places/microsoft.graph.room", total=len(found))


@operation("GET /places/microsoft.graph.roomList", least="Place.Read.All")
def list_room_lists(call: Call) -> Page:
    """List the lists of rooms of the tenant."""
    found = room_lists_of(call.tenant)
    return Page(resource=room_list_resource(), records=found, path="places/microsoft.graph.roomList", total=len(found))


def _typed_place(call: Call, place: User | Group) -> dict[str, Any]:
    if isinstance(place, User):
        return {"@odata.type": "#microsoft.graph.room", **_room(call, place)}
    return {"@odata.type": "#microsoft.graph.roomList", **_room_list(call, place)}


def _answer(place: User | Group) -> EntityAnswer:
    """Answer a place with its type, which the path does not tell."""
    resource = room_resource() if isinstance(place, User) else room_list_resource()
    return EntityAnswer(resource=msgspec.structs.replace(resource, compute=_typed_place), record=place, path="places")


@operation("GET /places/{place}", least="Place.Read.All")
def get(call: Call, place: User | Group) -> EntityAnswer:
    """Get a room or a list of rooms by its id or its address."""
    return _answer(place)


@operation("PATCH /places/{place}", least="Place.ReadWrite.All", body=Entity("place"))
def update(call: Call, place: User | Group, body: dict[str, Any]) -> EntityAnswer:
    """Change what is known of a room or a list of rooms; `@odata.type` says which of the two it is."""
    is_room = isinstance(place, User)
    kind = "room" if is_room else "roomList"
    named = str(body.get("@odata.type") or "").rpartition(".")[2]
    if named.lower() != kind.lower():
        because = f"{place.display_name} is a {kind}: send @odata.type microsoft.graph.{kind}"
        raise graph_error("invalid_request", detail="The type of the place is missing or wrong.", because=because)
    known = ROOM_DETAILS if is_room else _OF_PLACE
    details = {**place.place, **{name: value for name, value in body.items() if name in known}}
    if isinstance(place, User):
        changed = msgspec.structs.replace(place, place=details)
        call.unit.put(call.tenant.users, changed)
        return _answer(changed)
    listed = msgspec.structs.replace(place, place=details, display_name=body.get("displayName") or place.display_name)
    call.unit.put(call.tenant.groups, listed)
    return _answer(listed)


@operation("GET /places/{place}/microsoft.graph.roomList/rooms", least="Place.Read.All", workload="directory")
def list_rooms_in(call: Call, place: User | Group) -> Page:
    """List the rooms of a list of rooms, which is named by its address."""
    if isinstance(place, User):
        raise graph_error("item_not_found", because=f"{place.user_principal_name} is a room, no list of rooms")
    found = [user for user in rooms_of(call.tenant) if user.id in place.members]
    path = f"places('{quote(place.mail or place.id)}')/microsoft.graph.roomList/rooms"
    return Page(resource=room_resource(), records=found, path=path, total=len(found))
