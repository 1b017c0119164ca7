"""One spelling per path: from what a client wrote to the segments under which an operation is declared.

Graph takes many spellings of one thing (reference `graph-core.md` section 1): any case of segments, keys in
parentheses, doubled slashes, `/me`, a message with or without its folder, functions with and without parentheses. They
are rewritten here, before routing, so that each operation is declared once. What a rewrite drops stays as a condition:
a message addressed through a folder must lie in it.
"""

import re
from typing import Final
from urllib.parse import unquote

import msgspec

from outlook365_emulator.errors import graph_error

ME: Final = "me"
"""Marks the key of `/users/{user}` when the client wrote `/me`."""

_CALL = re.compile(r"([A-Za-z$_.][\w.$-]*)\((.*)\)", re.DOTALL)
_NAMESPACE: Final = "microsoft.graph."
_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_ARGUMENT = re.compile(r"\s*([A-Za-z]\w*)\s*=\s*([\w.]*'(?:[^']|'')*'|[^',]+)\s*(?:,|$)")
_COLLECTIONS: Final = frozenset(
    {
        "users",
        "messages",
        "mailfolders",
        "childfolders",
        "attachments",
        "extensions",
        "events",
        "calendars",
        "calendargroups",
        "calendarview",
        "instances",
        "subscriptions",
        "mastercategories",
        "messagerules",
        "overrides",
        "serviceprincipals",
        "oauth2permissiongrants",
        "approleassignments",
        "approleassignedto",
    }
)
_NO_KEY: Final = frozenset({"$count", "delta", "$value", "createuploadsession"})


class Place(msgspec.Struct):
    """Where a request goes.

    Attributes:
        version: `v1.0` or `beta`.
        segments: the canonical segments; names in lower case, keys as given, each with whether it is a key.
        is_me: whether the client wrote `/me`.
        folder: key of the folder through which a message was addressed, or "".
        parent: key of the folder through which a child folder was addressed, or "".
        arguments: arguments of a function in the path.
        written: the segments as the client wrote them, for messages.
    """

    version: str
    segments: list[tuple[str, bool]]
    is_me: bool = False
    folder: str = ""
    parent: str = ""
    arguments: dict[str, str] = {}
    written: list[str] = []


def read_path(path: str) -> Place:
    """Read the path of a request to a Graph host.

    Args:
        path: the path, percent-encoded, beginning with `/`.

    Raises:
        GraphError: `invalid_version` when it does not begin with a version.
    """
    parts = [unquote(part) for part in path.split("/") if part]
    version = parts[0].lower() if parts else ""
    if version not in ("v1.0", "beta"):
        raise graph_error(
            "invalid_version",
            segment=parts[0] if parts else "",
            because=f"the path {path!r} must begin with /v1.0 or /beta",
        )
    place = Place(version, [], written=parts[1:])
    for part in parts[1:]:
        _append(place, part)
    _rewrite(place)
    return place


def _append(place: Place, part: str) -> None:
    segments = place.segments
    name, is_key = segments[-1] if segments else ("", True)
    lowered = part.lower()
    keyed = not is_key and name in _COLLECTIONS and lowered.partition("(")[0] not in _NO_KEY
    if keyed and not lowered.startswith(_NAMESPACE):
        segments.append((part, True))
        return
    match = _CALL.fullmatch(part)
    if match is None:
        segments.append((_plain(part), False))
        return
    name, inside = _plain(match[1]), match[2].strip()
    segments.append((name, False))
    quoted = _QUOTED.fullmatch(inside)
    if quoted is not None:
        segments.append((quoted[1].replace("''", "'"), True))
    elif inside:
        place.arguments.update(_arguments(part, inside))


def _plain(name: str) -> str:
    return name.lower().removeprefix(_NAMESPACE)


def _arguments(part: str, text: str) -> dict[str, str]:
    found, position = {}, 0
    while position < len(text):
        match = _ARGUMENT.match(text, position)
        if match is None:
            raise graph_error("segment_not_found", segment=part, because=f"unreadable arguments in {part!r}")
        value = _QUOTED.search(match[2])
        found[match[1].lower()] = value[1].replace("''", "'") if value else match[2].strip()
        position = match.end()
    return found


def _rewrite(place: Place) -> None:
    segments = place.segments
    if segments and segments[0] == ("me", False):
        place.is_me = True
        segments[0:1] = [("users", False), (ME, True)]
    elif len(segments) > 1 and segments[0] == ("users", False) and segments[1][0].lower() == "me-token-to-replace":
        place.is_me = True  # msgraph-sdk with a client of the user's own sends its placeholder
        segments[1] = (ME, True)
    index = 2
    while index + 3 < len(segments) and segments[index] == ("mailfolders", False) and segments[index + 1][1]:
        name, is_key = segments[index + 2]
        if is_key or not segments[index + 3][1]:
            break
        if name == "childfolders":
            place.parent = segments[index + 1][0]
        elif name == "messages":
            place.folder = segments[index + 1][0]
        else:
            break
        del segments[index : index + 2]
        if name == "childfolders":
            segments[index] = ("mailfolders", False)


def template(segments: list[tuple[str, bool]]) -> str:
    """Write segments as an operation's path: keys become `{}`."""
    return "/" + "/".join("{}" if is_key else name for name, is_key in segments)
