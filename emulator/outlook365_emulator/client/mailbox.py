"""Handles of a mailbox: mail put in and taken out, folders, settings."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack
from urllib.parse import quote

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.fields import MessageFields, Moment
from outlook365_emulator.client.folder import MailFolderView
from outlook365_emulator.client.message import Message, message_document
from outlook365_emulator.client.mime_files import Found, directory_name, file_name, messages_in, mime_text
from outlook365_emulator.client.plain import plain

if TYPE_CHECKING:
    from email.message import Message as Mime

PAGE = 1000
"""Messages that are asked for at once."""

BATCH = 50
BATCH_BYTES = 4 * 1024 * 1024
"""Messages, and bytes of them, that are sent at once."""

PATIENCE = 0.01
"""Seconds that a message that is invented may take."""


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

    def receive(
        self, message: "Mime | Path | str | bytes | None" = None, /, **fields: Unpack[MessageFields]
    ) -> Message:
        """Put a message into the mailbox as if it had arrived; rules and automatic replies see what comes in the inbox.

        Args:
            message: an `email.message.EmailMessage`, the path of an `.eml` file, or MIME text as bytes; it is kept as
                it is and has arrived when its `Date` says, or now.
            fields: with a message `folder`, `received` and `read`. Without one see `MessageFields`: without `sender` it
                comes from sender@example.org, without `to` it is addressed to the owner, without `received` it arrives
                now, without `folder` in the inbox.

        Returns:
            The message, with the id that Graph gives it.

        Raises:
            BadDocument: a field is unknown (the nearest right name is told) or a value is not allowed.
            ValueError: a datetime is naive.
            TypeError: the message is none of these.
            OSError: a file cannot be read.
        """
        __tracebackhide__ = True
        if message is None:
            return Message(self._connection.call("POST", f"{self._path}/messages", message_document(fields)))
        return self._take_in([mime_text(message)], fields)[0]

    def import_mail(self, source: Path | str, *, folder: str | None = None) -> list[Message]:
        """Put the messages of a file or directory into the mailbox.

        Args:
            source: an `.eml` file, an mbox file, or a directory of such files at any depth, as `export` writes one.
            folder: the folder for all of them. When left out, directories below `source` are folders, made where they
                are not there, and what lies directly in it goes to the inbox.

        Returns:
            The messages, file by file in the order of their names.

        Raises:
            NotFound, BadDocument: there is no such folder.
            ValueError: the directory holds no such file.
            OSError: a file cannot be read.
        """
        __tracebackhide__ = True
        taken: list[Message] = []
        for (place, read), found in groupby(messages_in(Path(source)), key=lambda one: (one.folder, one.read)):
            target = folder or (self.add_folder(place).name if place else "inbox")
            for batch in _batches(found):
                taken += self._take_in(batch, {"folder": target, "read": read})
        return taken

    def _take_in(self, texts: list[bytes], fields: Mapping[str, Any]) -> list[Message]:
        __tracebackhide__ = True
        given = plain({name: value for name, value in fields.items() if value is not None})
        document = {"messages": [base64.b64encode(text).decode() for text in texts], **given}
        return [Message(one) for one in self._connection.call("POST", f"{self._path}/mime", document)["value"]]

    def export(self, directory: Path | str, *, folder: str | None = None) -> list[Path]:
        """Write the messages as `.eml` files.

        Args:
            directory: where; made where it is not there. Each folder becomes a directory below it.
            folder: only this folder, directly into `directory`.

        Returns:
            The files, folder by folder, the newest message first.

        Raises:
            NotFound: there is no such folder; the message names the nearest.
            OSError: a file cannot be written.
        """
        __tracebackhide__ = True
        root = Path(directory)
        if folder is not None:
            return self._write_files(root, folder)
        written: list[Path] = []
        for one in self.folders:
            if one["totalItemCount"]:
                parts = [directory_name(name) for name in one["path"].split("/")]
                written += self._write_files(root.joinpath(*parts), one["id"])
        return written

    def _write_files(self, directory: Path, folder: str) -> list[Path]:
        __tracebackhide__ = True
        messages = self.messages(folder)
        directory.mkdir(parents=True, exist_ok=True)
        written: list[Path] = []
        taken: set[str] = set()
        for message in messages:
            name = file_name(message.subject, message["receivedDateTime"], taken)
            taken.add(name.lower())
            written.append(directory / name)
            written[-1].write_bytes(self.mime(message))
        return written

    def mime(self, message: Message | str) -> bytes:
        """Return a message as MIME text, as `$value` of Graph gives it.

        Args:
            message: the message, or its id.

        Raises:
            NotFound: it is not in the mailbox.
        """
        __tracebackhide__ = True
        key = message if isinstance(message, str) else message.id
        found = self._connection.call("GET", f"{self._path}/messages/{quote(key, safe='')}/mime")
        return base64.b64decode(found["content"])

    def fill(self, messages: int = 500, *, seed: int | None = None) -> int:
        """Put invented mail of half a year into the mailbox: threads with colleagues and companies, files, answers.

        The same seed invents the same mail for the same people at the same instant; ids are new. Rules and automatic
        replies do not see it.

        Args:
            messages: how many, the owner's own in Sent Items included.
            seed: decides what is invented; the world's seed when left out.

        Returns:
            How many were put in.

        Raises:
            BadDocument: a number is not allowed.
        """
        __tracebackhide__ = True
        document = {"messages": messages} | ({} if seed is None else {"seed": seed})
        answer = self._connection.call("POST", f"{self._path}/fill", document, patience=PATIENCE * messages)
        return int(answer["messages"])

    def messages(self, folder: str | None = None) -> list[Message]:
        """Return the messages of a folder, the newest first.

        Args:
            folder: well-known name (`inbox`), path (`Projects/2026`), display name or id; all folders when left out.

        Raises:
            NotFound: there is no such folder; the message names the nearest.
        """
        __tracebackhide__ = True
        place = f"&folder={quote(folder, safe='')}" if folder is not None else ""
        found: dict[str, Message] = {}  # by id: mail may come between two pages
        skip = 0
        while True:
            page = self._connection.call("GET", f"{self._path}/messages?top={PAGE}&skip={skip}{place}")["value"]
            found.update((one["id"], Message(one)) for one in page)
            skip += PAGE
            if len(page) < PAGE:
                return list(found.values())

    def folder(self, name: str) -> MailFolderView:
        """Return a view of a folder.

        Args:
            name: well-known name (`inbox`), path (`Projects/2026`), display name or id.

        Raises:
            NotFound: there is no such folder; raised by the first look into it.
        """
        return MailFolderView(self, name)

    def add_folder(self, path: str) -> MailFolderView:
        """Make a folder, and those above it, where they are not there.

        Args:
            path: names joined by slashes, `Projects/2026`; the first may be a well-known name (`inbox/Team`).

        Raises:
            BadDocument: a name is empty.
        """
        __tracebackhide__ = True
        made = self._connection.call("POST", f"{self._path}/folders", {"path": path})
        return MailFolderView(self, made["path"])

    @property
    def folders(self) -> list[dict[str, Any]]:
        """All folders as Graph JSON, with `wellKnownName` and `path` (`Projects/2026`)."""
        found: list[dict[str, Any]] = self._connection.call("GET", f"{self._path}/folders")["value"]
        return found

    @property
    def inbox(self) -> MailFolderView:
        """The inbox."""
        return self.folder("inbox")

    @property
    def sent(self) -> MailFolderView:
        """Sent items."""
        return self.folder("sentitems")

    @property
    def drafts(self) -> MailFolderView:
        """Drafts."""
        return self.folder("drafts")

    @property
    def deleted(self) -> MailFolderView:
        """Deleted items."""
        return self.folder("deleteditems")

    def reply_automatically(
        self,
        text: str,
        *,
        external: str | None = None,
        audience: Literal["all", "contactsOnly", "none"] = "all",
        start: Moment | None = None,
        end: Moment | None = None,
    ) -> None:
        """Answer arriving mail automatically.

        Args:
            text: what senders of the own organisation get.
            external: what others get; `text` when left out.
            audience: which others get one.
            start: when it begins by the world's clock; at once when left out.
            end: when it ends; given with `start`.

        Raises:
            BadDocument: a value is not allowed.
        """
        __tracebackhide__ = True
        document = {"text": text, "external": external, "audience": audience, "start": start, "end": end}
        given = plain({name: value for name, value in document.items() if value is not None})
        self._connection.call("PUT", f"{self._path}/automatic-replies", given)

    def stop_replying(self) -> None:
        """Answer arriving mail no longer."""
        __tracebackhide__ = True
        self._connection.call("DELETE", f"{self._path}/automatic-replies")

    def change_settings(self, **settings: Any) -> dict[str, Any]:
        """Change members of Graph's `mailboxSettings` and return all of them.

        Args:
            settings: members and values, `timeZone="W. Europe Standard Time"`.

        Raises:
            BadDocument: a member is none of the settings or cannot have its value.
        """
        __tracebackhide__ = True
        document = {"settings": plain(settings)}
        found: dict[str, Any] = self._connection.call("PATCH", f"{self._path}/mailbox-settings", document)
        return found

    def add_rule(
        self,
        name: str,
        *,
        actions: Mapping[str, Any],
        conditions: Mapping[str, Any] | None = None,
        exceptions: Mapping[str, Any] | None = None,
        sequence: int | None = None,
    ) -> str:
        """Add a rule to the inbox, which runs on mail that arrives from now on, and return its id.

        Args:
            name: its name.
            actions: Graph's `messageRuleActions`, `{"moveToFolder": "Projects/2026"}`; folders by name, path or id.
            conditions: Graph's `messageRulePredicates`, `{"subjectContains": ["invoice"]}`; all mail when left out.
            exceptions: predicates of mail that it leaves alone.
            sequence: place in the order of the rules; the last when left out.

        Raises:
            BadDocument: a condition or action is none, or cannot have its value.
        """
        __tracebackhide__ = True
        document = {
            "name": name,
            "actions": actions,
            "conditions": conditions or {},
            "exceptions": exceptions or {},
            **({} if sequence is None else {"sequence": sequence}),
        }
        return str(self._connection.call("POST", f"{self._path}/rules", plain(document))["id"])


def _batches(found: Iterable[Found]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for one in found:
        if batch and (len(batch) == BATCH or size + len(one.text) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one.text)
        size += len(one.text)
    if batch:
        yield batch
