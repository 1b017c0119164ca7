"""Delta: of a calendar's view in a window, and of its events."""

import random

import pytest
from outlook365_emulator.graph.calendar import changes

covers = pytest.mark.covers.with_args

WINDOW = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-03-15T00:00:00Z"


class Round:
    """One round of a delta query, page after page."""

    def __init__(self, cal, answer, **options):
        assert answer.status == 200, answer.body
        self.pages = 1
        self.items = answer.values
        while "@odata.nextLink" in answer.json:
            answer = cal.page(answer.json["@odata.nextLink"], **options)
            assert answer.status == 200, answer.body
            self.pages += 1
            self.items += answer.values
        self.link = answer.json["@odata.deltaLink"]
        self.context = answer.json["@odata.context"]

    @property
    def removed(self):
        return {one["id"] for one in self.items if "@removed" in one}

    @property
    def present(self):
        return {one["id"]: one for one in self.items if "@removed" not in one}


def follow(cal, path=f"/me/calendarView/delta?{WINDOW}", size=50, **options):
    headers = [("Prefer", f"odata.maxpagesize={size}"), *options.pop("headers", [])]
    ask = cal.page if path.startswith("http") else cal.get
    return Round(cal, ask(path, headers=headers, **options), headers=headers, **options)


@covers(changes.view_delta, changes.view_delta_in_calendar)
class TestView:
    def test_a_series_comes_in_full_and_its_occurrences_as_stubs(self, cal):
        master = cal.series({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 3})
        single = cal.event()
        found = follow(cal)
        assert found.context.endswith("$metadata#Collection(event)")
        assert [one["type"] for one in found.items] == ["seriesMaster", *["occurrence"] * 3, "singleInstance"]
        assert all(one["@odata.type"] == "#microsoft.graph.event" for one in found.items)
        assert list(found.items[1]) == ["@odata.type", "id", "@odata.etag", "seriesMasterId", "type", "start", "end"]
        assert found.items[0]["subject"] == "Stand-up"
        assert set(found.present) >= {master["id"], single["id"]}

    @pytest.mark.parametrize("size", [1, 2, 3])
    def test_pages_hold_everything_once(self, cal, size):
        cal.series({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 5})
        cal.event()
        whole, paged = follow(cal), follow(cal, size=size)
        assert paged.pages > 1
        assert [one["id"] for one in paged.items] == [one["id"] for one in whole.items]

    def test_nothing_is_lost_when_something_goes_between_two_pages(self, cal):
        gone = cal.event(subject="gone")
        kept = [cal.event(subject=str(number))["id"] for number in range(4)]
        headers = [("Prefer", "odata.maxpagesize=2")]
        first = cal.get(f"/me/calendarView/delta?{WINDOW}", headers=headers)
        cal.delete(f"/me/events/{gone['id']}")
        rest = follow(cal, first.json["@odata.nextLink"], size=2)
        seen = {one["id"] for one in first.values} | set(rest.present)
        assert seen >= set(kept)
        assert follow(cal, rest.link).removed == {gone["id"]}

    def test_later_rounds_tell_what_changed(self, cal):
        changed, deleted, moved = (cal.event(subject=name) for name in ("changed", "deleted", "moved"))
        link = follow(cal).link
        assert follow(cal, link).items == []
        cal.patch(f"/me/events/{changed['id']}", {"subject": "new"})
        cal.delete(f"/me/events/{deleted['id']}")
        away = {"start": {"dateTime": "2026-05-02T10:00"}, "end": {"dateTime": "2026-05-02T11:00"}}
        cal.patch(f"/me/events/{moved['id']}", away)
        created = cal.event(subject="created")
        outside = cal.event("2026-06-02T10:00:00", "2026-06-02T11:00:00")
        found = follow(cal, link)
        assert {one["subject"] for one in found.present.values()} == {"new", "created"}
        assert created["id"] in found.present
        assert found.removed == {deleted["id"], moved["id"], outside["id"]}
        assert follow(cal, link).removed == found.removed, "a link can be followed again"
        assert follow(cal, found.link).items == []

    def test_what_came_and_went_is_not_told(self, cal):
        link = follow(cal).link
        cal.delete(f"/me/events/{cal.event()['id']}")
        assert follow(cal, link).items == []

    def test_a_series_is_never_split_between_pages(self, cal):
        cal.event()
        cal.series({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 5})
        headers = [("Prefer", "odata.maxpagesize=2")]
        first = cal.get(f"/me/calendarView/delta?{WINDOW}", headers=headers)
        assert [one["type"] for one in first.values] == ["singleInstance"]
        second = cal.page(first.json["@odata.nextLink"], headers=headers)
        assert [one["type"] for one in second.values] == ["seriesMaster", *["occurrence"] * 5]
        assert "@odata.deltaLink" in second.json

    def test_exceptions_are_full_and_of_deleted_occurrences_nothing_is_said(self, cal):
        cal.series({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 4})
        first, second, third, _ = cal.view("2026-03-01", "2026-03-10")
        link = follow(cal).link
        cal.patch(f"/me/events/{second['id']}", {"subject": "Mine"})
        cal.delete(f"/me/events/{third['id']}")
        found = follow(cal, link)
        assert found.present[second["id"]]["subject"] == "Mine"
        assert found.present[second["id"]]["type"] == "exception"
        assert "subject" not in found.present[first["id"]]
        assert third["id"] not in {one["id"] for one in found.items}

    def test_an_exception_that_leaves_the_window_is_removed(self, cal):
        weekly = {"type": "weekly", "daysOfWeek": ["monday"]}
        cal.series(weekly, {"type": "numbered", "numberOfOccurrences": 2})
        second = cal.view("2026-03-01", "2026-03-15")[1]
        link = follow(cal).link
        away = {"start": {"dateTime": "2026-03-20T10:00"}, "end": {"dateTime": "2026-03-20T11:00"}}
        cal.patch(f"/me/events/{second['id']}", away)
        assert follow(cal, link).removed == {second["id"]}

    def test_a_changed_pattern_comes_with_its_days_alone(self, cal):
        master = cal.series({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 4})
        days = [one["id"] for one in cal.view("2026-03-01", "2026-03-10")]
        link = follow(cal).link
        recurrence = {"pattern": {"type": "daily", "interval": 2}, "range": master["recurrence"]["range"]}
        cal.patch(f"/me/events/{master['id']}", {"recurrence": recurrence})
        found = follow(cal, link)
        assert found.removed == set()
        assert set(found.present) & set(days) == {days[0], days[2]}

    def test_a_deleted_series_is_removed(self, cal):
        master = cal.series({"type": "daily"})
        link = follow(cal).link
        cal.delete(f"/me/events/{master['id']}")
        assert follow(cal, link).removed == {master["id"]}

    def test_prefer_converts_times(self, cal):
        cal.event()
        found = follow(cal, headers=[("Prefer", 'outlook.timezone="Asia/Tokyo"')])
        assert found.items[0]["start"]["timeZone"] == "Asia/Tokyo"

    def test_another_calendar_has_its_own(self, cal):
        calendar = cal.post("/me/calendars", {"name": "Trips"}).json["id"]
        cal.event(path=f"/me/calendars/{calendar}/events", subject="Trip")
        assert follow(cal).items == []
        found = follow(cal, f"/me/calendars/{calendar}/calendarView/delta?{WINDOW}")
        assert [one["subject"] for one in found.items] == ["Trip"]

    @pytest.mark.parametrize("option", ["$orderby=subject", "$filter=isAllDay eq true", "$select=subject", "$top=3",
                                        "$expand=attachments", "$search=x"])  # fmt: skip
    def test_options_are_refused(self, cal, option):
        answer = cal.get(f"/me/calendarView/delta?{WINDOW}&{option}")
        assert (answer.status, answer.code) == (400, "ErrorInvalidUrlQuery")
        assert "'CalendarView'" in answer.message

    def test_a_window_is_needed(self, cal):
        assert cal.get("/me/calendarView/delta").code == "ErrorInvalidParameter"

    def test_a_token_of_another_calendar_or_none_is_refused(self, cal):
        link = follow(cal).link
        calendar = cal.post("/me/calendars", {"name": "Trips"}).json["id"]
        token = link.partition("deltatoken=")[2]
        for path in (
            f"/me/calendars/{calendar}/calendarView/delta?$deltatoken={token}",
            f"/me/calendarView/delta?$skiptoken={token}",
            "/me/calendarView/delta?$deltatoken=abc",
        ):
            assert cal.get(path).status in (400, 410), path

    def test_an_old_token_starts_again(self, cal):
        from datetime import timedelta

        link = follow(cal).link
        cal.org.world.clock.set(cal.org.world.clock.now() + timedelta(days=60))
        answer = cal.page(link)
        assert answer.status == 410
        assert answer.code.lower() == "syncstatenotfound"


