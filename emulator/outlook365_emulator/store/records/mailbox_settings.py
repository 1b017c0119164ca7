"""Records of how a mailbox is set up: its settings, rules, categories, classification overrides, senders answered.

Field meanings follow the Graph resources `mailboxSettings`, `messageRule`, `outlookCategory` and
`inferenceClassificationOverride`. Structured parts are kept as finished JSON.
"""

import hashlib
from datetime import datetime

import msgspec

from outlook365_emulator.ids import guid_of


class MailboxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner has set.

    Attributes:
        document: JSON object of the members of `mailboxSettings` that were set; the rest has its default.
    """

    document: bytes


class MessageRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of the inbox.

    Attributes:
        id: id as Graph shows it, `AQAAAJ5dZqA=`.
        sequence: rules run in ascending order of it.
        read_only: whether a mail client made it that Graph must not change.
        conditions, exceptions, actions: JSON objects; `conditions` and `exceptions` may be empty.
    """

    id: str
    display_name: str
    sequence: int
    enabled: bool
    actions: bytes
    conditions: bytes = b"{}"
    exceptions: bytes = b"{}"
    has_error: bool = False
    read_only: bool = False


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A category of the owner's master list.

    Attributes:
        position: counter of its making; lists come in this order.
    """

    id: str
    display_name: str
    color: str
    position: int = 0


class ClassificationOverride(msgspec.Struct, frozen=True, kw_only=True):
    """Where the mail of one sender goes in Focused Inbox.

    Attributes:
        address: the sender's address as given.
        name: the sender's name.
        classify_as: `focused` or `other`.
    """

    id: str
    address: str
    name: str
    classify_as: str


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A sender who got the automatic reply that is set at present.

    Attributes:
        sender: address in lower case.
        at: when the reply was sent.
    """

    sender: str
    at: datetime


FIRST_CATEGORIES = (
    ("Red category", "preset0"),
    ("Orange category", "preset1"),
    ("Yellow category", "preset3"),
    ("Green category", "preset4"),
    ("Blue category", "preset7"),
    ("Purple category", "preset8"),
)
"""The master list of a new mailbox (reference `graph-mail.md` section 15)."""


def first_categories(mailbox: str) -> list[Category]:
    """Return the categories of a new mailbox; their ids follow from the mailbox's GUID."""
    made = []
    for position, (name, color) in enumerate(FIRST_CATEGORIES):
        digest = hashlib.blake2b(f"{mailbox} {name}".encode(), digest_size=16).digest()
        made.append(Category(id=guid_of(digest), display_name=name, color=color, position=position))
    return made
