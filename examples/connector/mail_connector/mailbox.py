"""The activities of the connector on one mailbox."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mail_connector.attachments import Attachments
from mail_connector.folders import Folders
from mail_connector.graph import Graph

Message = dict[str, Any]


def recipients(addresses: Iterable[str]) -> list[dict[str, Any]]:
    """Addresses as Graph wants them."""
    return [{"emailAddress": {"address": address}} for address in addresses]


def written(to: Iterable[str], subject: str, body: str, cc: Iterable[str] = ()) -> dict[str, Any]:
    """A message as Graph wants it."""
    return {
        "subject": subject,
        "body": {"contentType": "HTML" if body.lstrip().startswith("<") else "Text", "content": body},
        "toRecipients": recipients(to),
        "ccRecipients": recipients(cc),
    }


class Mailbox:
    """A mailbox: that of the person who signed in, or the one at an address."""

    def __init__(self, graph: Graph, address: str | None) -> None:
        self._graph = graph
        self._path = f"/users/{address}" if address else "/me"
        self.folders = Folders(graph, self._path)
        self.attachments = Attachments(graph, self._path)

    def messages(self, folder: str = "inbox", *, unread: bool = False, top: int = 50) -> Iterator[Message]:
        """Messages of a folder, the newest first."""
        condition = {"filter": "isRead eq false"} if unread else {}
        return self._graph.pages(f"{self._path}/mailFolders/{folder}/messages", top=top, **condition)

    def search(self, words: str) -> list[Message]:
        """Messages that words are found in."""
        return list(self._graph.pages(f"{self._path}/messages", search=f'"{words}"'))

    def get(self, message: str, *, text: bool = False) -> Message:
        """A message, its body as text if wanted."""
        prefer = {"Prefer": 'outlook.body-content-type="text"'} if text else {}
        return self._graph.json("GET", f"{self._path}/messages/{message}", headers=prefer)

    def send(self, to: Iterable[str], subject: str, body: str, *, cc: Iterable[str] = (), save: bool = True) -> None:
        """Send a message."""
        document = {"message": written(to, subject, body, cc), "saveToSentItems": save}
        self._graph.json("POST", f"{self._path}/sendMail", document)

    def draft(self, to: Iterable[str], subject: str, body: str) -> str:
        """Make a draft and return its id."""
        return self._graph.json("POST", f"{self._path}/messages", written(to, subject, body))["id"]

    def send_draft(self, draft: str) -> None:
        """Send a draft."""
        self._act(draft, "send")

    def reply(self, message: str, comment: str) -> None:
        """Answer the sender."""
        self._act(message, "reply", {"comment": comment})

    def reply_all(self, message: str, comment: str) -> None:
        """Answer everybody."""
        self._act(message, "replyAll", {"comment": comment})

    def forward(self, message: str, to: Iterable[str], comment: str = "") -> None:
        """Pass a message on."""
        self._act(message, "forward", {"comment": comment, "toRecipients": recipients(to)})

    def move(self, message: str, folder: str) -> str:
        """Move a message and return its new id."""
        return self._act(message, "move", {"destinationId": folder})["id"]

    def copy(self, message: str, folder: str) -> str:
        """Copy a message and return the id of the copy."""
        return self._act(message, "copy", {"destinationId": folder})["id"]

    def delete(self, message: str) -> None:
        """Delete a message, which puts it into Deleted Items."""
        self._graph.ask("DELETE", f"{self._path}/messages/{message}")

    def change(self, message: str, **members: Any) -> Message:
        """Change a message: `isRead`, `categories`, `importance`."""
        return self._graph.json("PATCH", f"{self._path}/messages/{message}", members)

    def save(self, message: str, file: Path) -> None:
        """Save a message as an `.eml` file."""
        file.write_bytes(self._graph.ask("GET", f"{self._path}/messages/{message}/$value").content)

    def reply_automatically(self, text: str) -> None:
        """Answer everybody automatically."""
        setting = {"status": "alwaysEnabled", "internalReplyMessage": text, "externalReplyMessage": text}
        self._graph.json("PATCH", f"{self._path}/mailboxSettings", {"automaticRepliesSetting": setting})

    def stop_replying(self) -> None:
        """Answer nobody automatically."""
        self._graph.json("PATCH", f"{self._path}/mailboxSettings", {"automaticRepliesSetting": {"status": "disabled"}})

    def close(self) -> None:
        """Close the connections."""
        self._graph.close()

    def _act(self, message: str, action: str, body: dict[str, Any] | None = None) -> Any:
        return self._graph.json("POST", f"{self._path}/messages/{message}/{action}", body)
