"""Free and busy times of a mailbox: what its default calendar holds in a window, and the merged view of it.

Reference `graph-calendar.md` section 23. An all-day event lasts from midnight to midnight of the zone that is asked in.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec

from outlook365_emulator.graph.calendar.recurrence.instants import overlaps
from outlook365_emulator.graph.calendar.recurrence.reading import DAYS
from outlook365_emulator.graph.calendar.seen_calendars import as_owner, default_calendar
from outlook365_emulator.graph.calendar.seen_events import SeenEvent, unfolded, view
from outlook365_emulator.graph.mail.mailbox_settings import settings_of
from outlook365_emulator.graph.zones import Zone, to_utc, to_wall, zone_named
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User

_RANK: Mapping[str, int] = MappingProxyType(
    {"free": 0, "unknown": 0, "workingElsewhere": 0, "tentative": 1, "busy": 2, "oof": 3}
)
"""The digit of a status in `availabilityView`; the busiest wins. Working elsewhere counts as free (page of 2024)."""

_FARTHEST: Final = timedelta(days=1)
"""By how much the midnights of an all-day event can lie beside its days in UTC."""


class Item(msgspec.Struct, frozen=True):
    """Something in a calendar that has a free/busy status."""

    event: SeenEvent
    start: datetime
    end: datetime
    status: str


def items_between(mailbox: Mailbox, owner: User, low: datetime, high: datetime, zone: Zone) -> list[Item]:
    """Return what the default calendar of a mailbox holds in a window, by start; what is free among it.

    Args:
        mailbox: the mailbox.
        owner: its owner.
        low: begin of the window.
        high: its end.
        zone: the zone whose midnights bound all-day events.
    """
    calendar = default_calendar(mailbox)
    seen = as_owner(mailbox, calendar, owner)
    rows, _ = view(seen, low - _FARTHEST, high + _FARTHEST)
    found = []
    for one in unfolded(seen, rows):
        start, end = one.start, one.end
        if one.item.is_all_day:
            start, end = (to_utc(instant.replace(tzinfo=None), zone.iana) for instant in (start, end))
        if overlaps(start, end, low, high):
            found.append(Item(one, start, end, one.item.show_as))
    return sorted(found, key=lambda item: (item.start, item.end))


def merged_view(items: Iterable[Item], low: datetime, high: datetime, interval: int) -> str:
    """Return one digit for each slot of a window: how busy the busiest item in it makes it.

    Args:
        items: what is in the calendar.
        low: begin of the first slot.
        high: end of the window; the last slot may reach over it.
        interval: length of a slot in minutes.
    """
    length = timedelta(minutes=interval)
    slots = [0] * -((low - high) // length)
    for item in items:
        first = max(0, (item.start - low) // length)
        last = min(len(slots), -((low - item.end) // length))
        for slot in range(first, last):
            slots[slot] = max(slots[slot], _RANK.get(item.status, 2))
    return "".join(map(str, slots))


class WorkingHours(msgspec.Struct, frozen=True):
    """When somebody works.

    Attributes:
        document: the `workingHours` of the mailbox settings.
        days: days of the week, Monday is 0.
        begins, ends: times of day in the zone.
        zone: IANA name of the zone.
    """

    document: dict[str, Any]
    days: frozenset[int]
    begins: time
    ends: time
    zone: str

    def contain(self, start: datetime, end: datetime, *, weekend: bool = False) -> bool:
        """Return whether a meeting lies within the hours; with `weekend` Saturdays and Sundays are work days too."""
        begins, ends = to_wall(start, self.zone), to_wall(end, self.zone)
        days = self.days | {5, 6} if weekend else self.days
        if begins.date() != ends.date() or begins.weekday() not in days:
            return False
        return self.begins <= begins.time() and ends.time() <= self.ends


def working_hours(mailbox: Mailbox, owner: User, now: datetime) -> WorkingHours:
    """Return when the owner of a mailbox works."""
    document = settings_of(mailbox, owner, now)["workingHours"]
    zone = document["timeZone"]
    custom = str(zone.get("@odata.type", "")).endswith("customTimeZone")
    return WorkingHours(
        document=document,
        days=frozenset(DAYS.index(one) for one in document["daysOfWeek"]),
        begins=_time(document["startTime"]),
        ends=_time(document["endTime"]),
        zone=_fixed(zone.get("bias") or 0) if custom else zone_named(zone["name"]).iana,
    )


def _time(text: str) -> time:
    return time.fromisoformat(text[:8])


def _fixed(bias: int) -> str:
    """Return the zone of whole hours nearest to a bias: UTC is local time plus bias; POSIX names count westwards."""
    hours = max(-14, min(12, round(bias / 60)))
    return f"Etc/GMT{hours:+d}" if hours else "UTC"