class Mirror:
    """What a client keeps that follows a view: rounds applied one after another."""

    def __init__(self, cal):
        self.cal = cal
        self.items = {}
        self.path = f"/me/calendarView/delta?{WINDOW}"

    def sync(self, size):
        found = follow(self.cal, self.path, size=size)
        for one in found.items:
            self.items.pop(one["id"], None)
            if "@removed" in one or one["type"] == "seriesMaster":  # a series is told as a whole
                self.items = {key: value for key, value in self.items.items() if value["seriesMasterId"] != one["id"]}
            if "@removed" not in one:
                self.items[one["id"]] = one
        self.path = found.link

    def shown(self):
        kept = (one for one in self.items.values() if one["type"] != "seriesMaster")
        return {one["id"]: (one["start"]["dateTime"], one["end"]["dateTime"], one["type"]) for one in kept}


def change_something(cal, chance):
    """Do one thing to the calendar that a client could do."""
    day, hour = chance.randint(1, 20), chance.randint(6, 20)
    times = {
        "start": {"dateTime": f"2026-03-{day:02}T{hour:02}:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": f"2026-03-{day:02}T{hour + 1:02}:00", "timeZone": "Europe/Berlin"},
    }
    pattern = {"type": "daily", "interval": chance.randint(1, 4)}
    limits = {"type": "numbered", "numberOfOccurrences": 5, "startDate": times["start"]["dateTime"][:10]}
    recurrence = {"recurrence": {"pattern": pattern, "range": limits}}
    events = cal.get("/me/events?$top=100").values
    view = cal.view("2026-03-01", "2026-03-15", "&$top=1000")
    kind = chance.random()
    if kind < 0.4 or not events:
        cal.post("/me/events", {**times, **(recurrence if kind < 0.15 else {})})
    elif kind < 0.55:
        cal.patch(
            f"/me/events/{chance.choice(events)['id']}", {**times, **(recurrence if chance.random() < 0.3 else {})}
        )
    elif kind < 0.7:
        cal.delete(f"/me/events/{chance.choice(events)['id']}")
    elif view:
        one = chance.choice(view)
        if kind < 0.85:
            cal.delete(f"/me/events/{one['id']}")
        else:
            cal.patch(f"/me/events/{one['id']}", chance.choice((times, {"subject": "mine"})))


