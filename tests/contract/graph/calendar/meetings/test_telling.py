"""Invitations, updates and cancellations: what attendees have in their calendars and inboxes."""

import msgspec
import pytest


class TestAnInvitation:
    def test_puts_a_tentative_copy_into_the_attendees_calendar_at_once(self, meet):
        event = meet.invite("ada", "ben", location={"displayName": "Harry's Bar"}, categories=["Red category"])
        copy = meet.copy("ben")
        assert copy["iCalUId"] == event["iCalUId"]
        assert copy["id"] != event["id"]
        assert (copy["isOrganizer"], copy["showAs"]) == (False, "tentative")
        assert copy["responseStatus"] == {"response": "notResponded", "time": "0001-01-01T00:00:00Z"}
        assert copy["organizer"]["emailAddress"]["address"] == "ada@contoso.example"
        assert copy["categories"] == []
        for name in ("subject", "body", "start", "end", "location", "importance", "isAllDay", "recurrence"):
            assert copy[name] == event[name], name

    def test_lists_the_organizer_first_in_the_attendees_copy_and_not_in_the_organizers(self, meet):
        event = meet.invite("ada", "ben", "cleo")
        found = [one["emailAddress"]["address"] for one in meet.copy("ben")["attendees"]]
        assert found == ["ada@contoso.example", "ben@contoso.example", "cleo@contoso.example"]
        assert [one["emailAddress"]["name"] for one in event["attendees"]] == ["Ben Franklin", "Cleo Patra"]

    def test_comes_as_a_meeting_request(self, meet):
        meet.invite("ada", "ben", "cleo", body={"contentType": "text", "content": "See you"})
        (request,) = meet.inbox("ben")
        assert request["@odata.type"] == "#microsoft.graph.eventMessageRequest"
        assert request["meetingMessageType"] == "meetingRequest"
        assert request["meetingRequestType"] == "newMeetingRequest"
        assert (request["type"], request["isOutOfDate"], request["isDelegated"]) == ("singleInstance", False, False)
        assert request["startDateTime"] == {"dateTime": "2026-03-09T09:00:00.0000000", "timeZone": "UTC"}
        assert request["from"]["emailAddress"]["name"] == "Ada Lovelace"
        assert len(request["toRecipients"]) == 2
        assert (request["subject"], request["bodyPreview"]) == ("Lunch", "See you")
        assert meet.inbox("ada", "sentitems")[0]["meetingMessageType"] == "meetingRequest"

    @pytest.mark.parametrize("zone", ["tzone://Microsoft/Utc", "Z", "Coordinated Universal Time", "Mars", "/etc"])
    def test_a_message_takes_the_names_of_zones_that_an_event_takes(self, meet, zone):
        event = meet.invite("ada", "ben")
        prefer = [("Prefer", f'outlook.timezone="{zone}"')]
        message = meet.ask("ben", "GET", f"/me/messages/{meet.mail('ben')['id']}", headers=prefer)
        shown = meet.ask("ada", "GET", f"/me/events/{event['id']}", headers=prefer)
        assert message.status == shown.status == (400 if zone in ("Mars", "/etc") else 200)
        assert message.json.get("startDateTime") == shown.json.get("start")

    def test_answers_times_of_the_message_in_the_zone_that_is_preferred(self, meet):
        meet.invite("ada", "ben")
        prefer = [("Prefer", 'outlook.timezone="Tokyo Standard Time"')]
        (request,) = meet.get("ben", "/me/messages", headers=prefer)["value"]
        assert request["startDateTime"] == {
            "dateTime": "2026-03-09T18:00:00.0000000",
            "timeZone": "Tokyo Standard Time",
        }

    def test_hides_the_others_where_attendees_are_hidden(self, meet):
        event = meet.invite("ada", "ben", "cleo", hideAttendees=True)
        assert len(event["attendees"]) == 2
        found = [one["emailAddress"]["address"] for one in meet.copy("ben")["attendees"]]
        assert found == ["ada@contoso.example", "ben@contoso.example"]
        assert meet.mail("ben")["toRecipients"] == []

    def test_brings_the_attachments(self, meet):
        file = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "menu.txt", "contentBytes": "aGk="}
        meet.invite("ada", "ben", attachments=[file])
        copy = meet.copy("ben")
        assert copy["hasAttachments"]
        (found,) = meet.get("ben", f"/me/events/{copy['id']}/attachments")["value"]
        assert found["name"] == "menu.txt"
        message = meet.mail("ben")
        assert message["hasAttachments"]
        assert len(meet.get("ben", f"/me/messages/{message['id']}/attachments")["value"]) == 1

    def test_for_nobody_in_the_world_leaves_as_icalendar(self, meet):
        meet.weekly("ada", "eve@example.org")
        (left,) = meet.world.outbox
        assert left.recipients == ("eve@example.org",)
        assert msgspec.json.decode(left.document)["meetingMessageType"] == "meetingRequest"
        lines = left.calendar.decode().replace("\r\n ", "").split("\r\n")
        assert "METHOD:REQUEST" in lines
        assert "DTSTART;TZID=Europe/Berlin:20260309T100000" in lines
        assert "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO;WKST=SU;COUNT=4" in lines
        assert "TZOFFSETTO:+0200" in lines

    def test_an_address_that_the_tenant_does_not_know_comes_back(self, meet):
        meet.invite("ada", "nobody")
        assert meet.mail("ada")["subject"] == "Undeliverable: Lunch"

    def test_the_mime_text_has_a_calendar_part(self, meet):
        meet.invite("ada", "ben")
        answer = meet.ask("ben", "GET", f"/me/messages/{meet.mail('ben')['id']}/$value")
        assert b"text/calendar; charset=utf-8; method=REQUEST" in answer.body

    def test_an_appointment_tells_nobody(self, meet):
        meet.invite("ada")
        assert meet.copies("ben") == []
        assert meet.inbox("ada", "sentitems") == []


