"""Types of JSON documents for queries, made from the schema: what `$filter`, `$orderby` and `$select` may name."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from outlook365_emulator.odata.records import Kind, Property, RecordType
from outlook365_emulator.tables.schema_types import Property as Declared
from outlook365_emulator.tables.schema_types import Type, derives, enumerations, type_of, types

_DEEPEST: Final = 4
_ANY_OBJECT: Final = "directoryObject"
"""Where kinds of objects stand together, the directory lets queries name what any of them has (`$expand=memberOf`)."""

_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "Edm.String": "string",
        "Edm.Boolean": "boolean",
        "Edm.Int16": "integer",
        "Edm.Int32": "integer",
        "Edm.Int64": "integer",
        "Edm.Double": "decimal",
        "Edm.Single": "decimal",
        "Edm.Decimal": "decimal",
        "Edm.DateTimeOffset": "datetime",
        "Edm.Date": "date",
        "Edm.Guid": "guid",
    }
)
_READ: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {"datetime": datetime.fromisoformat, "date": date.fromisoformat}
)


def _member(name: str, kind: str) -> Callable[[Any], Any]:
    read = _READ.get(kind)
    if read is None:
        return lambda value: value.get(name) if isinstance(value, dict) else None

    def parsed(value: Any) -> Any:
        text = value.get(name) if isinstance(value, dict) else None
        return read(text) if isinstance(text, str) else None

    return parsed


def _property(declared: Declared, depth: int) -> Property:
    kind: Kind = _kind_of(declared.type)
    children = (
        _properties(types()[declared.type.lower()], depth + 1) if kind == "complex" and depth < _DEEPEST else None
    )
    qualified = f"microsoft.graph.{declared.type}" if kind == "complex" else ""
    if declared.collection:
        element = Property("", kind, None, children, type_name=qualified)
        get = _member(declared.name, "")
        return Property(declared.name, "collection", get, element=element, sortable=False)
    get = _member(declared.name, kind)
    return Property(declared.name, kind, get, children, sortable=kind != "complex", type_name=qualified)


def _kind_of(type_name: str) -> Kind:
    if type_name in enumerations():
        return "enum"
    if type_name.lower() in types():
        return "complex"
    return _KINDS.get(type_name, "string")


def _properties(kind: Type, depth: int) -> Mapping[str, Property]:
    plain = {name: _property(one, depth) for name, one in kind.properties.items() if not one.navigation}
    return MappingProxyType(plain)


def _type_name(document: Any) -> str:
    return str(document.get("@odata.type") or "").removeprefix("#")


@cache
def document_type(name: str) -> RecordType:
    """Return the type of documents of a schema type.

    Args:
        name: name of the type, `attachment`.

    Raises:
        LookupError: there is no such type.
    """
    kind = type_of(name)
    derived = {
        f"microsoft.graph.{one.name}".lower(): RecordType(f"microsoft.graph.{one.name}", _properties(one, 0))
        for one in types().values()
        if one is not kind and derives(one, kind)
    }
    properties = dict(_properties(kind, 0))
    if kind.name == _ANY_OBJECT:
        properties = {name: one for type_ in derived.values() for name, one in type_.properties.items()} | properties
    return RecordType(
        f"microsoft.graph.{kind.name}",
        MappingProxyType(properties),
        derived=MappingProxyType(derived),
        type_of=_type_name,
    )
