"""Places: rooms, and lists of rooms.

Reference `graph-calendar.md` section 27. A room is a mailbox with the purpose `room`; a group whose members are all
rooms is a list of rooms.
"""

from functools import cache
from types import MappingProxyType
from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Entity, Page
from outlook365_emulator.graph.calendar.meetings.rooms import room_lists_of, rooms_of
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Kind, Property, RecordType
from outlook365_emulator.store.records.directory import Group, User

PAGE = 100
"""Places on a page where `$top` says nothing."""

_FURTHER = ("building", "floorLabel", "label", "audioDeviceName", "videoDeviceName", "displayDeviceName")


def _room(_: Call, room: User) -> dict[str, Any]:
    return {
        "id": room.id,
        "displayName": room.display_name,
        "address": None,
        "geoCoordinates": None,
        "phone": room.business_phones[0] if room.business_phones else "",
        "nickname": room.display_name,
        "emailAddress": room.mail or room.user_principal_name,
        "building": room.further.get("building"),
        "floorNumber": room.further.get("floorNumber"),
        "floorLabel": room.further.get("floorLabel"),
        "label": room.further.get("label"),
        "capacity": room.further.get("capacity"),
        "bookingType": "standard",
        "audioDeviceName": room.further.get("audioDeviceName"),
        "videoDeviceName": room.further.get("videoDeviceName"),
        "displayDeviceName": room.further.get("displayDeviceName"),
        "isWheelChairAccessible": False,
        "tags": [],
    }


def _room_list(_: Call, group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "displayName": group.display_name,
        "address": None,
        "geoCoordinates": None,
        "phone": "",
        "emailAddress": group.mail,
    }


def _typed(name: str, kinds: dict[str, Kind]) -> RecordType:
    address = {"emailAddress": lambda one: getattr(one, "mail", None)}
    get: dict[str, Any] = {"displayName": lambda one: one.display_name, **address}
    rows = [
        Property(key, kind, get.get(key), filterable=key in get, sortable=key in get) for key, kind in kinds.items()
    ]
    return RecordType(f"microsoft.graph.{name}", MappingProxyType({one.name.lower(): one for one in rows}))


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
    texts: dict[str, Kind] = dict.fromkeys((*_FURTHER, "nickname"), "string")
    kinds: dict[str, Kind] = {
        **_PLACE,
        **texts,
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


@operation("GET /places/{place}", least="Place.Read.All")
def get(call: Call, place: User | Group) -> Entity:
    """Get a room or a list of rooms by its id or its address."""
    resource = room_resource() if isinstance(place, User) else room_list_resource()
    return Entity(resource=resource, record=place, path="places")


@operation("GET /places/{place}/microsoft.graph.roomList/rooms", least="Place.Read.All", workload="directory")
def list_rooms_in(call: Call, place: User | Group) -> Page:
    """List the rooms of a list of rooms, which is named by its address."""
    if isinstance(place, User):
        raise graph_error("item_not_found", because=f"{place.user_principal_name} is a room, no list of rooms")
    found = [user for user in rooms_of(call.tenant) if user.id in place.members]
    path = f"places('{place.mail or place.id}')/microsoft.graph.roomList/rooms"
    return Page(resource=room_resource(), records=found, path=path, total=len(found))
