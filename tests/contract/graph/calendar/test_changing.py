"""Series: occurrences in views, exceptions, deleted occurrences, and changes to the whole."""

from urllib.parse import quote

import pytest
from outlook365_emulator.graph.calendar import views

covers = pytest.mark.covers.with_args

WEEKLY = {"type": "weekly", "daysOfWeek": ["monday"]}
FOUR = {"type": "numbered", "numberOfOccurrences": 4}


def at(cal, time, zone="Europe/Berlin"):
    return {"dateTime": time, "timeZone": zone}


class TestCreate:
    def test_the_recurrence_is_answered_whole(self, cal):
        event = cal.series(WEEKLY, FOUR)
        assert event["type"] == "seriesMaster"
        assert event["recurrence"] == {
            "pattern": {
                "type": "weekly",
                "interval": 1,
                "month": 0,
                "dayOfMonth": 0,
                "daysOfWeek": ["monday"],
                "firstDayOfWeek": "sunday",
                "index": "first",
            },
            "range": {
                "type": "numbered",
                "startDate": "2026-03-02",
                "endDate": "0001-01-01",
                "recurrenceTimeZone": "W. Europe Standard Time",
                "numberOfOccurrences": 4,
            },
        }

    def test_a_start_that_does_not_fit_moves_to_the_next_day_that_does(self, cal):
        """The documented example: first Thursday of every second month from 29 August 2017 begins in September."""
        pattern = {"type": "relativeMonthly", "interval": 2, "daysOfWeek": ["thursday"], "index": "first"}
        event = cal.series(pattern, start="2017-08-29T18:00:00", end="2017-08-29T20:00:00")
        assert event["start"]["dateTime"] == "2017-09-07T16:00:00.0000000"
        assert event["recurrence"]["range"]["startDate"] == "2017-09-07"
        starts = cal.starts("2017-08-01", "2018-02-01")
        assert starts == ["2017-09-07T16:00", "2017-11-02T17:00", "2018-01-04T17:00"]

    def test_it_stays_at_its_hour_over_a_change_of_the_clocks(self, cal):
        cal.series({"type": "daily"}, {"type": "endDate", "endDate": "2026-03-30"}, start="2026-03-28T09:00:00",
                   end="2026-03-28T10:00:00")  # fmt: skip
        assert cal.starts("2026-03-28", "2026-04-05") == ["2026-03-28T08:00", "2026-03-29T07:00", "2026-03-30T07:00"]

    def test_the_31st_comes_on_the_last_day_of_a_shorter_month(self, cal):
        cal.series(
            {"type": "absoluteMonthly", "dayOfMonth": 31}, start="2026-01-31T10:00:00", end="2026-01-31T11:00:00"
        )
        starts = cal.starts("2026-01-01", "2026-05-01")
        assert [one[:10] for one in starts] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]

    @pytest.mark.parametrize(
        ("pattern", "limits", "code"),
        [
            ({"type": "weekly"}, {}, "ErrorCalendarInvalidDayForWeeklyRecurrence"),
            ({"type": "daily", "interval": 0}, {}, "ErrorCalendarOutOfRange"),
            ({"type": "daily", "interval": None}, {}, "RequestBodyRead"),
            ({"type": "absoluteYearly", "dayOfMonth": 1, "month": 13}, {}, "ErrorCalendarOutOfRange"),
            ({"type": "relativeMonthly"}, {}, "ErrorCalendarInvalidRecurrence"),
            ({"type": "daily"}, {"startDate": None}, "ErrorRecurrenceEndDateTooBig"),
            ({"type": "daily"}, {"startDate": "2026-03-09"}, "ErrorPropertyValidationFailure"),
            ({"type": "daily"}, {"type": "endDate", "endDate": "2026-03-01"}, "ErrorPropertyValidationFailure"),
            ({"type": "daily"}, {"type": "endDate", "endDate": "4501-01-01"}, "ErrorRecurrenceEndDateTooBig"),
            ({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 0}, "ErrorPropertyValidationFailure"),
            ({"type": "daily"}, {"recurrenceTimeZone": "Mars"}, "TimeZoneNotSupportedException"),
            ({"type": "weekly", "daysOfWeek": ["friday"]}, {"type": "endDate", "endDate": "2026-03-05"},
             "ErrorRecurrenceHasNoOccurrence"),
            ({"type": "hourly"}, {}, "RequestBodyRead"),
        ],
    )  # fmt: skip
    def test_a_wrong_recurrence_is_refused(self, cal, pattern, limits, code):
        recurrence = {
            "pattern": {"interval": 1, **pattern},
            "range": {"type": "noEnd", "startDate": "2026-03-02", **limits},
        }
        body = {"start": at(cal, "2026-03-02T10:00"), "end": at(cal, "2026-03-02T11:00"), "recurrence": recurrence}
        answer = cal.post("/me/events", body)
        assert (answer.status, answer.code) == (400, code), answer.body

    def test_an_occurrence_may_not_reach_the_next(self, cal):
        recurrence = {
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "noEnd", "startDate": "2026-03-02"},
        }
        body = {"start": at(cal, "2026-03-02T10:00"), "end": at(cal, "2026-03-03T10:01"), "recurrence": recurrence}
        assert cal.post("/me/events", body).code == "ErrorOccurrenceTimeSpanTooBig"


