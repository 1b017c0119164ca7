"""Views of a folder and of the outbox: what lies there, and assertions that show it."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.errors import NotFound
from outlook365_emulator.client.fields import Person
from outlook365_emulator.client.looking import in_words, matching, the_only
from outlook365_emulator.client.message import Message

if TYPE_CHECKING:
    from outlook365_emulator.client.mailbox import Mailbox


class Conditions(TypedDict, total=False):
    """What a message has to be like; every further keyword is an attribute of `Message` or a member of Graph's JSON."""

    subject: str | re.Pattern[str] | None
    sender: Person | None
    to: Person | None
    body: str | None
    where: Callable[[Any], object] | None
    read: bool
    draft: bool
    cc: list[str]
    categories: list[str]
    has_attachments: bool
    importance: str


class MailFolderView:
    """A folder of a mailbox, looked at anew each time: `messages`, `find`, `len`, iteration.

    Args:
        mailbox: the mailbox.
        name: well-known name, path, display name or id.
    """

    def __init__(self, mailbox: "Mailbox", name: str) -> None:
        self._mailbox = mailbox
        self.name = name

    def __repr__(self) -> str:
        return f"MailFolderView({self._mailbox.owner!r}, {self.name!r})"

    @property
    def messages(self) -> list[Message]:
        """The messages of the folder, the newest first.

        Raises:
            NotFound: there is no such folder; the message names the nearest.
        """
        __tracebackhide__ = True
        return self._mailbox.messages(self.name)

    def __iter__(self) -> Iterator[Message]:
        return iter(self.messages)

    def __getitem__(self, position: int) -> Message:
        return self.messages[position]

    def __len__(self) -> int:
        return int(self._shown["totalItemCount"])

    @property
    def _shown(self) -> dict[str, Any]:
        name, lowered = self.name, self.name.lower()
        folders = self._mailbox.folders
        for key in ("wellKnownName", "id", "path", "displayName"):
            for one in folders:
                if one[key] == name or (key != "id" and str(one[key]).lower() == lowered):
                    return one
        raise NotFound(f"{self._mailbox.owner} has no folder {name!r}", status=404, code="unknown_folder")

    @property
    def id(self) -> str:
        """Id as Graph shows it."""
        return str(self._shown["id"])

    @property
    def unread(self) -> list[Message]:
        """The messages that have not been read."""
        return [message for message in self.messages if not message.read]

    @property
    def subjects(self) -> list[str]:
        """The subjects of the messages, the newest first."""
        return [message.subject for message in self.messages]

    def find(self, **conditions: Unpack[Conditions]) -> Message:
        """Return the one message that meets every condition.

        Args:
            conditions: `subject` (whole, or a compiled pattern), `sender`, `to` (any kind of recipient), `body` (text
                that it contains), `where` (a function), and any attribute of `Message` or member of Graph's JSON:
                `read=False`, `importance="high"`.

        Raises:
            NoSuchMessage: none or several do; an `AssertionError` that lists what lies there.
            TypeError: a message has no attribute or member of that name.
        """
        __tracebackhide__ = True
        held = self.messages
        place = f"the folder {self.name!r} of {self._mailbox.owner}"
        return the_only(place, held, matching(held, **conditions), in_words(dict(conditions)))

    def find_all(self, **conditions: Unpack[Conditions]) -> list[Message]:
        """Return every message that meets the conditions of `find`, the newest first; none is no error."""
        __tracebackhide__ = True
        return matching(self.messages, **conditions)


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
        self.calendar: str = document.get("calendar", "")

    @property
    def addressed(self) -> list[str]:
        """Addresses that it left for, in lower case."""
        return [address.lower() for address in self.recipients]


class Outbox:
    """The mail that left a world for addresses that nobody in the emulator has: `messages`, `find`, `len`, iteration.

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
        return [one for one in self.messages if address.lower() in one.addressed]

    def find(self, **conditions: Unpack[Conditions]) -> OutgoingMessage:
        """Return the one message that meets every condition, those of `MailFolderView.find`.

        Raises:
            NoSuchMessage: none or several do; an `AssertionError` that lists what left.
            TypeError: a message has no attribute or member of that name.
        """
        __tracebackhide__ = True
        held = self.messages
        return the_only("the outbox", held, matching(held, **conditions), in_words(dict(conditions)))
