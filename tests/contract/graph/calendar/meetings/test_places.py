"""Rooms and lists of rooms."""

import pytest
from outlook365_emulator.graph.calendar.meetings import places
from outlook365_emulator.store.records.directory import Group

covers = pytest.mark.covers.with_args


@pytest.fixture
def floor(meet):
    org = meet.graph.org
    with org.world.unit() as unit:
        return unit.put(
            org.tenant.groups,
            Group(
                id=org.world.ids.guid(),
                display_name="Floor 1",
                members=frozenset({meet.people["lab"].id}),
                mail="floor1@contoso.example",
            ),
        )


@covers(places.list_rooms, places.list_room_lists, places.list_rooms_in)
class TestList:
    def test_names_the_rooms(self, meet):
        (room,) = meet.get("ada", "/places/microsoft.graph.room")["value"]
        assert (room["displayName"], room["emailAddress"]) == ("Lab", "lab@contoso.example")

    def test_names_the_lists_and_what_is_in_them(self, meet, floor):
        (one,) = meet.get("ada", "/places/microsoft.graph.roomlist")["value"]
        assert one["emailAddress"] == floor.mail
        path = f"/places/{floor.mail}/microsoft.graph.roomlist/rooms"
        assert [room["displayName"] for room in meet.get("ada", path)["value"]] == ["Lab"]

    def test_needs_the_permission(self, meet):
        assert meet.ask("ada", "GET", "/places/microsoft.graph.room", scopes=["Calendars.Read"]).status == 403


@covers(places.get)
class TestGet:
    def test_finds_a_room_by_id_and_by_address(self, meet, floor):
        lab = meet.people["lab"]
        for key in (lab.id, "Lab@contoso.example"):
            assert meet.get("ada", f"/places/{key}")["id"] == lab.id
        assert meet.get("ada", f"/places/{floor.mail}")["displayName"] == "Floor 1"

    def test_does_not_find_people(self, meet):
        assert meet.ask("ada", "GET", "/places/ben@contoso.example").status == 404
