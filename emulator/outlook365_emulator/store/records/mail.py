"""Records of a mailbox: folders, messages, attachments.

A message holds its finished JSON (the default representation: UTC, ordinary ids, no context) beside the few fields
that queries and ordering read. A folder's counts are never stored: the mailbox counts.
"""

from datetime import datetime

import msgspec

from outlook365_emulator.store.blobs import Blob


class FolderSearch(msgspec.Struct, frozen=True, kw_only=True):
    """What a search folder shows.

    Attributes:
        sources: numbers of the folders searched.
        nested: whether the folders below them are searched too.
        filter: OData text of the condition.
    """

    sources: tuple[int, ...]
    nested: bool
    filter: str


class MailFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of a mailbox.

    Attributes:
        number: the folder's counter, part of its id.
        parent: number of the parent folder; 0 for the root.
        well_known: well-known name in lower case (`inbox`), or "".
        search: what a search folder shows; None for a folder that holds messages.
        properties: extended properties by their normalised ids.
    """

    number: int
    parent: int
    display_name: str
    well_known: str = ""
    hidden: bool = False
    change: int = 0
    folder_class: str = "IPF.Note"
    search: FolderSearch | None = None
    properties: tuple[tuple[str, str | tuple[str, ...]], ...] = ()


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a folder.

    Attributes:
        number: the item's counter, part of its id; another one after every move.
        stable: the counter of its immutable id; the same for life.
        folder: number of the folder that it lies in.
        change: the counter in its change key; another one after every write.
        document: finished JSON of the default representation.
        subject_folded: the subject in lower case, which filters look into; set when the record is made.
        hidden: whether it is an associated item, which lists leave out and counts do not count.
        headers: internet message headers: all of a received message, a draft's own `x-` ones.
        mime: the MIME text as it was sent to us, or None where it is written when asked for.
        unsafe_body: the HTML as it was sent, where the document holds a cleaned form of it.
        properties: extended properties by normalised id; a tuple of texts is a multi-value one.
        extensions: open extensions by name, each the JSON of its own members.
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
    hidden: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    mime: Blob | bytes | None = None
    unsafe_body: str | None = None
    properties: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    extensions: tuple[tuple[str, bytes], ...] = ()
    subject_folded: str = ""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "subject_folded", self.subject.lower())


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment of a message.

    Attributes:
        number: counter of its own, part of its id.
        message: the stable number of the message that holds it.
        document: finished JSON without id and content.
        content: the bytes, in the world's blobs or in memory; of an item attachment its MIME, iCalendar or vCard text.
        item: JSON of the item of an item attachment; empty for a file.
    """

    number: int
    message: int
    document: bytes
    content: Blob | bytes
    is_inline: bool = False
    name: str = ""
    item: bytes = b""


class UploadSession(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment on its way in pieces.

    Attributes:
        id: the session's id, part of its URL.
        token: the opaque value in its URL.
        message: the stable number of the message that the attachment is for.
        document: JSON of the attachment's members: name, contentType, isInline, contentId.
        size: bytes that were announced.
        received: bytes that have arrived, all from the start.
        offset: where the content lies among the world's blobs.
        expires: when the session ends, by the world's clock.
    """

    id: str
    token: str
    message: int
    document: bytes
    size: int
    received: int
    offset: int
    expires: datetime


class SendCount(msgspec.Struct, frozen=True, kw_only=True):
    """What a mailbox has sent in a period.

    Attributes:
        period: `day` or `minute`.
        start: when the period began, in the form of its own resolution.
    """

    period: str
    start: str
    messages: int = 0
    recipients: int = 0
