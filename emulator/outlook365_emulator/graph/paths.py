"""One spelling per path: from what a client wrote to the segments under which an operation is declared.

Graph takes many spellings of one thing (reference `graph-core.md` section 1): any case of segments, keys in
parentheses, doubled slashes, `/me`, a message with or without its folder, functions with and without parentheses. They
are rewritten here, before routing, so that each operation is declared once. What a rewrite drops stays as a condition:
a message addressed through a folder must lie in it.

`routing` tries what is left: a cast to a type, a path to a property, and its raw value.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import unquote

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.tables.schema_types import types

ME: Final = "me"
"""Marks the key of `/users/{user}` when the client wrote `/me`."""

DEFAULT_CALENDAR: Final = "calendar"
"""The key of `/calendars/{calendar}` when the client wrote `/calendar`; no calendar's id looks so.

It is the key of `/calendarGroups/{group}` too, when the client wrote `/calendarGroup`.
"""

_CALL = re.compile(r"([A-Za-z$_.][\w.$-]*)\((.*)\)", re.DOTALL)
_NAMESPACE: Final = "microsoft.graph."
_EXTENSION: Final = "microsoft.graph.opentypeextension."
"""Begins a key that looks like a cast: the id under which an open extension was created."""

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
        "applications",
        "groups",
        "oauth2permissiongrants",
        "approleassignments",
        "approleassignedto",
        "calendarpermissions",
        "places",
        "photos",
    }
)
_BY_APP_ID: Final = frozenset({"serviceprincipals", "applications"})
"""Collections that have the alternate key `appId`."""

_NO_KEY: Final = frozenset({"$count", "delta", "$ref", "$value", "createuploadsession"})


class Place(msgspec.Struct):
    """Where a request goes.

    Attributes:
        version: `v1.0` or `beta`.
        segments: the canonical segments; names in lower case, keys as given, each with whether it is a key.
        is_me: whether the client wrote `/me`.
        folder: key of the folder through which a message was addressed, or "".
        parent: key of the folder through which a child folder was addressed, or "".
        calendar: key of the calendar through which an event was addressed, or "".
        group: key of the calendar group through which a calendar was addressed, or "".
        series: key of the event through which an occurrence was addressed, or "".
        event: key of the event through which the permissions of its calendar were addressed, or "".
        casts: types that segments name, in lower case without namespace: they may be casts.
        cast: the type asked for, in lower case without namespace, or "".
        property: the property of the entity that the path goes on to, canonical names, or ().
        raw: whether the property's value is asked for without JSON (`/$value`).
        arguments: arguments of a function in the path.
        written: the segments as the client wrote them, for messages.
    """

    version: str
    segments: list[tuple[str, bool]]
    is_me: bool = False
    folder: str = ""
    parent: str = ""
    calendar: str = ""
    group: str = ""
    series: str = ""
    event: str = ""
    casts: list[str] = []
    cast: str = ""
    property: tuple[str, ...] = ()
    raw: bool = False
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
    if keyed and (not lowered.startswith(_NAMESPACE) or lowered.startswith(_EXTENSION)):
        segments.append((part, True))
        return
    if lowered.startswith(_NAMESPACE) and "(" not in part and _plain(part) in types():
        place.casts.append(_plain(part))
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
        arguments = _arguments(part, inside)
        alternate = name in _COLLECTIONS
        if alternate and (name not in _BY_APP_ID or arguments.keys() != {"appid"}):
            because = f"the {name} have no key {', '.join(sorted(arguments))} in parentheses"
            raise graph_error("segment_not_found", segment=part, because=because)
        if alternate:
            segments.append((arguments["appid"], True))  # the convertors see it named
        place.arguments.update(arguments)


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
    while len(segments) > 2 and (rules := _BY_FIRST.get(segments[2][0])) is not None:
        found = next(filter(None, (_applied(place, one) for one in rules)), None)
        if found is None:
            return
        segments[2 : 2 + len(found.pattern)] = found.segments


class Rewrite(NamedTuple):
    """A path below a user, and the one spelling of it.

    Attributes:
        pattern: the segments; `{0}` and so on are keys.
        becomes: the segments in their place.
        condition: attribute of `Place` that keeps the key `{0}`, or "".
    """

    pattern: tuple[str, ...]
    becomes: tuple[str, ...]
    condition: str = ""


class Applied(NamedTuple):
    """A rewrite that fits a path: its pattern, and the segments that come in its place."""

    pattern: tuple[str, ...]
    segments: list[tuple[str, bool]]


def _rewrite_of(pattern: str, becomes: str, condition: str = "") -> Rewrite:
    return Rewrite(tuple(pattern.split("/")), tuple(becomes.split("/")), condition)


REWRITES: Final = (
    _rewrite_of("mailfolders/{0}/childfolders/{1}", "mailfolders/{1}", "parent"),
    _rewrite_of("mailfolders/{0}/messages/{1}", "messages/{1}", "folder"),
    _rewrite_of("calendar", "calendars/{default}"),
    _rewrite_of("calendargroup", "calendargroups/{default}"),
    _rewrite_of("calendargroups/{0}/calendars/{1}", "calendars/{1}", "group"),
    _rewrite_of("calendars/{0}/events/{1}", "events/{1}", "calendar"),
    _rewrite_of("calendars/{0}/calendarview/{1}", "events/{1}", "calendar"),
    _rewrite_of("calendarview/{0}", "events/{0}"),
    _rewrite_of("events/{0}/instances/{1}", "events/{1}", "series"),
    _rewrite_of("events/{0}/calendar/calendarpermissions", "calendars/{default}/calendarpermissions", "event"),
)
"""Spellings of things below `/users/{user}`, applied until none fits (`graph-core.md` 1, `graph-mail.md` 1)."""

_BY_FIRST: Mapping[str, tuple[Rewrite, ...]] = MappingProxyType(
    {first: tuple(one for one in REWRITES if one.pattern[0] == first) for first in {one.pattern[0] for one in REWRITES}}
)


def _applied(place: Place, rewrite: Rewrite) -> Applied | None:
    """Return what a rewrite makes of a path, or None where it does not fit; keeps the condition."""
    here = place.segments[2 : 2 + len(rewrite.pattern)]
    if len(here) < len(rewrite.pattern):
        return None
    keys: list[str] = []
    for wanted, (name, is_key) in zip(rewrite.pattern, here, strict=True):
        if is_key != wanted.startswith("{") or not (is_key or name == wanted):
            return None
        if is_key:
            keys.append(name)
    if rewrite.condition:
        setattr(place, rewrite.condition, keys[0])
    made = [
        (DEFAULT_CALENDAR if part == "{default}" else keys[int(part[1:-1])], True)
        if part.startswith("{")
        else (part, False)
        for part in rewrite.becomes
    ]
    return Applied(rewrite.pattern, made)


def template(segments: list[tuple[str, bool]]) -> str:
    """Write segments as an operation's path: keys become `{}`."""
    return "/" + "/".join("{}" if is_key else name for name, is_key in segments)
