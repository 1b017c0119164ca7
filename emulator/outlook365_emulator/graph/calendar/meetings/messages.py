"""Meeting messages: requests, cancellations, answers and notices of forwarding, as `eventMessage`s.

Their members, types and subjects: reference `graph-calendar.md` section 15. A message knows its meeting by MAPI's
GlobalObjectId, which it carries as the extended property that Exchange uses.
"""

import base64
import binascii
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from outlook365_emulator.graph.calendar.composing import html_body
from outlook365_emulator.graph.calendar.documents import members_of, uid_of_day
from outlook365_emulator.graph.calendar.meetings.copies import CANCELLED
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.calendar.recurrence.reading import recurrence_of
from outlook365_emulator.graph.calendar.zones import UTC_ZONE, written_moment
from outlook365_emulator.graph.mail.addresses import recipient_of
from outlook365_emulator.graph.mail.documents import fresh_members
from outlook365_emulator.graph.mail.extended_properties import MESSAGE_CLASS
from outlook365_emulator.store.item_ids import conversation_index
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Event
from outlook365_emulator.store.records.mail import Message

Answer = Literal["accepted", "tentativelyAccepted", "declined"]
Properties = tuple[tuple[str, str | tuple[str, ...]], ...]

GLOBAL_ID: Final = "Binary {6ed8da90-450b-101b-98da-00aa003f1305} Id 0x3"
"""PidLidGlobalObjectId: the meeting that a message is about, `iCalUId` as bytes."""

REQUEST: Final = "#microsoft.graph.eventMessageRequest"
RESPONSE: Final = "#microsoft.graph.eventMessageResponse"
PLAIN: Final = "#microsoft.graph.eventMessage"

NEW_TIME: Final = "New Time Proposed: "
FORWARDED: Final = "Meeting Forward Notification: "


class AnswerWords(msgspec.Struct, frozen=True):
    """How an answer is named: `meetingMessageType` (one is misspelt on the wire), subject, message class."""

    kind: str
    prefix: str
    message_class: str


ANSWERS: Final[Mapping[Answer, AnswerWords]] = MappingProxyType(
    {
        "accepted": AnswerWords("meetingAccepted", "Accepted: ", "IPM.Schedule.Meeting.Resp.Pos"),
        "tentativelyAccepted": AnswerWords(
            "meetingTenativelyAccepted", "Tentative: ", "IPM.Schedule.Meeting.Resp.Tent"
        ),
        "declined": AnswerWords("meetingDeclined", "Declined: ", "IPM.Schedule.Meeting.Resp.Neg"),
    }
)


class Draft(msgspec.Struct, frozen=True):
    """A meeting message before it is sent: its members and its extended properties."""

    members: dict[str, Any]
    properties: Properties


class About(msgspec.Struct, frozen=True):
    """The meeting that a message is about.

    Attributes:
        event: the single event or series.
        item: what holds the properties: an exception, a record of a plain occurrence, else the event.
        day: of an occurrence its day, else 0.
    """

    event: Event
    item: Event
    day: int = 0

    @property
    def ical_uid(self) -> str:
        """The `iCalUId` of what the message is about."""
        return uid_of_day(self.event.ical_uid, self.day) if self.day else self.event.ical_uid

    @property
    def kind(self) -> str:
        """The type of the event."""
        if self.day:
            return "exception" if any(one.day == self.day for one in self.event.exceptions) else "occurrence"
        return "singleInstance" if self.event.series is None else "seriesMaster"


def _common(about: About, kind: str) -> dict[str, Any]:
    """Return the members that every `eventMessage` has beside those of a message."""
    item, series = about.item, about.event.series
    name = members_of(item)["location"].get("displayName") or ""
    return {
        "meetingMessageType": kind,
        "type": about.kind,
        "isOutOfDate": False,
        "isAllDay": item.is_all_day,
        "isDelegated": False,
        "startDateTime": written_moment(item.start, UTC_ZONE),
        "endDateTime": written_moment(item.end, UTC_ZONE),
        "location": {"displayName": name, "locationType": "default", "uniqueIdType": "unknown"},
        "recurrence": recurrence_of(series) if series is not None and not about.day else None,
    }


def _drafted(setting: Setting, about: About, given: dict[str, Any], message_class: str) -> Draft:
    """Write a message in the meeting's conversation."""
    uid = about.ical_uid
    index = conversation_index(about.event.created, bytes.fromhex(uid[-32:]) if _is_hex(uid) else bytes(16))
    members = fresh_members(setting.world, setting.unit.now, {**given, "conversationIndex": index}, draft=False)
    extras = {name: value for name, value in given.items() if name not in members}
    members |= extras
    properties = [(MESSAGE_CLASS, message_class)]
    if _is_hex(uid):
        properties.append((GLOBAL_ID, base64.b64encode(bytes.fromhex(uid)).decode()))
    return Draft(members, tuple(sorted(properties)))


def _is_hex(uid: str) -> bool:
    try:
        return len(bytes.fromhex(uid)) >= 40
    except ValueError:
        return False


def _authors(setting: Setting) -> dict[str, Any]:
    """Return `from` and `sender`: a delegate sends for the owner."""
    return {"from": recipient_of(setting.owner), "sender": recipient_of(setting.actor or setting.owner)}


