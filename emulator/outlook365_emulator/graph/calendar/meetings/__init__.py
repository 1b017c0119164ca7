"""Meetings: copies of organizer and attendees, the mail about them, answers, rooms, free and busy times."""
