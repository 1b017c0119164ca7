"""All-day events: they float, keep to midnights, and are found by their days in UTC."""

import pytest


class TestAllDay:
    def test_it_floats(self, cal):
        event = cal.event("2026-03-02T00:00:00", "2026-03-04T00:00:00", zone="Asia/Tokyo", isAllDay=True)
        assert event["start"] == {"dateTime": "2026-03-02T00:00:00.0000000", "timeZone": "UTC"}
        prefer = [("Prefer", 'outlook.timezone="Pacific Standard Time"')]
        shown = cal.get(f"/me/events/{event['id']}", headers=prefer).json
        assert shown["start"] == {"dateTime": "2026-03-02T00:00:00.0000000", "timeZone": "Pacific Standard Time"}
        assert shown["end"]["dateTime"] == "2026-03-04T00:00:00.0000000"

    @pytest.mark.parametrize(
        ("start", "end", "text"),
        [
            ("2026-03-02T01:00:00", "2026-03-03T00:00:00", "The Event.Start property for an all-day"),
            ("2026-03-02T00:00:00", "2026-03-03T01:00:00", "The Event.End property for an all-day"),
            ("2026-03-02T00:00:00", "2026-03-02T00:00:00", "must be at least 24 hours"),
        ],
    )
    def test_it_keeps_to_midnights(self, cal, start, end, text):
        times = {"start": {"dateTime": start, "timeZone": "UTC"}, "end": {"dateTime": end, "timeZone": "UTC"}}
        answer = cal.post("/me/events", {**times, "isAllDay": True})
        assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
        assert text in answer.message

    def test_a_view_matches_its_days_in_utc(self, cal):
        cal.event("2026-03-02T00:00:00", "2026-03-03T00:00:00", isAllDay=True)
        assert len(cal.view("2026-03-02T23:00:00Z", "2026-03-02T23:30:00Z")) == 1
        assert cal.view("2026-03-03T00:00:00Z", "2026-03-03T01:00:00Z") == []
