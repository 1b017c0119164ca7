"""How the language learns about records: properties, their kinds, and how to read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal[
    "string", "boolean", "integer", "decimal", "datetime", "date", "guid", "enum", "complex", "collection", "binary"
]
Getter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """A property of a record, of a complex value, or the element of a collection.

    Attributes:
        name: its name as the service spells it.
        kind: what `get` returns, or None for null: string, guid and enum (several flags joined by commas) a str;
            boolean a bool; integer an int; decimal a Decimal, int or float; datetime an aware datetime, in UTC where
            its day and hour are asked for; date a date; binary bytes; collection a sequence; complex anything.
        get: reads it from the record or, below a complex property, from the parent's value. None passes on what it
            is given: the children of a complex property then read the record itself (`from` and `emailAddress` of a
            record that holds the address in a slot), an element is the item itself.
        children: of a complex property: its properties by lower-case name.
        filterable: False where `$filter` may not name it, or anything below it.
        sortable: False where `$orderby` may not name it.
        element: of a collection: its items.
        type_name: of a complex property or element: its qualified type, for messages.
        nullable: False where `get` never returns None; comparisons are then faster.
        fold: False where the case of a string counts, True where it does not, None for the record type's rule.
        folded: reads the string in lower case, where the record keeps it so.
        literal: turns a string literal into what `get` returns, where that is written in one of several ways (the
            `dateTime` of an event); raises ValueError where it is none of them. Values then compare as they are.
    """

    name: str
    kind: Kind
    get: Getter | None
    children: Mapping[str, "Property"] | None = None
    filterable: bool = True
    sortable: bool = True
    element: "Property | None" = None
    type_name: str = ""
    nullable: bool = True
    fold: bool | None = None
    folded: Getter | None = None
    literal: Callable[[str], Any] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RecordType:
    """A type of records; tables of them are made once, since compiled filters are kept by type.

    Attributes:
        name: qualified name, `microsoft.graph.message`.
        properties: by lower-case name.
        fold_case: True where strings compare without regard to case, as Outlook's do. Case is folded by `str.lower`.
        derived: types that a path may cast to, by lower-case qualified name; their `get` is asked only on records
            of that type.
        type_of: returns the qualified type name of a record; needed for casts and `isof`.
        tells_type: False where `$filter` may not ask for the type of a record with `isof`.
    """

    name: str
    properties: Mapping[str, Property]
    fold_case: bool = True
    derived: Mapping[str, "RecordType"] = field(default_factory=dict)
    type_of: Callable[[Any], str] | None = None
    tells_type: bool = True


def by_name(*properties: Property) -> Mapping[str, Property]:
    """Return properties by their lower-case names, as a record type and a complex property take them."""
    return MappingProxyType({one.name.lower(): one for one in properties})
