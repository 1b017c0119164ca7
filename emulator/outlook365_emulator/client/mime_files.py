"""Mail in files: `.eml` files, mbox files and folders of them, read and written."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from email.message import Message as Mime

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_LONGEST = 80


class Found(NamedTuple):
    """A message in a file.

    Attributes:
        folder: path of the folder that it lies in, by the directories above its file; "" directly in the directory.
        text: MIME text.
        read: whether it has been read, where the file says so (mbox `Status`), else None.
    """

    folder: str
    text: bytes
    read: bool | None = None


def messages_in(place: Path) -> Iterator[Found]:
    """Read the messages of a file or directory.

    Args:
        place: an `.eml` file, an mbox file, or a directory that is searched for both at any depth.

    Raises:
        ValueError: a directory holds neither.
        OSError: something cannot be read.
    """
    if not place.is_dir():
        yield from _messages_of(place, "")
        return
    files = sorted(one for one in place.rglob("*") if one.suffix.lower() in (".eml", ".mbox") and one.is_file())
    if not files:
        raise ValueError(f"{place} holds no .eml and no .mbox file")
    for file in files:
        yield from _messages_of(file, "/".join(file.parent.relative_to(place).parts))


def _messages_of(file: Path, folder: str) -> Iterator[Found]:
    with file.open("rb") as start:
        is_mbox = start.read(5) == b"From "
    if not is_mbox:
        yield Found(folder, file.read_bytes())
        return
    import mailbox

    box = mailbox.mbox(file, create=False)
    try:
        for key in box.iterkeys():
            status = box.get_message(key).get_flags()
            yield Found(folder, box.get_bytes(key), "R" in status)
    finally:
        box.close()


def mime_text(message: "Mime | Path | str | bytes") -> bytes:
    """Return the MIME text of a message object, a path of an `.eml` file, or the text itself as bytes.

    Raises:
        TypeError: it is none of them.
        OSError: the file cannot be read.
    """
    if isinstance(message, bytes):
        return message
    if isinstance(message, str | Path):
        return Path(message).read_bytes()
    if not hasattr(message, "as_bytes"):
        kind = type(message).__name__
        raise TypeError(f"expected an email.message.EmailMessage, the path of an .eml file or bytes, got {kind}")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def file_name(subject: str, received: str, taken: Sequence[str] | set[str]) -> str:
    """Return the name of an `.eml` file that no other has in any case: `2026-03-02 090000 Invoice 17.eml`.

    Args:
        subject: subject of the message.
        received: when it arrived, as Graph writes it.
        taken: names that are taken, in lower case.
    """
    day, _, time = received.partition("T")
    said = _UNSAFE.sub(" ", subject).strip(" .")[:_LONGEST].strip(" .")
    stem = " ".join(filter(None, (day, time.rstrip("Z").replace(":", "")[:6], said))) or "message"
    name, number = f"{stem}.eml", 1
    while name.lower() in taken:
        number += 1
        name = f"{stem} ({number}).eml"
    return name


def directory_name(folder: str) -> str:
    """Return the name of the directory for a folder's name."""
    return _UNSAFE.sub(" ", folder).strip(" .") or "folder"
