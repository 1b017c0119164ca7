"""Calendars and calendar groups: the ones that every mailbox has, making, changing and deleting more."""

import pytest
from outlook365_emulator.graph.calendar import calendars, events, groups

covers = pytest.mark.covers.with_args


def names(answer):
    return [one["name"] for one in answer.values]


@covers(calendars.get)
class TestDefault:
    def test_every_mailbox_has_one(self, cal):
        calendar = cal.get("/me/calendar").json
        expected = {
            "name": "Calendar",
            "color": "auto",
            "hexColor": "",
            "isDefaultCalendar": True,
            "canShare": True,
            "canViewPrivateItems": True,
            "canEdit": True,
            "allowedOnlineMeetingProviders": ["teamsForBusiness"],
            "defaultOnlineMeetingProvider": "teamsForBusiness",
            "isTallyingResponses": True,
            "isRemovable": False,
            "owner": {"name": "Ada Lovelace", "address": "ada@contoso.example"},
        }
        assert {name: calendar[name] for name in expected} == expected
        assert len(calendar["id"]) == 120
        assert names(cal.get(f"/users/{cal.org.support.id}/calendars", as_=None)) == ["Calendar"]

    @pytest.mark.parametrize(("method", "suffix"), [("DELETE", ""), ("POST", "/permanentDelete")])
    def test_it_cannot_be_deleted(self, cal, method, suffix):
        answer = cal.ask(method, f"/me/calendar{suffix}")
        assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
        assert answer.message.endswith("The default calendar cannot be deleted.")

    def test_another_can_take_its_place(self, cal):
        other = cal.post("/me/calendars", {"name": "Work"}).json
        assert cal.patch(f"/me/calendars/{other['id']}", {"isDefaultCalendar": True}).json["isDefaultCalendar"]
        assert cal.get("/me/calendar").json["id"] == other["id"]
        assert sum(one["isDefaultCalendar"] for one in cal.get("/me/calendars").values) == 1


@covers(
    calendars.list_,
    calendars.count,
    calendars.create,
    calendars.update,
    calendars.delete,
    calendars.delete_permanently,
    events.list_in_calendar,
    events.count_in_calendar,
    events.create_in_calendar,
)
class TestCalendars:
    def test_create_change_and_delete(self, cal):
        made = cal.post("/me/calendars", {"name": "Trips", "color": "LightBlue"})
        assert made.status == 201
        calendar = made.json
        assert (calendar["color"], calendar["isRemovable"]) == ("lightBlue", True)
        assert calendar["hexColor"].startswith("#")
        path = f"/me/calendars/{calendar['id']}"
        changed = cal.patch(path, {"name": "Journeys"}).json
        assert (changed["name"], changed["id"]) == ("Journeys", calendar["id"])
        assert changed["changeKey"] != calendar["changeKey"]
        event = cal.event(path=f"{path}/events")
        assert cal.delete(path).status == 204
        assert cal.get(path).status == 404
        assert cal.get(f"/me/events/{event['id']}").status == 404
        assert names(cal.get("/me/calendars")) == ["Calendar"]

    @pytest.mark.parametrize(("body", "status"), [({}, 400), ({"name": " "}, 400), ({"name": "calendar"}, 409)])
    def test_a_name_must_be_new(self, cal, body, status):
        answer = cal.post("/me/calendars", body)
        assert answer.status == status
        if status == 409:
            assert answer.code == "ErrorFolderExists"

    def test_events_of_another_calendar_are_found_by_id_alone_but_not_listed(self, cal):
        calendar = cal.post("/me/calendars", {"name": "Trips"}).json["id"]
        event = cal.event(path=f"/me/calendars/{calendar}/events")
        assert cal.get(f"/me/events/{event['id']}").status == 200
        assert cal.get(f"/me/calendar/events/{event['id']}").status == 404
        assert cal.get("/me/events").values == []
        assert len(cal.get(f"/me/calendars/{calendar}/events").values) == 1
        assert f"calendars('{calendar[:20]}" in cal.get(f"/me/calendars/{calendar}/events").json["@odata.context"]

    @pytest.mark.parametrize("cloud", ["china"])
    def test_a_cloud_without_teams_allows_no_provider(self, new_graph, cloud):
        graph = new_graph(cloud)
        calendar = graph.get("/me/calendar", as_=graph.org.ada, scopes=["Calendars.Read"]).json
        assert calendar["allowedOnlineMeetingProviders"] == []
        assert calendar["defaultOnlineMeetingProvider"] == "unknown"


@covers(
    groups.list_,
    groups.count,
    groups.get,
    groups.create,
    groups.update,
    groups.delete,
    calendars.list_in_group,
    calendars.create_in_group,
)
class TestGroups:
    def test_three_are_there_from_the_start(self, cal):
        groups = cal.get("/me/calendarGroups")
        assert names(groups) == ["My Calendars", "Other Calendars", "People's Calendars"]
        assert groups.values[0]["classId"] == "0006f0b7-0000-0000-c000-000000000046"
        assert names(cal.get(f"/me/calendarGroups/{groups.values[0]['id']}/calendars")) == ["Calendar"]

    def test_create_fill_and_delete(self, cal):
        group = cal.post("/me/calendarGroups", {"name": "Clubs"}).json
        path = f"/me/calendarGroups/{group['id']}"
        made = cal.post(f"{path}/calendars", {"name": "Chess"}).json
        assert made["@odata.context"].partition("/calendarGroups('")[2].endswith("')/calendars/$entity")
        assert cal.delete(f"/me/calendars/{made['id']}").status == 204
        assert cal.patch(path, {"name": "Societies"}).json["name"] == "Societies"
        calendar = cal.post(f"{path}/calendars", {"name": "Chess"}).json
        assert names(cal.get(f"{path}/calendars")) == ["Chess"]
        assert cal.get(f"{path}/calendars/{calendar['id']}").status == 200
        assert cal.delete(path).status == 400
        assert cal.delete(f"{path}/calendars/{calendar['id']}").status == 204
        assert cal.delete(path).status == 204
        assert cal.get(path).status == 404

    def test_the_default_group_has_a_name_of_its_own(self, cal):
        """`/calendarGroup`, as the pages of calendars, events and calendar groups write it."""
        calendar = cal.post("/me/calendarGroup/calendars", {"name": "Trips"}).json["id"]
        assert names(cal.get("/me/calendarGroup/calendars")) == ["Calendar", "Trips"]
        assert cal.patch(f"/me/calendargroup/calendars/{calendar}", {"name": "Journeys"}).json["name"] == "Journeys"
        assert cal.get(f"/me/calendarGroup/calendars/{calendar}/events").values == []

    def test_the_first_ones_stay(self, cal):
        group = cal.get("/me/calendarGroups").values[0]["id"]
        assert cal.delete(f"/me/calendarGroups/{group}").status == 403

    def test_a_calendar_is_found_through_its_own_group_only(self, cal):
        calendar = cal.get("/me/calendar").json["id"]
        other = cal.get("/me/calendarGroups").values[1]["id"]
        assert cal.get(f"/me/calendarGroups/{other}/calendars/{calendar}").status == 404
