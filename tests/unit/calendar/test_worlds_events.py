"""Events of a world document: times of the week, lengths, recurrences, and what is said about a wrong one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from outlook365_emulator.graph.calendar.adding import events_between
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.worlds.building import build_world
from outlook365_emulator.worlds.documents import WorldDocument
from outlook365_emulator.worlds.reading import DocumentError, read_document

NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)  # a Wednesday


def build(*events: dict[str, Any]) -> list[dict[str, Any]]:
    document = {
        "clock": {"start": NOW.isoformat(), "frozen": True},
        "tenants": [{"domains": ["contoso.example"], "users": [{"name": "ada", "events": list(events)}]}],
    }
    world = build_world(Hosting(), read_document(document, WorldDocument))
    (tenant,) = world.tenants.values()
    (ada,) = tenant.users
    window = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    return list(events_between(tenant, ada, *window))


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("monday 09:30", "2026-03-02T08:30"),
        ("Friday 09:30", "2026-03-06T08:30"),
        ("tuesday+1w 14:00", "2026-03-10T13:00"),
        ("sunday-1w 14:00", "2026-03-01T13:00"),
        ("+1d 10:00", "2026-03-05T09:00"),
        ("0d 00:00", "2026-03-03T23:00"),
        ("-2h", "2026-03-04T13:30"),
        ("2026-03-20T10:00:00Z", "2026-03-20T10:00"),
    ],
)
def test_forms_of_start(start: str, expected: str) -> None:
    (event,) = build({"subject": "x", "start": start, "zone": "Europe/Berlin"})
    assert event["start"]["dateTime"][:16] == expected


def test_lengths() -> None:
    events = build(
        {"start": "monday 09:00"},
        {"start": "monday 10:00", "minutes": 90},
        {"start": "monday 11:00", "end": "monday 17:00"},
        {"start": "tuesday 00:00", "all_day": True},
    )
    assert [one["end"]["dateTime"][:16] for one in events] == [
        "2026-03-02T09:30",
        "2026-03-02T11:30",
        "2026-03-02T17:00",
        "2026-03-04T00:00",
    ]


def test_a_recurrence_begins_with_the_event() -> None:
    recurrence = {"pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}}
    events = build({"start": "monday 09:00", "recurrence": recurrence})
    assert [one["start"]["dateTime"][:10] for one in events] == [f"2026-03-{day:02}" for day in (2, 9, 16, 23, 30)]


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ({"start": "someday 09:00"}, "events[0].start"),
        ({"start": "monday 09:00", "zone": "Mars"}, "events[0].zone"),
        ({"start": "monday 09:00", "calendar": "Trips"}, "events[0].calendar"),
        ({"start": "monday 09:00", "end": "monday 08:00"}, "events[0]"),
        ({"start": "monday 09:00", "recurrence": {"pattern": {"typ": "daily"}}}, "events[0]"),
        ({"start": "monday 09:00", "titel": "x"}, "titel"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(event: dict[str, Any], place: str) -> None:
    with pytest.raises(DocumentError) as caught:
        build(event)
    assert place in str(caught.value)


def test_the_shipped_world_has_events() -> None:
    from outlook365_emulator.worlds.files import load_world_file

    world = build_world(Hosting(), load_world_file("contoso"))
    (tenant,) = world.tenants.values()
    ada = tenant.users.find("name", "ada@contoso.onmicrosoft.com")
    mailbox = tenant.mailbox_of(ada)
    assert len(mailbox.events) >= 5