@covers(views.list_instances)
class TestOccurrences:
    def test_a_view_shows_them_and_never_the_master(self, cal):
        master = cal.series(WEEKLY, FOUR)
        shown = cal.view("2026-03-01", "2026-04-01")
        assert [one["type"] for one in shown] == ["occurrence"] * 4
        first = shown[0]
        assert first["seriesMasterId"] == master["id"]
        assert first["occurrenceId"] == f"OID.{master['id']}.2026-03-02"
        assert first["recurrence"] is None
        assert first["changeKey"] == master["changeKey"]
        assert first["iCalUId"] == master["iCalUId"][:32] + "07EA0302" + master["iCalUId"][40:]
        assert len(first["id"]) == 168
        assert cal.get(f"/me/events/{first['id']}").json["start"] == first["start"]

    def test_instances_are_those_of_one_series_in_a_window(self, cal):
        master = cal.series(WEEKLY, FOUR)
        cal.event()
        path = f"/me/events/{master['id']}/instances"
        answer = cal.get(f"{path}?startDateTime=2026-03-09T00:00:00Z&endDateTime=2026-03-17T00:00:00Z")
        assert [one["start"]["dateTime"][:10] for one in answer.values] == ["2026-03-09", "2026-03-16"]
        assert f"events('{quote(master['id'])}')/instances" in answer.json["@odata.context"]
        for query, code in (
            ("", "ErrorInvalidParameter"),
            ("?startDateTime=2026-01-01&endDateTime=2031-01-02", "ErrorInvalidRequest"),
        ):
            answer = cal.get(path + query)
            assert (answer.status, answer.code) == (400, code)

    def test_a_day_without_an_occurrence_has_no_id(self, cal):
        daily = cal.series({"type": "daily"})
        weekly = cal.series(WEEKLY)
        day = cal.view("2026-03-03", "2026-03-04")[0]["id"]
        ids = cal.org.mailbox(cal.me).ids
        from outlook365_emulator.store.item_ids import read_id

        found = read_id(day)
        stranger = ids.occurrence(found.folder, read_id(weekly["id"]).number, found.day)
        assert cal.get(f"/me/events/{day}").json["seriesMasterId"] == daily["id"]
        assert cal.get(f"/me/events/{stranger}").status == 404


class TestExceptions:
    def test_a_changed_occurrence_becomes_an_exception_and_keeps_its_id(self, cal):
        master = cal.series(WEEKLY, FOUR)
        second = cal.view("2026-03-01", "2026-04-01")[1]
        path = f"/me/events/{second['id']}"
        moved = {"start": at(cal, "2026-03-10T15:00"), "end": at(cal, "2026-03-10T16:00"), "subject": "Later"}
        answer = cal.patch(path, moved)
        assert answer.status == 200, answer.body
        assert (answer.json["type"], answer.json["subject"]) == ("exception", "Later")
        assert answer.json["id"] == second["id"]
        assert answer.json["occurrenceId"] == f"OID.{master['id']}.2026-03-09"
        assert cal.starts("2026-03-01", "2026-04-01") == [
            "2026-03-02T09:00",
            "2026-03-10T14:00",
            "2026-03-16T09:00",
            "2026-03-23T09:00",
        ]
        assert cal.get(path).json["subject"] == "Later"
        assert cal.starts("2026-03-09", "2026-03-10") == []

    def test_a_deleted_occurrence_is_gone_and_the_master_tells_which(self, cal):
        master = cal.series(WEEKLY, FOUR)
        second, third = cal.view("2026-03-01", "2026-04-01")[1:3]
        assert cal.delete(f"/me/events/{second['id']}").status == 204
        assert cal.get(f"/me/events/{second['id']}").status == 404
        assert cal.patch(f"/me/events/{third['id']}", {"subject": "Third"}).status == 200
        query = "$select=subject,exceptionOccurrences,cancelledOccurrences&$expand=exceptionOccurrences"
        told = cal.get(f"/me/events/{master['id']}?{query}").json
        assert told["cancelledOccurrences"] == [f"OID.{master['id']}.2026-03-09"]
        assert [(one["id"], one["subject"]) for one in told["exceptionOccurrences"]] == [(third["id"], "Third")]
        assert "cancelledOccurrences" not in cal.get(f"/me/events/{master['id']}").json

    @pytest.mark.parametrize(
        ("start", "allowed"),
        [
            ("2026-03-02T15:00", False),
            ("2026-03-03T00:00", True),
            ("2026-03-15T10:00", True),
            ("2026-03-16T08:00", False),
            ("2026-02-27T08:00", False),
        ],
    )
    def test_an_occurrence_stays_between_the_days_of_its_neighbours(self, cal, start, allowed):
        cal.series(WEEKLY, FOUR)
        second = cal.view("2026-03-01", "2026-04-01")[1]
        end = start[:11] + f"{int(start[11:13]) + 1:02}:00"
        answer = cal.patch(f"/me/events/{second['id']}", {"start": at(cal, start), "end": at(cal, end)})
        assert answer.status == (200 if allowed else 400), answer.body
        assert allowed or answer.code == "ErrorOccurrenceCrossingBoundary"

    def test_neighbours_are_where_they_were_moved_to(self, cal):
        cal.series(WEEKLY, FOUR)
        first, second = cal.view("2026-03-01", "2026-04-01")[:2]
        moved = {"start": at(cal, "2026-03-05T10:00"), "end": at(cal, "2026-03-05T11:00")}
        assert cal.patch(f"/me/events/{first['id']}", moved).status == 200
        earlier = {"start": at(cal, "2026-03-04T10:00"), "end": at(cal, "2026-03-04T11:00")}
        assert cal.patch(f"/me/events/{second['id']}", earlier).code == "ErrorOccurrenceCrossingBoundary"

    def test_an_occurrence_cannot_recur(self, cal):
        master = cal.series(WEEKLY, FOUR)
        second = cal.view("2026-03-01", "2026-04-01")[1]
        answer = cal.patch(f"/me/events/{second['id']}", {"recurrence": master["recurrence"]})
        assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")


