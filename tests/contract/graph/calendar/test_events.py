"""Events: create with all defaults, read, change, delete; zones, all-day rules, repeated requests."""

import re

import pytest
from outlook365_emulator.graph.calendar import events

covers = pytest.mark.covers.with_args

ORDER = (
    "@odata.context @odata.etag id createdDateTime lastModifiedDateTime changeKey categories transactionId "
    "originalStartTimeZone originalEndTimeZone iCalUId reminderMinutesBeforeStart isReminderOn hasAttachments subject "
    "bodyPreview importance sensitivity isAllDay isCancelled isOrganizer responseRequested seriesMasterId showAs type "
    "webLink onlineMeetingUrl isOnlineMeeting onlineMeetingProvider allowNewTimeProposals occurrenceId isDraft "
    "hideAttendees responseStatus body start end location locations recurrence attendees organizer onlineMeeting"
).split()


@covers(events.create)
class TestCreate:
    def test_an_event_has_every_member_in_exchanges_order(self, cal):
        assert list(cal.event()) == ORDER

    def test_what_was_not_sent_has_its_default(self, cal):
        event = cal.event(subject=None)
        expected = {
            "subject": "",
            "importance": "normal",
            "sensitivity": "normal",
            "showAs": "busy",
            "reminderMinutesBeforeStart": 15,
            "isReminderOn": True,
            "responseRequested": True,
            "allowNewTimeProposals": True,
            "hideAttendees": False,
            "isOnlineMeeting": False,
            "onlineMeetingProvider": "unknown",
            "onlineMeeting": None,
            "recurrence": None,
            "categories": [],
            "attendees": [],
            "locations": [],
            "type": "singleInstance",
            "transactionId": None,
            "occurrenceId": None,
            "seriesMasterId": None,
            "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
            "body": {"contentType": "html", "content": ""},
        }
        assert {name: event[name] for name in expected} == expected
        assert event["location"] == {
            "displayName": "",
            "locationType": "default",
            "uniqueIdType": "unknown",
            "address": {},
            "coordinates": {},
        }
        assert event["organizer"]["emailAddress"]["name"] == "Ada Lovelace"

    def test_times_are_answered_in_utc_and_the_zone_is_remembered_by_its_windows_name(self, cal):
        event = cal.event()
        assert event["start"] == {"dateTime": "2026-03-02T09:00:00.0000000", "timeZone": "UTC"}
        assert event["originalStartTimeZone"] == "W. Europe Standard Time"

    def test_location_header_leads_to_the_event(self, cal):
        times = {"start": {"dateTime": "2026-03-02T10:00"}, "end": {"dateTime": "2026-03-02T11:00"}}
        answer = cal.post("/me/events", times)
        assert cal.page(answer.headers["location"]).json["id"] == answer.json["id"]

    def test_a_text_body_becomes_html(self, cal):
        event = cal.event(body={"contentType": "text", "content": "Agenda:\n1 < 2"})
        assert event["body"]["contentType"] == "html"
        assert "1 &lt; 2" in event["body"]["content"]
        assert event["bodyPreview"] == "Agenda:\r\n1 < 2"

    def test_a_body_holds_nothing_that_could_run(self, cal):
        event = cal.event(body={"contentType": "html", "content": "<p>Hi</p><script>alert(1)</script>"})
        assert "script" not in event["body"]["content"]
        assert event["bodyPreview"] == "Hi"

    def test_a_body_comes_as_text_where_that_is_preferred(self, cal):
        prefer = [("Prefer", 'outlook.body-content-type="text"')]
        event = cal.event(body={"contentType": "HTML", "content": "<p>Hello</p>"}, headers=prefer)
        assert event["body"] == {"contentType": "text", "content": "Hello"}

    def test_attendees_get_the_names_and_addresses_of_the_directory(self, cal):
        sent = [{"emailAddress": {"address": "BEN@contoso.example", "name": "B"}}]
        event = cal.event(attendees=[*sent, *sent, {"emailAddress": {"address": "ada@contoso.example"}}])
        assert event["attendees"] == [
            {
                "type": "required",
                "status": {"response": "none", "time": "0001-01-01T00:00:00Z"},
                "emailAddress": {"name": "Ben Franklin", "address": "ben@contoso.example"},
            }
        ]

    def test_several_places_are_joined_in_the_one_that_is_shown(self, cal):
        event = cal.event(locations=[{"displayName": "Room 1"}, {"displayName": "Room 2"}])
        assert event["location"]["displayName"] == "Room 1; Room 2"
        assert [one["displayName"] for one in event["locations"]] == ["Room 1", "Room 2"]

    def test_read_only_members_are_ignored(self, cal):
        event = cal.event(iCalUId="x", isOrganizer=False, webLink="https://example.org", originalStartTimeZone="UTC")
        assert event["isOrganizer"] is True
        assert event["iCalUId"] != "x"
        assert event["webLink"].startswith("https://outlook.office365.com/owa/?itemid=")

    def test_ids_have_exchanges_form(self, cal):
        event = cal.event()
        assert len(event["id"]) == 152
        assert re.fullmatch(r"[A-Za-z0-9+/=]{32}", event["changeKey"])
        assert event["@odata.etag"] == f'W/"{event["changeKey"]}"'
        assert re.fullmatch(
            r"040000008200E00074C5B7101A82E00800000000[0-9A-F]{16}0{16}10000000[0-9A-F]{32}", event["iCalUId"]
        )

    @pytest.mark.parametrize(
        ("members", "code"),
        [
            ({"start": None}, "ErrorPropertyValidationFailure"),
            ({"end": {"timeZone": "UTC"}}, "ErrorPropertyValidationFailure"),
            ({"end": {"dateTime": "2026-03-02T08:00:00", "timeZone": "UTC"}}, "ErrorPropertyValidationFailure"),
            ({"start": {"dateTime": "02/03/2026", "timeZone": "UTC"}}, "UnableToDeserializePostBody"),
            ({"start": {"dateTime": "2026-03-02T09:00:00", "timeZone": ""}}, "TimeZoneNotSupportedException"),
            ({"start": {"dateTime": "2026-03-02T09:00:00", "timeZone": "Mars"}}, "TimeZoneNotSupportedException"),
            ({"start": {"dateTime": "9999-12-31T09:00:00", "timeZone": "UTC"}}, "ErrorPropertyValidationFailure"),
            ({"attendees": [{"emailAddress": {"name": "Nobody"}}]}, "ErrorPropertyValidationFailure"),
            ({"showAs": "asleep"}, "RequestBodyRead"),
            ({"colour": "red"}, "RequestBodyRead"),
        ],
    )
    def test_a_wrong_event_is_refused(self, cal, members, code):
        times = {"start": {"dateTime": "2026-03-02T09:00:00"}, "end": {"dateTime": "2026-03-02T10:00:00"}}
        answer = cal.post("/me/events", {**times, **members})
        assert (answer.status, answer.code) == (400, code), answer.body


