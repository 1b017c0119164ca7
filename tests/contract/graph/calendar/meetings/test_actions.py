"""Accept, accept tentatively, decline, cancel, forward."""

import pytest
from outlook365_emulator.graph.calendar.meetings import actions

covers = pytest.mark.covers.with_args

SLOT = {
    "start": {"dateTime": "2026-03-10T12:00:00", "timeZone": "Pacific Standard Time"},
    "end": {"dateTime": "2026-03-10T14:00:00", "timeZone": "Pacific Standard Time"},
}

ACTIONS = {
    "accept": ("accepted", "meetingAccepted", "Accepted: Lunch"),
    "tentativelyAccept": ("tentativelyAccepted", "meetingTenativelyAccepted", "Tentative: Lunch"),
    "decline": ("declined", "meetingDeclined", "Declined: Lunch"),
}


@covers(actions.accept, actions.tentatively_accept, actions.decline)
class TestAnswer:
    @pytest.mark.parametrize("action", ACTIONS)
    def test_is_written_on_both_sides_and_sent(self, meet, action):
        response, kind, subject = ACTIONS[action]
        event = meet.invite("ada", "ben", "cleo")
        meet.do("ben", meet.copy("ben")["id"], action, {"comment": "By train", "sendResponse": "true"})
        assert meet.status("ada", event["id"], "ben") == response
        assert meet.status("ada", event["id"], "cleo") == "none"
        message = meet.mail("ada")
        assert message["@odata.type"] == "#microsoft.graph.eventMessageResponse"
        assert (message["meetingMessageType"], message["subject"], message["responseType"]) == (kind, subject, response)
        assert (message["bodyPreview"], message["type"]) == ("By train", "singleInstance")
        assert meet.inbox("ben", "sentitems")[0]["subject"] == subject

    @pytest.mark.parametrize(("action", "show_as"), [("accept", "oof"), ("tentativelyAccept", "tentative")])
    def test_decides_how_the_time_is_shown(self, meet, action, show_as):
        meet.invite("ada", "ben", showAs="oof")
        assert meet.copy("ben")["showAs"] == "tentative"
        meet.do("ben", meet.copy("ben")["id"], action)
        copy = meet.copy("ben")
        assert copy["showAs"] == show_as
        assert copy["responseStatus"]["response"] == ACTIONS[action][0]
        assert copy["responseStatus"]["time"].startswith("2026-03-02T09:00:00")

    def test_declining_takes_the_meeting_out_of_the_calendar(self, meet):
        meet.invite("ada", "ben")
        meet.do("ben", meet.copy("ben")["id"], "decline")
        assert meet.copies("ben") == []

    def test_without_a_response_tells_nobody(self, meet):
        event = meet.invite("ada", "ben")
        meet.do("ben", meet.copy("ben")["id"], "accept", {"sendResponse": False})
        assert meet.copy("ben")["responseStatus"]["response"] == "accepted"
        assert meet.status("ada", event["id"], "ben") == "none"
        assert meet.inbox("ada") == []

    def test_may_come_without_a_body_and_change(self, meet):
        event = meet.invite("ada", "ben")
        identity = meet.copy("ben")["id"]
        for action in ("accept", "tentativelyAccept", "decline"):
            answer = meet.ask("ben", "POST", f"/me/events/{identity}/{action}")
            assert (answer.status, answer.body) == (202, b"")
            assert meet.status("ada", event["id"], "ben") == ACTIONS[action][0]

    @pytest.mark.parametrize("action", ["tentativelyAccept", "decline"])
    def test_may_propose_another_time(self, meet, action):
        event = meet.invite("ada", "ben")
        meet.do("ben", meet.copy("ben")["id"], action, {"proposedNewTime": SLOT})
        message = meet.mail("ada")
        assert message["subject"] == "New Time Proposed: Lunch"
        assert message["proposedNewTime"]["start"] == {"dateTime": "2026-03-10T19:00:00.0000000", "timeZone": "UTC"}
        attendee = meet.attendee(meet.get("ada", f"/me/events/{event['id']}"), "ben")
        assert attendee["proposedNewTime"]["end"]["dateTime"] == "2026-03-10T21:00:00.0000000"

    def test_to_one_occurrence_makes_it_an_exception_on_both_sides(self, meet):
        event = meet.weekly("ada", "ben")
        meet.do("ben", meet.view("ben")[2]["id"], "accept")
        theirs, mine = meet.view("ada"), meet.view("ben")
        assert [one["type"] for one in mine] == ["occurrence", "occurrence", "exception", "occurrence"]
        assert mine[2]["responseStatus"]["response"] == "accepted"
        assert [meet.attendee(one, "ben")["status"]["response"] for one in theirs] == [
            "none",
            "none",
            "accepted",
            "none",
        ]
        assert meet.status("ada", event["id"], "ben") == "none"

    def test_to_the_series_holds_for_its_exceptions(self, meet):
        meet.weekly("ada", "ben")
        meet.patch("ada", meet.view("ada")[1]["id"], subject="Special")
        meet.do("ben", meet.copy("ben")["id"], "accept")
        assert {one["responseStatus"]["response"] for one in meet.view("ben")} == {"accepted"}
        assert {meet.attendee(one, "ben")["status"]["response"] for one in meet.view("ada")} == {"accepted"}

    def test_declining_one_occurrence_leaves_the_others(self, meet):
        meet.weekly("ada", "ben")
        meet.do("ben", meet.view("ben")[0]["id"], "decline")
        assert len(meet.view("ben")) == 3
        assert meet.attendee(meet.view("ada")[0], "ben")["status"]["response"] == "declined"

    @pytest.mark.parametrize(
        ("members", "body", "code", "text"),
        [
            ({}, {"comment": "x", "sendResponse": False}, "ErrorInvalidParameter", "'SendResponse' must be true"),
            ({}, {"proposedNewTime": SLOT, "sendResponse": False}, "ErrorInvalidParameter", "'SendResponse' must be"),
            ({"allowNewTimeProposals": False}, {"proposedNewTime": SLOT}, "ErrorInvalidRequest", "new time proposals"),
            ({"responseRequested": False}, {}, "ErrorInvalidRequest", "hasn't requested a response"),
        ],
    )
    def test_is_refused(self, meet, members, body, code, text):
        meet.invite("ada", "ben", **members)
        answer = meet.do("ben", meet.copy("ben")["id"], "decline", body, status=400)
        assert answer.code == code
        assert text in answer.message

    def test_of_the_organizer_is_refused(self, meet):
        event = meet.invite("ada", "ben")
        answer = meet.do("ada", event["id"], "accept", status=400)
        assert (answer.code, answer.message) == (
            "ErrorInvalidRequest",
            "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer.",
        )

    def test_to_a_cancelled_meeting_is_refused(self, meet):
        event = meet.invite("ada", "ben")
        meet.do("ada", event["id"], "cancel")
        answer = meet.do("ben", meet.copy("ben")["id"], "tentativelyAccept", status=400)
        assert "canceled can't be tentatively accepted" in answer.message

    def test_an_accept_takes_no_proposal(self, meet):
        meet.invite("ada", "ben")
        meet.do("ben", meet.copy("ben")["id"], "accept", {"proposedNewTime": SLOT}, status=400)


