"""Meetings as iCalendar text for people outside, read by an independent parser: the library `icalendar`."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

ZOE = "zoe@partner.example"
BERLIN = "Europe/Berlin"


@pytest.fixture
def sent(meet: Any) -> Any:
    """Return the latest iCalendar text that left the world, as the library reads it."""

    def sent() -> Any:
        text = meet.world.outbox[-1].calendar
        assert all(len(line) <= 75 for line in text.split(b"\r\n"))
        calendar = Calendar.from_ical(text)
        assert str(calendar["VERSION"]) == "2.0"
        assert calendar["PRODID"]
        (event,) = calendar.walk("VEVENT")
        assert not event.errors
        return calendar, event

    return sent


def instants(event: Any, low: datetime, high: datetime) -> list[str]:
    """Expand a series by dateutil, in wall-clock time of its zone, and return the starts in UTC."""
    begin = event["DTSTART"].dt
    rules = rrulestr(event["RRULE"].to_ical().decode(), dtstart=begin)
    lists = event.get("EXDATE") or []
    deleted = {one.dt for each in (lists if isinstance(lists, list) else [lists]) for one in each.dts}
    found = [one.astimezone(UTC) for one in rules.between(low, high, inc=True) if one not in deleted]
    return [one.strftime("%Y-%m-%dT%H:%M") for one in found]


class TestRequest:
    def test_of_a_single_meeting(self, meet, sent):
        event = meet.invite(
            "ada",
            ZOE,
            "ben",
            subject="Lunch; at noon, outside \\ and a long title that has to be folded: Zürich 🥪 " + "x" * 80,
            body={"contentType": "text", "content": "First line\nsecond, line"},
            location={"displayName": "Harbour, pier 3"},
            importance="high",
            sensitivity="private",
            showAs="oof",
        )
        calendar, found = sent()
        assert str(calendar["METHOD"]) == "REQUEST"
        assert str(found["UID"]) == event["iCalUId"]
        assert found["DTSTART"].dt == datetime(2026, 3, 9, 9, tzinfo=UTC)
        assert found["DTEND"].dt == datetime(2026, 3, 9, 10, tzinfo=UTC)
        assert isinstance(found["DTSTAMP"].dt, datetime)
        assert str(found["SUMMARY"]) == event["subject"]
        assert str(found["DESCRIPTION"]).strip() == "First line\nsecond, line"
        assert str(found["LOCATION"]) == "Harbour, pier 3"
        assert (str(found["CLASS"]), int(found["PRIORITY"])) == ("PRIVATE", 1)
        assert (str(found["TRANSP"]), str(found["X-MICROSOFT-CDO-INTENDEDSTATUS"])) == ("OPAQUE", "OOF")
        assert str(found["ORGANIZER"]) == "mailto:ada@contoso.example"

    def test_names_every_attendee_with_role_and_answer(self, meet, sent):
        attendees = [
            {"emailAddress": {"address": ZOE, "name": 'Zoe; "the" Z, yes: really'}, "type": "optional"},
            {"emailAddress": {"address": "ben@contoso.example"}, "type": "required"},
        ]
        event = meet.invite("ada", attendees=attendees)
        meet.do("ben", meet.copy("ben")["id"], "accept")
        meet.patch("ada", event["id"], subject="Brunch")
        _, found = sent()
        zoe, ben = found["ATTENDEE"]
        assert (str(zoe), str(ben)) == (f"mailto:{ZOE}", "mailto:ben@contoso.example")
        assert (zoe.params["ROLE"], ben.params["ROLE"]) == ("OPT-PARTICIPANT", "REQ-PARTICIPANT")
        assert (zoe.params["PARTSTAT"], ben.params["PARTSTAT"]) == ("NEEDS-ACTION", "ACCEPTED")
        assert zoe.params["RSVP"] == "TRUE"
        assert zoe.params["CN"] == "Zoe; the Z, yes: really"

    def test_of_whole_days(self, meet, sent):
        meet.invite("ada", ZOE, isAllDay=True, start="2026-03-09T00:00:00", end="2026-03-11T00:00:00")
        _, found = sent()
        assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2026, 3, 9), date(2026, 3, 11))
        assert str(found["X-MICROSOFT-CDO-ALLDAYEVENT"]) == "TRUE"

    def test_grows_its_sequence_with_every_change(self, meet, sent):
        event = meet.invite("ada", ZOE)
        first = int(sent()[1]["SEQUENCE"])
        meet.world.advance(timedelta(hours=1), lambda *_: None)
        meet.patch("ada", event["id"], subject="Brunch")
        assert int(sent()[1]["SEQUENCE"]) > first


PATTERNS: dict[str, dict[str, Any]] = {
    "daily": {"type": "daily", "interval": 3},
    "weekly": {"type": "weekly", "interval": 2, "daysOfWeek": ["monday", "thursday"], "firstDayOfWeek": "sunday"},
    "absolute monthly": {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
    "relative monthly": {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["friday"], "index": "last"},
    "several days monthly": {
        "type": "relativeMonthly",
        "interval": 2,
        "daysOfWeek": ["monday", "tuesday"],
        "index": "second",
    },
    "absolute yearly": {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 29, "month": 2},
    "relative yearly": {
        "type": "relativeYearly",
        "interval": 1,
        "daysOfWeek": ["sunday"],
        "index": "first",
        "month": 11,
    },
}
RANGES: dict[str, dict[str, Any]] = {
    "no end": {"type": "noEnd"},
    "end date": {"type": "endDate", "endDate": "2027-06-30"},
    "numbered": {"type": "numbered", "numberOfOccurrences": 5},
}


class TestSeries:
    @pytest.mark.parametrize("limits", RANGES.values(), ids=RANGES)
    @pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
    def test_gives_the_same_instants(self, meet, sent, pattern, limits):
        series = {"pattern": pattern, "range": {"startDate": "2026-03-09", **limits}}
        meet.invite("ada", ZOE, recurrence=series)
        calendar, found = sent()
        low, high = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
        view = meet.get("ada", f"/me/calendarView?startDateTime={low:%Y-%m-%d}&endDateTime={high:%Y-%m-%d}&$top=1000")
        assert instants(found, low, high) == [one["start"]["dateTime"][:16] for one in view["value"]]
        assert str(calendar.walk("VTIMEZONE")[0]["TZID"]) == BERLIN

    @pytest.mark.parametrize("zone", ["Pacific Standard Time", "Asia/Kolkata", "Australia/Lord_Howe", BERLIN, "UTC"])
    def test_defines_its_zone(self, meet, sent, zone):
        """The zone as the text defines it, not as a database knows it, gives the offset of each occurrence."""
        pattern = {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 9}
        limits = {"type": "numbered", "numberOfOccurrences": 14, "startDate": "2026-03-09"}
        meet.invite("ada", ZOE, zone=zone, recurrence={"pattern": pattern, "range": limits})
        calendar, found = sent()
        if zone == "UTC":
            assert not calendar.walk("VTIMEZONE")
            return
        (defined,) = calendar.walk("VTIMEZONE")
        own = defined.to_tz(lookup_tzid=False)
        begin = found["DTSTART"].dt.replace(tzinfo=None)
        rules = rrulestr(found["RRULE"].to_ical().decode(), dtstart=begin)
        starts = [one.replace(tzinfo=own).astimezone(UTC).strftime("%Y-%m-%dT%H:%M") for one in rules]
        assert starts == [one["start"]["dateTime"][:16] for one in meet.view("ada", high="2027-06-01")]

    def test_of_whole_days_has_no_times(self, meet, sent):
        limits = {"type": "endDate", "startDate": "2026-03-09", "endDate": "2026-03-30"}
        recurrence = {"pattern": PATTERNS["weekly"] | {"interval": 1, "daysOfWeek": ["monday"]}, "range": limits}
        meet.invite(
            "ada", ZOE, isAllDay=True, start="2026-03-09T00:00:00", end="2026-03-10T00:00:00", recurrence=recurrence
        )
        calendar, found = sent()
        assert found["DTSTART"].dt == date(2026, 3, 9)
        assert found["RRULE"]["UNTIL"] == [date(2026, 3, 30)]
        assert not calendar.walk("VTIMEZONE")

    def test_leaves_deleted_occurrences_out(self, meet, sent):
        event = meet.weekly("ada", "ben", count=3)
        gone = meet.view("ada")[1]
        assert meet.ask("ada", "DELETE", f"/me/events/{gone['id']}").status == 204
        attendees = [{"emailAddress": {"address": ZOE}}, {"emailAddress": {"address": "ben@contoso.example"}}]
        meet.patch("ada", event["id"], attendees=attendees)
        _, found = sent()
        low, high = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
        assert instants(found, low, high) == ["2026-03-09T09:00", "2026-03-23T09:00"]

    def test_names_a_moved_occurrence_by_its_first_time(self, meet, sent):
        event = meet.weekly("ada", ZOE, count=3)
        second = meet.view("ada")[1]
        times = {
            name: {"dateTime": f"2026-03-17T{hour}:00:00", "timeZone": "UTC"}
            for name, hour in (("start", 12), ("end", 13))
        }
        meet.patch("ada", second["id"], **times)
        _, found = sent()
        assert str(found["UID"]) == event["iCalUId"]
        assert found["RECURRENCE-ID"].dt == datetime(2026, 3, 16, 9, tzinfo=UTC)
        assert found["DTSTART"].dt == datetime(2026, 3, 17, 12, tzinfo=UTC)
        assert "RRULE" not in found


class TestCancel:
    def test_of_a_meeting(self, meet, sent):
        event = meet.invite("ada", ZOE)
        meet.do("ada", event["id"], "cancel", {"comment": "No; sorry"})
        calendar, found = sent()
        assert str(calendar["METHOD"]) == "CANCEL"
        assert (str(found["UID"]), str(found["STATUS"])) == (event["iCalUId"], "CANCELLED")
        assert str(found["COMMENT"]) == "No; sorry"

    def test_of_one_occurrence(self, meet, sent):
        meet.weekly("ada", ZOE, count=2)
        meet.do("ada", meet.view("ada")[0]["id"], "cancel")
        _, found = sent()
        assert found["RECURRENCE-ID"].dt == datetime(2026, 3, 9, 9, tzinfo=UTC)


class TestReply:
    ANSWERS = (("accept", "ACCEPTED"), ("tentativelyAccept", "TENTATIVE"), ("decline", "DECLINED"))

    @pytest.mark.parametrize(("action", "status"), ANSWERS, ids=[one[0] for one in ANSWERS])
    def test_names_who_answers_and_what(self, meet, action, status):
        """The text of an answer goes to people outside; inside, the sender keeps it in Sent Items."""
        event = meet.invite("ada", "ben", "cleo")
        meet.do("ben", meet.copy("ben")["id"], action, {"comment": "Fine"})
        message = meet.inbox("ben", "sentitems")[0]
        answer = meet.ask("ben", "GET", f"/me/messages/{message['id']}/$value")
        parts = message_from_bytes(answer.body).walk()
        (part,) = [one for one in parts if one.get_content_type() == "text/calendar"]
        assert part.get_param("method") == "REPLY"
        calendar = Calendar.from_ical(part.get_payload(decode=True))
        (found,) = calendar.walk("VEVENT")
        assert str(calendar["METHOD"]) == "REPLY"
        assert str(found["UID"]) == event["iCalUId"]
        assert str(found["ATTENDEE"]) == "mailto:ben@contoso.example"
        assert found["ATTENDEE"].params["PARTSTAT"] == status
        assert str(found["COMMENT"]) == "Fine"
