"""Calendars: one module a resource."""
