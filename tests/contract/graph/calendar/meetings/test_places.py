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
        listed = meet.get("ada", path)
        assert [room["displayName"] for room in listed["value"]] == ["Lab"]
        assert listed["@odata.context"].endswith("places('floor1%40contoso.example')/microsoft.graph.roomList/rooms")

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

    def test_says_which_type_it_is(self, meet, floor):
        assert meet.get("ada", "/places/lab@contoso.example")["@odata.type"] == "#microsoft.graph.room"
        assert meet.get("ada", f"/places/{floor.mail}")["@odata.type"] == "#microsoft.graph.roomList"


ROOM = {
    "@odata.type": "microsoft.graph.room",
    "nickname": "Laboratory",
    "building": "1",
    "capacity": "50",
    "isWheelchairAccessible": True,
    "tags": ["bean bags"],
}
ADDRESS = {"street": "4567 Main Street", "city": "Buffalo", "countryOrRegion": "USA"}


@covers(places.update)
class TestUpdate:
    def patch(self, meet, key, body, **options):
        return meet.ask("ada", "PATCH", f"/places/{key}", body, scopes=["Place.ReadWrite.All"], **options)

    def test_changes_a_room_and_keeps_the_rest(self, meet):
        assert self.patch(meet, "lab@contoso.example", {**ROOM, "label": "100"}).status == 200
        answer = self.patch(meet, "lab@contoso.example", {"@odata.type": "#microsoft.graph.room", "building": "2"})
        assert answer.json["@odata.type"] == "#microsoft.graph.room"
        room = meet.get("ada", "/places/lab@contoso.example")
        kept = {name: room[name] for name in ("nickname", "building", "capacity", "isWheelChairAccessible", "label")}
        assert kept == {
            "nickname": "Laboratory",
            "building": "2",
            "capacity": 50,
            "isWheelChairAccessible": True,
            "label": "100",
        }
        assert (room["tags"], room["displayName"], room["floorLabel"]) == (["bean bags"], "Lab", None)

    def test_changes_a_list_of_rooms(self, meet, floor):
        body = {
            "@odata.type": "microsoft.graph.roomlist",
            "displayName": "Building 1",
            "phone": "1",
            "address": ADDRESS,
        }
        changed = self.patch(meet, floor.mail, body).json
        assert (changed["displayName"], changed["phone"], changed["address"]) == ("Building 1", "1", ADDRESS)
        (listed,) = meet.get("ada", "/places/microsoft.graph.roomlist")["value"]
        assert listed["displayName"] == "Building 1"

    @pytest.mark.parametrize(
        "body",
        [
            {"phone": "1"},
            {"@odata.type": "microsoft.graph.roomlist", "phone": "1"},
            {**ROOM, "capacity": "many"},
            {**ROOM, "nmae": "x"},
        ],
        ids=["no type", "another type", "no number", "no such member"],
    )
    def test_refuses(self, meet, body):
        assert self.patch(meet, "lab@contoso.example", body).status == 400

    def test_needs_the_permission_to_write(self, meet):
        assert meet.ask("ada", "PATCH", "/places/lab@contoso.example", ROOM).status == 403
