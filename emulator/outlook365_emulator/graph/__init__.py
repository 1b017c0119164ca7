"""Microsoft Graph: one list of steps around every operation, and the operations on people, mail and calendars."""