def request(
    setting: Setting,
    about: About,
    to: list[dict[str, Any]],
    *,
    kind: str,
    before: Event | None = None,
    forwarded: str = "",
) -> Draft:
    """Write a meeting request.

    Args:
        setting: that of the organizer, or of who forwards it.
        about: the meeting.
        to: recipients that it names.
        kind: `newMeetingRequest`, `fullUpdate` or `informationalUpdate`.
        before: what the meeting was before an update; the message says what time and place were.
        forwarded: what somebody who forwards it says in front of the text.
    """
    held = members_of(about.item)
    given: dict[str, Any] = {
        "@odata.type": REQUEST,
        "subject": held["subject"],
        "body": _with_comment(held["body"], forwarded),
        "importance": held["importance"],
        "toRecipients": [] if held["hideAttendees"] else to,
        "bccRecipients": to if held["hideAttendees"] else [],
        "from": held["organizer"],
        "sender": recipient_of(setting.actor or setting.owner),
        **_common(about, "meetingRequest"),
        "responseRequested": held["responseRequested"],
        "allowNewTimeProposals": held["allowNewTimeProposals"],
        "meetingRequestType": kind,
        "previousLocation": None,
        "previousStartDateTime": None,
        "previousEndDateTime": None,
    }
    if before is not None:
        given |= _former(about.item, before)
    draft = _drafted(setting, about, given, "IPM.Schedule.Meeting.Request")
    draft.members["hasAttachments"] = held["hasAttachments"]
    return draft


def _former(now: Event, before: Event) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if (now.start, now.end) != (before.start, before.end):
        found["previousStartDateTime"] = written_moment(before.start, UTC_ZONE)
        found["previousEndDateTime"] = written_moment(before.end, UTC_ZONE)
    place, held = (members_of(one)["location"] for one in (now, before))
    if place != held:
        found["previousLocation"] = held
    return found


def _with_comment(body: dict[str, Any], comment: str) -> dict[str, Any]:
    if not comment:
        return body
    written = html_body({"contentType": "text", "content": comment})
    return {"contentType": "html", "content": f"{written['content']}{body['content']}"}


def cancellation(setting: Setting, about: About, to: list[dict[str, Any]], comment: str) -> Draft:
    """Write a cancellation.

    Args:
        setting: the organizer's, who sends it.
        about: the meeting as it was.
        to: recipients that it names.
        comment: what the organizer says to it; the text of the meeting where it is empty.
    """
    held = members_of(about.item)
    given = {
        "@odata.type": PLAIN,
        "subject": f"{CANCELLED}{held['subject'] or ''}",
        "body": html_body({"contentType": "text", "content": comment}) if comment else held["body"],
        "importance": "high",  # as Outlook and Exchange mark cancellations
        "toRecipients": [] if held["hideAttendees"] else to,
        "bccRecipients": to if held["hideAttendees"] else [],
        **_authors(setting),
        **_common(about, "meetingCancelled"),
    }
    return _drafted(setting, about, given, "IPM.Schedule.Meeting.Canceled")


def response(
    setting: Setting,
    about: About,
    to: list[dict[str, Any]],
    answer: Answer,
    comment: str = "",
    proposal: dict[str, Any] | None = None,
) -> Draft:
    """Write an attendee's answer.

    Args:
        setting: the attendee's, who sends it.
        about: the meeting as the attendee has it.
        to: the organizer, or the delegates who get the organizer's meeting messages.
        answer: the answer.
        comment: what the attendee says to it.
        proposal: a `timeSlot` in UTC that the attendee proposes.
    """
    words = ANSWERS[answer]
    subject = members_of(about.item)["subject"] or ""
    given = {
        "@odata.type": RESPONSE,
        "subject": f"{NEW_TIME if proposal else words.prefix}{subject}",
        "body": html_body({"contentType": "text", "content": comment}),
        "toRecipients": to,
        **_authors(setting),
        **_common(about, words.kind),
        "responseType": answer,
        "proposedNewTime": proposal,
    }
    return _drafted(setting, about, given, words.message_class)


def forward_notice(setting: Setting, about: About, organizer: dict[str, Any], to: list[dict[str, Any]]) -> Draft:
    """Write the notice by which an organizer learns that an attendee has forwarded the meeting."""
    names = ", ".join(one["emailAddress"]["name"] for one in to)
    subject = members_of(about.item)["subject"] or ""
    text = f"{setting.owner.display_name} has forwarded your meeting request to {names}."
    given = {
        "@odata.type": PLAIN,
        "subject": f"{FORWARDED}{subject}",
        "body": html_body({"contentType": "text", "content": text}),
        "toRecipients": [organizer],
        **_authors(setting),
        **_common(about, "none"),
    }
    return _drafted(setting, about, given, "IPM.Schedule.Meeting.Notification.Forward")


def meeting_of(message: Message) -> str:
    """Return the `iCalUId` of the meeting that a message is about, or "" for any other message."""
    value = next((one for name, one in message.properties if name == GLOBAL_ID), None)
    if not isinstance(value, str):
        return ""
    try:
        return base64.b64decode(value).hex().upper()
    except binascii.Error:
        return ""


def requests_about(mailbox: Mailbox, conversation: str, ical_uid: str) -> list[Message]:
    """Return the meeting requests in a mailbox about a meeting, or one occurrence of it.

    Args:
        mailbox: the mailbox.
        conversation: conversation id of the meeting there.
        ical_uid: what they are about.
    """
    head = b'{"@odata.type":"' + REQUEST.encode() + b'"'
    return [
        message
        for message in mailbox.messages
        if message.conversation == conversation
        and message.document.startswith(head)
        and meeting_of(message) == ical_uid
    ]
