"""Rooms answer by themselves."""


class TestARoom:
    def test_accepts_where_its_time_is_free(self, meet):
        event = meet.invite("ada", "lab")
        assert meet.status("ada", event["id"], "lab") == "accepted"
        message = meet.mail("ada")
        assert (message["subject"], message["bodyPreview"]) == ("Accepted: Lunch", "Your request was accepted.")
        room = meet.people["lab"]
        (booked,) = meet.graph.org.mailbox(room).events
        assert booked.show_as == "busy"

    def test_declines_where_its_time_is_taken(self, meet):
        meet.invite("ben", "lab")
        event = meet.invite("ada", "lab", start="2026-03-09T10:30:00", end="2026-03-09T11:30:00")
        assert meet.status("ada", event["id"], "lab") == "declined"
        assert len(meet.graph.org.mailbox(meet.people["lab"]).events) == 1

    def test_declines_a_series_where_one_occurrence_is_taken(self, meet):
        meet.invite("ben", "lab", start="2026-03-23T10:00:00", end="2026-03-23T11:00:00")
        event = meet.weekly("ada", "lab")
        assert meet.status("ada", event["id"], "lab") == "declined"

    def test_looks_again_when_the_meeting_moves(self, meet):
        meet.invite("ben", "lab", start="2026-03-10T10:00:00", end="2026-03-10T11:00:00")
        event = meet.invite("ada", "lab")
        when = {"dateTime": "2026-03-10T09:30:00", "timeZone": "UTC"}
        later = {"dateTime": "2026-03-10T10:30:00", "timeZone": "UTC"}
        meet.patch("ada", event["id"], start=when, end=later)
        assert meet.status("ada", event["id"], "lab") == "declined"

    def test_is_free_again_once_the_meeting_is_cancelled(self, meet):
        event = meet.invite("ben", "lab")
        meet.do("ben", event["id"], "cancel")
        assert meet.status("ada", meet.invite("ada", "lab")["id"], "lab") == "accepted"
