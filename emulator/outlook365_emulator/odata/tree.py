"""The tree of an expression: immutable nodes that compare by value and can be hashed."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from msgspec import Struct

ConstantKind = Literal[
    "null", "boolean", "string", "integer", "decimal", "guid", "date", "datetime", "time", "duration", "binary"
]
ConstantValue = None | bool | str | int | Decimal | date | datetime | time | timedelta | bytes


class Constant(Struct, frozen=True):
    """A literal.

    Attributes:
        kind: what was written; it keeps `1`, `1.0` and `true` apart.
        value: str for string and guid (lower case), int, Decimal, bool, None, date, aware UTC datetime (whole
            microseconds; the seventh digit is cut), time, timedelta, bytes.
    """

    kind: ConstantKind
    value: ConstantValue


class EnumMember(Struct, frozen=True):
    """A typed enumeration literal, `microsoft.graph.importance'high'`."""

    type_name: str
    member: str


class Path(Struct, frozen=True):
    """A property path as written: property names, qualified type names, `$it`, `$count`, a variable."""

    segments: tuple[str, ...]


class Lambda(Struct, frozen=True):
    """`path/any(variable:body)`; `any()` has neither variable nor body."""

    path: Path
    operator: Literal["any", "all"]
    variable: str | None
    body: "Node | None"


class Unary(Struct, frozen=True):
    """`not x` or `-x`."""

    operator: Literal["not", "-"]
    operand: "Node"


class Binary(Struct, frozen=True):
    """A comparison, an arithmetic operation, `has`, or `in`."""

    operator: str
    left: "Node"
    right: "Node"


class Items(Struct, frozen=True):
    """The list to the right of `in`."""

    values: "tuple[Constant | EnumMember, ...]"


class Logical(Struct, frozen=True):
    """`a and b and c`: a chain is one flat node of two or more operands."""

    operator: Literal["and", "or"]
    operands: "tuple[Node, ...]"


class Call(Struct, frozen=True):
    """A function with its name in lower case."""

    name: str
    arguments: "tuple[Node, ...]"


Node = Constant | EnumMember | Path | Lambda | Unary | Binary | Items | Logical | Call


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below a node, in the order written."""
    match node:
        case Lambda(path=path, body=body):
            return (path,) if body is None else (path, body)
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Items(values=values):
            return values
        case Logical(operands=operands):
            return operands
        case Call(arguments=arguments):
            return arguments
        case _:
            return ()


def free_paths(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[Path]:
    """Yield the paths that do not begin with a variable of a lambda inside `node`, in order of appearance.

    The type named by `cast` and `isof` is no path.
    """
    match node:
        case Path(segments=segments):
            if segments[0] not in bound:
                yield node
        case Lambda(path=path, variable=variable, body=body):
            yield from free_paths(path, bound)
            if body is not None and variable is not None:
                yield from free_paths(body, bound | {variable})
        case Call(name="cast" | "isof", arguments=arguments):
            for argument in arguments[:-1]:
                yield from free_paths(argument, bound)
        case _:
            for child in children(node):
                yield from free_paths(child, bound)


def filter_properties(node: Node) -> list[str]:
    """Return the property paths of a filter in order of first appearance, `/`-joined and spelled as written.

    Graph compares them with `$orderby`: each property of `$orderby` must occur in `$filter` before any other, in the
    same order (user-list-messages, "Using filter and orderby in the same query"). A lambda counts as its collection;
    a repeated path (in any case) is listed once, and `$it` is left out.
    """
    found: dict[str, str] = {}
    for path in free_paths(node):
        segments = path.segments[1:] if path.segments[0] == "$it" else path.segments
        if segments:
            text = "/".join(segments)
            found.setdefault(text.lower(), text)
    return list(found.values())
