"""Recurrence: patterns and ranges read, and expanded into days and instants.

`reading` turns a `patternedRecurrence` into a `Series` and back, `days` gives the days of a series, `instants` their
times. What differs from RFC 5545 stands in `docs/reference/calendar.md`.
"""
