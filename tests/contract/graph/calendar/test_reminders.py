"""Reminders: when they fire, dismissed and snoozed, for single events and occurrences."""

import pytest
from outlook365_emulator.graph.calendar import reminders

covers = pytest.mark.covers.with_args

WINDOW = "reminderView(startDateTime='2026-03-01T00:00:00',endDateTime='2026-03-08T00:00:00')"


def fires(cal):
    return [one["reminderFireTime"]["dateTime"][:16] for one in cal.get(f"/me/{WINDOW}").values]


@covers(reminders.list_, reminders.dismiss, reminders.snooze)
class TestReminders:
    def test_it_fires_before_the_start(self, cal):
        event = cal.event(location={"displayName": "Room 1"}, reminderMinutesBeforeStart=30)
        cal.event("2026-03-03T10:00:00", "2026-03-03T11:00:00", isReminderOn=False)
        found = cal.get(f"/me/{WINDOW}").values
        assert len(found) == 1
        assert found[0]["eventId"] == event["id"]
        assert found[0]["eventSubject"] == "Stand-up"
        assert found[0]["eventLocation"]["displayName"] == "Room 1"
        assert found[0]["reminderFireTime"] == {"dateTime": "2026-03-02T08:30:00.0000000", "timeZone": "UTC"}

    def test_prefer_converts_its_times(self, cal):
        cal.event()
        found = cal.get(f"/me/{WINDOW}", headers=[("Prefer", 'outlook.timezone="Asia/Tokyo"')]).values
        assert found[0]["reminderFireTime"] == {"dateTime": "2026-03-02T17:45:00.0000000", "timeZone": "Asia/Tokyo"}

    def test_dismissed_it_is_gone_and_a_new_time_brings_it_back(self, cal):
        event = cal.event()
        answer = cal.post(f"/me/events/{event['id']}/dismissReminder")
        assert (answer.status, answer.body) == (200, b"")
        assert fires(cal) == []
        times = {"start": {"dateTime": "2026-03-03T10:00"}, "end": {"dateTime": "2026-03-03T11:00"}}
        cal.patch(f"/me/events/{event['id']}", times)
        assert fires(cal) == ["2026-03-03T09:45"]

    def test_snoozed_it_fires_at_the_time_given(self, cal):
        event = cal.event()
        body = {"NewReminderTime": {"dateTime": "2026-03-02T09:50:00", "timeZone": "Europe/Berlin"}}
        answer = cal.post(f"/me/events/{event['id']}/snoozeReminder", body)
        assert (answer.status, answer.body) == (200, b"")
        assert fires(cal) == ["2026-03-02T08:50"]
        assert cal.post(f"/me/events/{event['id']}/snoozeReminder", {}).status == 400

    def test_occurrences_have_their_own(self, cal):
        cal.series({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 3})
        assert len(fires(cal)) == 3
        second = cal.view("2026-03-01", "2026-03-10")[1]
        assert cal.post(f"/me/events/{second['id']}/dismissReminder").status == 200
        assert fires(cal) == ["2026-03-04T08:45"]
        third = cal.view("2026-03-01", "2026-03-10")[2]
        body = {"newReminderTime": {"dateTime": "2026-03-04T08:55:00"}}
        assert cal.post(f"/me/events/{third['id']}/snoozeReminder", body).status == 200
        assert fires(cal) == ["2026-03-04T08:55"]
        assert [one["type"] for one in cal.view("2026-03-01", "2026-03-10")] == ["occurrence"] * 3

    def test_a_window_is_needed(self, cal):
        assert cal.get("/me/reminderView").code == "ErrorInvalidParameter"

    def test_of_a_series_the_reminder_that_fired_last_is_dismissed(self, cal):
        from datetime import timedelta

        master = cal.series({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 4})
        cal.org.world.clock.set(cal.org.world.clock.now() + timedelta(days=1))
        assert cal.post(f"/me/events/{master['id']}/dismissReminder").status == 200
        assert fires(cal) == ["2026-03-04T08:45", "2026-03-05T08:45"]