class TestTransactionId:
    def test_the_same_request_again_gives_the_same_event(self, cal):
        first, second = (cal.event(transactionId="one") for _ in range(2))
        assert first["id"] == second["id"]
        assert len(cal.get("/me/events").values) == 1

    def test_another_content_under_the_same_id_is_refused_and_names_the_event(self, cal):
        first = cal.event(transactionId="one")
        times = {"start": {"dateTime": "2026-03-03T09:00"}, "end": {"dateTime": "2026-03-03T10:00"}}
        answer = cal.post("/me/events", {"transactionId": "one", **times})
        assert (answer.status, answer.code) == (400, "ErrorDuplicateTransactionId")
        assert answer.json["error"]["@event.existingEventId"] == first["id"]


@covers(events.update)
class TestUpdate:
    def test_it_changes_what_was_sent_and_the_change_key(self, cal):
        event = cal.event(categories=["Red category"])
        answer = cal.patch(f"/me/events/{event['id']}", {"subject": "Lunch", "showAs": "free"})
        assert answer.status == 200
        changed = answer.json
        assert (changed["subject"], changed["showAs"]) == ("Lunch", "free")
        assert changed["id"] == event["id"]
        assert changed["changeKey"] != event["changeKey"]
        assert changed["categories"] == ["Red category"]

    def test_one_end_can_be_moved_alone(self, cal):
        event = cal.event()
        end = {"end": {"dateTime": "2026-03-02T12:30:00", "timeZone": "Europe/Berlin"}}
        changed = cal.patch(f"/me/events/{event['id']}", end).json
        assert changed["start"] == event["start"]
        assert changed["end"]["dateTime"] == "2026-03-02T11:30:00.0000000"

    def test_another_time_makes_answers_void(self, cal):
        event = cal.event(attendees=[{"emailAddress": {"address": "ben@contoso.example"}}])
        times = {
            "start": {"dateTime": "2026-03-02T12:00:00", "timeZone": "Europe/Berlin"},
            "end": {"dateTime": "2026-03-02T13:00:00", "timeZone": "Europe/Berlin"},
        }
        changed = cal.patch(f"/me/events/{event['id']}", times).json
        assert changed["attendees"][0]["status"] == {"response": "notResponded", "time": "4501-01-01T00:00:00Z"}

    def test_read_only_members_are_ignored(self, cal):
        event = cal.event()
        body = {
            "originalStartTimeZone": "x",
            "responseStatus": {"response": "accepted"},
            "iCalUId": "y",
            "isDraft": True,
        }
        answer = cal.patch(f"/me/events/{event['id']}", body)
        assert answer.status == 200
        assert answer.json["responseStatus"] == event["responseStatus"]
        assert answer.json["iCalUId"] == event["iCalUId"]

    def test_a_stale_etag_is_refused(self, cal):
        event = cal.event()
        path = f"/me/events/{event['id']}"
        assert cal.patch(path, {"subject": "a"}, headers=[("If-Match", event["@odata.etag"])]).status == 200
        answer = cal.patch(path, {"subject": "b"}, headers=[("If-Match", event["@odata.etag"])])
        assert (answer.status, answer.code) == (412, "ErrorIrresolvableConflict")
        assert cal.delete(path, headers=[("If-Match", "*")]).status == 204


