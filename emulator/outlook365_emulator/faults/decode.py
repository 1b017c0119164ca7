"""From plain data to typed settings, with errors that name the place and the nearest right name."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


class FaultError(ValueError):
    """A fault was described wrongly.

    Args:
        where: the place, `faults[2].match.operation`; empty when the document as a whole is meant.
        problem: what is wrong there, and where it can be told the nearest right name.
    """

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}" if where else problem)
        self.where = where
        self.problem = problem


def joined(where: str, key: str) -> str:
    """Write the place of a key inside a place."""
    return f"{where}.{key}" if where else key


def unknown(what: str, given: object, known: Iterable[str]) -> str:
    """Say that a name is unknown, and which is nearest.

    Args:
        what: what the name names, `kind`.
        given: the name that was given.
        known: the names there are; up to 40 are listed when none is near.
    """
    names = sorted(known)
    near = get_close_matches(str(given).lower(), names, n=1)
    listed = ", ".join(names[:40]) + (", …" if len(names) > 40 else "")
    return f"unknown {what} {given!r}" + (f"; did you mean {near[0]!r}?" if near else f"; there are {listed}")


def keys_of(kind: type[msgspec.Struct]) -> list[str]:
    """Return the keys that a document of a type may have."""
    return [field.encode_name for field in msgspec.structs.fields(kind)]


def convert(document: object, kind: type[S], where: str) -> S:
    """Read a mapping as a struct.

    Args:
        document: plain data, as YAML or JSON give it.
        kind: the struct to make.
        where: place of the document, for errors.

    Returns:
        The struct.

    Raises:
        FaultError: it is no mapping, a key is unknown, or a value has the wrong type or is out of range.
    """
    if not isinstance(document, dict):
        raise FaultError(where, f"expected a mapping, got {type(document).__name__}")
    known = keys_of(kind)
    for key in document:
        if key not in known:
            raise FaultError(joined(where, str(key)), unknown("key", key, known))
    try:
        made = msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        raise FaultError((where + path.rstrip("`")).removeprefix("."), problem) from None
    try:
        msgspec.json.encode(made)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise FaultError(where, f"it holds what JSON cannot: {error}") from None
    return made


def plain(document: msgspec.Struct) -> dict[str, Any]:
    """Write a struct as plain data that JSON and YAML can hold."""
    written: dict[str, Any] = msgspec.to_builtins(document)
    return written
