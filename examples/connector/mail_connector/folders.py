"""Folders by path."""

from typing import Any

from mail_connector.graph import Graph


class Folders:
    """The folders of a mailbox."""

    def __init__(self, graph: Graph, path: str) -> None:
        self._graph = graph
        self._path = path

    def all(self, parent: str | None = None) -> list[dict[str, Any]]:
        """Folders below the root, or below another folder."""
        below = f"/{parent}/childFolders" if parent else ""
        return list(self._graph.pages(f"{self._path}/mailFolders{below}", top=100))

    def named(self, path: str) -> str | None:
        """Id of the folder at a path such as `Projects/2026`, or None."""
        found = None
        for name in path.split("/"):
            found = next((one["id"] for one in self.all(found) if one["displayName"].lower() == name.lower()), None)
            if found is None:
                return None
        return found

    def create(self, name: str, parent: str | None = None) -> str:
        """Make a folder and return its id."""
        below = f"/{parent}/childFolders" if parent else ""
        return self._graph.json("POST", f"{self._path}/mailFolders{below}", {"displayName": name})["id"]

    def rename(self, folder: str, name: str) -> None:
        """Give a folder another name."""
        self._graph.json("PATCH", f"{self._path}/mailFolders/{folder}", {"displayName": name})

    def delete(self, folder: str) -> None:
        """Delete a folder with everything in it."""
        self._graph.ask("DELETE", f"{self._path}/mailFolders/{folder}")
