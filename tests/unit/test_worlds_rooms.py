"""Rooms in world files: what is known of them, and lists of rooms."""

from typing import Any

import pytest
from outlook365_emulator.directory.users import user_named
from outlook365_emulator.graph.calendar.meetings.rooms import room_lists_of, rooms_of
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.worlds import DocumentConflict, DocumentError, WorldDocument, build_world, load_world_file
from outlook365_emulator.worlds.reading import read_document


def build(**tenant: Any) -> Tenant:
    document = {"tenants": [{"domains": ["contoso.example"], **tenant}]}
    world = build_world(Hosting(), read_document(document, WorldDocument))
    return next(iter(world.tenants.values()))


def room(**members: Any) -> dict[str, Any]:
    return {"name": "lab", "purpose": "room", **members}


def test_a_room_has_what_the_document_says_in_graphs_spelling() -> None:
    place = {"capacity": 12, "iswheelchairaccessible": True, "tags": ["screen"], "address": {"city": "Lyon"}}
    tenant = build(shared_mailboxes=[room(place=place)])
    assert user_named(tenant, "lab").place == {
        "capacity": 12,
        "isWheelChairAccessible": True,
        "tags": ["screen"],
        "address": {"city": "Lyon"},
    }


@pytest.mark.parametrize(
    ("mailbox", "key", "words"),
    [
        (room(place={"capcity": 12}), "place", "did you mean capacity?"),
        (room(place={"capacity": "many"}), "place", "capacity"),
        (room(place={"bookingType": "sometimes"}), "place", "bookingType"),
        (room(place={"displayName": "Lab"}), "place.displayName", "the mailbox itself"),
        ({"name": "lab", "place": {"capacity": 12}}, "place", "set purpose to room"),
    ],
    ids=["no such member", "no number", "no such kind", "told elsewhere", "no room"],
)
def test_what_no_room_has_is_refused(mailbox: dict[str, Any], key: str, words: str) -> None:
    with pytest.raises(DocumentError) as caught:
        build(shared_mailboxes=[mailbox])
    assert caught.value.place == f"tenants[0].shared_mailboxes[0].{key}"
    assert words in caught.value.message


def test_a_group_of_rooms_with_an_address_is_a_list_of_rooms() -> None:
    tenant = build(
        shared_mailboxes=[room()], groups=[{"name": "Rooms", "members": ["lab"], "mail": "Rooms@contoso.example"}]
    )
    (listed,) = room_lists_of(tenant)
    assert (listed.display_name, listed.mail) == ("Rooms", "rooms@contoso.example")


@pytest.mark.parametrize(
    ("mail", "error"),
    [("rooms@elsewhere.example", DocumentError), ("lab@contoso.example", DocumentConflict)],
    ids=["another domain", "taken by a mailbox"],
)
def test_an_address_that_a_group_cannot_have_is_refused(mail: str, error: type[DocumentError]) -> None:
    with pytest.raises(error) as caught:
        build(shared_mailboxes=[room()], groups=[{"name": "Rooms", "members": ["lab"], "mail": mail}])
    assert caught.value.place == "tenants[0].groups[0].mail"


def test_two_groups_do_not_share_an_address() -> None:
    group = {"name": "Rooms", "mail": "rooms@contoso.example"}
    with pytest.raises(DocumentConflict):
        build(groups=[group, {**group, "name": "More rooms"}])


def test_contoso_has_rooms_and_a_list_of_them() -> None:
    world = build_world(Hosting(), load_world_file("contoso"))
    tenant = next(iter(world.tenants.values()))
    assert [(one.display_name, one.place["capacity"]) for one in rooms_of(tenant)] == [
        ("Room Rhône", 12),
        ("Room Saône", 4),
    ]
    assert [one.mail for one in room_lists_of(tenant)] == ["rooms-lyon@contoso.onmicrosoft.com"]
