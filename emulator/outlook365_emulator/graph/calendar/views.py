"""What a calendar shows in a window: `calendarView`, and the `instances` of a series.

Reference `graph-calendar.md` section 11.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Count, Page
from outlook365_emulator.graph.calendar.event_resource import preferred_zone, view_resource
from outlook365_emulator.graph.calendar.events import events_path, own_calendar
from outlook365_emulator.graph.calendar.seen_calendars import SeenCalendar
from outlook365_emulator.graph.calendar.seen_events import SeenEvent, instances, unfolded, view
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.zones import read_time

MAX_DAYS: Final = 1825
"""The widest window of a view, in days."""

MAX_YEARS: Final = 5
"""The widest window of the instances of a series, in years."""

Window = tuple[datetime, datetime]


def read_window(given: Mapping[str, str]) -> Window:
    """Read `startDateTime` and `endDateTime`: an offset in a value holds, without one it is UTC.

    Args:
        given: parameters by name, in any case.

    Raises:
        GraphError: `time_window_required`, `time_window_invalid`.
    """
    by_name = {name.lower(): text for name, text in given.items()}
    bounds = []
    for name in ("StartDateTime", "EndDateTime"):
        text = by_name.get(name.lower())
        if not text:
            because = f"the query has no {name}: a view needs ?startDateTime=...&endDateTime=..."
            raise graph_error("time_window_required", because=because)
        found = read_time(text.strip("'"))
        if found is None or not 2 <= found.year <= 9998:
            hint = "; a + in a URL is written %2B" if " " in text.strip() else ""
            because = f"{name} is {text!r}; write 2026-03-02T00:00:00Z{hint}"
            raise graph_error("time_window_invalid", value=text, parameter=name, because=because)
        bounds.append(found if found.tzinfo is not None else found.replace(tzinfo=UTC))
    if bounds[1] < bounds[0]:
        because = f"the window ends at {bounds[1]} before it begins at {bounds[0]}"
        raise graph_error("time_window_invalid", value=by_name["enddatetime"], parameter="EndDateTime", because=because)
    return bounds[0], bounds[1]


def view_window(given: Mapping[str, str]) -> Window:
    """Read the window of a view.

    Raises:
        GraphError: as `read_window`, and `time_window_too_wide`.
    """
    low, high = read_window(given)
    if high - low > timedelta(days=MAX_DAYS):
        because = f"the window has {(high - low).days} days; a view takes {MAX_DAYS}"
        raise graph_error("time_window_too_wide", because=because)
    return low, high


def _view(call: Call, seen: SeenCalendar, *, through_calendar: bool) -> Page:
    preferred_zone(call)
    rows, total = view(seen, *view_window(call.options.custom))
    path = events_path(call, seen, through_calendar=through_calendar).removesuffix("events") + "calendarView"
    return Page(resource=view_resource(), records=unfolded(seen, rows), path=path, total=total)


@operation("GET /users/{user}/calendarView", least="Calendars.ReadBasic")
def list_(call: Call) -> Page:
    """List what the default calendar shows in a window, by start: single events, occurrences and exceptions."""
    return _view(call, own_calendar(call), through_calendar=False)


@operation("GET /users/{user}/calendarView/$count", least="Calendars.ReadBasic")
def count(call: Call) -> Count:
    """Count what the default calendar shows in a window."""
    return Count(list_(call))


@operation("GET /users/{user}/calendars/{calendar}/calendarView", least="Calendars.ReadBasic")
def list_in_calendar(call: Call, calendar: SeenCalendar) -> Page:
    """List what a calendar shows in a window, by start: single events, occurrences and exceptions."""
    return _view(call, calendar, through_calendar=True)


@operation("GET /users/{user}/calendars/{calendar}/calendarView/$count", least="Calendars.ReadBasic")
def count_in_calendar(call: Call, calendar: SeenCalendar) -> Count:
    """Count what a calendar shows in a window."""
    return Count(list_in_calendar(call, calendar))


@operation("GET /users/{user}/events/{event}/instances", least="Calendars.ReadBasic")
def list_instances(call: Call, event: SeenEvent) -> Page:
    """List the occurrences and exceptions of a series in a window, by start."""
    preferred_zone(call)
    low, high = read_window(call.options.custom)
    if high > _years_later(low, MAX_YEARS):
        because = f"the window runs from {low} to {high}; instances take {MAX_YEARS} years"
        raise graph_error("instances_window_too_wide", because=because)
    seen = event.seen
    found = instances(seen, event.event, low, high) if event.event.series is not None and not event.day else []
    path = events_path(call, seen, through_calendar=bool(call.place.calendar))
    identity = seen.mailbox.ids.item(seen.calendar.number, event.event.number)
    return Page(resource=view_resource(), records=found, path=f"{path}('{identity}')/instances", total=len(found))


def _years_later(instant: datetime, years: int) -> datetime:
    try:
        return instant.replace(year=instant.year + years)
    except ValueError:
        return (instant + timedelta(days=1)).replace(year=instant.year + years)
