"""Records of a mailbox: folders, messages, attachments.

A message holds its finished JSON (the default representation: UTC, ordinary ids, no context) beside the few fields
that queries and ordering read. A folder's counts are never stored: the mailbox counts.
"""

from datetime import datetime

import msgspec

from outlook365_emulator.store.blobs import Blob


class MailFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of a mailbox.

    Attributes:
        number: the folder's counter, part of its id.
        parent: number of the parent folder; 0 for the root.
        well_known: well-known name in lower case (`inbox`), or "".
    """

    number: int
    parent: int
    display_name: str
    well_known: str = ""
    hidden: bool = False
    change: int = 0
    folder_class: str = "IPF.Note"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a folder.

    Attributes:
        number: the item's counter, part of its id; another one after every move.
        stable: the counter of its immutable id; the same for life.
        folder: number of the folder that it lies in.
        change: the counter in its change key; another one after every write.
        document: finished JSON of the default representation.
        text: subject, addresses and body in lower case, for searches; "" until first needed.
        has_content: whether further content (MIME as received) lies in `mime`.
    """

    number: int
    stable: int
    folder: int
    change: int
    document: bytes
    subject: str
    received: datetime
    sent: datetime
    created: datetime
    modified: datetime
    is_read: bool
    is_draft: bool
    has_attachments: bool
    importance: str
    inference: str
    flag_status: str
    conversation: str
    internet_message_id: str
    from_address: str
    from_name: str
    sender_address: str
    sender_name: str
    preview: str
    categories: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    mime: Blob | None = None


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment of a message.

    Attributes:
        number: counter of its own, part of its id.
        message: the stable number of the message that holds it.
        document: finished JSON without id and content.
        content: the bytes, in the world's blobs or in memory.
    """

    number: int
    message: int
    document: bytes
    content: Blob | bytes
    is_inline: bool = False
    name: str = ""