class TestAnUpdate:
    def test_changes_every_copy_and_tells_everybody(self, meet):
        event = meet.invite("ada", "ben", "cleo")
        meet.patch("ada", event["id"], subject="Dinner", location={"displayName": "Home"})
        for name in ("ben", "cleo"):
            copy = meet.copy(name)
            assert (copy["subject"], copy["location"]["displayName"]) == ("Dinner", "Home")
            assert copy["iCalUId"] == event["iCalUId"]
            first, second = meet.inbox(name)[::-1]
            assert (second["subject"], second["meetingRequestType"]) == ("Dinner", "informationalUpdate")
            assert (first["isOutOfDate"], first["meetingRequestType"]) == (True, "outdated")

    def test_of_the_time_makes_answers_void(self, meet):
        event = meet.invite("ada", "ben")
        meet.do("ben", meet.copy("ben")["id"], "accept")
        assert meet.copy("ben")["showAs"] == "busy"
        when = {"dateTime": "2026-03-10T10:00:00", "timeZone": "UTC"}
        later = {"dateTime": "2026-03-10T11:00:00", "timeZone": "UTC"}
        changed = meet.patch("ada", event["id"], start=when, end=later)
        assert changed["attendees"][0]["status"] == {"response": "notResponded", "time": "4501-01-01T00:00:00Z"}
        copy = meet.copy("ben")
        assert (copy["responseStatus"]["response"], copy["showAs"]) == ("notResponded", "tentative")
        message = meet.mail("ben")
        assert message["meetingRequestType"] == "fullUpdate"
        assert message["previousStartDateTime"]["dateTime"] == "2026-03-09T09:00:00.0000000"

    def test_of_the_text_keeps_answers(self, meet):
        event = meet.invite("ada", "ben")
        meet.do("ben", meet.copy("ben")["id"], "accept")
        meet.patch("ada", event["id"], body={"contentType": "text", "content": "Bring money"})
        copy = meet.copy("ben")
        assert (copy["responseStatus"]["response"], copy["bodyPreview"]) == ("accepted", "Bring money")
        assert meet.status("ada", event["id"], "ben") == "accepted"

    def test_of_attendees_alone_tells_those_added_and_those_removed(self, meet):
        event = meet.invite("ada", "ben", "cleo")
        new = [{"emailAddress": {"address": meet.address(one)}} for one in ("cleo", "dan")]
        meet.patch("ada", event["id"], attendees=new)
        assert meet.copy("dan")["subject"] == "Lunch"
        assert meet.copy("ben")["isCancelled"]
        assert len(meet.inbox("cleo")) == 1
        assert meet.mail("ben")["meetingMessageType"] == "meetingCancelled"

    @pytest.mark.parametrize("members", [{"categories": ["Blue category"]}, {"isReminderOn": False}])
    def test_of_what_is_the_organizers_own_tells_nobody(self, meet, members):
        event = meet.invite("ada", "ben")
        meet.patch("ada", event["id"], **members)
        assert len(meet.inbox("ben")) == 1

    def test_keeps_what_is_the_attendees_own(self, meet):
        event = meet.invite("ada", "ben")
        meet.patch("ben", meet.copy("ben")["id"], categories=["Red category"], reminderMinutesBeforeStart=5)
        meet.patch("ada", event["id"], subject="Dinner")
        copy = meet.copy("ben")
        assert (copy["categories"], copy["reminderMinutesBeforeStart"]) == (["Red category"], 5)

    def test_overwrites_what_an_attendee_has_changed_in_the_own_copy(self, meet):
        event = meet.invite("ada", "ben", "cleo")
        meet.patch("ben", meet.copy("ben")["id"], subject="With Ada")
        assert meet.copy("cleo")["subject"] == "Lunch"
        meet.patch("ada", event["id"], importance="high")
        assert meet.copy("ben")["subject"] == "Lunch"

    def test_of_one_occurrence_moves_it_in_every_calendar(self, meet):
        event = meet.weekly("ada", "ben")
        second = meet.view("ada")[1]
        when = {"dateTime": "2026-03-17T12:00:00", "timeZone": "UTC"}
        later = {"dateTime": "2026-03-17T13:00:00", "timeZone": "UTC"}
        meet.patch("ada", second["id"], start=when, end=later)
        for name in ("ada", "ben"):
            shown = meet.view(name)
            assert [one["start"]["dateTime"][:16] for one in shown] == [
                "2026-03-09T09:00",
                "2026-03-17T12:00",
                "2026-03-23T09:00",
                "2026-03-30T08:00",
            ]
            assert shown[1]["type"] == "exception"
        assert meet.mail("ben")["type"] == "exception"
        assert meet.copy("ben")["iCalUId"] == event["iCalUId"]

    def test_who_is_invited_to_one_occurrence_has_it_alone(self, meet):
        meet.weekly("ada", "ben")
        second = meet.view("ada")[1]
        both = [{"emailAddress": {"address": meet.address(one)}} for one in ("ben", "dan")]
        meet.patch("ada", second["id"], attendees=both)
        (shown,) = meet.view("dan")
        assert (shown["type"], shown["start"]) == ("singleInstance", second["start"])
        assert shown["iCalUId"] == second["iCalUId"]
        meet.do("dan", shown["id"], "accept")
        found = meet.get("ada", f"/me/events/{second['id']}")
        assert meet.attendee(found, "dan")["status"]["response"] == "accepted"


