"""Comparisons as closures, specialised by kind and by what is constant.

Comparisons know no third value (OData 4.01 URL Conventions 5.1.1.1): null equals null, and is neither below nor above
anything.
"""

import operator as operators
from collections.abc import Callable
from typing import Any

from outlook365_emulator.odata.operands import NUMBERS, PLAIN, Operand, as_instant, folded
from outlook365_emulator.odata.printing import print_tree
from outlook365_emulator.odata.problems import TypeMismatch, UnsupportedNode
from outlook365_emulator.odata.records import Getter
from outlook365_emulator.odata.tree import Node

Predicate = Callable[[Any], bool]

_SWAPPED = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operators.lt, "le": operators.le, "gt": operators.gt, "ge": operators.ge,
}  # fmt: skip
_ORDERED = frozenset({"string", "integer", "decimal", "datetime", "date", "time", "duration"})

_AGAINST_CONSTANT: dict[str, Callable[[Getter, Any], Predicate]] = {
    "lt": lambda get, limit: lambda row: (value := get(row)) is not None and value < limit,
    "le": lambda get, limit: lambda row: (value := get(row)) is not None and value <= limit,
    "gt": lambda get, limit: lambda row: (value := get(row)) is not None and value > limit,
    "ge": lambda get, limit: lambda row: (value := get(row)) is not None and value >= limit,
}
_AGAINST_CONSTANT_NEVER_NULL: dict[str, Callable[[Getter, Any], Predicate]] = {
    "lt": lambda get, limit: lambda row: get(row) < limit,
    "le": lambda get, limit: lambda row: get(row) <= limit,
    "gt": lambda get, limit: lambda row: get(row) > limit,
    "ge": lambda get, limit: lambda row: get(row) >= limit,
}


def always(answer: bool) -> Predicate:
    """Return a predicate that gives the same answer for every row."""
    return lambda _row: answer


def compare(operator: str, left: Operand, right: Operand, subject: Node) -> Predicate:
    """Build a comparison.

    Args:
        operator: `eq ne lt le gt ge`.
        left: the left operand.
        right: the right operand.
        subject: the node of the comparison, for errors.

    Raises:
        TypeMismatch: when the kinds do not go together, or have no order.
        UnsupportedNode: when an operand is complex or a collection.
    """
    if left.constant and not right.constant:
        left, right, operator = right, left, _SWAPPED[operator]
    left, right = unify(operator, left, right, subject)
    equality = operator in ("eq", "ne")
    if equality:
        test = _equal(left, right)
        if operator == "ne":
            test = _not_equal(left, right, test)
    else:
        test = _ordered(operator, left, right)
    return always(test(None)) if left.constant and right.constant else test


def unify(operator: str, left: Operand, right: Operand, subject: Node) -> tuple[Operand, Operand]:
    """Bring two operands to one kind, or raise as `compare` does."""
    for side in (left, right):
        if side.kind in ("complex", "collection") and "null" not in (left.kind, right.kind):
            raise UnsupportedNode(print_tree(subject), f"a {side.kind} value cannot be compared")
    if "null" in (left.kind, right.kind):
        return left, right
    if {left.kind, right.kind} == {"date", "datetime"}:
        left, right = as_instant(left), as_instant(right)
    elif left.kind == "enum" and right.kind == "string" and right.constant:
        right = Operand("enum", None, right.value)
    elif left.kind == right.kind == "string" and right.constant:
        right = _read_literal(operator, left, right, subject)
    same = left.kind == right.kind or (left.kind in NUMBERS and right.kind in NUMBERS)
    if not same or left.kind not in PLAIN or (operator in _TESTS and left.kind not in _ORDERED):
        raise TypeMismatch(operator, left.kind, right.kind, print_tree(subject))
    return left, right


def folds(left: Operand, right: Operand) -> bool:
    """Say whether two operands of one kind compare without regard to case."""
    if left.kind in ("guid", "enum"):
        return True
    return left.kind == "string" and left.fold and right.fold


def _read_literal(operator: str, left: Operand, right: Operand, subject: Node) -> Operand:
    read = left.source.literal if left.source is not None else None
    if read is None or right.value is None:
        return right
    try:
        return Operand("string", None, read(right.value), None, fold=False)
    except ValueError:
        raise TypeMismatch(operator, left.kind, right.kind, print_tree(subject)) from None


