"""Times at which a meeting can be: candidates, how certain each is, and why there is none.

Confidence is the mean over the attendees of 100 for free, 49 for unknown, 0 for busy (reference `graph-calendar.md`
section 24). Of what Microsoft does not document: tentative counts as unknown, out of office as busy, working elsewhere
as free.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from outlook365_emulator.directory.users import find_by_address
from outlook365_emulator.graph.calendar.meetings.constraints import Room, Wish
from outlook365_emulator.graph.calendar.meetings.free_busy import Item, WorkingHours, items_between, working_hours
from outlook365_emulator.graph.calendar.meetings.schedules import role_of
from outlook365_emulator.graph.calendar.recurrence.instants import overlaps
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.zones import UTC_ZONE
from outlook365_emulator.store.records.directory import User

_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"free": 100, "workingElsewhere": 100, "unknown": 49, "tentative": 49, "busy": 0, "oof": 0}
)
_ORDER: Final = ("free", "workingElsewhere", "unknown", "tentative", "busy", "oof")
"""Statuses from the freest on; the last of those in a slot counts."""

_GRID: Final = timedelta(minutes=30)


class Suggestion(msgspec.Struct, frozen=True):
    """A time that is suggested.

    Attributes:
        start, end: the time, in UTC.
        confidence: how certain the attendees are free, in percent.
        organizer: the organizer's free/busy status.
        attendees: addresses and statuses.
        places: places that are free.
    """

    start: datetime
    end: datetime
    confidence: float
    organizer: str
    attendees: list[tuple[str, str]]
    places: list[Room]


class _Diary(msgspec.Struct, frozen=True):
    """What is known of somebody: items and working hours, or nothing."""

    items: list[Item] | None
    hours: WorkingHours | None

    def status(self, start: datetime, end: datetime) -> str:
        if self.items is None:
            return "unknown"
        found = [one.status for one in self.items if overlaps(one.start, one.end, start, end)]
        return max(found, key=_ORDER.index, default="free")

    def works(self, start: datetime, end: datetime, domain: str) -> bool:
        if domain == "unrestricted" or self.hours is None:
            return True
        return self.hours.contain(start, end, weekend=domain == "personal")


def suggest(call: Call, wish: Wish) -> tuple[list[Suggestion], str]:
    """Return suggestions, the best first, and the reason why there are none, or "".

    Args:
        call: the call; its user is the organizer.
        wish: what is wished for.
    """
    finder = _Finder(call, wish)
    found, refused = [], list[str]()
    for start in _candidates(wish):
        one = finder.judge(start)
        if isinstance(one, Suggestion):
            found.append(one)
        else:
            refused.append(one)
    found.sort(key=lambda one: (-one.confidence, _ORDER.index(one.organizer), one.start))
    if found:
        return found[: wish.count], ""
    return [], next((reason for reason in _REASONS if reason in refused), "Unknown")


_REASONS: Final = (
    "LocationsUnavailable",
    "AttendeesUnavailableOrUnknown",
    "AttendeesUnavailable",
    "OrganizerUnavailable",
)
"""Reasons as they are on the wire; the one that came nearest to a suggestion is told."""


def _candidates(wish: Wish) -> Iterator[datetime]:
    """Yield starts on the half hour, one meeting after the other, in every slot."""
    step = -(-wish.duration // _GRID) * _GRID
    seen: set[datetime] = set()
    for begin, end in wish.slots:
        at = begin.replace(minute=begin.minute // 30 * 30, second=0, microsecond=0)
        if at < begin:
            at += _GRID
        while at + wish.duration <= end:
            if at not in seen:
                seen.add(at)
                yield at
            at += step


class _Finder:
    """Judges candidates."""

    __slots__ = ("_attendees", "_organizer", "_rooms", "_wish")

    def __init__(self, call: Call, wish: Wish) -> None:
        self._wish = wish
        low, high = min(one[0] for one in wish.slots), max(one[1] for one in wish.slots)

        def diary(user: User | None, *, room: bool = False) -> _Diary:
            mailbox = call.tenant.mailbox_of(user) if user is not None else None
            if user is None or mailbox is None or role_of(call, mailbox) == "none":
                return _Diary(None, None)
            hours = None if room or user.purpose != "user" else working_hours(mailbox, user, call.now)
            return _Diary(items_between(mailbox, user, low, high, UTC_ZONE), hours)

        self._organizer = diary(call.user)
        self._attendees = [
            (address, diary(find_by_address(call.tenant, address), room=room)) for address, room in wish.attendees
        ]
        rooms = list(wish.rooms)
        if not rooms and wish.suggest_room:
            found = (user for user in call.tenant.users if user.purpose == "room")
            rooms = [Room(user.display_name, user.mail or user.user_principal_name) for user in found]
        self._rooms = [
            (room, diary(find_by_address(call.tenant, room.address), room=True) if room.address else _Diary(None, None))
            for room in rooms
        ]

    def judge(self, start: datetime) -> Suggestion | str:
        """Return a suggestion, or the reason why there is none at this time."""
        wish, end = self._wish, start + self._wish.duration
        own = self._organizer.status(start, end)
        works = self._organizer.works(start, end, wish.domain)
        if not wish.organizer_optional and (own in ("busy", "oof") or not works):
            return "OrganizerUnavailable"
        statuses = [(address, diary.status(start, end)) for address, diary in self._attendees]
        confidence = sum(_WEIGHTS[status] for _, status in statuses) / len(statuses) if statuses else 100.0
        at_work = all(diary.works(start, end, wish.domain) for _, diary in self._attendees)
        if confidence < wish.percentage or not at_work:
            unknown = any(status == "unknown" for _, status in statuses)
            return "AttendeesUnavailableOrUnknown" if unknown else "AttendeesUnavailable"
        places = [room for room, diary in self._rooms if not room.resolve or _is_free(room, diary, start, end)]
        if wish.room_required and not places:
            return "LocationsUnavailable"
        return Suggestion(start, end, confidence, own, statuses, places)


def _is_free(room: Room, diary: _Diary, start: datetime, end: datetime) -> bool:
    """Return whether a place can be had; one without a mailbox always can."""
    return not room.address or diary.status(start, end) == "free"
