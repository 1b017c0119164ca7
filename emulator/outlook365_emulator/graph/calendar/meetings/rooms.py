"""Rooms and lists of rooms in the directory of a tenant.

A room is a mailbox with the purpose `room`; a group whose members are all rooms is a list of rooms.
"""

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.store.records.directory import Group, User
from outlook365_emulator.store.tenant import Tenant


def rooms_of(tenant: Tenant) -> list[User]:
    """Return the rooms of a tenant."""
    return [user for user in tenant.users if user.purpose == "room"]


def room_lists_of(tenant: Tenant) -> list[Group]:
    """Return the groups of a tenant whose members are all rooms."""
    rooms = {user.id for user in rooms_of(tenant)}
    return [group for group in tenant.groups if group.members and group.members <= rooms]


def load_place(call: Call, key: str) -> User | Group:
    """Load `{place}` by its id or its address.

    Raises:
        GraphError: `item_not_found`.
    """
    wanted = key.lower()
    places: list[User | Group] = [*rooms_of(call.tenant), *room_lists_of(call.tenant)]
    for place in places:
        if wanted in (place.id, (place.mail or "").lower()):
            return place
    raise graph_error("item_not_found", because=f"the tenant has no room and no list of rooms {key!r}")