@covers(actions.cancel)
class TestCancel:
    def test_is_for_the_organizer(self, meet):
        meet.invite("ada", "ben")
        answer = meet.do("ben", meet.copy("ben")["id"], "cancel", status=400)
        assert answer.code == "ErrorInvalidRequest"
        assert answer.message == "Your request can't be completed. You need to be an organizer to cancel a meeting."

    def test_needs_attendees(self, meet):
        answer = meet.do("ada", meet.invite("ada")["id"], "cancel", status=400)
        assert answer.code == "ErrorInvalidRequest"

    def test_answers_without_a_body(self, meet):
        event = meet.invite("ada", "ben")
        assert meet.do("ada", event["id"], "cancel", {"Comment": "No"}).body == b""
        assert meet.ask("ada", "GET", f"/me/events/{event['id']}").status == 404


def to(*names):
    return {"ToRecipients": [{"emailAddress": {"address": f"{one}@contoso.example"}} for one in names]}


@covers(actions.forward)
class TestForward:
    def test_of_an_attendee_invites_and_tells_the_organizer(self, meet):
        event = meet.invite("ada", "ben")
        meet.do("ben", meet.copy("ben")["id"], "forward", {**to("dan"), "Comment": "Join us"})
        assert meet.copy("dan")["iCalUId"] == event["iCalUId"]
        request = meet.mail("dan")
        assert request["meetingMessageType"] == "meetingRequest"
        assert request["from"]["emailAddress"]["name"] == "Ada Lovelace"
        assert request["sender"]["emailAddress"]["name"] == "Ben Franklin"
        assert request["bodyPreview"].startswith("Join us")
        assert meet.status("ada", event["id"], "dan") == "none"
        assert meet.mail("ada")["subject"] == "Meeting Forward Notification: Lunch"
        meet.do("dan", meet.copy("dan")["id"], "accept")
        assert meet.status("ada", event["id"], "dan") == "accepted"

    def test_of_the_organizer_invites(self, meet):
        event = meet.invite("ada", "ben")
        meet.do("ada", event["id"], "forward", to("dan"))
        assert meet.copy("dan")["subject"] == "Lunch"
        assert meet.inbox("ada") == []

    def test_of_one_occurrence_invites_to_that_one(self, meet):
        meet.weekly("ada", "ben")
        meet.do("ben", meet.view("ben")[1]["id"], "forward", to("dan"))
        (copy,) = meet.view("dan")
        assert copy["start"]["dateTime"].startswith("2026-03-16")

    def test_needs_no_right_to_write(self, meet):
        meet.invite("ada", "ben")
        identity = meet.copy("ben")["id"]
        answer = meet.ask("ben", "POST", f"/me/events/{identity}/forward", to("dan"), scopes=["Calendars.Read"])
        assert answer.status == 202

    @pytest.mark.parametrize("body", [{}, {"ToRecipients": []}, {"ToRecipients": [{"emailAddress": {"address": "x"}}]}])
    def test_needs_recipients(self, meet, body):
        event = meet.invite("ada", "ben")
        assert meet.do("ada", event["id"], "forward", body, status=400).status == 400
