"""The event behind a meeting message."""

import pytest
from outlook365_emulator.graph.calendar.meetings import event_messages

covers = pytest.mark.covers.with_args


@covers(event_messages.get_event)
class TestGetEvent:
    PATH = "/me/messages/{}/microsoft.graph.eventMessage/event"

    def test_is_the_attendees_own_copy(self, meet):
        meet.invite("ada", "ben")
        found = meet.get("ben", self.PATH.format(meet.mail("ben")["id"]))
        assert found["id"] == meet.copy("ben")["id"]
        assert found["@odata.context"].endswith("/microsoft.graph.eventMessage/event/$entity")

    def test_of_an_answer_is_the_organizers(self, meet):
        event = meet.invite("ada", "ben")
        meet.do("ben", meet.copy("ben")["id"], "accept")
        assert meet.get("ada", self.PATH.format(meet.mail("ada")["id"]))["id"] == event["id"]

    def test_of_a_message_about_one_occurrence_is_that_one(self, meet):
        meet.weekly("ada", "ben")
        second = meet.view("ada")[1]
        meet.patch("ada", second["id"], subject="Special")
        found = meet.get("ben", self.PATH.format(meet.mail("ben")["id"]))
        assert (found["type"], found["subject"], found["start"]) == ("exception", "Special", second["start"])

    def test_there_is_none_behind_other_mail(self, meet):
        draft = meet.ask("ben", "POST", "/me/messages", {"subject": "x"}).json["id"]
        assert meet.ask("ben", "GET", self.PATH.format(draft)).status == 404

    def test_is_closed_to_who_may_not_open_the_mailbox(self, meet):
        meet.invite("ada", "ben")
        identity = meet.mail("ben")["id"]
        path = f"/users/ben@contoso.example/messages/{identity}/microsoft.graph.eventMessage/event"
        assert meet.ask("cleo", "GET", path).status == 403


class TestExpand:
    OPTION = "?$expand=microsoft.graph.eventMessage/event"

    def test_puts_the_event_into_the_message(self, meet):
        meet.invite("ada", "ben")
        found = meet.get("ben", f"/me/messages/{meet.mail('ben')['id']}{self.OPTION}")
        assert found["event"]["id"] == meet.copy("ben")["id"]
        assert "event@odata.context" in found

    def test_is_null_once_the_event_is_gone(self, meet):
        meet.invite("ada", "ben")
        meet.do("ben", meet.copy("ben")["id"], "decline")
        found = meet.get("ben", f"/me/messages/{meet.mail('ben')['id']}{self.OPTION}")
        assert found["event"] is None

    def test_leaves_other_messages_as_they_are(self, meet):
        meet.invite("ada", "ben")
        meet.ask("ben", "POST", "/me/messages", {"subject": "x"})
        found = meet.get("ben", f"/me/messages{self.OPTION}")["value"]
        assert ["event" in one for one in found] == [False, True] or ["event" in one for one in found] == [True, False]