class TestACancellation:
    def test_stays_in_the_attendees_calendar_until_it_is_removed(self, meet):
        event = meet.invite("ada", "ben")
        meet.do("ada", event["id"], "cancel", {"comment": "Too hot"})
        assert meet.copies("ada") == []
        copy = meet.copy("ben")
        assert (copy["isCancelled"], copy["subject"], copy["showAs"]) == (True, "Canceled: Lunch", "free")
        message = meet.mail("ben")
        assert message["@odata.type"] == "#microsoft.graph.eventMessage"
        assert (message["meetingMessageType"], message["bodyPreview"]) == ("meetingCancelled", "Too hot")
        assert meet.ask("ben", "DELETE", f"/me/events/{copy['id']}").status == 204
        assert meet.copies("ben") == []
        assert len(meet.inbox("ada")) == 0

    def test_comes_too_when_the_organizer_deletes_the_meeting(self, meet):
        event = meet.invite("ada", "ben")
        assert meet.ask("ada", "DELETE", f"/me/events/{event['id']}").status == 204
        assert meet.copy("ben")["isCancelled"]

    def test_of_one_occurrence_leaves_the_others(self, meet):
        meet.weekly("ada", "ben")
        meet.do("ada", meet.view("ada")[1]["id"], "cancel", {"comment": "Holiday"})
        assert len(meet.view("ada")) == 3
        shown = meet.view("ben")
        assert [one["isCancelled"] for one in shown] == [False, True, False, False]

    def test_of_a_series_takes_exceptions_along(self, meet):
        event = meet.weekly("ada", "ben")
        meet.patch("ada", meet.view("ada")[1]["id"], subject="Special")
        meet.do("ada", event["id"], "cancel")
        assert all(one["isCancelled"] for one in meet.view("ben"))
        assert len(meet.view("ben")) == 4

    def test_reaches_people_outside_as_icalendar(self, meet):
        event = meet.invite("ada", "eve@example.org")
        meet.do("ada", event["id"], "cancel", {"comment": "Sorry; really, sorry"})
        text = meet.world.outbox[1].calendar
        assert b"METHOD:CANCEL" in text
        assert b"STATUS:CANCELLED" in text
        assert b"Sorry\\; really\\, sorry" in text

    def test_an_attendee_who_deletes_tells_nobody(self, meet):
        event = meet.invite("ada", "ben")
        assert meet.ask("ben", "DELETE", f"/me/events/{meet.copy('ben')['id']}").status == 204
        assert meet.inbox("ada") == []
        assert meet.status("ada", event["id"], "ben") == "none"


