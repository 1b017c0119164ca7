"""Open extensions of items: names in all their spellings, members, and how an extension is written.

Reference `graph-mail.md` section 17.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error

Extensions = tuple[tuple[str, bytes], ...]

PREFIX = "Microsoft.OutlookServices.OpenTypeExtension."
"""What stands before the name in the id of an extension of an Outlook item."""

_PREFIXES = (PREFIX.lower(), "microsoft.graph.opentypeextension.")
_OWN = frozenset({"extensionname", "id"})
_MILLISECONDS = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.0+Z")
_MEMBER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


def plain_name(key: str) -> str:
    """Return the name of an extension from any of the forms of its id."""
    for prefix in _PREFIXES:
        if key.lower().startswith(prefix):
            return key[len(prefix) :]
    return key


def read_extension(given: Mapping[str, Any], name: str = "") -> tuple[str, bytes]:
    """Read an extension as sent.

    Args:
        given: members as sent.
        name: its name where the path says it.

    Returns:
        Its name, and the JSON of its own members.

    Raises:
        GraphError: the name is missing, or a member is neither a primitive nor an array of them.
    """
    found = name or plain_name(str(given.get("extensionName") or ""))
    if not found:
        raise graph_error("property_required", property="extensionName", because="an extension needs extensionName")
    members: dict[str, Any] = {}
    for member, value in given.items():
        if "@" in member or member.lower() in _OWN:
            continue
        if _MEMBER.fullmatch(member) is None or not _is_primitive(value):
            because = f"{member} of an open extension must be a primitive or an array of primitives"
            raise graph_error("invalid_request", detail=f"The property '{member}' is invalid.", because=because)
        members[member] = _normal(value)
    return found, msgspec.json.encode(members)


def _is_primitive(value: object) -> bool:
    if isinstance(value, list):
        return all(not isinstance(one, dict | list) for one in value)
    return not isinstance(value, dict)


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return _MILLISECONDS.sub(r"\1Z", value) if _MILLISECONDS.fullmatch(value) else value
    return [_normal(one) for one in value] if isinstance(value, list) else value


def with_extension(held: Extensions, name: str, content: bytes) -> Extensions:
    """Return extensions after one was set."""
    kept = tuple(one for one in held if one[0].lower() != name.lower())
    return (*kept, (name, content))


def without_extension(held: Extensions, name: str) -> Extensions:
    """Return extensions without one."""
    return tuple(one for one in held if one[0].lower() != name.lower())


def extension_named(held: Extensions, name: str) -> tuple[str, bytes]:
    """Return an extension by its plain name in any case.

    Raises:
        GraphError: `item_not_found`.
    """
    for one in held:
        if one[0].lower() == name.lower():
            return one
    known = ", ".join(one[0] for one in held) or "none"
    raise graph_error("item_not_found", because=f"the item has no extension {name!r}; it has {known}")


def extension_members(extension: tuple[str, bytes]) -> dict[str, Any]:
    """Return an extension as a JSON object."""
    name, content = extension
    members: dict[str, Any] = {"@odata.type": "#microsoft.graph.openTypeExtension"}
    for member, value in msgspec.json.decode(content).items():
        if isinstance(value, list):
            members[f"{member}@odata.type"] = f"#Collection({_kind_of(value)})"
        members[member] = value
    return {**members, "extensionName": name, "id": f"{PREFIX}{name}"}


def _kind_of(values: list[Any]) -> str:
    first = values[0] if values else ""
    if isinstance(first, bool):
        return "Boolean"
    return "Int64" if isinstance(first, int) else "Double" if isinstance(first, float) else "String"


def as_rows(held: Iterable[tuple[str, bytes]]) -> list[dict[str, str]]:
    """Return extensions as rows with an `id`, for `$filter`."""
    return [{"id": name} for name, _ in held]