def _equal(left: Operand, right: Operand) -> Predicate:
    get = left.reader()
    if not right.constant:
        other = right.reader()
        if folds(left, right):
            get, other = folded(left), folded(right)
        return lambda row: get(row) == other(row)
    wanted = right.value
    if wanted is None or isinstance(wanted, bool):
        return lambda row: get(row) is wanted
    if folds(left, right):
        return _equal_folded(left, wanted.lower())
    return lambda row: get(row) == wanted


def _equal_folded(left: Operand, wanted: str) -> Predicate:
    if left.source is not None and left.source.folded is not None:
        lower = left.source.folded
        return lambda row: lower(row) == wanted
    get = left.reader()
    if wanted.isascii():
        # str.lower maps to ASCII only what has the same length.
        size = len(wanted)
        return lambda row: (value := get(row)) is not None and len(value) == size and value.lower() == wanted
    return lambda row: (value := get(row)) is not None and value.lower() == wanted


def _not_equal(left: Operand, right: Operand, equal: Predicate) -> Predicate:
    if right.constant and (right.value is None or isinstance(right.value, bool)):
        get, wanted = left.reader(), right.value
        return lambda row: get(row) is not wanted
    return lambda row: not equal(row)


def _ordered(operator: str, left: Operand, right: Operand) -> Predicate:
    if "null" in (left.kind, right.kind):
        return always(False)
    fold = folds(left, right)
    get = folded(left) if fold else left.reader()
    if right.constant:
        limit = right.value
        if limit is None:
            return always(False)
        table = _AGAINST_CONSTANT if left.nullable or left.constant else _AGAINST_CONSTANT_NEVER_NULL
        return table[operator](get, limit.lower() if fold else limit)
    other = folded(right) if fold else right.reader()
    test = _TESTS[operator]
    return lambda row: (one := get(row)) is not None and (two := other(row)) is not None and test(one, two)


def member_of(left: Operand, values: list[Operand], subject: Node) -> Predicate:
    """Build `left in (values)`; null is a member where null is listed.

    Raises:
        TypeMismatch: when the kinds do not go together.
        UnsupportedNode: when an operand is complex or a collection.
    """
    if left.kind in ("complex", "collection"):
        raise UnsupportedNode(print_tree(subject), f"a {left.kind} value cannot be compared")
    pairs = [unify("in", left, value, subject) for value in values]
    if any(pair[0].kind != left.kind for pair in pairs):
        left = as_instant(left)  # some members are times and some are days: all are compared as times
        pairs = [unify("in", left, value, subject) for value in values]
    fold = all(folds(left, right) for _, right in pairs if right.value is not None)
    members = frozenset(right.value.lower() if fold and right.value is not None else right.value for _, right in pairs)
    get = folded(left) if fold and left.kind in ("string", "guid", "enum") else left.reader()
    return lambda row: get(row) in members


def element_of(left: Operand, items: Operand, subject: Node) -> Predicate:
    """Build `left in collection`; a null collection has no members."""
    element = items.source.element if items.source is not None else None
    if items.kind != "collection" or element is None:
        raise TypeMismatch("in", left.kind, items.kind, print_tree(subject))
    read_item = element.get
    item = Operand(element.kind, read_item or (lambda value: value), None, element, items.fold)
    item_or_left, _ = unify("in", item, left, subject)
    one, two = item_or_left.reader(), left.reader()
    read_items = items.reader()
    if left.kind in ("string", "guid", "enum") and items.fold:
        one, two = folded(item_or_left), folded(left)
    return lambda row: (wanted := two(row)) is not None and any(one(entry) == wanted for entry in read_items(row) or ())


def has_flags(left: Operand, right: Operand, subject: Node) -> Operand:
    """Build `left has right`: whether every flag of the right one is set."""
    if left.kind != "enum" or right.kind not in ("enum", "string") or not isinstance(right.value, str):
        raise TypeMismatch("has", left.kind, right.kind, print_tree(subject))
    get, flags = left.reader(), _flags(right.value)
    return Operand("boolean", lambda row: None if (value := get(row)) is None else flags <= _flags(value))


def _flags(text: str) -> frozenset[str]:
    return frozenset(flag.strip().lower() for flag in text.split(","))
