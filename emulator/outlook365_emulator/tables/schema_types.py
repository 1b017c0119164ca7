"""The schema of Graph as far as we serve it: types with their properties, enumerations, parameters of actions.

`schema.json` is generated from Microsoft's metadata (`tables/refresh.py`), `schema_overlay.json` holds the types that
the cut left out. Decoding of bodies is in `schema.py`.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import msgspec

from outlook365_emulator.tables.files import read_rows, unknown

NAMESPACES = ("microsoft.graph.", "microsoft.outlookservices.", "graph.")
"""Prefixes that clients write before a type's name; the second is that of Outlook's old API."""


class Property(msgspec.Struct, frozen=True):
    """One property of a type, or one parameter of an action.

    Attributes:
        name: canonical spelling.
        type: `Edm.String`, or the short name of an enumeration or type of ours.
        collection: whether it holds many.
        nullable: whether null is allowed (of a collection: among its elements).
        navigation: whether it leads to other entities.
    """

    name: str
    type: str
    collection: bool
    nullable: bool
    navigation: bool


class Type(msgspec.Struct, frozen=True):
    """An entity type or complex type, or the parameters of an action, with everything inherited.

    Attributes:
        name: short name, `message`.
        base: short name of the type it derives from, or "".
        entity: whether it is an entity type.
        abstract: whether only derived types exist.
        open: whether undeclared properties are kept; Graph refuses them on messages and events though its metadata
            calls those open (reference graph-core 4), so only extensions are.
        properties: by their names in lower case.
    """

    name: str
    base: str
    entity: bool
    abstract: bool
    open: bool
    properties: Mapping[str, Property]

    def property_of(self, name: str) -> Property | None:
        """Return a property by its name in any case, or None."""
        return self.properties.get(name.lower())


class Enumeration(msgspec.Struct, frozen=True):
    """An enumeration.

    Attributes:
        name: short name, `importance`.
        members: canonical spellings in order.
        flags: whether a value may name several, separated by commas.
    """

    name: str
    members: tuple[str, ...]
    flags: bool

    def member(self, text: str) -> str | None:
        """Return the canonical spelling of a value in any case, or None when it is none."""
        if not self.flags:
            return self._one(text)
        parts = [self._one(part.strip()) for part in text.split(",")]
        return None if None in parts else ",".join(part for part in parts if part)

    def _one(self, text: str) -> str | None:
        wanted = text.lower()
        return next((one for one in self.members if one.lower() == wanted), None)


class _PropertyRow(msgspec.Struct, frozen=True):
    t: str
    c: bool = False
    n: bool = True

    def named(self, name: str, *, navigation: bool = False) -> Property:
        return Property(name, self.t, self.c, self.n, navigation)


class _TypeRow(msgspec.Struct, frozen=True):
    base: str = ""
    entity: bool = False
    abstract: bool = False
    open: bool = False
    properties: dict[str, _PropertyRow] = {}
    navigation: dict[str, _PropertyRow] = {}

    def own(self) -> dict[str, Property]:
        plain = {name.lower(): row.named(name) for name, row in self.properties.items()}
        return plain | {name.lower(): row.named(name, navigation=True) for name, row in self.navigation.items()}


class _EnumRow(msgspec.Struct, frozen=True):
    members: tuple[str, ...]
    flags: bool = False


class _OperationRow(msgspec.Struct, frozen=True):
    kind: str
    name: str
    on: str
    on_collection: bool = False
    parameters: dict[str, _PropertyRow] = {}


class _Document(msgspec.Struct, frozen=True):
    source: str
    types: dict[str, _TypeRow]
    enums: dict[str, _EnumRow]
    operations: tuple[_OperationRow, ...]


@cache
def _documents() -> tuple[_Document, _Document]:
    return read_rows("schema.json", _Document), read_rows("schema_overlay.json", _Document)


@cache
def types() -> Mapping[str, Type]:
    """Return every type by its short name in lower case, bases flattened, the overlay laid over."""
    published, overlay = (document.types for document in _documents())
    found: dict[str, Type] = {}

    def build(name: str) -> Type:
        if name.lower() in found:
            return found[name.lower()]
        row = published.get(name) or overlay[name]
        base = build(row.base) if row.base else None
        own = row.own() | (overlay[name].own() if name in overlay else {})
        kept_open = name in ("extension", "openTypeExtension")
        properties = MappingProxyType({**(base.properties if base else {}), **own})
        built = found[name.lower()] = Type(name, row.base, row.entity, row.abstract, kept_open, properties)
        return built

    for name in {**published, **overlay}:
        build(name)
    return MappingProxyType(found)


@cache
def enumerations() -> Mapping[str, Enumeration]:
    """Return every enumeration by its short name."""
    return MappingProxyType(
        {
            name: Enumeration(name, row.members, row.flags)
            for document in _documents()
            for name, row in document.enums.items()
        }
    )


class BoundOperation(msgspec.Struct, frozen=True):
    """An action or a function that is bound to a type.

    Attributes:
        kind: `action` or `function`.
        name: its name as declared.
        on: short name of the type.
        on_collection: whether it is bound to a collection of that type.
        parameters: its parameters, names as declared.
    """

    kind: str
    name: str
    on: str
    on_collection: bool
    parameters: tuple[Property, ...]


@cache
def bound_operations() -> tuple[BoundOperation, ...]:
    """Return every action and function of the subset."""
    return tuple(
        BoundOperation(
            row.kind,
            row.name,
            row.on,
            row.on_collection,
            tuple(parameter.named(name) for name, parameter in row.parameters.items()),
        )
        for document in _documents()
        for row in document.operations
    )


def short_name(name: str) -> str:
    """Return a type's name in lower case without `#` and namespace: `message` for `#microsoft.graph.Message`."""
    plain = name.removeprefix("#").lower()
    for prefix in NAMESPACES:
        if plain.startswith(prefix):
            return plain[len(prefix) :]
    return plain


def type_of(name: str) -> Type:
    """Return a type by its name, with or without namespace, in any case.

    Raises:
        LookupError: there is no such type among ours; the message names the nearest.
    """
    row = types().get(short_name(name))
    if row is None:
        raise unknown("type of Microsoft Graph", name, (one.name for one in types().values()))
    return row


def derives(child: Type, ancestor: Type) -> bool:
    """Tell whether a type is another or derives from it."""
    while child.name != ancestor.name:
        if not child.base:
            return False
        child = types()[child.base.lower()]
    return True


@cache
def action_parameters(action: str, bound: str) -> Type:
    """Return the parameters of an action as a type, for `schema.canonical`.

    Args:
        action: name of the action in any case, `sendMail`.
        bound: the type on which it is declared, `user`; derived types inherit actions.

    Returns:
        A type whose properties have the camelCase names of the documentation (`saveToSentItems`; the metadata says
        `SaveToSentItems`, clients send both).

    Raises:
        LookupError: there is no such action on that type; the message names the nearest.
    """
    kind = type_of(bound)
    for document in _documents():
        for row in document.operations:
            if row.name.lower() == action.lower() and derives(kind, type_of(row.on)):
                names = {name: name[0].lower() + name[1:] for name in row.parameters}
                parameters = {new.lower(): row.parameters[name].named(new) for name, new in names.items()}
                return Type(row.name, "", False, False, False, MappingProxyType(parameters))
    known = (f"{row.name} on {row.on}" for document in _documents() for row in document.operations)
    raise unknown("action", f"{action} on {bound}", known)
