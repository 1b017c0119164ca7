"""The body of a request: from bytes to members with canonical names, checked against the published schema.

Refusals and their texts: reference `graph-core.md` sections 2 and 5.3.
"""

import re
from functools import partial
from typing import Any

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import Action, Entity
from outlook365_emulator.tables.cloud_differences import absent_properties
from outlook365_emulator.tables.schema import Absent, SchemaViolation, canonical
from outlook365_emulator.tables.schema_types import Type, action_parameters

MAX_BODY = 4 * 1024 * 1024
"""Greatest size of a request to Graph in bytes."""


def judge_size(body: bytes) -> None:
    """Refuse a body over 4 MB.

    Raises:
        GraphError: `request_too_large`.
    """
    if len(body) > MAX_BODY:
        raise graph_error("request_too_large", because=f"the body has {len(body)} bytes; Graph takes {MAX_BODY}")


def read_body(call: Call) -> Any:
    """Return the decoded body of a call, as its operation declares it: members, or bytes where it is MIME.

    Raises:
        GraphError: every way in which a body is refused.
    """
    declared = call.operation.body
    if declared is None:
        return None
    request = call.request
    media = request.headers.get("content-type").partition(";")[0].strip().lower()
    if call.operation.mime and media == "text/plain":
        return request.body
    if isinstance(declared, Action) and declared.optional_body and not request.body.strip():
        return {}
    members = _read_json(request.body, media)
    absent = partial(absent_properties, call.cloud.id)
    try:
        if isinstance(declared, Entity):
            return canonical(declared.type, members, absent)
        return _parameters(declared, members, absent)
    except SchemaViolation as violation:
        if violation.kind == "bad_enum" and isinstance(declared, Entity) and declared.enum_error:
            raise graph_error(declared.enum_error, value=violation.literal, because=violation.explain()) from None
        raise refusal(violation) from None


def _read_json(body: bytes, media: str) -> dict[str, Any]:
    because = ""
    members: Any = None
    if media != "application/json" and not media.endswith("+json"):
        because = f"Content-Type is {media or 'missing'}; send application/json"
    else:
        try:
            members = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            because = f"the body is no JSON: {error}"
    if not because and not isinstance(members, dict):
        because = "the body is JSON, but no object"
    if because:
        raise graph_error("body_unreadable", because=because)
    found: dict[str, Any] = members
    return found


def _parameters(action: Action, members: dict[str, Any], absent: Absent) -> dict[str, Any]:
    kind = action_parameters(action.name, action.on)
    found = canonical(kind, {name: _number(kind, name, value) for name, value in members.items()}, absent)
    for name in action.required:
        if found.get(name) is None:
            raise graph_error("body_parameter_missing", parameter=name, because=f"the body must hold {name}")
    return found


def _number(kind: Type, name: str, value: Any) -> Any:
    """Return a parameter; Outlook takes a number that is written as a text (`graph-calendar.md` sections 4 and 24)."""
    declared = kind.property_of(name)
    if declared is None or not isinstance(value, str) or declared.type not in ("Edm.Int32", "Edm.Double"):
        return value
    if not re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,18})?", value, re.ASCII):
        return value
    return float(value) if "." in value or declared.type == "Edm.Double" else int(value)


def refusal(violation: SchemaViolation) -> GraphError:
    """Return Graph's error for a body that the schema does not allow."""
    because = violation.explain()
    if violation.kind == "unknown_property":
        return graph_error(
            "body_property_unknown", property=violation.property, type=violation.type_name, because=because
        )
    if violation.kind == "not_nullable":
        return graph_error(
            "body_null_not_allowed", property=violation.property, type=violation.type_name, because=because
        )
    return graph_error("body_literal_mismatch", literal=violation.literal, type=violation.type_name, because=because)
