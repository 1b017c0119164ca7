"""Calendars over the control API: events that are put in, looked at and invented, meetings that are answered."""

from typing import Any

import pytest

Api = Any

WINDOW = "events?start=2026-01-01T00:00:00Z&end=2027-01-01T00:00:00Z"
LUNCH = {"subject": "Lunch", "start": "2026-03-09T11:00:00Z", "minutes": 60}


@pytest.fixture
def ben(api: Api, ada: str) -> str:
    tenant = ada.rpartition("/users/")[0]
    return f"{tenant}/users/{api('POST', f'{tenant}/users', {'name': 'ben'}, status=201)['id']}"


def test_an_event_is_put_in_and_shown(api: Api, ada: str) -> None:
    made = api("POST", f"{ada}/events", {**LUNCH, "location": "Harry's Bar"}, status=201)
    (shown,) = api("GET", f"{ada}/{WINDOW}")["value"]
    assert shown == made
    assert shown["end"]["dateTime"] == "2026-03-09T12:00:00.0000000"
    assert api("GET", f"{ada}/events?start=2026-03-10T00:00:00Z&end=2026-04-01T00:00:00Z")["value"] == []


def test_attendees_are_invited_and_answer(api: Api, ada: str, ben: str) -> None:
    address = api("GET", ben)["mail"]
    made = api("POST", f"{ada}/events", {**LUNCH, "attendees": [address]}, status=201)
    (copy,) = api("GET", f"{ben}/{WINDOW}")["value"]
    assert copy["iCalUId"] == made["iCalUId"]
    assert api("GET", f"{ben}/messages?folder=inbox")["value"][0]["meetingMessageType"] == "meetingRequest"
    api("POST", f"{ben}/respond", {"event": made["iCalUId"], "response": "accept", "comment": "Yes"}, status=204)
    (mine,) = api("GET", f"{ada}/{WINDOW}")["value"]
    assert mine["attendees"][0]["status"]["response"] == "accepted"
    assert api("GET", f"{ada}/messages?folder=inbox")["value"][0]["subject"] == "Accepted: Lunch"


def test_one_occurrence_can_be_declined(api: Api, ada: str, ben: str) -> None:
    daily = {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "numbered", "numberOfOccurrences": 3}}
    document = {**LUNCH, "attendees": [api("GET", ben)["mail"]], "recurrence": daily}
    api("POST", f"{ada}/events", document, status=201)
    second = api("GET", f"{ada}/{WINDOW}")["value"][1]
    api("POST", f"{ben}/respond", {"event": second["iCalUId"], "response": "decline", "send": False}, status=204)
    assert len(api("GET", f"{ben}/{WINDOW}")["value"]) == 2


def test_somebody_outside_answers_by_mail(api: Api, ada: str) -> None:
    zoe = "zoe@partner.example"
    made = api("POST", f"{ada}/events", {**LUNCH, "attendees": [zoe]}, status=201)
    reply = {"event": made["iCalUId"], "attendee": zoe, "response": "tentativelyAccept", "comment": "Perhaps"}
    answered = api("POST", f"{ada}/replies", reply, status=201)
    assert answered["attendees"][0]["status"]["response"] == "tentativelyAccepted"
    message = api("GET", f"{ada}/messages?folder=inbox")["value"][0]
    assert (message["subject"], message["bodyPreview"]) == ("Tentative: Lunch", "Perhaps")
    assert message["meetingMessageType"] == "meetingTenativelyAccepted"
    assert message["from"]["emailAddress"]["address"] == zoe


def test_somebody_outside_answers_for_one_occurrence(api: Api, ada: str) -> None:
    zoe = "zoe@partner.example"
    daily = {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "numbered", "numberOfOccurrences": 2}}
    api("POST", f"{ada}/events", {**LUNCH, "attendees": [zoe], "recurrence": daily}, status=201)
    second = api("GET", f"{ada}/{WINDOW}")["value"][1]
    api("POST", f"{ada}/replies", {"event": second["iCalUId"], "attendee": zoe, "response": "decline"}, status=201)
    shown = api("GET", f"{ada}/{WINDOW}")["value"]
    assert [one["attendees"][0]["status"]["response"] for one in shown] == ["none", "declined"]


def test_a_reply_that_nobody_could_give_is_refused(api: Api, ada: str, ben: str) -> None:
    inside = api("GET", ben)["mail"]
    made = api("POST", f"{ada}/events", {**LUNCH, "attendees": ["zoe@partner.example", inside]}, status=201)
    reply = {"event": made["iCalUId"], "attendee": "zoey@partner.example", "response": "accept"}
    assert "zoe@partner.example" in api("POST", f"{ada}/replies", reply, status=404)["error"]["message"]
    assert "use respond" in api("POST", f"{ada}/replies", {**reply, "attendee": inside}, status=400)["error"]["message"]
    assert "organizes no meeting" in api("POST", f"{ben}/replies", reply, status=404)["error"]["message"]


@pytest.mark.parametrize(
    ("document", "status", "text"),
    [
        ({"event": "0400", "response": "accept"}, 404, "no event with this iCalUId"),
        ({"event": "0400", "response": "acept"}, 400, "response"),
        ({"response": "accept"}, 400, "event"),
    ],
)
def test_a_wrong_answer_is_refused(api: Api, ada: str, document: Any, status: int, text: str) -> None:
    refused = api("POST", f"{ada}/respond", document, status=status)
    assert text in refused["error"]["message"] + refused["error"].get("where", "")


def test_the_organizer_cannot_answer(api: Api, ada: str) -> None:
    made = api("POST", f"{ada}/events", LUNCH, status=201)
    refused = api("POST", f"{ada}/respond", {"event": made["iCalUId"], "response": "accept"}, status=400)
    assert "organizes the event" in refused["error"]["message"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?start=now", 400), ("?start=x&end=y", 400), ("?start=-1d&end=1d&calendar=Hollidays", 404)],
)
def test_a_wrong_window_is_refused(api: Api, ada: str, query: str, status: int) -> None:
    api("GET", f"{ada}/events{query}", status=status)


def test_weeks_are_invented(api: Api, ada: str) -> None:
    filled = api("POST", f"{ada}/calendar/fill", {"weeks": 2, "seed": 7, "zone": "Europe/Berlin"}, status=201)
    assert filled["seed"] == 7
    assert filled["events"] > 10
    assert len(api("GET", f"{ada}/events?start=-30d&end=30d")["value"]) > 10
    api("POST", f"{ada}/calendar/fill", {"zone": "Nowhere"}, status=400)
