"""The modules of the calendar whose functions are operations."""

from outlook365_emulator.graph.calendar import (
    attachments,
    calendar_permissions,
    calendars,
    changes,
    events,
    extensions,
    groups,
    reminders,
    views,
)
from outlook365_emulator.graph.calendar.meetings import actions, event_messages, places, schedules, suggestions

CALENDAR = (
    calendars,
    groups,
    calendar_permissions,
    events,
    views,
    changes,
    reminders,
    attachments,
    extensions,
    actions,
    event_messages,
    schedules,
    suggestions,
    places,
)
"""Every module that declares operations of calendars."""
