"""Ids of mailbox items in Exchange's layout, made and read.

An id holds its mailbox, and a message's id its folder, so that "malformed", "of another mailbox" and "moved away" fall
out of reading it. Source: reference `graph-core.md` section 7 (layout proved from ids in Microsoft's documentation).
"""

import base64
import binascii
import hashlib
from datetime import date, datetime
from typing import Literal

import msgspec

_TO_URL = bytes.maketrans(b"/+", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"/+")
_FILETIME_EPOCH = 11644473600
_IMMUTABLE_STORE = bytes.fromhex("1d840311aa6611cd9bc800aa002fc45a")
_IMMUTABLE_HEAD = b"\x00\x09\x00\x2e\x00"

_TICKS_PER_DAY = 864_000_000_000

IdKind = Literal["folder", "item", "attachment", "immutable"]


class MalformedId(ValueError):
    """A text that is no id of an item, a folder or an attachment."""


class ItemId(msgspec.Struct, frozen=True):
    """What an id says.

    Attributes:
        kind: what it names.
        replica: the replica GUID of the mailbox that made it.
        folder: number of the folder; 0 in an immutable id.
        number: number of the item or folder (the stable number in an immutable id).
        attachment: number of the attachment, or 0.
        day: of an occurrence of a series the day that the pattern gives (ordinal), else 0.
    """

    kind: IdKind
    replica: bytes
    folder: int
    number: int
    attachment: int = 0
    day: int = 0


class IdMaker:
    """Writes the ids of one mailbox.

    Args:
        guid: the mailbox's GUID.
    """

    __slots__ = ("_attachment_salt", "_folder_head", "_immutable_head", "_item_head", "replica")

    def __init__(self, guid: str) -> None:
        digest = hashlib.blake2b(guid.encode(), digest_size=48).digest()
        self.replica = digest[:16]
        store = digest[16:32]
        self._attachment_salt = digest[32:42]
        head = b"\x00\x03" + (36).to_bytes(2, "little") + guid.encode("ascii") + b"\x00"
        entry = b"\x00\x00\x00\x00" + store
        self._folder_head = head + (46).to_bytes(2, "little") + entry + b"\x01\x00" + self.replica
        self._item_head = head + (70).to_bytes(2, "little") + entry + b"\x07\x00" + self.replica
        self._immutable_head = _IMMUTABLE_HEAD + b"\x00\x00\x00\x00" + _IMMUTABLE_STORE + b"\x0d\x00" + self.replica

    def folder(self, number: int) -> str:
        """Return a folder's id, 120 characters."""
        return _write(self._folder_head + number.to_bytes(6, "big") + b"\x00\x00")

    def item(self, folder: int, number: int) -> str:
        """Return the ordinary id of an item, 152 characters; it changes with the folder."""
        return _write(self._item_bytes(folder, number))

    def _item_bytes(self, folder: int, number: int) -> bytes:
        place = folder.to_bytes(6, "big") + b"\x00\x00"
        return self._item_head + place + self.replica + number.to_bytes(6, "big") + b"\x00\x00"

    def occurrence(self, folder: int, number: int, day: int) -> str:
        """Return the id of an occurrence of a series: a function of its master and its day (`graph-calendar.md` 5).

        Args:
            folder: number of the calendar.
            number: number of the series.
            day: ordinal of the day that the pattern gives.
        """
        return _write(self._occurrence_bytes(folder, number, day))

    def _occurrence_bytes(self, folder: int, number: int, day: int) -> bytes:
        item = self._item_bytes(folder, number)
        body = b"\x08" + ((day - 1) * _TICKS_PER_DAY).to_bytes(8, "big") + b"\x46" + item[43:] + b"\x10"
        return item[:40] + b"\x01" + len(body).to_bytes(2, "little") + body

    def immutable_occurrence(self, stable: int, day: int) -> str:
        """Return the immutable id of an occurrence of a series."""
        ticks = ((day - 1) * _TICKS_PER_DAY).to_bytes(8, "big")
        return _write(self._immutable_head + stable.to_bytes(6, "big") + b"\x00\x00" + b"\x08" + ticks)

    def immutable(self, stable: int) -> str:
        """Return the immutable id of an item."""
        return _write(self._immutable_head + stable.to_bytes(6, "big") + b"\x00\x00")

    def attachment(self, folder: int, number: int, attachment: int, day: int = 0) -> str:
        """Return the id of an attachment of an item; `day` is that of an occurrence, or 0."""
        tail = b"\x01\x12\x00\x10\x00" + self._attachment_salt + attachment.to_bytes(6, "big")
        item = self._occurrence_bytes(folder, number, day) if day else self._item_bytes(folder, number)
        return _write(item + tail)

    def immutable_attachment(self, stable: int, attachment: int) -> str:
        """Return the id of an attachment below an item's immutable id."""
        tail = b"\x01\x12\x00\x10\x00" + self._attachment_salt + attachment.to_bytes(6, "big")
        return _write(self._immutable_head + stable.to_bytes(6, "big") + b"\x00\x00" + tail)

    def short_change_key(self, change: int) -> str:
        """Return the change key of an event, a calendar or a calendar group (standard base64)."""
        return base64.b64encode(self.replica + change.to_bytes(6, "big")).decode()

    def change_key(self, change: int) -> str:
        """Return a message's change key (standard base64)."""
        head = (9).to_bytes(4, "little") + (22).to_bytes(4, "little")
        return base64.b64encode(head + self.replica + change.to_bytes(6, "big")).decode()


