"""Attachments up and down: at once up to 3 MB, in parts beyond."""

import base64
from pathlib import Path
from typing import Any

from mail_connector.graph import Graph

LARGE = 3 * 1024 * 1024
PART = 320 * 1024 * 12


class Attachments:
    """The attachments of the messages of a mailbox."""

    def __init__(self, graph: Graph, path: str) -> None:
        self._graph = graph
        self._path = path

    def all(self, message: str) -> list[dict[str, Any]]:
        """What is attached, without content."""
        select = "id,name,contentType,size,isInline"
        return list(self._graph.pages(f"{self._path}/messages/{message}/attachments", select=select))

    def download(self, message: str, attachment: str) -> bytes:
        """The content of an attachment."""
        return self._graph.ask("GET", f"{self._path}/messages/{message}/attachments/{attachment}/$value").content

    def save(self, message: str, directory: Path) -> list[Path]:
        """Write every attachment of a message into a directory."""
        saved = []
        for one in self.all(message):
            saved.append(directory / Path(one["name"]).name)
            saved[-1].write_bytes(self.download(message, one["id"]))
        return saved

    def add(self, draft: str, name: str, content: bytes, content_type: str = "application/octet-stream") -> None:
        """Attach a file of any size to a draft."""
        if len(content) >= LARGE:
            self._add_in_parts(draft, name, content)
            return
        body = {
            "@odata.type": "#microsoft.graph.fileAttachment",
            "name": name,
            "contentType": content_type,
            "contentBytes": base64.b64encode(content).decode(),
        }
        self._graph.json("POST", f"{self._path}/messages/{draft}/attachments", body)

    def _add_in_parts(self, draft: str, name: str, content: bytes) -> None:
        item = {"AttachmentItem": {"attachmentType": "file", "name": name, "size": len(content)}}
        path = f"{self._path}/messages/{draft}/attachments/createUploadSession"
        url = self._graph.json("POST", path, item)["uploadUrl"]
        for start in range(0, len(content), PART):
            part = content[start : start + PART]
            place = f"bytes {start}-{start + len(part) - 1}/{len(content)}"
            self._graph.put(url, part, {"Content-Range": place, "Content-Type": "application/octet-stream"})