class TestAcrossTenants:
    def test_people_of_two_tenants_meet(self, meet):
        from outlook365_emulator.directory.tenants import make_tenant
        from outlook365_emulator.directory.users import add_user

        world = meet.world
        other = make_tenant(world, domains=("fabrikam.example",))
        world.tenants[other.id] = other
        with world.unit() as unit:
            fay = add_user(world, other, unit, "fay")
        event = meet.invite("ada", "fay@fabrikam.example")
        (copy,) = list(other.mailbox_of(fay).events)
        assert copy.ical_uid == event["iCalUId"]
        from outlook365_emulator.graph.calendar.meetings.answering import Given, answer_meeting
        from outlook365_emulator.graph.calendar.meetings.parties import own_setting

        with world.unit() as unit:
            place = own_setting(world, other, unit, fay, other.mailbox_of(fay), copy)
            answer_meeting(place, copy, 0, Given("accepted", "Gladly"))
        assert (
            meet.attendee(meet.get("ada", f"/me/events/{event['id']}"), "fay@fabrikam.example")["status"]["response"]
            == "accepted"
        )
        assert meet.mail("ada")["subject"] == "Accepted: Lunch"


class TestGroups:
    def test_a_group_reaches_its_members_and_who_answers_is_listed(self, meet, group):
        event = meet.invite("ada", group.mail)
        assert meet.copy("ben")["subject"] == "Lunch"
        meet.do("ben", meet.copy("ben")["id"], "tentativelyAccept")
        assert meet.status("ada", event["id"], "ben") == "tentativelyAccepted"

    @pytest.fixture
    def group(self, meet):
        from outlook365_emulator.store.records.directory import Group

        org = meet.graph.org
        members = frozenset({meet.people["ben"].id, meet.people["cleo"].id})
        with org.world.unit() as unit:
            return unit.put(
                org.tenant.groups,
                Group(id=org.world.ids.guid(), display_name="Crew", members=members, mail="crew@contoso.example"),
            )


class TestDelegates:
    def test_the_delegate_gets_the_meeting_messages_and_acts_for_the_owner(self, meet):
        sharing = {
            "emailAddress": {"address": "cleo@contoso.example"},
            "role": "delegateWithPrivateEventAccess",
            "isInsideOrganization": True,
        }
        answer = meet.ask("ada", "POST", "/me/calendar/calendarPermissions", sharing)
        assert answer.status == 201
        shared = meet.ask(
            "cleo",
            "POST",
            "/users/ada@contoso.example/calendar/events",
            {
                "subject": "Dinner",
                "start": {"dateTime": "2026-03-09T18:00:00", "timeZone": "UTC"},
                "end": {"dateTime": "2026-03-09T19:00:00", "timeZone": "UTC"},
                "attendees": [{"emailAddress": {"address": "ben@contoso.example"}}],
            },
        )
        assert shared.status == 201
        request = meet.mail("ben")
        assert request["sender"]["emailAddress"]["name"] == "Cleo Patra"
        assert request["from"]["emailAddress"]["name"] == "Ada Lovelace"
        meet.do("ben", meet.copy("ben")["id"], "accept", {"comment": "Yes"})
        reply = meet.mail("cleo")
        assert (reply["subject"], reply["isDelegated"]) == ("Accepted: Dinner", True)
        assert reply["toRecipients"][0]["emailAddress"]["name"] == "Cleo Patra"
        assert meet.inbox("ada") == []
        assert meet.status("ada", shared.json["id"], "ben") == "accepted"