def read_id(text: str) -> ItemId:
    """Read an id.

    Raises:
        MalformedId: the text is no id in Exchange's layout.
    """
    try:
        data = base64.b64decode(text.encode("ascii").translate(_FROM_URL), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise MalformedId(text) from error
    if _write(data) != text:
        raise MalformedId(text)  # the alphabet of other ids, or bits behind the last byte
    if data[:5] == _IMMUTABLE_HEAD and len(data) in (51, 60, 72):
        return _read_immutable(data, text)
    if data[:4] != b"\x00\x03\x24\x00" or len(data) < 89:
        raise MalformedId(text)
    if data[40] == 1:
        return _read_occurrence(data, text)
    length = int.from_bytes(data[41:43], "little")
    entry = data[43:]
    if length == 46 and len(entry) == 46 and entry[20:22] == b"\x01\x00":
        number = int.from_bytes(entry[38:44], "big")
        return ItemId("folder", entry[22:38], number, number)
    if length == 70 and len(entry) in (70, 91) and entry[20:22] == b"\x07\x00":
        folder, number = int.from_bytes(entry[38:44], "big"), int.from_bytes(entry[62:68], "big")
        attachment = int.from_bytes(entry[85:91], "big")
        return ItemId("attachment" if attachment else "item", entry[22:38], folder, number, attachment)
    raise MalformedId(text)


def _read_occurrence(data: bytes, text: str) -> ItemId:
    if len(data) not in (124, 145) or data[41:44] != b"\x51\x00\x08" or data[52] != 70 or data[73:75] != b"\x07\x00":
        raise MalformedId(text)
    day = _day_of(data[44:52], text)
    folder, number = int.from_bytes(data[91:97], "big"), int.from_bytes(data[115:121], "big")
    attachment = int.from_bytes(data[139:145], "big")
    return ItemId("attachment" if attachment else "item", data[75:91], folder, number, attachment, day)


def _day_of(ticks: bytes, text: str) -> int:
    days, rest = divmod(int.from_bytes(ticks, "big"), _TICKS_PER_DAY)
    if rest or days >= date.max.toordinal():
        raise MalformedId(text)
    return days + 1


def _read_immutable(data: bytes, text: str) -> ItemId:
    if data[9:25] != _IMMUTABLE_STORE or data[25:27] != b"\x0d\x00":
        raise MalformedId(text)
    if len(data) == 60:
        return ItemId("immutable", data[27:43], 0, int.from_bytes(data[43:49], "big"), 0, _day_of(data[52:60], text))
    attachment = int.from_bytes(data[66:72], "big")
    number = int.from_bytes(data[43:49], "big")
    return ItemId("attachment" if attachment else "immutable", data[27:43], 0, number, attachment)


def conversation_id(mailbox: str, thread: bytes) -> str:
    """Return the conversation id of a thread as one mailbox sees it.

    Args:
        mailbox: GUID of the mailbox.
        thread: the 16 bytes that all mailboxes share.
    """
    return _write(b"\x00\x04\x24\x00" + mailbox.encode("ascii") + b"\x00\x10\x00" + thread)


def conversation_index(at: datetime, thread: bytes) -> str:
    """Return the index of the first message of a thread: standard base64 of 22 bytes."""
    filetime = int((at.timestamp() + _FILETIME_EPOCH) * 10_000_000)
    return base64.b64encode(b"\x01" + (filetime >> 24).to_bytes(8, "big")[3:] + thread).decode()


def thread_of(index: str) -> bytes:
    """Return the thread's 16 bytes from a conversation index."""
    return base64.b64decode(index)[6:22]


def _write(data: bytes) -> str:
    return base64.b64encode(data).translate(_TO_URL).decode("ascii")
