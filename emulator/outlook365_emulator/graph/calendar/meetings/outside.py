"""Answers that people outside the world give: mail with an iCalendar REPLY, as their calendars would send it."""

from typing import Any

from outlook365_emulator.graph.calendar.meetings.copies import occurrence_of
from outlook365_emulator.graph.calendar.meetings.icalendar_writing import Replying, calendar_text
from outlook365_emulator.graph.calendar.meetings.incoming import receive_mime
from outlook365_emulator.graph.calendar.meetings.messages import ANSWERS, Answer
from outlook365_emulator.graph.calendar.meetings.mime_parts import alternative
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.mail.addresses import recipient_of
from outlook365_emulator.graph.mail.documents import fresh_members
from outlook365_emulator.graph.mail.mime_writing import header_lines, message_fields
from outlook365_emulator.store.records.calendar import Event


def answer_from_outside(
    setting: Setting, event: Event, day: int, attendee: dict[str, Any], answer: Answer, comment: str
) -> None:
    """Let the answer of somebody outside the world arrive in an organizer's mailbox.

    Args:
        setting: where the organizer's event lies.
        event: the event: a single one or a series.
        day: of an answer to one occurrence its day, else 0.
        attendee: who answers, a `recipient`.
        answer: the answer.
        comment: what the person says to it.
    """
    now = setting.unit.now
    item = occurrence_of(setting, event, day)
    calendar = calendar_text(event, item, day, "REPLY", now, Replying(attendee, answer), comment)
    given = {
        "from": attendee,
        "toRecipients": [recipient_of(setting.owner)],
        "subject": f"{ANSWERS[answer].prefix}{item.subject}",
    }
    fields = header_lines(message_fields(fresh_members(setting.world, now, given, draft=False)))
    content = alternative({"contentType": "text", "content": comment}, calendar, "REPLY")
    receive_mime(setting.world, setting.tenant, setting.unit, setting.owner, fields + content)
