"""Free and busy times of several mailboxes."""

import pytest
from outlook365_emulator.graph.calendar.meetings import schedules

covers = pytest.mark.covers.with_args

DAY = ("2026-03-09T09:00:00", "2026-03-09T13:00:00")


def ask(meet, who, *names, window=DAY, zone="UTC", path="/me/calendar/getSchedule", **more):
    body = {
        "schedules": [meet.address(one) for one in names],
        "startTime": {"dateTime": window[0], "timeZone": zone},
        "endTime": {"dateTime": window[1], "timeZone": zone},
        **more,
    }
    return meet.ask(who, "POST", path, body)


@covers(schedules.get_schedule)
class TestGetSchedule:
    def test_answers_one_digit_for_each_slot(self, meet):
        meet.invite("ben", start="2026-03-09T09:15:00", end="2026-03-09T10:00:00", zone="UTC", showAs="tentative")
        meet.invite("ben", start="2026-03-09T09:45:00", end="2026-03-09T10:15:00", zone="UTC", showAs="oof")
        meet.invite("ben", start="2026-03-09T11:00:00", end="2026-03-09T11:30:00", zone="UTC")
        meet.invite(
            "ben", start="2026-03-09T12:00:00", end="2026-03-09T12:30:00", zone="UTC", showAs="workingElsewhere"
        )
        (found,) = ask(meet, "ada", "ben").json["value"]
        assert found["availabilityView"] == "13302000"
        assert [one["status"] for one in found["scheduleItems"]] == ["tentative", "oof", "busy", "workingElsewhere"]
        (quarters,) = ask(meet, "ada", "ben", availabilityViewInterval="15").json["value"]
        assert quarters["availabilityView"] == "0113300022000000"

    def test_tells_working_hours(self, meet):
        (found,) = ask(meet, "ada", "ben").json["value"]
        assert found["workingHours"]["startTime"] == "08:00:00.0000000"

    def test_keeps_the_order_and_answers_each_mailbox_by_itself(self, meet):
        answer = ask(meet, "ada", "nobody", "ben", "guest", "eve@example.org")
        assert answer.status == 200
        nobody, ben, guest, eve = answer.json["value"]
        assert [one["scheduleId"] for one in (nobody, ben)] == ["nobody@contoso.example", "ben@contoso.example"]
        assert nobody["error"]["responseCode"] == eve["error"]["responseCode"] == "5009"
        assert guest["error"] == {"message": "Proxy web request failed.", "responseCode": "5016"}
        assert (nobody["scheduleItems"], "error" in ben) == (None, False)

    def test_tells_subject_and_place_to_whom_the_calendar_is_shared(self, meet):
        meet.invite("ben", location={"displayName": "Pier"})
        meet.invite("ben", sensitivity="private", subject="Doctor")
        (own,) = ask(meet, "ben", "ben").json["value"]
        assert {(one["subject"], one["location"], one["isPrivate"]) for one in own["scheduleItems"]} == {
            ("Lunch", "Pier", False),
            ("Doctor", "", True),
        }
        (others,) = ask(meet, "ada", "ben").json["value"]
        assert all("subject" not in one for one in others["scheduleItems"])
        sharing = {"emailAddress": {"address": "ada@contoso.example"}, "role": "limitedRead"}
        assert meet.ask("ben", "POST", "/me/calendar/calendarPermissions", sharing).status == 201
        (shared,) = ask(meet, "ada", "ben").json["value"]
        assert {one.get("subject") for one in shared["scheduleItems"]} == {"Lunch", None}

    def test_is_refused_by_a_calendar_that_is_open_to_nobody(self, meet):
        (everybody,) = [
            one
            for one in meet.get("ben", "/me/calendar/calendarPermissions")["value"]
            if one["emailAddress"]["name"] == "My Organization"
        ]
        path = f"/me/calendar/calendarPermissions/{everybody['id']}"
        assert meet.ask("ben", "PATCH", path, {"role": "none"}).status == 200
        (found,) = ask(meet, "ada", "ben").json["value"]
        assert found["error"]["responseCode"] == "5013"

    def test_an_all_day_event_lasts_the_day_of_the_zone_asked_in(self, meet):
        meet.invite("ben", start="2026-03-09T00:00:00", end="2026-03-10T00:00:00", isAllDay=True)
        window = ("2026-03-09T00:00:00", "2026-03-10T00:00:00")
        (found,) = ask(meet, "ada", "ben", window=window, zone="Tokyo Standard Time").json["value"]
        assert found["availabilityView"] == "2" * 48
        assert found["scheduleItems"][0]["start"]["dateTime"] == "2026-03-08T15:00:00.0000000"

    def test_shows_occurrences_of_series_in_the_zone_preferred(self, meet):
        meet.weekly("ben")
        prefer = [("Prefer", 'outlook.timezone="Europe/Berlin"')]
        body = {
            "Schedules": ["ben@contoso.example"],
            "StartTime": {"dateTime": "2026-03-16T00:00:00", "timeZone": "UTC"},
            "EndTime": {"dateTime": "2026-03-17T00:00:00", "timeZone": "UTC"},
        }
        answer = meet.ask("ada", "POST", "/me/calendar/getschedule", body, headers=prefer)
        (item,) = answer.json["value"][0]["scheduleItems"]
        assert item["start"] == {"dateTime": "2026-03-16T10:00:00.0000000", "timeZone": "Europe/Berlin"}

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"window": ("2026-03-01T00:00:00", "2026-05-03T00:00:00")}, "ErrorTimeIntervalTooBig"),
            ({"window": ("2026-03-01T00:00:00", "2026-03-01T00:00:00")}, "ErrorInvalidTimeInterval"),
            ({"availabilityViewInterval": 4}, "ErrorInvalidMergedFreeBusyInterval"),
            ({"availabilityViewInterval": 1441}, "ErrorInvalidMergedFreeBusyInterval"),
            ({"zone": "Nowhere"}, "TimeZoneNotSupportedException"),
        ],
    )
    def test_is_refused(self, meet, more, code):
        answer = ask(meet, "ada", "ben", **more)
        assert (answer.status, answer.code) == (400, code)

    def test_takes_twenty_schedules(self, meet):
        assert ask(meet, "ada", *["ben"] * 20).status == 200
        assert ask(meet, "ada", *["ben"] * 21).status == 400
