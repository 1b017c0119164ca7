"""The week of a calendar, for the web page."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from outlook365_emulator.control.problems import ControlError
from outlook365_emulator.graph.calendar.seen_calendars import as_owner
from outlook365_emulator.graph.calendar.seen_events import unfolded, view
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User


def monday_of(text: str, now: datetime) -> date:
    """Return the Monday of a week.

    Args:
        text: a day of it, `2026-03-04`; the present week where it is empty.
        now: the world's present.

    Raises:
        ControlError: it is no day.
    """
    try:
        day = date.fromisoformat(text) if text else now.date()
    except ValueError:
        raise ControlError(400, "bad_query", f"week takes a day such as 2026-03-02, got {text!r}", "week") from None
    if not 1000 < day.year < 9000:
        raise ControlError(400, "bad_query", "week takes a day of the years 1001 to 8999", "week")
    return day - timedelta(days=day.weekday())


def week_of(mailbox: Mailbox, owner: User, monday: date) -> list[dict[str, Any]]:
    """Return the days of a week with what the calendars of a mailbox show on them, in UTC.

    Args:
        mailbox: the mailbox.
        owner: whose it is.
        monday: the first day.
    """
    days: list[dict[str, Any]] = [{"day": monday + timedelta(days=number), "events": []} for number in range(7)]
    low = datetime.combine(monday, datetime.min.time(), UTC)
    for calendar in mailbox.calendars:
        seen = as_owner(mailbox, calendar, owner)
        for one in unfolded(seen, view(seen, low, low + timedelta(days=7))[0]):
            first, last = one.start.date(), (one.end - timedelta(microseconds=1)).date()
            for day in days:
                if first <= day["day"] <= max(first, last):
                    day["events"].append(
                        {
                            "start": one.start,
                            "end": one.end,
                            "all_day": one.item.is_all_day,
                            "subject": one.item.subject,
                            "cancelled": one.item.is_cancelled,
                            "calendar": calendar.name,
                        }
                    )
    for day in days:
        day["events"].sort(key=lambda one: (not one["all_day"], one["start"]))
    return days
