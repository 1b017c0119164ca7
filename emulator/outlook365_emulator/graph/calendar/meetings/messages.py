"""Meeting messages: requests, cancellations, answers and notices of forwarding, as `eventMessage`s.

Their members, types and subjects: reference `graph-calendar.md` section 15. A message knows its meeting by MAPI's
GlobalObjectId, which it carries as the extended property that Exchange uses.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from outlook365_emulator.graph.calendar.composing import html_body
from outlook365_emulator.graph.calendar.documents import UID_CLASS, day_in, members_of, uid_of_day
from outlook365_emulator.graph.calendar.meetings.copies import CANCELLED
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.calendar.recurrence.reading import recurrence_of
from outlook365_emulator.graph.mail.addresses import recipient_of
from outlook365_emulator.graph.mail.documents import fresh_members
from outlook365_emulator.graph.mail.extended_properties import MESSAGE_CLASS
from outlook365_emulator.graph.zones import UTC_ZONE, written_moment
from outlook365_emulator.store.item_ids import conversation_id, conversation_index, thread_of
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
    """How an answer is named: `meetingMessageType` (one is misspelt on the wire), and how the subject begins."""

    kind: str
    prefix: str


ANSWERS: Final[Mapping[Answer, AnswerWords]] = MappingProxyType(
    {
        "accepted": AnswerWords("meetingAccepted", "Accepted: "),
        "tentativelyAccepted": AnswerWords("meetingTenativelyAccepted", "Tentative: "),
        "declined": AnswerWords("meetingDeclined", "Declined: "),
    }
)

_CLASSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "meetingRequest": "IPM.Schedule.Meeting.Request",
        "meetingCancelled": "IPM.Schedule.Meeting.Canceled",
        "meetingAccepted": "IPM.Schedule.Meeting.Resp.Pos",
        "meetingTenativelyAccepted": "IPM.Schedule.Meeting.Resp.Tent",
        "meetingDeclined": "IPM.Schedule.Meeting.Resp.Neg",
        "none": "IPM.Schedule.Meeting.Notification.Forward",
    }
)
"""MAPI's message class of each `meetingMessageType`."""

_FOREIGN: Final = b"vCal-Uid\x01\0\0\0"
"""Begins the data of a GlobalObjectId that wraps the UID of another system."""


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
    def meeting(self) -> tuple[str, int]:
        """The `iCalUId` of the whole meeting, and the day of an occurrence, else 0."""
        uid, within = (self.event.ical_uid, 0) if self.event.series is not None else day_in(self.event.ical_uid)
        return uid, self.day or within

    @property
    def conversation_index(self) -> str:
        """The index of the conversation that every message about the meeting lies in."""
        uid, _ = self.meeting
        return conversation_index(self.event.created, hashlib.blake2b(uid.encode(), digest_size=16).digest())

    @property
    def kind(self) -> str:
        """The type of the event."""
        if self.day:
            return "exception" if any(one.day == self.day for one in self.event.exceptions) else "occurrence"
        return "singleInstance" if self.event.series is None else "seriesMaster"


