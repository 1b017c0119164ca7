"""From plain data to documents, with errors that name the place and the nearest right word."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec

from outlook365_emulator.directory.tenants import BadDomain
from outlook365_emulator.directory.users import BadUserName
from outlook365_emulator.faults.decode import FaultError
from outlook365_emulator.store.hosting import NameTaken
from outlook365_emulator.store.shelf import Taken

S = TypeVar("S", bound=msgspec.Struct)

_STEP = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<index>\d+|\.\.\.)\]")
_WORDS = (
    ("array", "a list"),
    ("object", "a mapping"),
    ("str", "text"),
    ("int", "a whole number"),
    ("float", "a number"),
    ("bool", "true or false"),
    ("null", "nothing"),
    ("datetime", "an instant with offset: 2026-03-02T09:00:00Z"),
)


class DocumentError(ValueError):
    """A document says something wrong.

    Args:
        place: where, `tenants[0].users[2].nmae`; "" when the document as a whole is meant.
        message: what is wrong there and, where it can be told, the nearest right word.
    """

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self.message = message


class DocumentConflict(DocumentError):
    """A document asks for a name or id that belongs to something else already."""


def inside(place: str, key: str) -> str:
    """Write the place of a key inside a place."""
    return f"{place}.{key}" if place else key


@contextmanager
def at(place: str) -> Iterator[None]:
    """Turn what the directory, the hosting or a fault refuses into a `DocumentError` that names a place.

    Args:
        place: the place in the document that asks for it.
    """
    try:
        yield
    except (DocumentError, KeyError, IndexError):
        raise
    except (Taken, NameTaken) as error:
        raise DocumentConflict(place, str(error)) from error
    except FaultError as error:
        raise DocumentError(inside(place, error.where) if error.where else place, error.problem) from error
    except (BadDomain, BadUserName, LookupError, ValueError, OverflowError) as error:
        raise DocumentError(place, str(error)) from error


def read_document(data: object, kind: type[S]) -> S:
    """Read plain data as a document.

    Args:
        data: what YAML or JSON give: mappings, lists, texts, numbers.
        kind: the struct to make.

    Raises:
        DocumentError: a key is unknown or missing, or a value has the wrong type or form.
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise explained(error, kind) from None
    except RecursionError:
        raise DocumentError("", "the document is nested too deeply, or contains itself") from None


def decode_document(body: bytes, kind: type[S]) -> S:
    """Read JSON as a document.

    Args:
        body: JSON text in UTF-8.
        kind: the struct to make.

    Raises:
        DocumentError: as for `read_document`.
        msgspec.DecodeError: the bytes are no JSON (a `DocumentError` is raised for JSON that says something wrong).
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise explained(error, kind) from None
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(f"the text is not UTF-8 ({error.reason} at byte {error.start})") from None
    except RecursionError:
        raise DocumentError("", "the document is nested too deeply") from None


def explained(error: msgspec.ValidationError, kind: type[msgspec.Struct]) -> DocumentError:
    """Make the error for people out of msgspec's.

    Args:
        error: what msgspec says: a problem and the place as `$.tenants[0].users[2]`.
        kind: the struct of the whole document.
    """
    problem, _, path = str(error).partition(" - at `")
    steps = path.split("`")[0].removeprefix("$").removeprefix("key")
    place, expected = _walk(kind, steps)
    quoted = re.findall(r"`([^`]*)`", problem)
    if problem.startswith("Object contains unknown field"):
        return DocumentError(inside(place, quoted[0]), f"unknown key {_nearest(quoted[0], _keys(expected))}")
    if problem.startswith("Object missing required field"):
        return DocumentError(place, f"the key {quoted[0]!r} is missing")
    if problem.startswith("Invalid enum value"):
        given = problem.removeprefix("Invalid enum value").strip().strip("'")
        return DocumentError(place, f"unknown value {_nearest(given, _choices(expected))}")
    return DocumentError(place, _in_words(problem, quoted, expected))


def _in_words(problem: str, quoted: list[str], expected: Any) -> str:
    described = _description(expected)
    if "got `" in problem and len(quoted) > 1:
        given = _named(quoted[1])
        wanted = described or _named(quoted[0])
        hint = "; put it in quotes" if "str" in quoted[0].split(" | ") and quoted[1] in ("int", "float", "bool") else ""
        return f"expected {wanted}, got {given}{hint}"
    if described:
        return f"expected {described}"
    if problem.startswith("Invalid RFC3339"):
        return "expected an instant with offset: 2026-03-02T09:00:00Z"
    return problem[0].lower() + problem[1:].replace("`", "")


def _named(types: str) -> str:
    words = dict(_WORDS)
    return " or ".join(words.get(name, name) for name in types.split(" | ") if name != "null" or types == "null")


def nearest(given: str, known: Iterable[str]) -> str:
    """Return the words for a name that is none of the known ones: the name, and what it may have meant.

    Args:
        given: the name as written.
        known: every right name.
    """
    return _nearest(given, list(known))


def _nearest(given: str, known: list[str]) -> str:
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(given.lower(), by_lower, n=1, cutoff=0.5)
    if close:
        return f"{given!r}; did you mean {by_lower[close[0]]!r}?"
    listed = ", ".join(known[:30]) + (", …" if len(known) > 30 else "")
    return f"{given!r}; there is {listed or 'nothing to choose from'}"


def _walk(kind: type[msgspec.Struct], steps: str) -> tuple[str, Any]:
    """Follow a path through the types; return it as a place and the type there (None where it cannot be told)."""
    from msgspec import inspect

    here: Any = inspect.type_info(kind)
    place = ""
    for step in _STEP.finditer(steps):
        here = _plain(here)
        if step["key"] is not None:
            place = inside(place, step["key"])
            fields = {field.encode_name: field.type for field in getattr(here, "fields", ())}
            here = fields.get(step["key"])
        else:
            place = f"{place}[{step['index']}]" if step["index"] != "..." else place
            here = getattr(here, "item_type", None) or getattr(here, "value_type", None)
    return place, here


def _members(kind: Any) -> list[Any]:
    """Return the types that a type stands for, the descriptions that wrap them kept."""
    from msgspec import inspect

    if isinstance(kind, inspect.UnionType):
        return [member for one in kind.types for member in _members(one)]
    return [kind]


def _plain(kind: Any) -> Any:
    """Return the first type in a union that is not null, without its description."""
    from msgspec import inspect

    for member in _members(kind):
        bare = member.type if isinstance(member, inspect.Metadata) else member
        if not isinstance(bare, inspect.NoneType):
            return bare
    return kind


def _keys(kind: Any) -> list[str]:
    return [field.encode_name for field in getattr(_plain(kind), "fields", ())]


def _choices(kind: Any) -> list[str]:
    return [str(value) for value in getattr(_plain(kind), "values", ())]


def _description(kind: Any) -> str:
    from msgspec import inspect

    for member in _members(kind):
        if isinstance(member, inspect.Metadata) and member.extra_json_schema:
            return str(member.extra_json_schema.get("description", ""))
    return ""
