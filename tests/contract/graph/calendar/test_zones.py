"""Time zones: names that Graph takes, `Prefer: outlook.timezone`, and the forms of times that clients send."""

import pytest


class TestZones:
    @pytest.mark.parametrize("zone", ["Pacific Standard Time", "America/Los_Angeles", "pacific standard time"])
    def test_prefer_converts_and_repeats_the_name(self, cal, zone):
        event = cal.event()
        answer = cal.get(f"/me/events/{event['id']}", headers=[("Prefer", f'outlook.timezone="{zone}"')])
        assert answer.json["start"] == {"dateTime": "2026-03-02T01:00:00.0000000", "timeZone": zone}
        assert answer.headers["preference-applied"] == f'outlook.timezone="{zone}"'

    def test_a_wrong_preferred_zone_is_refused_everywhere(self, cal):
        event = cal.event()
        prefer = [("Prefer", 'outlook.timezone="Mars"')]
        window = "?startDateTime=2026-03-01&endDateTime=2026-03-09"
        for path in ("/me/events", f"/me/events/{event['id']}", f"/me/calendarView{window}"):
            answer = cal.get(path, headers=prefer)
            assert (answer.status, answer.code) == (400, "TimeZoneNotSupportedException"), path

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"dateTime": "2026-03-02T10:00:00+00:00", "timeZone": "UTC"}, "2026-03-02T10:00:00.0000000"),
            ({"dateTime": "2026-03-02T10:00:00Z", "timeZone": "Europe/Berlin"}, "2026-03-02T10:00:00.0000000"),
            ({"dateTime": "2026-03-02T10:00", "timeZone": "Asia/Tokyo"}, "2026-03-02T01:00:00.0000000"),
            ({"dateTime": "2026-03-02", "timeZone": "UTC"}, "2026-03-02T00:00:00.0000000"),
            ({"dateTime": "2026-03-02T10:00:00.1234567", "timeZone": "UTC"}, "2026-03-02T10:00:00.1234560"),
            ({"dateTime": "2026-03-02T10:00:00"}, "2026-03-02T10:00:00.0000000"),
            ({"dateTime": "2026-03-02T10:00:00", "timeZone": "tzone://Microsoft/Utc"}, "2026-03-02T10:00:00.0000000"),
        ],
    )
    def test_the_forms_that_clients_send(self, cal, given, expected):
        body = {"start": given, "end": {"dateTime": "2026-03-03T10:00:00", "timeZone": "UTC"}}
        assert cal.post("/me/events", body).json["start"]["dateTime"] == expected