def _common(about: About, odata_type: str, kind: str) -> dict[str, Any]:
    """Return the members that every `eventMessage` has beside those of a message."""
    item, series = about.item, about.event.series
    name = members_of(item)["location"].get("displayName") or ""
    return {
        "@odata.type": odata_type,
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


def request_members(about: About, kind: str, before: Event | None = None) -> dict[str, Any]:
    """Return what a meeting request has beside the members of a message.

    Args:
        about: the meeting.
        kind: `newMeetingRequest`, `fullUpdate` or `informationalUpdate`.
        before: what the meeting was before an update; the message says what time and place were.
    """
    held = members_of(about.item)
    members = {
        **_common(about, REQUEST, "meetingRequest"),
        "responseRequested": held["responseRequested"],
        "allowNewTimeProposals": held["allowNewTimeProposals"],
        "meetingRequestType": kind,
        "previousLocation": None,
        "previousStartDateTime": None,
        "previousEndDateTime": None,
    }
    return members if before is None else members | _former(about.item, before)


def cancellation_members(about: About) -> dict[str, Any]:
    """Return what a cancellation has beside the members of a message."""
    return _common(about, PLAIN, "meetingCancelled")


def response_members(about: About, answer: Answer, proposal: dict[str, Any] | None) -> dict[str, Any]:
    """Return what an answer has beside the members of a message; `proposal` is a `timeSlot` in UTC."""
    return {**_common(about, RESPONSE, ANSWERS[answer].kind), "responseType": answer, "proposedNewTime": proposal}


def _drafted(setting: Setting, about: About, given: dict[str, Any]) -> Draft:
    """Write a message in the meeting's conversation."""
    given = {**given, "conversationIndex": about.conversation_index}
    members = fresh_members(setting.world, setting.unit.now, given, draft=False)
    members |= {name: value for name, value in given.items() if name not in members}
    return Draft(members, properties_of(about, given))


def properties_of(about: About, members: dict[str, Any]) -> Properties:
    """Return the extended properties by which Exchange knows a meeting message.

    Args:
        about: the meeting.
        members: the message's members.
    """
    return (
        (GLOBAL_ID, base64.b64encode(global_id(*about.meeting)).decode()),
        (MESSAGE_CLASS, _CLASSES[members["meetingMessageType"]]),
    )


def global_id(ical_uid: str, day: int = 0) -> bytes:
    """Return MAPI's GlobalObjectId of a meeting; a UID that another system made is wrapped (MS-OXCICAL `UID`).

    Args:
        ical_uid: the `iCalUId` of the whole meeting.
        day: of an occurrence its day, else 0.
    """
    prefix = bytes.fromhex(UID_CLASS)
    try:
        found = bytes.fromhex(uid_of_day(ical_uid, day) if day else ical_uid)
    except ValueError:
        found = b""
    if found.startswith(prefix) and len(found) >= 40:
        return found
    data = _FOREIGN + ical_uid.encode() + b"\0"
    on = date.fromordinal(day) if day else None
    dated = on.year.to_bytes(2, "big") + bytes((on.month, on.day)) if on is not None else bytes(4)
    return prefix + dated + bytes(16) + len(data).to_bytes(4, "little") + data


def uid_in(global_id: bytes) -> tuple[str, int]:
    """Return the `iCalUId` of the whole meeting that a GlobalObjectId stands for, and the day of an occurrence or 0."""
    written = global_id.hex().upper()
    if not global_id[40:].startswith(_FOREIGN):
        return day_in(written)
    _, day = day_in(written)
    return global_id[40 + len(_FOREIGN) :].rstrip(b"\0").decode("utf-8", "replace"), day


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
        "subject": held["subject"],
        "body": _with_comment(held["body"], forwarded),
        "importance": held["importance"],
        "toRecipients": [] if held["hideAttendees"] else to,
        "bccRecipients": to if held["hideAttendees"] else [],
        "from": held["organizer"],
        "sender": recipient_of(setting.actor or setting.owner),
        **request_members(about, kind, before),
    }
    draft = _drafted(setting, about, given)
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
        "subject": f"{CANCELLED}{held['subject'] or ''}",
        "body": html_body({"contentType": "text", "content": comment}) if comment else held["body"],
        "importance": "high",  # as Outlook and Exchange mark cancellations
        "toRecipients": [] if held["hideAttendees"] else to,
        "bccRecipients": to if held["hideAttendees"] else [],
        **_authors(setting),
        **cancellation_members(about),
    }
    return _drafted(setting, about, given)


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
    subject = members_of(about.item)["subject"] or ""
    given = {
        "subject": f"{NEW_TIME if proposal else ANSWERS[answer].prefix}{subject}",
        "body": html_body({"contentType": "text", "content": comment}),
        "toRecipients": to,
        **_authors(setting),
        **response_members(about, answer, proposal),
    }
    return _drafted(setting, about, given)


def forward_notice(setting: Setting, about: About, organizer: dict[str, Any], to: list[dict[str, Any]]) -> Draft:
    """Write the notice by which an organizer learns that an attendee has forwarded the meeting."""
    names = ", ".join(one["emailAddress"]["name"] for one in to)
    subject = members_of(about.item)["subject"] or ""
    text = f"{setting.owner.display_name} has forwarded your meeting request to {names}."
    given = {
        "subject": f"{FORWARDED}{subject}",
        "body": html_body({"contentType": "text", "content": text}),
        "toRecipients": [organizer],
        **_authors(setting),
        **_common(about, PLAIN, "none"),
    }
    return _drafted(setting, about, given)


def meeting_of(message: Message) -> tuple[str, int] | None:
    """Return the meeting that a message is about, as `About.meeting`, or None for any other message."""
    value = next((one for name, one in message.properties if name == GLOBAL_ID), None)
    if not isinstance(value, str):
        return None
    try:
        return uid_in(base64.b64decode(value))
    except binascii.Error:
        return None


def requests_about(mailbox: Mailbox, about: About) -> list[Message]:
    """Return the meeting requests in a mailbox about a meeting, or one occurrence of it.

    Args:
        mailbox: the mailbox.
        about: the meeting.
    """
    conversation = conversation_id(mailbox.guid, thread_of(about.conversation_index))
    head = b'{"@odata.type":"' + REQUEST.encode() + b'"'
    return [
        message
        for message in mailbox.messages
        if message.conversation == conversation
        and message.document.startswith(head)
        and meeting_of(message) == about.meeting
    ]
