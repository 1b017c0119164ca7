"""Handles of a mailbox and its folders."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Unpack
from urllib.parse import quote

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.fields import MessageFields
from outlook365_emulator.client.message import Message, message_document


class Mailbox:
    """A user's or shared mailbox.

    Args:
        connection: to the control API.
        path: path of the owner, `/worlds/w/tenants/t/users/u`.
        owner: principal name of the owner.
    """

    def __init__(self, connection: Connection, path: str, owner: str) -> None:
        self._connection = connection
        self._path = path
        self.owner = owner

    def __repr__(self) -> str:
        return f"Mailbox({self.owner!r})"

    def receive(self, **fields: Unpack[MessageFields]) -> Message:
        """Put a message into the mailbox as if it had arrived.

        Args:
            fields: see `MessageFields`; without `sender` it comes from sender@example.org, without `to` it is
                addressed to the owner, without `received` it arrives now, without `folder` in the inbox.

        Returns:
            The message, with the id that Graph gives it.

        Raises:
            BadDocument: a field is unknown (the nearest right name is told) or a value is not allowed.
            ValueError: a datetime is naive.
            OSError: an attached file cannot be read.
        """
        __tracebackhide__ = True
        return Message(self._connection.call("POST", f"{self._path}/messages", message_document(fields)))

    def messages(self, folder: str | None = None) -> list[Message]:
        """Return the messages of a folder, the newest first.

        Args:
            folder: well-known name (`inbox`), display name or id; all folders when left out.

        Raises:
            NotFound: there is no such folder; the message names the nearest.
        """
        __tracebackhide__ = True
        query = f"?folder={quote(folder, safe='')}" if folder is not None else ""
        return [Message(one) for one in self._connection.call("GET", f"{self._path}/messages{query}")["value"]]

    def folder(self, name: str) -> "MailFolderView":
        """Return a view of a folder.

        Args:
            name: well-known name (`inbox`), display name or id.

        Raises:
            NotFound: there is no such folder; raised by the first look into it.
        """
        return MailFolderView(self, name)

    @property
    def folders(self) -> list[dict[str, Any]]:
        """All folders as Graph JSON."""
        found: list[dict[str, Any]] = self._connection.call("GET", f"{self._path}/folders")["value"]
        return found

    @property
    def inbox(self) -> "MailFolderView":
        """The inbox."""
        return self.folder("inbox")

    @property
    def sent(self) -> "MailFolderView":
        """Sent items."""
        return self.folder("sentitems")

    @property
    def drafts(self) -> "MailFolderView":
        """Drafts."""
        return self.folder("drafts")

    @property
    def deleted(self) -> "MailFolderView":
        """Deleted items."""
        return self.folder("deleteditems")


class MailFolderView:
    """A folder of a mailbox, looked at anew each time: `len`, iteration and `messages()`.

    Args:
        mailbox: the mailbox.
        name: well-known name, display name or id.
    """

    def __init__(self, mailbox: Mailbox, name: str) -> None:
        self._mailbox = mailbox
        self.name = name

    def __repr__(self) -> str:
        return f"MailFolderView({self._mailbox.owner!r}, {self.name!r})"

    def messages(self) -> list[Message]:
        """Return the messages of the folder, the newest first."""
        __tracebackhide__ = True
        return self._mailbox.messages(self.name)

    def __iter__(self) -> Iterator[Message]:
        return iter(self.messages())

    def __len__(self) -> int:
        return len(self.messages())

    @property
    def unread(self) -> list[Message]:
        """The messages that have not been read."""
        return [message for message in self.messages() if not message.read]

    @property
    def subjects(self) -> list[str]:
        """The subjects of the messages, the newest first."""
        return [message.subject for message in self.messages()]


class OutgoingMessage(Message):
    """A message that left for addresses outside of the emulator.

    Args:
        document: the control API's document: `at`, `sender`, `recipients`, `message`.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(document["message"])
        self.at = datetime.fromisoformat(document["at"])
        self.envelope_sender: str = document["sender"]
        self.recipients: list[str] = list(document["recipients"])


class Outbox:
    """The mail that left a world for addresses that nobody in the emulator has: `len`, iteration, index.

    Args:
        connection: to the control API.
        path: path of the world.
    """

    def __init__(self, connection: Connection, path: str) -> None:
        self._connection = connection
        self._path = path

    @property
    def messages(self) -> list[OutgoingMessage]:
        """The messages in the order in which they left."""
        return [OutgoingMessage(one) for one in self._connection.call("GET", f"{self._path}/outbox")["messages"]]

    def __iter__(self) -> Iterator[OutgoingMessage]:
        return iter(self.messages)

    def __len__(self) -> int:
        return len(self.messages)

    def __getitem__(self, position: int) -> OutgoingMessage:
        return self.messages[position]

    def to(self, address: str) -> list[OutgoingMessage]:
        """Return the messages that left for an address, in any case."""
        return [one for one in self.messages if address.lower() in map(str.lower, one.recipients)]
