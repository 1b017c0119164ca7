"""Filling a calendar with invented working weeks: series of a team, meetings, appointments, trips and days off.

Names come from Faker, everything else from the lists below; only the seed decides. The same seed invents the same weeks
for the same people at the same instant; ids are new ones.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Final

from outlook365_emulator.graph.calendar.adding import calendar_named, setting_for
from outlook365_emulator.graph.calendar.composing import make_event
from outlook365_emulator.graph.zones import to_wall, zone_named
from outlook365_emulator.ids import Chance
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

Draft = dict[str, Any]

_OPENS, _CLOSES = 9 * 60, 17 * 60
_LUNCH = (12 * 60, 13 * 60)
_WORKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday")

_SERIES: Final = (
    ("Stand-up", 9 * 60, 15, _WORKDAYS, "Team room"),
    ("Team meeting", 10 * 60, 60, ("monday",), "Room Ammersee"),
    ("One to one with {colleague}", 14 * 60, 30, ("wednesday",), ""),
    ("Week in review", 16 * 60, 45, ("friday",), "Room Chiemsee"),
)
_MEETINGS: Final = (
    "Kick-off: {thing}",
    "Budget for {thing}",
    "Call with {company}",
    "Visit of {company}",
    "Interview: {person}",
    "Review of {thing}",
    "Planning of {thing}",
    "Demonstration for {company}",
    "Contract with {company}",
)
_APPOINTMENTS: Final = ("Focus time", "Travel costs", "Prepare {thing}", "Read the offer of {company}", "Training")
_PRIVATE: Final = ("Dentist", "Parents' evening", "Pick up the car", "Doctor")
_THINGS: Final = ("the trade fair", "the new warehouse", "spare parts", "the website", "next year", "the audit")
_ROOMS: Final = ("Room Ammersee", "Room Chiemsee", "Room Tegernsee", "Team room", "")
_DAYS_OFF: Final = (("Day off", "oof"), ("Trade fair", "oof"), ("Working from home", "workingElsewhere"))
_LENGTHS: Final = (30, 30, 30, 45, 60, 60, 90)
_CATEGORIES: Final = ("Red category", "Blue category", "Green category")


def fill(
    world: World,
    tenant: Tenant,
    unit_factory: Callable[[], AbstractContextManager[UnitOfWork]],
    user: User,
    weeks: int = 4,
    seed: int = 7,
    zone: str = "UTC",
) -> Iterator[int]:
    """Put invented working weeks into a default calendar, a week at a time.

    Whoever iterates can let others run between two weeks. The first week is that of the emulated present.

    Args:
        world: the world.
        tenant: the user's tenant; the people in it are the colleagues who are met.
        unit_factory: begins a unit of work, `world.unit`.
        user: whose calendar it is.
        weeks: how many weeks.
        seed: decides what is invented.
        zone: time zone of the person, a Windows or IANA name.

    Yields:
        How many events have been put in so far, after each week; a series counts as one.

    Raises:
        LookupError: the user has no mailbox.
        ValueError: the number of weeks is negative.
        GraphError: the zone is unknown.
    """
    calendar_named(tenant, user)
    if weeks < 0:
        raise ValueError(f"weeks must not be negative: {weeks}")
    now = to_wall(world.clock.now(), zone_named(zone).iana)
    monday = datetime(now.year, now.month, now.day) - timedelta(days=now.weekday())
    inventor = _Inventor(seed, _colleagues(tenant, user), zone)
    return _weeks(world, tenant, unit_factory, user, inventor, [monday + timedelta(weeks=one) for one in range(weeks)])


def _colleagues(tenant: Tenant, user: User) -> list[User]:
    found = [one for one in tenant.users if one.id != user.id and one.has_mailbox and one.purpose == "user"]
    return sorted(found, key=lambda one: one.user_principal_name)


def _weeks(
    world: World,
    tenant: Tenant,
    unit_factory: Callable[[], AbstractContextManager[UnitOfWork]],
    user: User,
    inventor: "_Inventor",
    mondays: list[datetime],
) -> Iterator[int]:
    made = 0
    for position, monday in enumerate(mondays):
        drafts = [] if position else list(inventor.series(monday, len(mondays)))
        drafts += inventor.week(monday)
        with unit_factory() as unit:
            setting = setting_for(world, tenant, unit, user)
            for draft in drafts:
                make_event(setting, draft)
        made += len(drafts)
        yield made


class _Inventor:
    """Invents events; what it invents depends on nothing but the seed and the colleagues."""

    __slots__ = ("_chance", "_colleagues", "_faker", "_zone")

    def __init__(self, seed: int, colleagues: list[User], zone: str) -> None:
        from faker import Faker

        self._chance = Chance(seed)
        self._faker = Faker("en_US")
        self._faker.seed_instance(seed)
        self._colleagues = colleagues
        self._zone = zone

    def series(self, monday: datetime, weeks: int) -> Iterator[Draft]:
        """Yield the series of a team, which go on for all weeks."""
        last = (monday + timedelta(days=7 * weeks - 3)).date().isoformat()
        for title, begins, length, days, room in _SERIES:
            first = monday + timedelta(days=_WORKDAYS.index(days[0]))
            draft = self._draft(self._titled(title), first, begins, length)
            draft["attendees"] = self._some(len(self._colleagues) if len(days) > 1 else 2)
            draft["location"] = {"displayName": room}
            draft["recurrence"] = {
                "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": list(days), "firstDayOfWeek": "monday"},
                "range": {"type": "endDate", "startDate": first.date().isoformat(), "endDate": last},
            }
            yield draft

    def week(self, monday: datetime) -> Iterator[Draft]:
        """Yield what a week has beside the series: two to four events a day, and now and then a whole day."""
        for offset, name in enumerate(_WORKDAYS):
            day = monday + timedelta(days=offset)
            if self._chance.random() < 0.06:
                title, status = self._chance.choice(_DAYS_OFF)
                yield self._whole_day(title, status, day)
                if status == "oof":
                    continue
            taken = [_LUNCH, *((begins, begins + length) for _, begins, length, days, _ in _SERIES if name in days)]
            for _ in range(self._chance.randint(2, 4)):
                length = self._chance.choice(_LENGTHS)
                begins = self._free(taken, length)
                if begins is not None:
                    taken.append((begins, begins + length))
                    yield self._event(day, begins, length)

    def _free(self, taken: list[tuple[int, int]], length: int) -> int | None:
        """Return a minute of the day from which nothing else is on, or None."""
        slots = [
            begins
            for begins in range(_OPENS, _CLOSES - length + 1, 30)
            if all(begins >= end or begins + length <= start for start, end in taken)
        ]
        return self._chance.choice(slots) if slots else None

    def _event(self, day: datetime, begins: int, length: int) -> Draft:
        kind = self._chance.random()
        if kind < 0.08:
            draft = self._draft(self._chance.choice(_PRIVATE), day, begins, length)
            return {**draft, "sensitivity": "private", "showAs": "oof"}
        if kind < 0.3:
            draft = self._draft(self._titled(self._chance.choice(_APPOINTMENTS)), day, begins, length)
            return {**draft, "showAs": self._chance.choice(("busy", "tentative", "free"))}
        draft = self._draft(self._titled(self._chance.choice(_MEETINGS)), day, begins, length)
        draft["attendees"] = self._some(self._chance.randint(1, 3)) + self._outsiders()
        draft["location"] = {"displayName": self._chance.choice(_ROOMS)}
        draft["body"] = {"contentType": "text", "content": self._faker.sentence(nb_words=12)}
        draft["isOnlineMeeting"] = self._chance.random() < 0.4
        if self._chance.random() < 0.25:
            draft["categories"] = [self._chance.choice(_CATEGORIES)]
        return draft

    def _whole_day(self, title: str, status: str, day: datetime) -> Draft:
        draft = self._draft(title, day, 0, 24 * 60)
        return {**draft, "isAllDay": True, "showAs": status, "isReminderOn": False}

    def _draft(self, title: str, day: datetime, begins: int, length: int) -> Draft:
        start = day + timedelta(minutes=begins)
        return {
            "subject": title,
            "start": {"dateTime": start.isoformat(), "timeZone": self._zone},
            "end": {"dateTime": (start + timedelta(minutes=length)).isoformat(), "timeZone": self._zone},
        }

    def _titled(self, template: str) -> str:
        colleague = self._chance.choice(self._colleagues).display_name if self._colleagues else self._faker.name()
        return template.format(
            colleague=colleague,
            company=self._faker.company(),
            person=self._faker.name(),
            thing=self._chance.choice(_THINGS),
        )

    def _some(self, count: int) -> list[Draft]:
        chosen = self._chance.sample(self._colleagues, min(count, len(self._colleagues)))
        return [
            {"emailAddress": {"name": one.display_name, "address": one.mail or one.user_principal_name}}
            for one in chosen
        ]

    def _outsiders(self) -> list[Draft]:
        if self._chance.random() < 0.6:
            return []
        name = self._faker.name()
        address = f"{name.lower().replace(' ', '.').replace('..', '.')}@example.com"
        return [{"type": "optional", "emailAddress": {"name": name, "address": address}}]
