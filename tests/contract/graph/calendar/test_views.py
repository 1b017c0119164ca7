"""Windows: `calendarView` with every form of bound, its limits, options and pages."""

import pytest
from outlook365_emulator.graph.calendar import views

covers = pytest.mark.covers.with_args


@covers(views.list_)
class TestWindow:
    @pytest.mark.parametrize(
        ("query", "code", "text"),
        [
            ("", "ErrorInvalidParameter", "This request requires a time window"),
            ("?startDateTime=2026-03-01", "ErrorInvalidParameter", "This request requires a time window"),
            ("?startDateTime=soon&endDateTime=2026-03-01", "ErrorInvalidParameter", "soon"),
            (
                "?startDateTime=2026-03-01T00:00:00+01:00&endDateTime=2026-03-02",
                "ErrorInvalidParameter",
                "StartDateTime",
            ),
            ("?startDateTime=2026-03-02&endDateTime=2026-03-01", "ErrorInvalidParameter", "EndDateTime"),
            ("?startDateTime=2026-01-01&endDateTime=2031-01-02", "ErrorInvalidRequest", "days: 1825"),
            ("?startDateTime=0000-01-01&endDateTime=0000-01-02", "ErrorInvalidParameter", "StartDateTime"),
        ],
    )
    def test_what_is_refused(self, cal, query, code, text):
        answer = cal.get(f"/me/calendarView{query}")
        assert (answer.status, answer.code) == (400, code), answer.body
        assert text in answer.message

    @pytest.mark.parametrize(
        ("low", "high"),
        [
            ("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"),
            ("2026-03-02T10:00:00%2B01:00", "2026-03-02T11:00:00%2B01:00"),
            ("2026-03-02T00:00:00-08:00", "2026-03-02T02:00:00-08:00"),
            ("2026-03-02", "2026-03-03"),
            ("2026-03-02T09:59:59.9999999", "2026-03-02T12:00:00.0000000"),
        ],
    )
    def test_forms_of_bounds(self, cal, low, high):
        cal.event()
        assert len(cal.view(low, high)) == 1

    @pytest.mark.parametrize(
        ("low", "high", "count"),
        [("08:00", "09:00", 0), ("08:00", "09:01", 1), ("09:59", "12:00", 1), ("10:00", "12:00", 0)],
    )
    def test_what_touches_a_bound_from_outside_is_out(self, cal, low, high, count):
        cal.event()
        assert len(cal.view(f"2026-03-02T{low}:00Z", f"2026-03-02T{high}:00Z")) == count

    def test_names_of_parameters_are_taken_in_any_case(self, cal):
        cal.event()
        assert len(cal.get("/me/calendarview?startdatetime=2026-03-02&enddatetime=2026-03-03").values) == 1

    def test_what_began_long_before_is_in(self, cal):
        cal.event("2026-02-01T10:00:00", "2026-03-20T10:00:00", subject="Sabbatical")
        for day in range(1, 29):
            cal.event(f"2026-02-{day:02}T12:00:00", f"2026-02-{day:02}T13:00:00")
        assert [one["subject"] for one in cal.view("2026-03-10", "2026-03-11")] == ["Sabbatical"]

    def test_a_window_is_the_slice_of_a_wider_one(self, cal):
        cal.series({"type": "daily"})
        cal.series({"type": "weekly", "daysOfWeek": ["tuesday", "friday"]}, start="2026-03-03T22:00:00",
                   end="2026-03-04T01:00:00")  # fmt: skip
        for day in range(1, 29, 3):
            cal.event(f"2026-03-{day:02}T08:00:00", f"2026-03-{day:02}T20:00:00")
        wide = cal.view("2026-03-01", "2026-04-01", "&$top=1000")
        for low, high in (("2026-03-04", "2026-03-05"), ("2026-03-09T10:30:00", "2026-03-20T09:30:00")):
            bounds = [(one + "T00:00:00")[:19] for one in (low, high)]
            inside = [
                one["id"]
                for one in wide
                if one["start"]["dateTime"] < bounds[1] and one["end"]["dateTime"] > bounds[0] + ".0000000"
            ]
            assert [one["id"] for one in cal.view(low, high)] == inside


@covers(views.count, views.list_in_calendar, views.count_in_calendar)
class TestOptions:
    def test_pages_of_ten_with_links_that_keep_the_window(self, cal):
        cal.series({"type": "daily"})
        answer = cal.get("/me/calendarView?startDateTime=2026-03-01&endDateTime=2026-03-15&$count=true")
        assert (len(answer.values), answer.json["@odata.count"]) == (10, 13)
        assert "startDateTime=2026-03-01" in answer.json["@odata.nextLink"]
        assert "$skip=10" in answer.json["@odata.nextLink"]
        assert len(cal.view("2026-03-01", "2026-03-15")) == 13

    @pytest.mark.parametrize(
        ("options", "found"),
        [
            ("&$filter=isAllDay eq true", ["day"]),
            ("&$filter=categories/any(c:c eq 'Rental')", ["meeting"]),
            ("&$orderby=start/dateTime desc", ["meeting", "day"]),
            ("&$orderby=subject", ["day", "meeting"]),
            ("&$top=1", ["day", "meeting"]),
            ("&$filter=type eq 'occurrence'", []),
        ],
    )
    def test_filter_and_order(self, cal, options, found):
        cal.event(subject="meeting", categories=["Rental"])
        cal.event("2026-03-02T00:00:00", "2026-03-03T00:00:00", subject="day", isAllDay=True)
        assert [one["subject"] for one in cal.view("2026-03-02", "2026-03-03", options)] == found

    def test_occurrences_are_filtered_by_their_own_times(self, cal):
        cal.series({"type": "daily"})
        shown = cal.view("2026-03-02", "2026-03-12", "&$filter=start/dateTime ge '2026-03-10T00:00:00'")
        assert [one["start"]["dateTime"][:10] for one in shown] == ["2026-03-10", "2026-03-11"]

    def test_prefer_converts_times_and_not_the_window(self, cal):
        cal.event()
        prefer = [("Prefer", 'outlook.timezone="Asia/Tokyo"')]
        shown = cal.view("2026-03-02T09:00:00", "2026-03-02T10:00:00", headers=prefer)
        assert shown[0]["start"] == {"dateTime": "2026-03-02T18:00:00.0000000", "timeZone": "Asia/Tokyo"}

    def test_another_calendar_has_its_own_view(self, cal):
        calendar = cal.post("/me/calendars", {"name": "Trips"}).json["id"]
        cal.event(path=f"/me/calendars/{calendar}/events", subject="Trip")
        path = f"/me/calendars/{calendar}/calendarView"
        assert [one["subject"] for one in cal.view("2026-03-02", "2026-03-03", path=path)] == ["Trip"]
        assert cal.view("2026-03-02", "2026-03-03") == []
        assert cal.get("/me/calendarView/$count?startDateTime=2026-03-02&endDateTime=2026-03-03").body == b"0"
