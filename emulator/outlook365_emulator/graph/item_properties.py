"""Properties that messages and events have alike, read from the stored document of an item."""

from collections.abc import Callable
from typing import Any

import msgspec

from outlook365_emulator.odata.records import Getter, Kind, Property, by_name


def member(document: Callable[[Any], bytes], *names: str) -> Getter:
    """Return what reads a member of an item's document, or None where there is none.

    Args:
        document: returns the document of a record.
        names: the path to the member, as Graph spells it.
    """

    def read(one: Any) -> Any:
        value: Any = msgspec.json.decode(document(one))
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return read


def plain(name: str, kind: Kind, get: Getter, *, nullable: bool = False) -> Property:
    """Return a property that most records have a value of."""
    return Property(name, kind, get, nullable=nullable)


def body(document: Callable[[Any], bytes]) -> Property:
    """Return the `body` of an item; `document` returns the document of a record."""
    parts = by_name(
        plain("content", "string", member(document, "body", "content")),
        plain("contentType", "enum", member(document, "body", "contentType")),
    )
    return Property("body", "complex", None, parts, sortable=False, type_name="microsoft.graph.itemBody")
