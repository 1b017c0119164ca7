"""A predicate over the members of a request body."""

from collections.abc import Iterator
from typing import Any

import msgspec

from outlook365_emulator.faults.glob import text_glob
from outlook365_emulator.wire import parse_pairs


def members_of(body: bytes) -> Any:
    """Return the body as plain data: JSON, or the fields of a form; None where it is neither.

    Args:
        body: the body as received.
    """
    if body.lstrip()[:1] in (b"{", b"["):
        try:
            return msgspec.json.decode(body)
        except (ValueError, RecursionError):
            return None
    return dict(parse_pairs(body.decode("utf-8", "replace"))) or None


def values_at(document: Any, path: str) -> Iterator[Any]:
    """Yield every value at a member path.

    Args:
        document: plain data.
        path: names joined by dots, positions as numbers, `*` for every element of a list:
            `toRecipients.*.emailAddress.address`. A name may hold dots itself (`@odata.type`).
    """
    return _walk(document, path.split("."))


def _walk(node: Any, names: list[str]) -> Iterator[Any]:
    if not names:
        yield node
    elif isinstance(node, dict):
        for length in range(1, len(names) + 1):
            name = ".".join(names[:length])
            if name in node:
                yield from _walk(node[name], names[length:])
    elif isinstance(node, list):
        if names[0] == "*":
            for element in node:
                yield from _walk(element, names[1:])
        elif names[0].isdecimal() and len(names[0]) < 10 and int(names[0]) < len(node):
            yield from _walk(node[int(names[0])], names[1:])


def same_value(found: Any, wanted: Any) -> bool:
    """Compare a member with what a fault wants: texts as patterns with stars, anything else by type and value."""
    if isinstance(wanted, str) and isinstance(found, str):
        return text_glob(wanted)(found)
    return isinstance(found, bool) == isinstance(wanted, bool) and bool(found == wanted)