class TestMaster:
    def test_what_an_exception_did_not_change_follows_the_series(self, cal):
        master = cal.series(WEEKLY, FOUR, categories=["Red category"])
        second = cal.view("2026-03-01", "2026-04-01")[1]
        cal.patch(f"/me/events/{second['id']}", {"subject": "Mine"})
        cal.patch(f"/me/events/{master['id']}", {"subject": "All", "showAs": "free"})
        shown = cal.view("2026-03-01", "2026-04-01")
        assert [(one["subject"], one["showAs"]) for one in shown] == [
            ("All", "free"),
            ("Mine", "free"),
            ("All", "free"),
            ("All", "free"),
        ]

    def test_another_time_drops_exceptions_and_deletions(self, cal):
        master = cal.series(WEEKLY, FOUR)
        shown = cal.view("2026-03-01", "2026-04-01")
        cal.patch(f"/me/events/{shown[1]['id']}", {"subject": "Mine"})
        cal.delete(f"/me/events/{shown[2]['id']}")
        moved = {"start": at(cal, "2026-03-02T12:00"), "end": at(cal, "2026-03-02T13:00")}
        assert cal.patch(f"/me/events/{master['id']}", moved).status == 200
        assert [(one["subject"], one["start"]["dateTime"][11:16]) for one in cal.view("2026-03-01", "2026-04-01")] == [
            ("Stand-up", "11:00")
        ] * 4

    def test_the_same_time_sent_again_keeps_them(self, cal):
        master = cal.series(WEEKLY, FOUR)
        shown = cal.view("2026-03-01", "2026-04-01")
        cal.delete(f"/me/events/{shown[2]['id']}")
        same = {name: master[name] for name in ("start", "end", "recurrence")}
        assert cal.patch(f"/me/events/{master['id']}", same).status == 200
        assert len(cal.view("2026-03-01", "2026-04-01")) == 3

    def test_without_recurrence_it_becomes_a_single_event_and_back(self, cal):
        master = cal.series(WEEKLY, FOUR)
        path = f"/me/events/{master['id']}"
        assert cal.patch(path, {"recurrence": None}).json["type"] == "singleInstance"
        assert len(cal.view("2026-03-01", "2026-04-01")) == 1
        again = cal.patch(path, {"recurrence": master["recurrence"]}).json
        assert again["type"] == "seriesMaster"
        assert len(cal.view("2026-03-01", "2026-04-01")) == 4

    def test_this_and_following_as_clients_do_it(self, cal):
        """The series is ended the day before, and a new one begins."""
        master = cal.series(WEEKLY)
        ended = {**master["recurrence"]["range"], "type": "endDate", "endDate": "2026-03-10"}
        change = {"recurrence": {"pattern": master["recurrence"]["pattern"], "range": ended}}
        assert cal.patch(f"/me/events/{master['id']}", change).status == 200
        cal.series(WEEKLY, start="2026-03-16T14:00:00", end="2026-03-16T15:00:00")
        assert cal.starts("2026-03-01", "2026-03-25") == [
            "2026-03-02T09:00",
            "2026-03-09T09:00",
            "2026-03-16T13:00",
            "2026-03-23T13:00",
        ]

    def test_deleting_it_deletes_every_occurrence(self, cal):
        master = cal.series(WEEKLY, FOUR)
        shown = cal.view("2026-03-01", "2026-04-01")
        assert cal.delete(f"/me/events/{master['id']}").status == 204
        assert cal.view("2026-03-01", "2026-04-01") == []
        assert cal.get(f"/me/events/{shown[0]['id']}").status == 404

    def test_a_series_of_whole_days_floats(self, cal):
        cal.series(WEEKLY, FOUR, start="2026-03-02T00:00:00", end="2026-03-03T00:00:00", isAllDay=True)
        shown = cal.view("2026-03-01", "2026-04-10")
        assert [one["start"]["dateTime"] for one in shown] == [
            f"2026-03-{day:02}T00:00:00.0000000" for day in (2, 9, 16, 23)
        ]
