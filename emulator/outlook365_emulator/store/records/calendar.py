"""Records of a mailbox's calendars: groups, calendars, who may see them, events and their series.

One record holds a single event or a whole series with its exceptions; occurrences are computed. Days are proleptic
Gregorian ordinals (`datetime.date.toordinal`), so that arithmetic on them is arithmetic on integers.
"""

from datetime import datetime
from typing import Literal

import msgspec

PatternType = Literal["daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly"]
RangeType = Literal["endDate", "noEnd", "numbered"]
Role = Literal[
    "none",
    "freeBusyRead",
    "limitedRead",
    "read",
    "write",
    "delegateWithoutPrivateEventAccess",
    "delegateWithPrivateEventAccess",
    "custom",
]


class CalendarGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group of calendars in a mailbox.

    Attributes:
        number: the group's counter, part of its id.
        class_id: GUID that tells the well-known groups.
    """

    number: int
    name: str
    class_id: str
    change: int = 0
    well_known: str = ""


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar of a mailbox, or the copy of somebody else's.

    Attributes:
        number: the folder's counter, part of its id and of the ids of its events.
        group: number of its group.
        providers: online meeting providers that it allows; the first is the default.
        owner: object id of the user whose calendar it shows, or "" for one of the mailbox itself.
        shown: number of the calendar shown, in the owner's mailbox; 0 for one of the mailbox itself.
        properties: extended properties by normalised id; a tuple of texts is a multi-value one.
    """

    number: int
    group: int
    name: str
    color: str = "auto"
    hex_color: str = ""
    change: int = 0
    is_default: bool = False
    providers: tuple[str, ...] = ("teamsForBusiness",)
    owner: str = ""
    shown: int = 0
    properties: tuple[tuple[str, str | tuple[str, ...]], ...] = ()


class CalendarPermission(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody may do with a calendar.

    Attributes:
        calendar: number of the calendar.
        address: address of the person in lower case; "" for everybody of the organisation.
        user: object id of the person, or "" for somebody outside and for everybody.
    """

    calendar: int
    address: str
    name: str
    role: Role
    user: str = ""
    inside: bool = True
    removable: bool = True


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """When a series repeats.

    Attributes:
        interval: number of days, weeks, months or years from one period to the next.
        days: days of the week, Monday is 0.
        week_start: first day of the week, Monday is 0.
        day: day of the month.
        month: month of the year.
        index: which of the fitting days of a month: 1 to 4, -1 for the last.
    """

    type: PatternType
    interval: int
    days: tuple[int, ...] = ()
    week_start: int = 6
    day: int = 0
    month: int = 0
    index: int = 1


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern, how long it goes on, and when in the day it takes place.

    Attributes:
        first: day of the first occurrence, which fits the pattern; intervals count from it.
        range: how the end is given.
        until: last possible day, for `endDate`.
        count: number of occurrences, for `numbered`.
        zone: IANA name of the zone in whose wall-clock time it is expanded.
        zone_name: the same zone as the client named it.
        starts: seconds from midnight of the day to the start, in wall-clock time.
        ends: seconds from midnight of the same day to the end, in wall-clock time.
    """

    pattern: Pattern
    first: int
    range: RangeType
    until: int = 0
    count: int = 0
    zone: str = "UTC"
    zone_name: str = "UTC"
    starts: int = 0
    ends: int = 0


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A single event, a series, or an exception of a series.

    Attributes:
        number: the item's counter, part of its id; an exception has its master's.
        stable: the counter of its immutable id and the key of its attachments; an exception has its own.
        calendar: number of the calendar that it lies in.
        change: the counter in its change key; another one after every write.
        document: finished JSON of the default representation (UTC).
        start, end: of a single event or an exception its own times; of a series those of its first occurrence.
        zone: IANA name of the zone that it was made in.
        series: when it repeats, or None.
        day: of an exception: the day that the pattern gives; else 0.
        exceptions: of a series: its exceptions by day.
        deleted: of a series: the days that were deleted.
        fire: when the reminder fires instead of the usual time (snoozed), or None.
        fire_for: of a series the start of the occurrence whose reminder was snoozed.
        dismissed: start of the latest occurrence whose reminder was dismissed, or None.
        transaction_id: the client's `transactionId`, or "".
        transaction: digest of the content that its `transactionId` created, or "".
        properties: extended properties by normalised id; a tuple of texts is a multi-value one.
        extensions: open extensions by name, each the JSON of its own members.
    """

    number: int
    stable: int
    calendar: int
    change: int
    document: bytes
    subject: str
    start: datetime
    end: datetime
    created: datetime
    modified: datetime
    ical_uid: str
    zone: str = "UTC"
    is_all_day: bool = False
    is_organizer: bool = True
    is_cancelled: bool = False
    is_online: bool = False
    show_as: str = "busy"
    sensitivity: str = "normal"
    importance: str = "normal"
    categories: tuple[str, ...] = ()
    reminder_on: bool = True
    reminder_minutes: int = 15
    has_attachments: bool = False
    series: Series | None = None
    day: int = 0
    exceptions: "tuple[Event, ...]" = ()
    deleted: tuple[int, ...] = ()
    fire: datetime | None = None
    fire_for: datetime | None = None
    dismissed: datetime | None = None
    transaction_id: str = ""
    transaction: str = ""
    properties: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    extensions: tuple[tuple[str, bytes], ...] = ()
