"""A request body in Microsoft's own spelling, or the fact that stands against it.

Clients write property names and enumeration members in any case (`Subject`, `"HTML"`); what follows works on the
spelling of the schema alone. Source: reference graph-core 4 and 5.3.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

import msgspec

from outlook365_emulator.tables.literals import LITERALS, NotALiteral
from outlook365_emulator.tables.schema_types import (
    Property,
    Type,
    derives,
    enumerations,
    short_name,
    type_of,
    types,
)

Kind = Literal[
    "unknown_property", "wrong_type", "bad_enum", "not_nullable", "unknown_type", "abstract_type", "too_deep"
]

DEEPEST = 64
"""Nesting that no honest body reaches."""

_LONGEST_LITERAL = 256


class SchemaViolation(Exception):
    """A body that the schema forbids, told in facts.

    Attributes:
        kind: what is wrong.
        property: the property as the client wrote it, "" for the body itself.
        type_name: for `unknown_property` the short name of the type that lacks it (`message`); else the full name of
            the type expected (`Edm.TimeOfDay`, `microsoft.graph.bodyType`, `Collection(…)`).
        literal: the value as text, shortened.
        path: where in the body, `message/toRecipients/0`.
    """

    def __init__(self, kind: Kind, property: str, type_name: str, literal: str = "", path: str = "") -> None:
        super().__init__(f"{kind}: {path or property or 'body'} ({type_name}) {literal}".rstrip())
        self.kind: Kind = kind
        self.property = property
        self.type_name = type_name
        self.literal = literal
        self.path = path

    def explain(self) -> str:
        """Return a sentence for the journal: what was wrong and what would be right."""
        where = f"{self.path}: " if self.path else ""
        if self.kind == "unknown_property":
            return f"{where}{self.type_name} has no property {self.property!r}{self._nearest()}"
        if self.kind == "bad_enum":
            members = ", ".join(enumerations()[self.type_name.removeprefix("microsoft.graph.")].members)
            return f"{where}{self.literal!r} is none of {members}"
        if self.kind == "too_deep":
            return f"the body is nested more than {DEEPEST} levels deep"
        texts = {
            "wrong_type": f"{self.literal!r} is no {self.type_name}",
            "not_nullable": f"null is not allowed where {self.type_name} is expected",
            "unknown_type": f"@odata.type {self.literal!r} may not stand here; {self.type_name} is expected",
            "abstract_type": f"@odata.type is missing; {self.type_name} is abstract",
        }
        return where + texts[self.kind]

    def _nearest(self) -> str:
        from difflib import get_close_matches

        kind = types().get(self.type_name.lower())
        names = {key: one.name for key, one in kind.properties.items()} if kind else {}
        if self.property.lower() in names:
            return " in this cloud"
        near = [names[one] for one in get_close_matches(self.property.lower(), names, n=2)]
        return f"; did you mean {' or '.join(near)}?" if near else ""


Absent = Callable[[str], Collection[str]]
"""Returns the properties that a type, given by its short name, lacks in one cloud."""


def canonical(kind: str | Type, body: object, absent: Absent | None = None) -> dict[str, Any]:
    """Return a body with property names and enumeration members in the schema's spelling.

    Args:
        kind: the type that the body should be: its short name, or what `action_parameters` gave.
        body: the decoded JSON.
        absent: says which declared properties the cloud's own schema lacks.

    Returns:
        A new dict. Annotations (`@odata.type`, normalised, and `name@odata.bind`) stay; unknown members whose value is
        null are dropped; booleans given as text become booleans; values of the rest are as they came.

    Raises:
        SchemaViolation: the body has an undeclared property or a value of a wrong type.
        LookupError: there is no type of that name.
    """
    return _Reader(absent).read(type_of(kind) if isinstance(kind, str) else kind, body, "", "", 0)


class _Reader:
    """Walks one body: `name` is the property as written, `path` where it stands."""

    __slots__ = ("_absent",)

    def __init__(self, absent: Absent | None) -> None:
        self._absent = absent

    def read(self, kind: Type, body: object, name: str, path: str, depth: int) -> dict[str, Any]:
        if not isinstance(body, dict):
            raise SchemaViolation("wrong_type", name, _full(kind.name), _literal(body), path)
        if depth > DEEPEST:
            raise SchemaViolation("too_deep", name, _full(kind.name), "", path)
        kind = _actual(kind, body, name, path)
        out: dict[str, Any] = {}
        for key, value in body.items():
            if "@" in key:
                out[key] = f"#microsoft.graph.{kind.name}" if key == "@odata.type" else value
                continue
            declared = self._declared(kind, key)
            here = f"{path}/{key}" if path else key
            if declared is not None:
                out[declared.name] = self._member(declared, value, key, here, depth)
            elif kind.open and kind.property_of(key) is None:
                out[key] = value
            elif value is not None:
                raise SchemaViolation("unknown_property", key, kind.name, _literal(value), path)
        return out

    def _declared(self, kind: Type, key: str) -> Property | None:
        found = kind.property_of(key)
        lacking = self._absent(kind.name) if self._absent is not None else ()
        return None if found is not None and found.name in lacking else found

    def _member(self, declared: Property, value: object, key: str, path: str, depth: int) -> object:
        if not declared.collection:
            return self._value(declared, value, key, path, depth)
        if value is None and declared.nullable:
            return None
        if not isinstance(value, list):
            kind: Kind = "not_nullable" if value is None else "wrong_type"
            raise SchemaViolation(kind, key, f"Collection({_full(declared.type)})", _literal(value), path)
        return [self._element(declared, one, key, f"{path}/{index}", depth) for index, one in enumerate(value)]

    def _element(self, declared: Property, value: object, key: str, path: str, depth: int) -> object:
        if value is None:
            raise SchemaViolation("not_nullable", key, _full(declared.type), "null", path)
        return self._value(declared, value, key, path, depth)

    def _value(self, declared: Property, value: object, key: str, path: str, depth: int) -> object:
        if value is None:
            if declared.nullable or declared.name == "id":
                return None
            raise SchemaViolation("not_nullable", key, _full(declared.type), "null", path)
        literal = LITERALS.get(declared.type)
        if literal is not None:
            try:
                return literal(value)
            except NotALiteral:
                raise SchemaViolation("wrong_type", key, declared.type, _literal(value), path) from None
        enumeration = enumerations().get(declared.type)
        if enumeration is not None:
            member = enumeration.member(value) if isinstance(value, str) else None
            if member is None:
                raise SchemaViolation("bad_enum", key, _full(declared.type), _literal(value), path)
            return member
        return self.read(types()[declared.type.lower()], value, key, path, depth + 1)


def _actual(kind: Type, body: Mapping[str, object], name: str, path: str) -> Type:
    """Return the type that `@odata.type` names, which must be the declared one or derive from it."""
    given = body.get("@odata.type")
    if given is None:
        if kind.abstract:
            raise SchemaViolation("abstract_type", name, _full(kind.name), "", path)
        return kind
    actual = types().get(short_name(given)) if isinstance(given, str) else None
    if actual is None or not derives(actual, kind) or actual.abstract:
        raise SchemaViolation("unknown_type", name, _full(kind.name), _literal(given), path)
    return actual


def _full(type_name: str) -> str:
    return type_name if type_name.startswith("Edm.") else f"microsoft.graph.{type_name}"


def _literal(value: object) -> str:
    text = value if isinstance(value, str) else _json(value)
    return text if len(text) <= _LONGEST_LITERAL else text[:_LONGEST_LITERAL] + "…"


def _json(value: object) -> str:
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    return msgspec.json.encode(value).decode()