@pytest.mark.parametrize("seed", range(3))
def test_a_client_that_follows_a_view_has_what_the_view_shows(cal, seed, amount):
    chance, mirror = random.Random(seed), Mirror(cal)
    for _ in range(amount(25, 300)):
        for _ in range(chance.randint(0, 4)):
            change_something(cal, chance)
        mirror.sync(chance.choice((1, 3, 50)))
        view = cal.view("2026-03-01", "2026-03-15", "&$top=1000")
        assert mirror.shown() == {
            one["id"]: (one["start"]["dateTime"], one["end"]["dateTime"], one["type"]) for one in view
        }


@covers(changes.events_delta, changes.events_delta_in_calendar)
class TestEvents:
    def test_singles_and_series_and_what_happens_to_them(self, cal):
        master, single = cal.series({"type": "daily"}), cal.event()
        found = follow(cal, "/me/events/delta")
        assert set(found.present) == {master["id"], single["id"]}
        cal.delete(f"/me/events/{single['id']}")
        cal.patch(f"/me/events/{master['id']}", {"subject": "new"})
        later = follow(cal, found.link)
        assert later.removed == {single["id"]}
        assert later.present[master["id"]]["subject"] == "new"

    def test_a_sharee_follows_the_own_copy_of_a_calendar(self, cal):
        ben = cal.org.ben
        permission = {"emailAddress": {"address": "ben@contoso.example"}, "role": "read"}
        assert cal.post("/me/calendar/calendarPermissions", permission).status == 201
        open_, private = cal.event(subject="Open"), cal.event(subject="Secret", sensitivity="private")
        shared = cal.get("/me/calendars", as_=ben).values[1]["id"]
        found = follow(cal, f"/me/calendars/{shared}/events/delta", as_=ben)
        assert {one["subject"] for one in found.items} == {"Open", "Private Appointment"}
        assert not {open_["id"], private["id"]} & set(found.present), "ids are those of the sharee's mailbox"
        cal.delete(f"/me/events/{open_['id']}")
        later = follow(cal, found.link, as_=ben)
        assert later.removed == {one["id"] for one in found.items if one["subject"] == "Open"}
        own = cal.get("/me/events/delta", as_=ben).json["@odata.deltaLink"].partition("deltatoken=")[2]
        assert cal.get(f"/me/calendars/{shared}/events/delta?$deltatoken={own}", as_=ben).status in (400, 410)
