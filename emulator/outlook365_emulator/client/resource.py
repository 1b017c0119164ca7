"""A resource of Microsoft Graph as tests look at it: a mapping of its JSON, with properties on top."""

from collections.abc import Iterator, Mapping
from typing import Any


class Resource(Mapping[str, Any]):
    """A mapping of the JSON that Graph writes of a message or an event.

    Args:
        document: the Graph JSON.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = dict(document)

    def __getitem__(self, name: str) -> Any:
        return self._document[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._document)

    def __len__(self) -> int:
        return len(self._document)

    @property
    def subject(self) -> str:
        """Subject line, or "" where there is none."""
        return self._document.get("subject") or ""
