"""Paths that go on to a property of an entity: `/mailboxSettings/timeZone`, `/me/displayName/$value`.

The schema tells what is a property (OData URL Conventions 4.6 and 4.7); a handler never sees that more than the entity
was in the path.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.tables.schema_types import Type, types
from outlook365_emulator.wire import Response

_ROOTS: Mapping[str, str] = MappingProxyType(
    {"users": "user", "subscriptions": "subscription", "oauth2permissiongrants": "oauth2permissiongrant"}
)


def type_at(segments: list[tuple[str, bool]]) -> Type | None:
    """Return the type of the single entity or complex value that segments lead to, or None where they lead elsewhere.

    Args:
        segments: canonical segments, each with whether it is a key.
    """
    kind: Type | None = None
    many = False
    for index, (name, is_key) in enumerate(segments):
        if is_key:
            many = False
        elif index == 0:
            kind, many = types().get(_ROOTS.get(name, "")), True
        else:
            found = kind.property_of(name) if kind is not None and not many else None
            if found is None:
                return None
            kind, many = types().get(found.type.lower()), found.collection
    return None if many else kind


def property_path(segments: list[tuple[str, bool]], names: list[str]) -> tuple[str, ...]:
    """Return a path of properties in the schema's spelling, or () where there is none.

    Args:
        segments: the path to an entity.
        names: the segments behind it.
    """
    kind = type_at(segments)
    found: list[str] = []
    for name in names:
        declared = kind.property_of(name) if kind is not None else None
        if declared is None or declared.navigation:
            return ()
        found.append(declared.name)
        kind = types().get(declared.type.lower()) if not declared.collection else None
    return tuple(found)


def property_response(
    members: dict[str, Any], path: tuple[str, ...], context: str, *, raw: bool, content_type: str
) -> Response:
    """Answer the value of a property.

    Args:
        members: the entity as JSON.
        path: the property, in the schema's spelling.
        context: `@odata.context`, or "" for none.
        raw: whether the value is asked for without JSON.
        content_type: Content-Type of a JSON answer.

    Raises:
        GraphError: `segment_not_found` where the entity has no such member.
    """
    value: Any = members
    for name in path:
        if value is None:
            break
        if not isinstance(value, dict) or name not in value:
            because = f"this entity has no {'/'.join(path)}: it was never set, or the token may not see it"
            raise graph_error("segment_not_found", segment=name, because=because)
        value = value[name]
    if value is None:
        return Response(204)
    head = {"@odata.context": context} if context else {}
    if raw:
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return Response(200, text.encode(), [("Content-Type", "text/plain")])
    body = {**head, **value} if isinstance(value, dict) else {**head, "value": value}
    return Response(200, msgspec.json.encode(body), [("Content-Type", content_type)])