@covers(events.delete, events.delete_permanently)
class TestDelete:
    @pytest.mark.parametrize(("method", "suffix"), [("DELETE", ""), ("POST", "/permanentDelete")])
    def test_it_is_gone_and_cannot_be_deleted_again(self, cal, method, suffix):
        event = cal.event()
        path = f"/me/events/{event['id']}"
        assert cal.ask(method, path + suffix).status == 204
        for answer in (cal.get(path), cal.ask(method, path + suffix)):
            assert (answer.status, answer.code) == (404, "ErrorItemNotFound")


@covers(events.get, events.get_calendar)
class TestFind:
    def test_a_made_up_id_is_malformed_and_one_of_another_mailbox_says_so(self, cal):
        event = cal.event()
        answer = cal.get("/me/events/AAMk=")
        assert (answer.status, answer.code) == (400, "ErrorInvalidIdMalformed")
        answer = cal.get(f"/users/{cal.org.ben.id}/events/{event['id']}", as_=None)
        assert answer.status in (400, 404)
        assert "mailbox" in answer.entry.reason

    def test_every_spelling_finds_it(self, cal):
        event = cal.event()
        calendar = cal.get("/me/calendar").json["id"]
        groups = {one["name"]: one["id"] for one in cal.get("/me/calendarGroups").values}
        group = groups["My Calendars"]
        for path in (
            f"/me/events/{event['id']}",
            f"/me/events('{event['id']}')",
            f"/me/calendar/events/{event['id']}",
            f"/me/calendars/{calendar}/events/{event['id']}",
            f"/me/calendarGroups/{group}/calendars/{calendar}/events/{event['id']}",
            f"/users/{cal.me.id}/Events/{event['id']}",
        ):
            assert cal.get(path).json["id"] == event["id"], path

    def test_an_immutable_id_finds_it_too(self, cal):
        event = cal.event()
        prefer = [("Prefer", 'IdType="ImmutableId"')]
        immutable = cal.get(f"/me/events/{event['id']}", headers=prefer).json["id"]
        assert immutable != event["id"]
        assert cal.get(f"/me/events/{immutable}").json["id"] == event["id"]

    def test_a_get_links_to_the_calendar(self, cal):
        event = cal.event()
        answer = cal.get(f"/me/events/{event['id']}").json
        assert answer["calendar@odata.associationLink"].endswith("/$ref")
        assert cal.page(answer["calendar@odata.navigationLink"]).json["name"] == "Calendar"
        assert cal.get(f"/me/events/{event['id']}/calendar").json["name"] == "Calendar"


