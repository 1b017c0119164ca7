"""Meeting mail that somebody in the world sends as MIME text: it reaches the recipients' calendars."""

import base64
from typing import Any

import pytest

UID = "9f1c-lunch@connector.example"
PLAIN = [("Content-Type", "text/plain")]
SCOPES = ("Mail.Send", "Mail.ReadWrite", "Calendars.ReadWrite")


def calendar(method: str, *besides: str, guest: str = "ATTENDEE;RSVP=TRUE:mailto:ben@contoso.example") -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Connector//EN", f"METHOD:{method}", "BEGIN:VEVENT"]
    lines += [f"UID:{UID}", "DTSTAMP:20260302T090000Z", "ORGANIZER;CN=Ada:mailto:ada@contoso.example", guest]
    lines += ["SUMMARY:Lunch", "DTSTART:20260309T090000Z", "DTEND:20260309T100000Z", *besides]
    return "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""])


def mail(method: str, content: str, to: str = "ben@contoso.example") -> bytes:
    lines = [f"To: {to}", "Subject: Lunch", "MIME-Version: 1.0", 'Content-Type: multipart/alternative; boundary="b"']
    lines += ["", "--b", "Content-Type: text/plain; charset=utf-8", "", "Let us meet."]
    lines += ["--b", f"Content-Type: text/calendar; charset=utf-8; method={method}", "", content, "--b--", ""]
    return "\r\n".join(lines).encode()


@pytest.fixture
def send(meet: Any) -> Any:
    """Send a MIME text as somebody."""

    def send(who: str, text: bytes) -> None:
        answer = meet.ask(who, "POST", "/me/sendMail", content=base64.b64encode(text), headers=PLAIN, scopes=SCOPES)
        assert answer.status == 202, answer.body

    return send


def events(meet: Any, who: str) -> list[Any]:
    found: list[Any] = meet.get(who, "/me/events")["value"]
    return found


def inbox(meet: Any, who: str) -> list[Any]:
    found: list[Any] = meet.get(who, "/me/mailFolders/inbox/messages")["value"]
    return found


def test_a_request_makes_the_recipients_event_and_the_mail_an_invitation(meet: Any, send: Any) -> None:
    send("ada", mail("REQUEST", calendar("REQUEST")))
    (event,) = events(meet, "ben")
    assert (event["iCalUId"], event["subject"], event["isOrganizer"]) == (UID, "Lunch", False)
    assert event["responseStatus"]["response"] == "notResponded"
    assert event["organizer"]["emailAddress"]["address"] == "ada@contoso.example"
    (message,) = inbox(meet, "ben")
    assert message["@odata.type"] == "#microsoft.graph.eventMessageRequest"
    assert (message["meetingMessageType"], message["hasAttachments"]) == ("meetingRequest", False)
    behind = meet.get("ben", f"/me/messages/{message['id']}/microsoft.graph.eventMessage/event")
    assert behind["id"] == event["id"]
    assert events(meet, "ada") == [], "the sender's own calendar is not touched"


def test_a_draft_made_of_mime_does_the_same(meet: Any) -> None:
    content = base64.b64encode(mail("REQUEST", calendar("REQUEST")))
    draft = meet.ask("ada", "POST", "/me/messages", content=content, headers=PLAIN, scopes=SCOPES).json["id"]
    assert meet.ask("ada", "POST", f"/me/messages/{draft}/send", scopes=SCOPES).status == 202
    assert [one["iCalUId"] for one in events(meet, "ben")] == [UID]


def test_a_cancellation_marks_the_event(meet: Any, send: Any) -> None:
    send("ada", mail("REQUEST", calendar("REQUEST")))
    send("ada", mail("CANCEL", calendar("CANCEL", "STATUS:CANCELLED")))
    (event,) = events(meet, "ben")
    assert event["isCancelled"] is True
    assert inbox(meet, "ben")[0]["meetingMessageType"] == "meetingCancelled"


def test_a_reply_is_tallied_in_the_organizers_event(meet: Any, send: Any) -> None:
    meeting = meet.invite("ada", "ben")
    text = calendar("REPLY", guest="ATTENDEE;PARTSTAT=ACCEPTED:mailto:ben@contoso.example")
    send("ben", mail("REPLY", text.replace(UID, meeting["iCalUId"]), to="ada@contoso.example"))
    (event,) = events(meet, "ada")
    assert event["attendees"][0]["status"]["response"] == "accepted"
    assert inbox(meet, "ada")[0]["meetingMessageType"] == "meetingAccepted"


def test_the_recipient_can_answer(meet: Any, send: Any) -> None:
    send("ada", mail("REQUEST", calendar("REQUEST")))
    (event,) = events(meet, "ben")
    meet.do("ben", event["id"], "accept", {"sendResponse": True})
    assert inbox(meet, "ada")[0]["meetingMessageType"] == "meetingAccepted"


@pytest.mark.parametrize(
    "text",
    [mail("REQUEST", "no calendar"), mail("REQUEST", calendar("REQUEST").replace("DTSTART", "X-START"))],
    ids=["no iCalendar", "no start"],
)
def test_what_no_calendar_can_keep_stays_mail(meet: Any, send: Any, text: bytes) -> None:
    send("ada", text)
    (message,) = inbox(meet, "ben")
    assert "meetingMessageType" not in message
    assert events(meet, "ben") == []
