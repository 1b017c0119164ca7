"""Messages as tests look at them, and messages on their way into a mailbox."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from outlook365_emulator.client.plain import parsed_instant, plain
from outlook365_emulator.client.resource import Resource


class Message(Resource):
    """A message as Graph writes it, with the properties that tests ask for most.

    Args:
        document: the Graph JSON; `message["internetMessageId"]` reads any property of it.
    """

    def __repr__(self) -> str:
        return f"Message(subject={self.subject!r}, sender={self.sender!r}, to={self.to!r})"

    @property
    def id(self) -> str:
        """Id of the message."""
        return str(self._document.get("id", ""))

    @property
    def sender(self) -> str:
        """Address that it says it is from, or ""."""
        return _address(self._document.get("from") or self._document.get("sender"))

    @property
    def to(self) -> list[str]:
        """Addresses of the recipients."""
        return [_address(one) for one in self._document.get("toRecipients") or ()]

    @property
    def cc(self) -> list[str]:
        """Addresses of those who get a copy."""
        return [_address(one) for one in self._document.get("ccRecipients") or ()]

    @property
    def bcc(self) -> list[str]:
        """Addresses of those who get a copy that others do not see; only the sender's copy has them."""
        return [_address(one) for one in self._document.get("bccRecipients") or ()]

    @property
    def addressed(self) -> list[str]:
        """Addresses of all recipients, in lower case."""
        return [address.lower() for address in (*self.to, *self.cc, *self.bcc)]

    @property
    def body(self) -> str:
        """Content of the body, as HTML where it is HTML."""
        return (self._document.get("body") or {}).get("content") or ""

    @property
    def read(self) -> bool:
        """Whether it has been read."""
        return bool(self._document.get("isRead"))

    @property
    def draft(self) -> bool:
        """Whether it has not been sent."""
        return bool(self._document.get("isDraft"))

    @property
    def categories(self) -> list[str]:
        """Names of its categories."""
        return list(self._document.get("categories") or ())

    @property
    def has_attachments(self) -> bool:
        """Whether files are attached."""
        return bool(self._document.get("hasAttachments"))

    @property
    def received(self) -> datetime | None:
        """When it arrived."""
        text = self._document.get("receivedDateTime")
        return parsed_instant(text) if text else None


def _address(recipient: Any) -> str:
    return ((recipient or {}).get("emailAddress") or {}).get("address") or ""


def message_document(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Write a message as the control API takes it; a path among the attachments becomes the file that lies there.

    Args:
        fields: `MessageFields`.

    Raises:
        OSError: a file cannot be read.
    """
    document: dict[str, Any] = dict(fields)
    if "attachments" in document:
        document["attachments"] = [_file(one) if isinstance(one, Path) else one for one in document["attachments"]]
    written: dict[str, Any] = plain(document)
    return written


def _file(path: Path) -> dict[str, Any]:
    import mimetypes

    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return {"name": path.name, "content_type": kind, "content": path.read_bytes()}