@covers(events.list_, events.count)
class TestList:
    def test_it_has_singles_and_series_latest_made_first(self, cal):
        cal.event(subject="first")
        cal.series({"type": "daily"}, subject="second")
        answer = cal.get("/me/events")
        assert [(one["subject"], one["type"]) for one in answer.values] == [
            ("second", "seriesMaster"),
            ("first", "singleInstance"),
        ]
        assert cal.get("/me/events/$count").body == b"2"

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("$filter=start/dateTime ge '2026-03-03T00:00:00'", ["b"]),
            ("$filter=end/dateTime lt '2026-03-03T00:00:00Z'", ["a"]),
            ("$filter=subject eq 'A'", ["a"]),
            ("$filter=startswith(subject,'b')", ["b"]),
            ("$filter=categories/any(c:c eq 'Rental')", ["b"]),
            ("$filter=type eq 'singleInstance' and isAllDay eq false", ["b", "a"]),
            ("$filter=isOrganizer eq false", []),
            ("$orderby=start/dateTime", ["a", "b"]),
            ("$orderby=start/dateTime desc", ["b", "a"]),
            ("$orderby=subject", ["a", "b"]),
            ("$top=1&$skip=1", ["a"]),
        ],
    )
    def test_filter_and_order(self, cal, query, found):
        cal.event(subject="a")
        cal.event("2026-03-03T10:00:00", "2026-03-03T11:00:00", subject="b", categories=["Rental"])
        answer = cal.get(f"/me/events?{query}")
        assert answer.status == 200, answer.body
        assert [one["subject"] for one in answer.values] == found

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("$orderby=start", "BadRequest"),
            ("$orderby=start.dateTime", "BadRequest"),
            ("$filter=attendees/any(a:a/type eq 'required')", "ErrorInvalidUrlQueryFilter"),
            ("$filter=colour eq 'red'", "RequestBroker--ParseUri"),
            ('$search="lunch"', None),
            ("$expand=instances", None),
            ("$top=1001", None),
        ],
    )
    def test_what_outlook_refuses(self, cal, query, code):
        answer = cal.get(f"/me/events?{query}")
        assert answer.status == 400, answer.body
        assert code in (None, answer.code), answer.body

    def test_a_selection_keeps_id_and_etag(self, cal):
        cal.event()
        only = cal.get("/me/events?$select=subject,start").values[0]
        assert list(only) == ["@odata.etag", "id", "subject", "start"]

    def test_read_basic_hides_the_content(self, cal):
        cal.event(body={"contentType": "text", "content": "secret"})
        answer = cal.get("/me/events", scopes=["Calendars.ReadBasic"])
        assert answer.status == 200
        assert b"secret" not in answer.body
        assert "body" not in answer.values[0]
