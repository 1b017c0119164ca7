"""Sharing: roles, what each sees and may do, directly in the owner's mailbox and in the sharee's own."""

from urllib.parse import quote

import pytest
from outlook365_emulator.graph.calendar import calendar_permissions

covers = pytest.mark.covers.with_args

OWNER = "ada@contoso.example"


@pytest.fixture
def shared(cal):
    """Share Ada's calendar with Ben in a role: `shared("read")`; returns the permission."""

    def share(role, path="/me/calendar"):
        body = {"emailAddress": {"address": "ben@contoso.example"}, "role": role}
        answer = cal.post(f"{path}/calendarPermissions", body)
        assert answer.status == 201, answer.body
        return answer.json

    return share


@pytest.fixture
def events(cal):
    """A normal and a private event of Ada's."""
    details = {"body": {"contentType": "text", "content": "secret"}, "location": {"displayName": "Room 1"}}
    cal.event(subject="Open", **details)
    cal.event("2026-03-02T12:00:00", "2026-03-02T13:00:00", subject="Doctor", sensitivity="private", **details)


def theirs(cal):
    """The sight of Ada's calendar in Ben's own mailbox."""
    return next(one for one in cal.get("/me/calendars", as_=cal.org.ben).values if one["owner"]["address"] == OWNER)


@covers(
    calendar_permissions.list_,
    calendar_permissions.get,
    calendar_permissions.create,
    calendar_permissions.update,
    calendar_permissions.delete,
    calendar_permissions.list_roles,
)
class TestPermissions:
    def test_everybody_reads_free_and_busy_times_at_first(self, cal):
        everybody = cal.get("/me/calendar/calendarPermissions").values
        assert everybody == [
            {
                "id": "RGVmYXVsdA==",
                "isRemovable": False,
                "isInsideOrganization": True,
                "role": "freeBusyRead",
                "allowedRoles": ["none", "freeBusyRead", "limitedRead", "read", "write"],
                "emailAddress": {"name": "My Organization"},
            }
        ]
        assert cal.delete("/me/calendar/calendarPermissions/RGVmYXVsdA==").status == 400

    def test_share_change_and_stop(self, cal, shared):
        permission = shared("read")
        assert permission["emailAddress"] == {"name": "Ben Franklin", "address": "ben@contoso.example"}
        assert permission["allowedRoles"][-1] == "delegateWithPrivateEventAccess"
        path = f"/me/calendar/calendarPermissions/{permission['id']}"
        assert cal.get(path).json["role"] == "read"
        assert cal.patch(path, {"role": "write"}).json["role"] == "write"
        assert theirs(cal)["canEdit"] is True
        assert cal.delete(path).status == 204
        assert len(cal.get("/me/calendars", as_=cal.org.ben).values) == 1

    def test_the_sharee_is_invited_by_mail(self, cal):
        other = cal.post("/me/calendars", {"name": "Trips"}).json["id"]
        for address in ("ben@contoso.example", "zoe@partner.example"):
            body = {"emailAddress": {"address": address}, "role": "read"}
            assert cal.post(f"/me/calendars/{other}/calendarPermissions", body).status == 201
        (message,) = cal.get("/me/mailFolders/inbox/messages", as_=cal.org.ben).values
        assert message["@odata.type"] == "#microsoft.graph.calendarSharingMessage"
        assert message["subject"] == "You're invited to share this calendar"
        assert message["from"]["emailAddress"]["address"] == "ada@contoso.example"
        assert (message["canAccept"], message["suggestedCalendarName"]) == (True, "Trips")
        assert message["sharingMessageAction"]["action"] == "accept"
        (outgoing,) = cal.org.world.outbox
        assert outgoing.recipients == ("zoe@partner.example",)

    def test_the_calendar_of_an_event_has_them_too(self, cal):
        other = cal.post("/me/calendars", {"name": "Trips"}).json["id"]
        event = cal.event(path=f"/me/calendars/{other}/events")["id"]
        path = f"/me/events/{event}/calendar/calendarPermissions"
        made = cal.post(path, {"emailAddress": {"address": "ben@contoso.example"}, "role": "read"})
        assert made.status == 201
        permission = made.json["id"]
        assert [one["id"] for one in cal.get(f"/me/calendars/{other}/calendarPermissions").values][1:] == [permission]
        assert cal.patch(f"{path}/{permission}", {"role": "write"}).json["role"] == "write"
        assert cal.get(f"{path}/{permission}").json["role"] == "write"
        assert cal.delete(f"{path}/{permission}").status == 204
        assert cal.get("/me/events/AAA/calendar/calendarPermissions").status == 400

    def test_outsiders_and_other_calendars_have_fewer_roles(self, cal):
        outsider = {"emailAddress": {"name": "Eve", "address": "eve@example.org"}, "role": "read"}
        answer = cal.post("/me/calendar/calendarPermissions", outsider)
        assert (answer.status, answer.json["isInsideOrganization"]) == (201, False)
        assert answer.json["allowedRoles"] == ["freeBusyRead", "limitedRead", "read"]
        assert cal.post("/me/calendar/calendarPermissions", {**outsider, "role": "write"}).status == 400
        calendar = cal.post("/me/calendars", {"name": "Trips"}).json["id"]
        body = {"emailAddress": {"address": "ben@contoso.example"}, "role": "delegateWithPrivateEventAccess"}
        assert cal.post(f"/me/calendars/{calendar}/calendarPermissions", body).status == 400
        roles = cal.get(f"/me/calendars/{calendar}/allowedCalendarSharingRoles(User='ben@contoso.example')")
        assert roles.values == ["freeBusyRead", "limitedRead", "read", "write"]

    def test_the_location_of_a_permission_leads_to_it(self, cal):
        calendar = cal.post("/me/calendars", {"name": "Trips"}).json["id"]
        for path in ("/me/calendar", f"/me/calendars/{calendar}"):
            body = {"emailAddress": {"address": "ben@contoso.example"}, "role": "read"}
            made = cal.post(f"{path}/calendarPermissions", body)
            found = cal.page(made.headers["location"])
            assert (found.status, found.json["id"]) == (200, made.json["id"])
        assert f"/calendars('{quote(calendar)}')/calendarPermissions/$entity" in made.json["@odata.context"]

    def test_a_sharee_reads_none_and_manages_none(self, cal, shared):
        permission = shared("write")
        path = f"/users/{OWNER}/calendar/calendarPermissions"
        assert cal.get(path, as_=cal.org.ben).values == []
        assert cal.delete(f"{path}/{permission['id']}", as_=cal.org.ben).status == 403


