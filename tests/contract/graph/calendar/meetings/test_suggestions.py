"""Suggested meeting times."""

import pytest
from outlook365_emulator.graph.calendar.meetings import suggestions

covers = pytest.mark.covers.with_args


def find(meet, *names, low="2026-03-09T08:00:00", high="2026-03-09T12:00:00", domain="unrestricted", **more):
    slots = [{"start": {"dateTime": low, "timeZone": "UTC"}, "end": {"dateTime": high, "timeZone": "UTC"}}]
    body = {
        "attendees": [{"type": "required", "emailAddress": {"address": meet.address(one)}} for one in names],
        "timeConstraint": {"activityDomain": domain, "timeSlots": slots},
        "meetingDuration": "PT1H",
        **more,
    }
    answer = meet.ask("ada", "POST", "/me/findMeetingTimes", body)
    assert answer.status == 200, answer.body
    return answer.json


def starts(found):
    return [one["meetingTimeSlot"]["start"]["dateTime"][11:16] for one in found["meetingTimeSuggestions"]]


@covers(suggestions.find_meeting_times)
class TestFindMeetingTimes:
    def test_offers_times_at_which_everybody_is_free(self, meet):
        meet.invite("ben", start="2026-03-09T09:00:00", end="2026-03-09T10:00:00", zone="UTC")
        found = find(meet, "ben", returnSuggestionReasons="true")
        assert starts(found) == ["08:00", "10:00", "11:00"]
        first = found["meetingTimeSuggestions"][0]
        assert (first["confidence"], first["order"], first["organizerAvailability"]) == (100, 1, "free")
        assert first["suggestionReason"].startswith("Suggested because")
        assert first["attendeeAvailability"] == [
            {"availability": "free", "attendee": {"emailAddress": {"address": "ben@contoso.example"}}}
        ]
        assert found["emptySuggestionsReason"] == ""

    def test_weighs_free_unknown_and_busy(self, meet):
        meet.invite("ben", start="2026-03-09T08:00:00", end="2026-03-09T09:00:00", zone="UTC")
        found = find(meet, "ben", "cleo", "eve@example.org", minimumAttendeePercentage="40")
        assert [round(one["confidence"], 2) for one in found["meetingTimeSuggestions"]] == [83.0, 83.0, 83.0, 49.67]
        assert starts(found)[-1] == "08:00"

    def test_puts_a_tentative_organizer_behind_a_free_one(self, meet):
        meet.invite("ada", start="2026-03-09T08:00:00", end="2026-03-09T09:00:00", zone="UTC", showAs="tentative")
        found = find(meet)
        assert starts(found) == ["09:00", "10:00", "11:00", "08:00"]
        assert found["meetingTimeSuggestions"][-1]["organizerAvailability"] == "tentative"

    def test_gives_five_unless_told_otherwise(self, meet):
        assert len(starts(find(meet, high="2026-03-10T12:00:00"))) == 5
        assert len(starts(find(meet, high="2026-03-10T12:00:00", maxCandidates="7"))) == 7

    @pytest.mark.parametrize(
        ("day", "domain", "count"),
        [("2026-03-09", "work", 5), ("2026-03-07", "work", 0), ("2026-03-07", "personal", 5)],
    )
    def test_keeps_to_working_hours(self, meet, day, domain, count):
        found = find(meet, low=f"{day}T15:00:00", high=f"{day}T23:59:00", domain=domain)
        assert len(starts(found)) == count

    def test_keeps_to_the_hours_of_each_zone(self, meet):
        meet.graph.patch(
            "/me/mailboxSettings",
            {"workingHours": {"timeZone": {"name": "UTC"}}},
            as_=meet.people["ada"],
            scopes=["MailboxSettings.ReadWrite"],
        )
        found = find(meet, "ben", low="2026-03-09T00:00:00", high="2026-03-09T23:00:00", domain="work")
        assert starts(found) == ["15:00", "16:00"]

    @pytest.mark.parametrize(
        ("busy", "names", "more", "reason"),
        [
            ("ada", (), {}, "OrganizerUnavailable"),
            ("ben", ("ben",), {}, "AttendeesUnavailable"),
            ("ben", ("ben", "eve@example.org"), {}, "AttendeesUnavailableOrUnknown"),
            ("dan", (), {"meetingDuration": "PT8H"}, "Unknown"),
            (
                "dan",
                (),
                {
                    "locationConstraint": {
                        "isRequired": True,
                        "locations": [{"displayName": "Dan", "locationEmailAddress": "dan@contoso.example"}],
                    }
                },
                "LocationsUnavailable",
            ),
        ],
    )
    def test_says_why_there_is_none(self, meet, busy, names, more, reason):
        meet.invite(busy, start="2026-03-09T07:00:00", end="2026-03-09T13:00:00", zone="UTC")
        found = find(meet, *names, **more)
        assert (found["meetingTimeSuggestions"], found["emptySuggestionsReason"]) == ([], reason)

    def test_does_without_an_optional_organizer(self, meet):
        meet.invite("ada", start="2026-03-09T07:00:00", end="2026-03-09T13:00:00", zone="UTC")
        found = find(meet, "ben", isOrganizerOptional="true")
        assert found["meetingTimeSuggestions"][0]["organizerAvailability"] == "busy"

    def test_suggests_rooms_that_are_free(self, meet):
        meet.invite("ben", "lab", start="2026-03-09T08:00:00", end="2026-03-09T09:00:00", zone="UTC")
        found = find(meet, locationConstraint={"suggestLocation": "true"})
        named = [[place["displayName"] for place in one["locations"]] for one in found["meetingTimeSuggestions"]]
        assert named == [[], ["Lab"], ["Lab"], ["Lab"]]

    def test_takes_no_body(self, meet):
        answer = meet.ask("ada", "POST", "/me/findMeetingTimes")
        assert answer.status == 200
        assert len(answer.json["meetingTimeSuggestions"]) == 5

    @pytest.mark.parametrize(
        "more",
        [
            {"meetingDuration": "soon"},
            {"meetingDuration": "PT0S"},
            {"maxCandidates": 0},
            {"minimumAttendeePercentage": 101},
            {"low": "2026-03-09T12:00:00", "high": "2026-03-09T08:00:00"},
        ],
    )
    def test_is_refused(self, meet, more):
        slots = {"low": "2026-03-09T08:00:00", "high": "2026-03-09T12:00:00", **more}
        times = [{"dateTime": slots.pop(name), "timeZone": "UTC"} for name in ("low", "high")]
        body = {"timeConstraint": {"timeSlots": [{"start": times[0], "end": times[1]}]}, **slots}
        assert meet.ask("ada", "POST", "/me/findMeetingTimes", body).status == 400
