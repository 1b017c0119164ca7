"""`GET /v1.0/$metadata`: the schema of what is served, as CSDL XML (OData CSDL XML 4.01). Anybody may read it.

It is written from the schema table: types with their bases, properties and navigation, enumerations, bound actions and
functions, and the entity sets at the root.
"""

from collections.abc import Iterator
from functools import cache
from xml.sax.saxutils import quoteattr

from outlook365_emulator.tables.schema_types import (
    BoundOperation,
    Enumeration,
    Property,
    Type,
    bound_operations,
    enumerations,
    types,
)
from outlook365_emulator.wire import Response

_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
    '<Schema Namespace="microsoft.graph" Alias="graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
)
_TAIL = "</Schema></edmx:DataServices></edmx:Edmx>"
_SETS = (("users", "user"), ("subscriptions", "subscription"), ("oauth2PermissionGrants", "oAuth2PermissionGrant"))
_SINGLETONS = (("me", "user"),)


def metadata_response() -> Response:
    """Answer the metadata document."""
    return Response(200, metadata_document(), [("Content-Type", "application/xml"), ("OData-Version", "4.0")])


@cache
def metadata_document() -> bytes:
    """Return the document."""
    parts = [_HEAD]
    parts += [_enumeration(one) for one in enumerations().values()]
    parts += [_type(one) for one in types().values()]
    parts += [_operation(one) for one in bound_operations()]
    parts.append('<EntityContainer Name="GraphService">')
    parts += [_element("EntitySet", Name=name, EntityType=f"microsoft.graph.{kind}") for name, kind in _SETS]
    parts += [_element("Singleton", Name=name, Type=f"microsoft.graph.{kind}") for name, kind in _SINGLETONS]
    parts += ["</EntityContainer>", _TAIL]
    return "".join(parts).encode()


def _element(tag: str, inside: str = "", **attributes: str) -> str:
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items() if value)
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def _full(name: str) -> str:
    return name if name.startswith("Edm.") else f"graph.{name}"


def _typed(declared: Property) -> str:
    name = _full(declared.type)
    return f"Collection({name})" if declared.collection else name


def _enumeration(kind: Enumeration) -> str:
    members = "".join(
        _element("Member", Name=name, Value=str(1 << index if kind.flags else index))
        for index, name in enumerate(kind.members)
    )
    return _element("EnumType", members, Name=kind.name, IsFlags="true" if kind.flags else "")


def _own(kind: Type) -> Iterator[Property]:
    """Yield what a type declares itself, not what it inherits."""
    inherited = types()[kind.base.lower()].properties if kind.base else {}
    return (one for name, one in kind.properties.items() if inherited.get(name) != one)


def _type(kind: Type) -> str:
    inside = ""
    if kind.entity and not kind.base and kind.property_of("id") is not None:
        inside += _element("Key", _element("PropertyRef", Name="id"))
    for declared in _own(kind):
        nullable = "" if declared.nullable else "false"
        if declared.navigation:
            contained = "true" if declared.collection else ""
            inside += _element(
                "NavigationProperty", Name=declared.name, Type=_typed(declared), ContainsTarget=contained
            )
        else:
            inside += _element("Property", Name=declared.name, Type=_typed(declared), Nullable=nullable)
    return _element(
        "EntityType" if kind.entity else "ComplexType",
        inside,
        Name=kind.name,
        BaseType=f"graph.{kind.base}" if kind.base else "",
        Abstract="true" if kind.abstract else "",
        OpenType="true" if kind.open else "",
    )


def _operation(one: BoundOperation) -> str:
    bound = f"Collection(graph.{one.on})" if one.on_collection else f"graph.{one.on}"
    inside = _element("Parameter", Name="bindingParameter", Type=bound)
    for declared in one.parameters:
        nullable = "" if declared.nullable else "false"
        inside += _element("Parameter", Name=declared.name, Type=_typed(declared), Nullable=nullable)
    return _element("Action" if one.kind == "action" else "Function", inside, Name=one.name, IsBound="true")