class TestSights:
    def test_unshared_it_is_closed(self, cal, events):
        for path in ("events", "calendar", "calendars", "calendarView?startDateTime=2026-03-02&endDateTime=2026-03-03"):
            answer = cal.get(f"/users/{OWNER}/{path}", as_=cal.org.ben)
            assert (answer.status, answer.code) == (403, "ErrorAccessDenied"), path
        assert "may not read" in answer.entry.reason

    def test_a_shared_scope_is_needed_beside_the_permission(self, cal, shared):
        shared("read")
        answer = cal.get(f"/users/{OWNER}/events", as_=cal.org.ben, scopes=["Calendars.Read"])
        assert answer.status == 403
        assert "Calendars.Read.Shared" in answer.entry.reason
        assert cal.get(f"/users/{OWNER}/events", as_=cal.org.ben, scopes=["Calendars.Read.Shared"]).status == 200

    @pytest.mark.parametrize(
        ("role", "subjects", "body_seen", "place_seen"),
        [
            ("freeBusyRead", ["Private Appointment", "Busy"], False, False),
            ("limitedRead", ["Private Appointment", "Open"], False, True),
            ("read", ["Private Appointment", "Open"], True, True),
            ("write", ["Private Appointment", "Open"], True, True),
            ("delegateWithoutPrivateEventAccess", ["Private Appointment", "Open"], True, True),
            ("delegateWithPrivateEventAccess", ["Doctor", "Open"], True, True),
        ],
    )
    def test_what_a_role_sees(self, cal, shared, events, role, subjects, body_seen, place_seen):
        shared(role)
        for path in (f"/users/{OWNER}/events", f"/me/calendars/{theirs(cal)['id']}/events"):
            found = cal.get(path, as_=cal.org.ben).values
            assert [one["subject"] for one in found] == subjects
            assert ("secret" in found[1]["body"]["content"]) is body_seen
            assert (found[1]["location"]["displayName"] == "Room 1") is place_seen
            assert found[0]["start"]["dateTime"] == "2026-03-02T11:00:00.0000000"
            private = role == "delegateWithPrivateEventAccess"
            assert ("secret" in found[0]["body"]["content"]) is private

    def test_what_is_hidden_cannot_be_found_by_a_filter(self, cal, shared, events):
        shared("read")
        answer = cal.get(f"/users/{OWNER}/events?$filter=subject eq 'Doctor'", as_=cal.org.ben)
        assert answer.values == []

    def test_the_two_ways_have_different_ids(self, cal, shared, events):
        shared("read")
        mine = f"/me/calendars/{theirs(cal)['id']}/events"
        here = cal.get(mine, as_=cal.org.ben).values[1]
        there = cal.get(f"/users/{OWNER}/events", as_=cal.org.ben).values[1]
        assert here["id"] != there["id"]
        assert here["iCalUId"] == there["iCalUId"]
        assert cal.get(f"/me/events/{here['id']}", as_=cal.org.ben).json["subject"] == "Open"
        assert cal.get(f"/me/events/{there['id']}", as_=cal.org.ben).status in (400, 404)

    @pytest.mark.parametrize(("role", "allowed"), [("read", False), ("write", True)])
    def test_who_may_write(self, cal, shared, role, allowed):
        shared(role)
        times = {"start": {"dateTime": "2026-03-02T10:00"}, "end": {"dateTime": "2026-03-02T11:00"}}
        for path in (f"/users/{OWNER}/calendar/events", f"/me/calendars/{theirs(cal)['id']}/events"):
            answer = cal.post(path, times, as_=cal.org.ben)
            assert answer.status == (201 if allowed else 403), answer.body
            if allowed:
                assert answer.json["organizer"]["emailAddress"]["address"] == OWNER
                assert answer.json["isOrganizer"] is True
                subject = {"subject": "Changed"}
                event = answer.json["id"]
                owner = "me" if path.startswith("/me") else f"users/{OWNER}"
                assert cal.patch(f"/{owner}/events/{event}", subject, as_=cal.org.ben).json["subject"] == "Changed"
                assert cal.delete(f"/{owner}/events/{event}", as_=cal.org.ben).status == 204

    def test_a_private_event_is_closed_to_a_writer(self, cal, shared, events):
        shared("write")
        private = cal.get(f"/users/{OWNER}/events", as_=cal.org.ben).values[0]
        assert cal.delete(f"/users/{OWNER}/events/{private['id']}", as_=cal.org.ben).status == 403

    def test_occurrences_are_seen_through_the_sharees_own_ids(self, cal, shared):
        cal.series({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 3})
        shared("write")
        path = f"/me/calendars/{theirs(cal)['id']}/calendarView"
        found = cal.view("2026-03-01", "2026-03-10", path=path, as_=cal.org.ben)
        assert len(found) == 3
        answer = cal.patch(f"/me/events/{found[1]['id']}", {"subject": "Mine"}, as_=cal.org.ben)
        assert answer.json["id"] == found[1]["id"]
        assert [one["subject"] for one in cal.view("2026-03-01", "2026-03-10")] == ["Stand-up", "Mine", "Stand-up"]

    def test_properties_of_the_calendar_by_role(self, cal, shared):
        shared("delegateWithPrivateEventAccess")
        sight = theirs(cal)
        assert (
            sight["name"],
            sight["canShare"],
            sight["canEdit"],
            sight["canViewPrivateItems"],
            sight["isRemovable"],
            sight["isTallyingResponses"],
        ) == (
            "Ada Lovelace",
            False,
            True,
            True,
            True,
            True,
        )
        renamed = cal.patch(f"/me/calendars/{sight['id']}", {"name": "Boss"}, as_=cal.org.ben)
        assert renamed.json["name"] == "Boss"
        assert cal.get("/me/calendar").json["name"] == "Calendar"

    def test_full_access_to_the_mailbox_opens_its_calendar_as_the_owner(self, cal):
        event = cal.event(path=f"/users/{cal.org.support.id}/events", subject="Shift", sensitivity="private")
        assert event["organizer"]["emailAddress"]["name"] == "Support"
        assert cal.get(f"/users/{cal.org.support.id}/events").values[0]["subject"] == "Shift"
        assert cal.get(f"/users/{cal.org.support.id}/events", as_=cal.org.ben).status == 403


def test_no_operation_of_the_calendar_is_open_to_a_stranger(cal):
    """Whatever is declared judges who asks: the mailbox's own right is not asked for calendars."""
    from outlook365_emulator.graph.operation import OPERATIONS

    event, calendar = cal.event()["id"], cal.get("/me/calendar").json["id"]
    group = cal.get("/me/calendarGroups").values[0]["id"]
    keys = {"user": OWNER, "event": event, "calendar": calendar, "group": group, "permission": "RGVmYXVsdA==",
            "file": "x", "extension": "x", "message": "x"}  # fmt: skip
    asked = 0
    for one in OPERATIONS.values():
        if not one.name.startswith("calendar.") or "shared" not in str(one.permissions) or not one.permissions.shared:
            continue
        if "user" not in one.placeholders:
            continue
        path = one.path
        for name in one.placeholders:
            path = path.replace(f"{{{name}}}", keys[name])
        body = None if one.body is None else {}
        answer = cal.ask(one.method, path, body, as_=cal.org.ben)
        assert answer.status == 403, (one.route, answer.status, answer.body)
        asked += 1
    assert asked > 40
