"""A trigger that polls: it asks a folder what has changed since the last time."""

from collections.abc import Callable
from typing import Any

import httpx

Item = dict[str, Any]


class DeltaTrigger:
    """Fires for every message that comes into a folder.

    Args:
        graph: a signed-in client of Graph.
        folder: path of the folder, `/me/mailFolders/inbox` or `/users/{name}/mailFolders/inbox`.
        fire: called with each new message.

    Attributes:
        link: where the next poll goes on; keep it, and give it back to the trigger after a restart.
    """

    def __init__(self, graph: httpx.Client, folder: str, fire: Callable[[Item], None], link: str = "") -> None:
        self.graph = graph
        self.folder = folder
        self.fire = fire
        self.link = link
        self.known: set[str] = set()

    def start(self) -> None:
        """Remember what lies in the folder; none of it fires."""
        for item in self._changes(f"{self.folder}/messages/delta?$select=subject,receivedDateTime"):
            self.known.add(item["id"])

    def poll(self) -> None:
        """Fire for what has come since the last time; a message that was only changed does not."""
        try:
            items = list(self._changes(self.link))
        except httpx.HTTPStatusError as problem:
            if problem.response.status_code != 410:
                raise
            # The token is too old: read the folder anew. What was seen before does not fire again.
            items = list(self._changes(f"{self.folder}/messages/delta?$select=subject,receivedDateTime"))
        for item in items:
            if "@removed" in item:
                self.known.discard(item["id"])
            elif item["id"] not in self.known:
                self.known.add(item["id"])
                self.fire(item)

    def _changes(self, link: str) -> list[Item]:
        found: list[Item] = []
        while link:
            answer = self.graph.get(link)
            answer.raise_for_status()
            page = answer.json()
            found += page["value"]
            self.link = page.get("@odata.deltaLink", self.link)
            link = page.get("@odata.nextLink", "")
        return found
