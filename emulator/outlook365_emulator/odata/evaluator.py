"""Tree to closures: a filter becomes a predicate over records.

Three-valued logic without a third value at run time: every boolean node is compiled to the predicate "is true" or "is
false", and `not` asks for the other one, so a null is neither, as OData 4.01 has it (URL Conventions 5.1.1.1).
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from outlook365_emulator.odata import casts
from outlook365_emulator.odata.arithmetic import calculate, negate
from outlook365_emulator.odata.comparison import Predicate, always, compare, element_of, has_flags, member_of
from outlook365_emulator.odata.functions import FUNCTIONS, call, text_test
from outlook365_emulator.odata.operands import Operand, Scope, resolve
from outlook365_emulator.odata.printing import print_tree
from outlook365_emulator.odata.problems import TypeMismatch, UnsupportedNode
from outlook365_emulator.odata.records import RecordType
from outlook365_emulator.odata.tree import (
    Binary,
    Call,
    Constant,
    EnumMember,
    Items,
    Lambda,
    Logical,
    Node,
    Path,
    Unary,
    children,
    free_paths,
)

_COMPARISONS = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "in"})


def compile_filter(tree: Node, type_: RecordType, *, now: datetime | None = None) -> Predicate:
    """Compile a filter.

    Args:
        tree: the filter, from `parse_filter`.
        type_: the type of the records.
        now: the instant of `now()`, aware; needed only where the filter calls it.

    Returns:
        A predicate over records. It keeps no record and no time, but for a filter that calls `now()`.

    Raises:
        UnknownProperty, UnknownType, UnknownFunction: for names that mean nothing.
        NotFilterable: for a property that may not be filtered by.
        WrongArity, TypeMismatch: for calls and operands that do not fit.
        UnsupportedNode: for legal OData without a meaning here.
    """
    if now is not None and _calls_now(tree):
        return _compile(tree, type_, now)
    return _compiled(tree, type_)


@lru_cache(maxsize=512)
def _compiled(tree: Node, type_: RecordType) -> Predicate:
    return _compile(tree, type_, None)


def _compile(tree: Node, type_: RecordType, now: datetime | None) -> Predicate:
    return _truth(tree, Scope(type_, now=now), True)


def _calls_now(node: Node) -> bool:
    return (isinstance(node, Call) and node.name == "now") or any(map(_calls_now, children(node)))


def _truth(node: Node, scope: Scope, wanted: bool) -> Predicate:
    """Compile a boolean node to the predicate "is true" (wanted) or "is false"."""
    match node:
        case Logical(operator=operator, operands=operands):
            parts = [_truth(operand, scope, wanted) for operand in operands]
            # Not all true is one false (De Morgan).
            return _every(parts) if (operator == "and") is wanted else _some(parts)
        case Unary(operator="not", operand=operand):
            return _truth(operand, scope, not wanted)
        case Binary(operator=operator) if operator in _COMPARISONS:
            return _is(_comparison(node, scope), wanted)
        case Lambda():
            return _is(_quantified(node, scope), wanted)
        case Call(name=name, arguments=arguments) if name in FUNCTIONS:
            operands_ = [_value(argument, scope) for argument in arguments]
            test = text_test(name, operands_, wanted, node)
            return test or _boolean(call(name, operands_, scope, node), wanted, node)
        case _:
            return _boolean(_value(node, scope), wanted, node)


def _boolean(operand: Operand, wanted: bool, subject: Node) -> Predicate:
    if operand.kind not in ("boolean", "null"):
        raise TypeMismatch("boolean expression", operand.kind, "boolean", print_tree(subject))
    get = operand.get
    if get is None:
        return always(operand.value is wanted)
    read = get
    return lambda row: read(row) is wanted


def _is(test: Predicate, wanted: bool) -> Predicate:
    return test if wanted else lambda row: not test(row)


def _every(parts: list[Predicate]) -> Predicate:
    if len(parts) == 2:
        first, second = parts
        return lambda row: first(row) and second(row)
    if len(parts) == 3:
        first, second, third = parts
        return lambda row: first(row) and second(row) and third(row)

    def every(row: Any) -> bool:
        for part in parts:  # noqa: SIM110 (a generator costs twice as much)
            if not part(row):
                return False
        return True

    return every


def _some(parts: list[Predicate]) -> Predicate:
    if len(parts) == 2:
        first, second = parts
        return lambda row: first(row) or second(row)

    def some(row: Any) -> bool:
        for part in parts:  # noqa: SIM110 (a generator costs twice as much)
            if part(row):
                return True
        return False

    return some


def _comparison(node: Binary, scope: Scope) -> Predicate:
    left = _value(node.left, scope)
    if node.operator != "in":
        return compare(node.operator, left, _value(node.right, scope), node)
    if isinstance(node.right, Items):
        return member_of(left, [_value(value, scope) for value in node.right.values], node)
    return element_of(left, _value(node.right, scope), node)


def _quantified(node: Lambda, scope: Scope) -> Predicate:
    collection = resolve(node.path, scope)
    element = collection.source.element if collection.source is not None else None
    if collection.kind != "collection" or element is None:
        raise TypeMismatch(node.operator, collection.kind, "collection", print_tree(node))
    items = collection.reader()
    if node.body is None or node.variable is None:
        return lambda row: bool(items(row))
    alone = not any(free_paths(node.body, frozenset({node.variable})))
    inner = scope.enter(node.variable, element, alone=alone)
    any_ = node.operator == "any"
    # All are true where none is other than true.
    test = _truth(node.body, inner, True)
    if alone:
        if any_:
            return lambda row: any(map(test, items(row) or ()))
        return lambda row: all(map(test, items(row) or ()))
    quantifier: Callable[[Any], bool] = any if any_ else all
    return lambda row: quantifier(test((row, item)) for item in items(row) or ())


def _value(node: Node, scope: Scope) -> Operand:
    """Compile a node to an operand: true, false or null where it is boolean."""
    match node:
        case Constant(kind=kind, value=value):
            return Operand(kind, None, value)
        case EnumMember(member=member):
            return Operand("enum", None, member)
        case Path():
            return resolve(node, scope)
        case Unary(operator="-", operand=operand):
            return negate(_value(operand, scope), node)
        case Binary(operator="has", left=left, right=right):
            return has_flags(_value(left, scope), _value(right, scope), node)
        case Binary(operator=operator, left=left, right=right) if operator not in _COMPARISONS:
            return calculate(operator, _value(left, scope), _value(right, scope), node)
        case Call(name="cast", arguments=arguments):
            return _cast(node, casts.type_argument(arguments, "cast"), scope)
        case Call(name="isof", arguments=arguments):
            type_name = casts.type_argument(arguments, "isof")
            if len(arguments) == 1:
                return casts.record_is_of(type_name, scope)
            return casts.value_is_of(_value(arguments[0], scope), type_name)
        case Call(name=name, arguments=arguments):
            return call(name, [_value(argument, scope) for argument in arguments], scope, node)
        case Items():
            raise UnsupportedNode(print_tree(node), "a list stands only to the right of 'in'")
        case Logical(operator=operator, operands=operands):
            return _three_valued([_value(operand, scope) for operand in operands], operator == "or", node)
        case Unary(operand=operand):
            return _negated(_value(operand, scope), node)
        case Lambda() | Binary():
            # Neither is ever null.
            return Operand(
                "boolean", _quantified(node, scope) if isinstance(node, Lambda) else _comparison(node, scope)
            )


def _cast(node: Call, type_name: str, scope: Scope) -> Operand:
    if len(node.arguments) == 1:
        raise UnsupportedNode(print_tree(node), "a record cannot be cast to a value")
    return casts.cast_to(_value(node.arguments[0], scope), type_name, node)


def _negated(operand: Operand, node: Node) -> Operand:
    _boolean(operand, True, node)
    read = operand.reader()
    return Operand("boolean", lambda row: None if (value := read(row)) is None else not value)


def _three_valued(parts: list[Operand], decisive: bool, node: Node) -> Operand:
    """Build `and` (decided by a false part) or `or` (decided by a true one) as a value."""
    for part in parts:
        _boolean(part, True, node)
    readers = [part.reader() for part in parts]

    def value(row: Any) -> bool | None:
        values = [read(row) for read in readers]
        if decisive in values:
            return decisive
        return None if None in values else not decisive

    return Operand("boolean", value)
