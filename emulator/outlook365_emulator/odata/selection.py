"""`$select` and the paths of `$expand`: reading them, naming them as the type does, and cutting a document to them."""

from collections.abc import Iterable, Mapping
from typing import Any

from outlook365_emulator.odata.lexer import tokenize
from outlook365_emulator.odata.problems import OdataSyntaxError, UnknownProperty
from outlook365_emulator.odata.records import Property, RecordType

SelectPath = tuple[str, ...]


def parse_select(text: str) -> tuple[SelectPath, ...]:
    """Read the value of `$select` (decoded): paths joined by commas, `subject,from/emailAddress,*`.

    Raises:
        OdataSyntaxError: when the text is no such list.
    """
    return tuple(parse_path(part, start, text) for start, part in split(text, ","))


def parse_path(part: str, start: int = 0, text: str | None = None) -> SelectPath:
    """Read names joined by `/`, or `*`.

    Args:
        part: the path; blanks around it do not count.
        start: where it begins in the whole text.
        text: the whole text, for errors.

    Raises:
        OdataSyntaxError: when it is no path.
    """
    whole = part if text is None else text
    if part.strip() == "*":
        return ("*",)
    segments: list[str] = []
    try:
        tokens = tokenize(part)
    except OdataSyntaxError as error:
        raise OdataSyntaxError(start + error.position, error.detail, whole) from None
    for index, token in enumerate(tokens):
        wanted = "name" if index % 2 == 0 else "/"
        if index % 2 and token.kind == "end":
            break
        if token.kind != wanted:
            raise OdataSyntaxError(
                start + token.position, "expected a property" if index % 2 == 0 else "expected ','", whole
            )
        if wanted == "name":
            segments.append(token.text)
    return tuple(segments)


def split(text: str, separator: str) -> list[tuple[int, str]]:
    """Split at a separator outside of strings and parentheses.

    Args:
        text: the text.
        separator: one character.

    Returns:
        Where each part begins, and the part.

    Raises:
        OdataSyntaxError: for a string or a parenthesis without its end, or an end without its beginning.
    """
    parts: list[tuple[int, str]] = []
    start = depth = position = 0
    while position < len(text):
        character = text[position]
        if character == "'":
            end = text.find("'", position + 1)
            if end < 0:
                raise OdataSyntaxError(position, "unterminated string", text)
            position = end
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth < 0:
                raise OdataSyntaxError(position, "unexpected ')'", text)
        elif character == separator and depth == 0:
            parts.append((start, text[start:position]))
            start = position + 1
        position += 1
    if depth:
        raise OdataSyntaxError(len(text), "expected ')'", text)
    return [*parts, (start, text[start:])]


def canonical_select(paths: Iterable[SelectPath], type_: RecordType) -> tuple[SelectPath, ...]:
    """Spell the paths of `$select` as the type does; `*` stays.

    Args:
        paths: from `parse_select`.
        type_: the type selected from.

    Raises:
        UnknownProperty: for a name that its type does not declare.
    """
    return tuple(path if path == ("*",) else _canonical(path, type_) for path in paths)


def _canonical(path: SelectPath, type_: RecordType) -> SelectPath:
    names: list[str] = []
    properties, type_name = type_.properties, type_.name
    for segment in path:
        derived = type_.derived.get(segment.lower())
        if derived is not None and not names:
            properties, type_name = derived.properties, derived.name
            continue
        found = properties.get(segment.lower())
        if found is None:
            raise UnknownProperty(segment, type_name)
        names.append(found.name)
        below: Property = found if found.element is None else found.element
        properties, type_name = below.children or {}, below.type_name
    return tuple(names)


def project(document: Mapping[str, Any], paths: Iterable[SelectPath]) -> dict[str, Any]:
    """Cut a JSON object to selected properties, in the object's own order.

    Args:
        document: the object.
        paths: as `canonical_select` spells them; `*` keeps all.

    Returns:
        A new object. Annotations of the object itself (`@odata.etag`) stay, those of a property (`x@odata.type`)
        stay with it; a nested path cuts the value, or each item of a collection, below.
    """
    wanted: dict[str, list[SelectPath]] = {}
    for head, *rest in paths:
        wanted.setdefault(head, []).append(tuple(rest))
    if "*" in wanted:
        return dict(document)
    kept: dict[str, Any] = {}
    for name, value in document.items():
        owner, mark, _ = name.partition("@")
        if mark and (not owner or owner in wanted):
            kept[name] = value
        elif name in wanted:
            below = wanted[name]
            kept[name] = value if () in below else _project_value(value, below)
    return kept


def _project_value(value: Any, paths: list[SelectPath]) -> Any:
    if isinstance(value, Mapping):
        return project(value, paths)
    if isinstance(value, list):
        return [_project_value(item, paths) for item in value]
    return value
