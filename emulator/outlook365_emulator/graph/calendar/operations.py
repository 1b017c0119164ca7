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

CALENDAR = (calendars, groups, calendar_permissions, events, views, changes, reminders, attachments, extensions)
"""Every module that declares operations of calendars."""
