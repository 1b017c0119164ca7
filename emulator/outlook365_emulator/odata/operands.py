"""Operands: an expression's kind and the closure that reads its value from a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from operator import itemgetter
from typing import Any, Final

from outlook365_emulator.odata.printing import print_tree
from outlook365_emulator.odata.problems import NotFilterable, UnknownProperty, UnknownType, UnsupportedNode
from outlook365_emulator.odata.records import Getter, Property, RecordType
from outlook365_emulator.odata.tree import Path

PLAIN: Final = frozenset(
    {"string", "boolean", "integer", "decimal", "datetime", "date", "time", "duration", "guid", "enum", "binary"}
)
"""Kinds of single values; besides them there are `null`, `complex` and `collection`."""

NUMBERS: Final = frozenset({"integer", "decimal"})


@dataclass(frozen=True, slots=True)
class Operand:
    """What an expression yields.

    Attributes:
        kind: a kind of `records.Kind`, or `time`, `duration`, `null`.
        get: reads the value from a row; None for a constant.
        value: the constant.
        source: the property, where it is one.
        fold: whether a string compares without regard to case.
    """

    kind: str
    get: Getter | None = None
    value: Any = None
    source: Property | None = None
    fold: bool = True

    @property
    def constant(self) -> bool:
        """Whether the value is the same for every row."""
        return self.get is None

    @property
    def nullable(self) -> bool:
        """Whether `get` may return None."""
        return self.source is None or self.source.nullable

    def reader(self) -> Getter:
        """Return a closure that reads the value, also for a constant."""
        if self.get is not None:
            return self.get
        value = self.value
        return lambda _row: value


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean at a place of the tree.

    Attributes:
        record: the type of `$it`.
        row: reads the record from a row; None where the row is the record.
        variables: of the lambdas around: the element's property and what reads the item from a row.
        now: the instant of `now()`.
    """

    record: RecordType
    row: Getter | None = None
    variables: Mapping[str, tuple[Property, Getter | None]] = field(default_factory=dict)
    now: datetime | None = None

    def enter(self, variable: str, element: Property, *, alone: bool) -> "Scope":
        """Return the scope of a lambda's body.

        Args:
            variable: the variable's name.
            element: what the items are.
            alone: True when the body names nothing but its variable: its rows are then the items themselves, else
                pairs of the outer row and the item.
        """
        if alone:
            return Scope(self.record, None, {variable: (element, None)}, self.now)
        outer = itemgetter(0)
        variables = {name: (owner, chain(outer, get)) for name, (owner, get) in self.variables.items()}
        return Scope(self.record, chain(outer, self.row), {**variables, variable: (element, itemgetter(1))}, self.now)


def chain(first: Getter | None, second: Getter | None) -> Getter | None:
    """Compose two readers; null stays null, and None reads nothing."""
    if first is None or second is None:
        return second or first
    outer, inner = first, second
    return lambda row: None if (value := outer(row)) is None else inner(value)


def resolve(path: Path, scope: Scope, *, filtering: bool = True) -> Operand:
    """Find what a path names.

    Args:
        path: the path; names are looked up in any case.
        scope: what names mean there.
        filtering: False to let pass what may not be filtered by.

    Returns:
        The operand; its `get` returns null where anything on the way is null.

    Raises:
        UnknownProperty: for a name that its type does not declare.
        UnknownType: for a cast to an unknown type.
        NotFilterable: when a property on the way may not be filtered by.
        UnsupportedNode: for a path that names no value.
    """
    head, *rest = path.segments
    if head in scope.variables:
        element, get = scope.variables[head]
        walk = _Walk(path, scope, element.children or {}, element.type_name, chain(get, element.get), element)
    else:
        rest = rest if head == "$it" else list(path.segments)
        walk = _Walk(path, scope, scope.record.properties, scope.record.name, scope.row, None)
    for segment in rest:
        walk.step(segment, filtering=filtering)
    return walk.operand(named=not filtering)


class _Walk:
    """One walk along the segments of a path."""

    __slots__ = ("_counted", "_get", "_path", "_properties", "_property", "_scope", "_type_name")

    def __init__(
        self,
        path: Path,
        scope: Scope,
        properties: Mapping[str, Property],
        type_name: str,
        get: Getter | None,
        start: Property | None,
    ) -> None:
        self._path = path
        self._scope = scope
        self._properties = properties
        self._type_name = type_name
        self._get = get
        self._property = start
        self._counted = False

    def step(self, segment: str, *, filtering: bool) -> None:
        found = None if self._counted else self._properties.get(segment.lower())
        if found is not None:
            if filtering and not found.filterable:
                raise NotFilterable(print_tree(self._path), "may not occur in a filter")
            self._get = chain(self._get, found.get)
            self._property = found
            self._properties = found.children or {}
            self._type_name = found.type_name
        elif segment.lower() == "$count" and self._property is not None and self._property.kind == "collection":
            self._get = chain(self._get, len)
            self._counted = True
            self._properties = {}
        elif "." in segment and segment[0] not in "@$":
            self._cast(segment)
        else:
            raise UnknownProperty(segment, self._type_name)

    def _cast(self, segment: str) -> None:
        derived = self._scope.record.derived.get(segment.lower())
        type_of = self._scope.record.type_of
        if self._property is not None or derived is None or type_of is None:
            raise UnknownType(segment)
        wanted, judge = derived.name.lower(), type_of
        self._get = chain(self._get, lambda record: record if judge(record).lower() == wanted else None)
        self._properties = derived.properties
        self._type_name = derived.name

    def operand(self, *, named: bool) -> Operand:
        found = self._property
        if found is None:
            raise UnsupportedNode(print_tree(self._path), "names a record, not a value")
        get = self._get
        if get is None and found.kind == "complex" and not named:
            raise UnsupportedNode(print_tree(self._path), "is complex; name one of its properties")
        read = get or (lambda row: row)
        if self._counted:
            return Operand("integer", read)
        fold = self._scope.record.fold_case if found.fold is None else found.fold
        # A getter behind a complex parent, a cast or a nullable item may meet null on the way.
        source = found if get is found.get else _behind(found)
        return Operand(found.kind, read, None, source, fold and found.literal is None)


def _behind(found: Property) -> Property:
    return Property(
        found.name, found.kind, None, found.children, sortable=found.sortable, element=found.element,
        type_name=found.type_name, fold=found.fold, literal=found.literal,
    )  # fmt: skip


def folded(operand: Operand) -> Getter:
    """Return a reader of a string operand's value in lower case; null stays null."""
    if operand.source is not None and operand.source.folded is not None:
        return operand.source.folded
    get = operand.reader()
    return lambda row: None if (value := get(row)) is None else value.lower()


def as_instant(operand: Operand) -> Operand:
    """Turn a date into the datetime of its midnight in UTC, as Graph does with `2017-04-01`; others stay."""
    if operand.kind != "date":
        return operand
    return convert(operand, "datetime", lambda day: datetime.combine(day, time(), UTC))


def convert(operand: Operand, kind: str, function: Callable[[Any], Any]) -> Operand:
    """Apply a function to every value but null."""
    get = operand.get
    if get is None:
        return Operand(kind, None, None if operand.value is None else function(operand.value), None, operand.fold)
    read = get
    return Operand(
        kind, lambda row: None if (value := read(row)) is None else function(value), None, None, operand.fold
    )
