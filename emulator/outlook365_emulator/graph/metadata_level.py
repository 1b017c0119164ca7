"""How much metadata an answer carries: `odata.metadata=none`, `minimal` or `full` (OData JSON Format 3.1).

What full metadata adds: reference `graph-core.md` section 4.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from outlook365_emulator.graph.call import Call
from outlook365_emulator.tables.schema_types import Property, Type, enumerations, short_name, types

Level = Literal["none", "minimal", "full"]

_PLAIN = frozenset({"Edm.String", "Edm.Boolean", "Edm.Int32", "Edm.Double"})
"""Types that JSON shows by itself, which need no annotation."""

_CONTENT_TYPES: Mapping[Level, str] = MappingProxyType(
    {
        level: f"application/json;odata.metadata={level};odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
        for level in ("none", "minimal", "full")
    }
)


def level_of(call: Call) -> Level:
    """Return the level that a client asks for by `$format` or `Accept`; minimal without a word."""
    return _level(call.options.format or call.request.headers.get("accept"))


@lru_cache(maxsize=256)
def _level(asked: str) -> Level:
    lowered = asked.lower().replace(" ", "")
    if "odata.metadata=none" in lowered or "odata=nometadata" in lowered:
        return "none"
    return "full" if "odata.metadata=full" in lowered else "minimal"


def json_type(level: Level) -> str:
    """Return the Content-Type of a JSON answer."""
    return _CONTENT_TYPES[level]


def without_metadata(members: dict[str, Any]) -> dict[str, Any]:
    """Return members without annotations, but for counts and links to pages."""
    kept = ("@odata.count", "@odata.nextLink", "@odata.deltaLink")
    return {name: value for name, value in members.items() if "@" not in name or name.endswith(kept)}


def with_full_metadata(members: dict[str, Any], type_name: str, root: str, path: str) -> dict[str, Any]:
    """Return an entity with everything that full metadata adds.

    Args:
        members: the entity.
        type_name: its declared type.
        root: root URL of Graph with the version.
        path: path of the entity below the root, `users('…')/messages('…')`, or "" where it is not known.
    """
    kind = types().get(short_name(str(members.get("@odata.type") or type_name)))
    if kind is None:
        return members
    head: dict[str, Any] = {"@odata.type": f"#microsoft.graph.{kind.name}"}
    if path:
        head |= {"@odata.id": f"{root}/{path}", "@odata.editLink": path}
    return {**head, **_annotated(members, kind), **(_links(members, kind, f"{root}/{path}") if path else {})}


def _annotated(members: dict[str, Any], kind: Type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in members.items():
        declared = kind.property_of(name) if "@" not in name else None
        if declared is None or declared.navigation:
            if name != "@odata.type":
                found[name] = value
            continue
        note = _type_note(declared)
        if note and value is not None:
            found[f"{name}@odata.type"] = note
        found[name] = _complex(value, declared)
    return found


def _type_note(declared: Property) -> str:
    if declared.collection:
        return f"#Collection({_written(declared.type)})"
    if declared.type in _PLAIN or declared.type.lower() in types():
        return ""
    return f"#{_written(declared.type)}"


def _written(type_name: str) -> str:
    plain = type_name.removeprefix("Edm.")
    return f"microsoft.graph.{type_name}" if type_name in enumerations() or plain == type_name else plain


def _complex(value: Any, declared: Property) -> Any:
    kind = types().get(declared.type.lower())
    if kind is None or value is None:
        return value
    if isinstance(value, list):
        return [_annotated(one, kind) if isinstance(one, dict) else one for one in value]
    note = {"@odata.type": f"#microsoft.graph.{kind.name}"}
    return {**note, **_annotated(value, kind)} if isinstance(value, dict) else value


def _links(members: dict[str, Any], kind: Type, url: str) -> dict[str, Any]:
    found = {}
    for declared in kind.properties.values():
        if declared.navigation and declared.name not in members:
            found[f"{declared.name}@odata.associationLink"] = f"{url}/{declared.name}/$ref"
            found[f"{declared.name}@odata.navigationLink"] = f"{url}/{declared.name}"
    return found
