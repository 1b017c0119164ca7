"""What a document says of a mailbox: its messages, events, automatic replies and rules."""

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

Importance: TypeAlias = Literal["low", "normal", "high"]
Text: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, description="a text of 1 to 256 characters")]
Moment: TypeAlias = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="an instant (2026-03-02T09:00:00Z) or an offset from the world's time (-2d4h30m)",
    ),
]
Mail: TypeAlias = Annotated[str, Meta(pattern=r"^[^@<>\s]+@[^@<>\s]+$", description="an address: ada@contoso.example")]
Address: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[^<>\n]*<[^@<>\s]+@[^@<>\s]+>$|^[^@<>\s]+@[^@<>\s]+$",
        description="an address: ada@contoso.example or Ada Lovelace <ada@contoso.example>",
    ),
]


class Document(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A mapping whose keys are all known."""


class AttachmentDocument(Document):
    """A file attached to a message: its bytes as base64, or its text.

    Attributes:
        name: file name.
        content_type: media type.
        content: the bytes in base64.
        text: the content as text, in place of `content`.
        inline: whether the body shows it.
        content_id: the id by which the body refers to it (`cid:`).
    """

    name: Text
    content_type: Text = "application/octet-stream"
    content: str | None = None
    text: str | None = None
    inline: bool = False
    content_id: Text | None = None


class MessageDocument(Document):
    """A message that lies in a mailbox.

    Attributes:
        subject: subject line.
        sender: who sent it; somebody outside when left out, in `sentitems` and `drafts` the owner.
        to: recipients; the owner of the mailbox when left out.
        cc: recipients of copies.
        body: the text of the message.
        body_type: whether `body` is plain text or HTML.
        received: when it arrived; now when left out.
        sent: when it was sent; when it arrived, if left out.
        read: whether it has been read; no when left out, in `sentitems` and `drafts` yes.
        importance: importance as the sender marked it.
        categories: names of categories.
        folder: well-known name of the folder, `inbox`.
        attachments: attached files.
        headers: further Internet headers by name.
    """

    subject: str = ""
    sender: Address | None = None
    to: list[Address] = []
    cc: list[Address] = []
    body: str = ""
    body_type: Literal["text", "html"] = "text"
    received: Moment | None = None
    sent: Moment | None = None
    read: bool | None = None
    importance: Importance = "normal"
    categories: list[Text] = []
    folder: Text = "inbox"
    attachments: list[AttachmentDocument] = []
    headers: dict[str, str] = {}


class EventDocument(Document):
    """An event in a calendar.

    Attributes:
        start: when it begins; `monday 09:30` (this week), `tuesday+1w 14:00` and `+2d 10:00` are times of the zone.
        subject: title.
        end: when it ends, in the same forms; `minutes` after the start when left out.
        minutes: how long it lasts; half an hour when left out, a day for an all-day event.
        all_day: whether it lasts whole days.
        zone: time zone, a Windows or IANA name.
        calendar: name of the calendar; the default one when left out.
        location: name of the place.
        attendees: who is invited.
        body: description.
        body_type: whether `body` is plain text or HTML.
        categories: names of categories.
        show_as: what others see of the time.
        sensitivity: whom the details are for.
        importance: importance as the organizer marked it.
        online: whether it is an online meeting.
        reminder: minutes before the start; null for no reminder.
        recurrence: Graph's `patternedRecurrence`; a range that is left out begins with the event and has no end.
    """

    start: Moment
    subject: str = ""
    end: Moment | None = None
    minutes: Annotated[int, Meta(ge=0, le=525600, description="a number of minutes, 0 to 525600")] | None = None
    all_day: bool = False
    zone: Text = "UTC"
    calendar: str = ""
    location: str = ""
    attendees: list[Address] = []
    body: str = ""
    body_type: Literal["text", "html"] = "text"
    categories: list[Text] = []
    show_as: Literal["free", "tentative", "busy", "oof", "workingElsewhere"] = "busy"
    sensitivity: Literal["normal", "personal", "private", "confidential"] = "normal"
    importance: Importance = "normal"
    online: bool = False
    reminder: Annotated[int, Meta(ge=0, le=525600, description="a number of minutes, 0 to 525600")] | None = 15
    recurrence: dict[str, Any] | None = None


class FillDocument(Document):
    """Invented mail and meetings of a mailbox, the same for the same seed, people and instant.

    Attributes:
        messages: how many messages of the last half year there are.
        weeks: how many weeks of meetings there are, from that of the world's present on.
        seed: what is invented; the seed of the world when left out.
        zone: time zone of the meetings, a Windows or IANA name.
    """

    messages: Annotated[int, Meta(ge=0, le=5000, description="a whole number, 0 to 5000")] = 0
    weeks: Annotated[int, Meta(ge=0, le=104, description="a whole number, 0 to 104")] = 0
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1, description="a whole number, 0 or more")] | None = None
    zone: Text = "UTC"


class RepliesDocument(Document):
    """Automatic replies.

    Attributes:
        text: what senders of the own organisation get.
        external: what others get; `text` when left out.
        audience: which others get one; nobody here has contacts.
        start: when they begin; at once when left out.
        end: when they end; given with `start`.
    """

    text: Annotated[str, Meta(min_length=1, description="a text")]
    external: str | None = None
    audience: Literal["all", "contactsOnly", "none"] = "all"
    start: Moment | None = None
    end: Moment | None = None


class RuleDocument(Document):
    """A rule of the inbox, which runs on mail that arrives after it was set.

    Attributes:
        name: its name.
        actions: Graph's `messageRuleActions`; folders are named by name, path or id.
        conditions: Graph's `messageRulePredicates`; without one the rule is for all mail.
        exceptions: Graph's `messageRulePredicates` for which it does not run.
        sequence: place in the order of the rules; the last when left out.
        enabled: whether it runs.
    """

    name: Text
    actions: dict[str, Any]
    conditions: dict[str, Any] = {}
    exceptions: dict[str, Any] = {}
    sequence: Annotated[int, Meta(ge=0, le=10000, description="a number, 0 to 10000")] | None = None
    enabled: bool = True
