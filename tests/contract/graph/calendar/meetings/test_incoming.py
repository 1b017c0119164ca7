"""Meeting mail from outside: invitations, updates, cancellations and answers as iCalendar parts of arriving mail."""

import base64
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from outlook365_emulator.graph.calendar.meetings.incoming import receive_mime

UID = "7kukuqrfedlm2f9t@google.example"
EXCHANGE_UID = f"040000008200E00074C5B7101A82E008{'0' * 40}10000000{'AB' * 16}"
ZOE = "zoe@partner.example"


def mail(calendar: str, method: str) -> bytes:
    encoded = base64.b64encode(calendar.encode()).decode()
    lines = [
        f"From: Zoe <{ZOE}>",
        "To: ada@contoso.example",
        "Subject: Lunch",
        "Date: Mon, 02 Mar 2026 09:00:00 +0000",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Let us meet.",
        "--b",
        f"Content-Type: text/calendar; charset=utf-8; method={method}",
        "Content-Transfer-Encoding: base64",
        "",
        encoded,
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


def text(method: str, *events: list[str]) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Partner//EN", f"METHOD:{method}"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def meeting(*besides: str, start: str = "20260309T090000Z", end: str = "20260309T100000Z", uid: str = UID) -> list[str]:
    return [
        f"UID:{uid}",
        "DTSTAMP:20260302T090000Z",
        f"ORGANIZER;CN=Zoe:mailto:{ZOE}",
        f"ATTENDEE;CN=Zoe;PARTSTAT=ACCEPTED:mailto:{ZOE}",
        "ATTENDEE;ROLE=OPT-PARTICIPANT;RSVP=TRUE:mailto:ada@contoso.example",
        "SUMMARY:Lunch\\, outside",
        "LOCATION:Harbour",
        f"DTSTART{start if start.startswith(';') else ':' + start}",
        f"DTEND{end if end.startswith(';') else ':' + end}",
        *besides,
    ]


def occurrence(day: str, *besides: str, uid: str = UID) -> list[str]:
    return meeting(f"RECURRENCE-ID:{day}T090000Z", *besides, start=f"{day}T090000Z", end=f"{day}T100000Z", uid=uid)


@pytest.fixture
def arrive(meet: Any) -> Any:
    """Let a meeting mail arrive in somebody's mailbox."""

    def arrive(method: str, *events: list[str], who: str = "ada", folder: str = "inbox") -> Any:
        org, content = meet.graph.org, mail(text(method, *events), method)
        with org.world.unit() as unit:
            receive_mime(org.world, org.tenant, unit, meet.people[who], content, folder)
        return meet.inbox(who, folder)[0]

    return arrive


class TestRequest:
    def test_makes_a_tentative_event(self, meet, arrive):
        arrive("REQUEST", meeting())
        event = meet.copy("ada")
        assert event["subject"] == "Lunch, outside"
        assert event["iCalUId"] == UID
        assert event["start"] == {"dateTime": "2026-03-09T09:00:00.0000000", "timeZone": "UTC"}
        assert event["end"]["dateTime"] == "2026-03-09T10:00:00.0000000"
        assert event["location"]["displayName"] == "Harbour"
        assert not event["isOrganizer"]
        assert event["organizer"] == {"emailAddress": {"name": "Zoe", "address": ZOE}}
        assert event["responseStatus"]["response"] == "notResponded"
        assert event["showAs"] == "tentative"
        named = [(one["emailAddress"]["address"], one["type"]) for one in event["attendees"]]
        assert named == [(ZOE, "required"), ("ada@contoso.example", "optional")]

    def test_is_a_meeting_request_in_the_inbox(self, meet, arrive):
        message = arrive("REQUEST", meeting())
        assert message["@odata.type"] == "#microsoft.graph.eventMessageRequest"
        assert message["meetingMessageType"] == "meetingRequest"
        assert message["meetingRequestType"] == "newMeetingRequest"
        assert message["startDateTime"]["dateTime"] == "2026-03-09T09:00:00.0000000"
        assert message["location"]["displayName"] == "Harbour"
        assert not message["hasAttachments"]
        assert message["from"]["emailAddress"]["address"] == ZOE
        expanded = meet.get("ada", f"/me/messages/{message['id']}?$expand=microsoft.graph.eventMessage/event")
        assert expanded["event"]["id"] == meet.copy("ada")["id"]

    def test_again_with_another_time_moves_the_event(self, meet, arrive):
        arrive("REQUEST", meeting())
        before = meet.copy("ada")
        meet.do("ada", before["id"], "accept")
        first = meet.mail("ada")
        message = arrive("REQUEST", meeting("SEQUENCE:1", start="20260310T090000Z", end="20260310T100000Z"))
        event = meet.copy("ada")
        assert event["id"] == before["id"]
        assert event["start"]["dateTime"] == "2026-03-10T09:00:00.0000000"
        assert event["responseStatus"]["response"] == "notResponded"
        assert message["meetingRequestType"] == "fullUpdate"
        assert message["previousStartDateTime"]["dateTime"] == "2026-03-09T09:00:00.0000000"
        outdated = meet.get("ada", f"/me/messages/{first['id']}")
        assert outdated["isOutOfDate"]
        assert outdated["meetingRequestType"] == "outdated"

    def test_again_with_another_text_keeps_the_answer(self, meet, arrive):
        arrive("REQUEST", meeting())
        meet.do("ada", meet.copy("ada")["id"], "accept")
        message = arrive("REQUEST", meeting("SEQUENCE:1", "DESCRIPTION:Bring a coat"))
        assert message["meetingRequestType"] == "informationalUpdate"
        event = meet.copy("ada")
        assert event["bodyPreview"] == "Bring a coat"
        assert event["responseStatus"]["response"] == "accepted"

    def test_of_a_series_stays_at_its_hour_over_a_change_of_the_clocks(self, meet, arrive):
        begin, end = ";TZID=Europe/Berlin:20260316T090000", ";TZID=Europe/Berlin:20260316T100000"
        rule = "RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=MO"
        arrive("REQUEST", meeting(rule, "EXDATE;TZID=Europe/Berlin:20260323T090000", start=begin, end=end))
        assert meet.copy("ada")["type"] == "seriesMaster"
        starts = [one["start"]["dateTime"][:16] for one in meet.view("ada")]
        assert starts == ["2026-03-16T08:00", "2026-03-30T07:00", "2026-04-06T07:00"]

    def test_of_a_series_brings_its_exceptions(self, meet, arrive):
        moved = meeting("RECURRENCE-ID:20260316T090000Z", start="20260317T120000Z", end="20260317T130000Z")
        arrive("REQUEST", meeting("RRULE:FREQ=WEEKLY;COUNT=3"), moved)
        view = [(one["type"], one["start"]["dateTime"][:16]) for one in meet.view("ada")]
        assert view == [
            ("occurrence", "2026-03-09T09:00"),
            ("exception", "2026-03-17T12:00"),
            ("occurrence", "2026-03-23T09:00"),
        ]

    def test_of_one_occurrence_changes_that_alone(self, meet, arrive):
        arrive("REQUEST", meeting("RRULE:FREQ=WEEKLY;COUNT=2"))
        moved = meeting("RECURRENCE-ID:20260316T090000Z", start="20260317T120000Z", end="20260317T130000Z")
        message = arrive("REQUEST", moved)
        starts = [one["start"]["dateTime"][:16] for one in meet.view("ada")]
        assert starts == ["2026-03-09T09:00", "2026-03-17T12:00"]
        assert message["type"] == "exception"
        assert message["meetingRequestType"] == "fullUpdate"
        expanded = meet.get("ada", f"/me/messages/{message['id']}?$expand=microsoft.graph.eventMessage/event")
        assert expanded["event"]["id"] == meet.view("ada")[1]["id"]

    def test_of_one_occurrence_alone_is_a_single_event(self, meet, arrive):
        arrive("REQUEST", meeting("RECURRENCE-ID:20260309T090000Z"))
        assert meet.copy("ada")["type"] == "singleInstance"

    def test_of_one_occurrence_alone_again_changes_the_same_event(self, meet, arrive):
        arrive("REQUEST", meeting("RECURRENCE-ID:20260309T090000Z"))
        before = meet.copy("ada")
        late = meeting("RECURRENCE-ID:20260309T090000Z", start="20260309T150000Z", end="20260309T160000Z")
        assert arrive("REQUEST", late)["meetingRequestType"] == "fullUpdate"
        event = meet.copy("ada")
        assert (event["id"], event["start"]["dateTime"][:16]) == (before["id"], "2026-03-09T15:00")

    def test_of_several_occurrences_alone_is_an_event_each(self, meet, arrive):
        for late in ("", "DESCRIPTION:Bring a coat"):
            arrive("REQUEST", *(occurrence(day, late, uid=EXCHANGE_UID) for day in ("20260309", "20260316")))
            found = [(one["start"]["dateTime"][:10], one["bodyPreview"]) for one in meet.view("ada")]
            text = late.removeprefix("DESCRIPTION:")
            assert found == [("2026-03-09", text), ("2026-03-16", text)]

    def test_of_several_occurrences_alone_with_a_uid_without_a_day_is_the_first(self, meet, arrive):
        for _ in range(2):
            arrive("REQUEST", *(occurrence(day) for day in ("20260309", "20260316")))
            assert [one["start"]["dateTime"][:10] for one in meet.view("ada")] == ["2026-03-09"]

    def test_of_several_occurrences_keeps_the_answers_to_those_that_stay(self, meet, arrive):
        arrive("REQUEST", meeting("RRULE:FREQ=WEEKLY;COUNT=3"))
        meet.do("ada", meet.copy("ada")["id"], "accept")
        moved = meeting("RECURRENCE-ID:20260323T090000Z", start="20260324T120000Z", end="20260324T130000Z")
        message = arrive("REQUEST", occurrence("20260316", "DESCRIPTION:Bring a coat"), moved)
        assert message["meetingRequestType"] == "informationalUpdate"
        found = [(one["start"]["dateTime"][:10], one["responseStatus"]["response"]) for one in meet.view("ada")]
        assert found == [("2026-03-09", "accepted"), ("2026-03-16", "accepted"), ("2026-03-24", "notResponded")]

    def test_of_a_whole_day(self, meet, arrive):
        arrive("REQUEST", meeting(start=";VALUE=DATE:20260309", end=";VALUE=DATE:20260311"))
        event = meet.copy("ada")
        assert event["isAllDay"]
        assert event["end"]["dateTime"] == "2026-03-11T00:00:00.0000000"

    def test_can_be_answered_to_the_outside(self, meet, arrive):
        arrive("REQUEST", meeting())
        meet.do("ada", meet.copy("ada")["id"], "decline", {"comment": "Away"})
        (sent,) = meet.world.outbox
        assert sent.recipients == (ZOE,)
        assert f"UID:{UID}".encode() in sent.calendar
        assert b"ATTENDEE;PARTSTAT=DECLINED" in sent.calendar
        assert meet.copies("ada") == []

    def test_can_be_answered_with_another_time(self, meet, arrive):
        arrive("REQUEST", meeting())
        slot = {
            name: {"dateTime": f"2026-03-10T{hour}:00", "timeZone": "UTC"}
            for name, hour in (("start", 14), ("end", 15))
        }
        meet.do("ada", meet.copy("ada")["id"], "tentativelyAccept", {"proposedNewTime": slot})
        (sent,) = meet.world.outbox
        calendar = Calendar.from_ical(sent.calendar)
        (found,) = calendar.walk("VEVENT")
        assert str(calendar["METHOD"]) == "COUNTER"
        assert (found["DTSTART"].dt.isoformat(), str(found["UID"])) == ("2026-03-10T14:00:00+00:00", UID)
        assert found["ATTENDEE"].params["PARTSTAT"] == "TENTATIVE"

    @pytest.mark.parametrize("besides", [(), ("RRULE:FREQ=WEEKLY;COUNT=2",)], ids=["single", "series"])
    def test_can_be_forwarded_within(self, meet, arrive, besides):
        arrive("REQUEST", meeting(*besides))
        to = [{"emailAddress": {"address": "ben@contoso.example"}}]
        meet.do("ada", meet.copy("ada")["id"], "forward", {"ToRecipients": to})
        event = meet.copy("ben")
        assert event["organizer"]["emailAddress"]["address"] == ZOE
        named = [one["emailAddress"]["address"] for one in event["attendees"]]
        assert named == [ZOE, "ada@contoso.example", "ben@contoso.example"]
        assert meet.mail("ben")["meetingMessageType"] == "meetingRequest"
        meet.do("ben", event["id"], "accept")
        assert meet.world.outbox[-1].recipients == (ZOE,)

    def test_to_a_room_is_mail_alone(self, meet, arrive):
        message = arrive("REQUEST", meeting(), who="lab")
        assert message["meetingMessageType"] == "meetingRequest"
        assert meet.copies("lab") == []

    def test_put_into_another_folder_leaves_the_calendar(self, meet, arrive):
        arrive("REQUEST", meeting(), folder="archive")
        assert meet.copies("ada") == []

    @pytest.mark.parametrize(
        "besides",
        [
            ("RRULE:FREQ=HOURLY",),
            ("RRULE:FREQ=DAILY", "RDATE:20260312T090000Z"),
            ("RRULE:FREQ=DAILY;COUNT=99999",),
            ("RRULE:FREQ=DAILY", "EXDATE:00010101T000000Z"),
        ],
        ids=["pattern", "dates", "count", "year"],
    )
    def test_that_exchange_cannot_keep_is_mail_with_a_file(self, meet, arrive, besides):
        zone = ";TZID=America/Los_Angeles:20260309T"
        message = arrive("REQUEST", meeting(*besides, start=f"{zone}090000", end=f"{zone}100000"))
        assert "@odata.type" not in message
        assert message["hasAttachments"]
        assert meet.copies("ada") == []


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_of_two_occurrences_with_one_that_is_none_nothing_is_done(meet, arrive, method):
    arrive("REQUEST", meeting("RRULE:FREQ=WEEKLY;COUNT=3"))
    request, before = meet.mail("ada"), meet.view("ada")
    message = arrive(method, occurrence("20260316", "DESCRIPTION:Bring a coat"), occurrence("20260317"))
    assert "@odata.type" not in message
    assert message["hasAttachments"]
    assert meet.view("ada") == before
    assert request in meet.inbox("ada")


class TestCancel:
    def test_marks_the_event(self, meet, arrive):
        arrive("REQUEST", meeting())
        message = arrive("CANCEL", meeting("STATUS:CANCELLED"))
        assert message["@odata.type"] == "#microsoft.graph.eventMessage"
        assert message["meetingMessageType"] == "meetingCancelled"
        event = meet.copy("ada")
        assert event["isCancelled"]
        assert event["subject"] == "Canceled: Lunch, outside"
        assert event["showAs"] == "free"

    def test_of_one_occurrence(self, meet, arrive):
        arrive("REQUEST", meeting("RRULE:FREQ=WEEKLY;COUNT=2"))
        arrive("CANCEL", meeting("RECURRENCE-ID:20260316T090000Z", start="20260316T090000Z", end="20260316T100000Z"))
        assert [one["isCancelled"] for one in meet.view("ada")] == [False, True]

    def test_of_several_occurrences(self, meet, arrive):
        arrive("REQUEST", meeting("RRULE:FREQ=WEEKLY;COUNT=3"))
        arrive("CANCEL", occurrence("20260316"), occurrence("20260323"))
        assert [one["isCancelled"] for one in meet.view("ada")] == [False, True, True]

    def test_of_several_occurrences_outdates_the_request_of_each(self, meet, arrive):
        arrive("REQUEST", meeting("RRULE:FREQ=WEEKLY;COUNT=3"))
        days = ("20260316", "20260323")
        requests = [arrive("REQUEST", occurrence(day, "DESCRIPTION:Bring a coat"))["id"] for day in days]
        arrive("CANCEL", *(occurrence(day) for day in days))
        assert [meet.get("ada", f"/me/messages/{one}")["isOutOfDate"] for one in requests] == [True, True]

    def test_of_something_unknown_is_mail_alone(self, meet, arrive):
        message = arrive("CANCEL", meeting())
        assert message["meetingMessageType"] == "meetingCancelled"
        assert meet.copies("ada") == []

    def test_does_not_reach_the_organizers_own_meeting(self, meet, arrive):
        event = meet.invite("ada", ZOE)
        arrive("CANCEL", meeting(uid=event["iCalUId"]))
        assert not meet.copy("ada")["isCancelled"]


class TestReply:
    ANSWERS = (
        ("ACCEPTED", "accepted", "meetingAccepted"),
        ("TENTATIVE", "tentativelyAccepted", "meetingTenativelyAccepted"),
        ("DECLINED", "declined", "meetingDeclined"),
    )

    def reply(self, uid: str, status: str, *besides: str, who: str = ZOE) -> list[str]:
        return [
            f"UID:{uid}",
            "DTSTAMP:20260302T090000Z",
            "ORGANIZER:mailto:ada@contoso.example",
            f"ATTENDEE;PARTSTAT={status}:mailto:{who}",
            *besides,
        ]

    @pytest.mark.parametrize(("status", "response", "kind"), ANSWERS, ids=[one[0] for one in ANSWERS])
    def test_is_tallied(self, meet, arrive, status, response, kind):
        event = meet.invite("ada", ZOE, "ben")
        message = arrive("REPLY", self.reply(event["iCalUId"], status))
        assert meet.status("ada", event["id"], ZOE) == response
        assert meet.status("ada", event["id"], "ben") == "none"
        assert message["@odata.type"] == "#microsoft.graph.eventMessageResponse"
        assert message["meetingMessageType"] == kind
        assert message["responseType"] == response
        assert message["startDateTime"] == {"dateTime": "2026-03-09T09:00:00.0000000", "timeZone": "UTC"}

    def test_to_one_occurrence_is_tallied_there(self, meet, arrive):
        event = meet.weekly("ada", ZOE, count=2)
        arrive("REPLY", self.reply(event["iCalUId"], "DECLINED", "RECURRENCE-ID:20260316T090000Z"))
        answers = [meet.attendee(one, ZOE)["status"]["response"] for one in meet.view("ada")]
        assert answers == ["none", "declined"]

    def test_of_somebody_uninvited_adds_the_person(self, meet, arrive):
        event = meet.invite("ada", ZOE)
        arrive("REPLY", self.reply(event["iCalUId"], "ACCEPTED", who="yan@partner.example"))
        assert meet.status("ada", event["id"], "yan@partner.example") == "accepted"

    def test_that_proposes_a_time(self, meet, arrive):
        event = meet.invite("ada", ZOE)
        times = ("DTSTART:20260310T140000Z", "DTEND:20260310T150000Z")
        message = arrive("COUNTER", self.reply(event["iCalUId"], "TENTATIVE", *times))
        attendee = meet.attendee(meet.copy("ada"), ZOE)
        assert attendee["status"]["response"] == "tentativelyAccepted"
        assert attendee["proposedNewTime"]["start"]["dateTime"] == "2026-03-10T14:00:00.0000000"
        assert message["proposedNewTime"] == attendee["proposedNewTime"]

    def test_without_an_answer_is_plain_mail(self, meet, arrive):
        event = meet.invite("ada", ZOE)
        message = arrive("REPLY", self.reply(event["iCalUId"], "NEEDS-ACTION"))
        assert "@odata.type" not in message
        assert meet.status("ada", event["id"], ZOE) == "none"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["REQUEST", "CANCEL", "REPLY", "COUNTER", "PUBLISH"]),
    st.lists(
        st.one_of(
            st.sampled_from(meeting("RRULE:FREQ=WEEKLY;BYDAY=MO", "RECURRENCE-ID;VALUE=DATE:20260309", "EXDATE:x")),
            st.text(max_size=40),
        ),
        max_size=14,
    ),
)
def test_no_text_makes_arriving_mail_fail(meet: Any, method: str, lines: list[str]) -> None:
    org = meet.graph.org
    with org.world.unit() as unit:
        assert receive_mime(org.world, org.tenant, unit, org.ada, mail(text(method, lines), method)).subject == "Lunch"
