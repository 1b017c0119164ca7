"""Arithmetic: `add sub mul div divby mod` and unary minus (OData 4.01 URL Conventions 5.1.1.2).

What has no result (a division by zero, a day behind the year 9999) is null: a filter never fails on a row.
"""

import operator as operators
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from outlook365_emulator.odata.operands import NUMBERS, Operand
from outlook365_emulator.odata.printing import print_tree
from outlook365_emulator.odata.problems import TypeMismatch
from outlook365_emulator.odata.tree import Node

Number = int | Decimal

_MICROSECOND = timedelta(microseconds=1)


def _divide(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    return Decimal(left) / Decimal(right)


def _remainder(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int):
        return left - right * int(_divide(left, right))
    return Decimal(left) % Decimal(right)


def _scale(span: timedelta, factor: Number) -> timedelta:
    return timedelta(microseconds=int(Decimal(span // _MICROSECOND) * factor))


def _shrink(span: timedelta, divisor: Number) -> timedelta:
    return timedelta(microseconds=int(Decimal(span // _MICROSECOND) / divisor))


_NUMERIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operators.add,
    "sub": operators.sub,
    "mul": operators.mul,
    "div": _divide,
    "divby": lambda left, right: Decimal(left) / Decimal(right),
    "mod": _remainder,
}

_TEMPORAL: dict[tuple[str, str, str], tuple[str, Callable[[Any, Any], Any]]] = {
    ("datetime", "add", "duration"): ("datetime", operators.add),
    ("datetime", "sub", "duration"): ("datetime", operators.sub),
    ("datetime", "sub", "datetime"): ("duration", operators.sub),
    ("date", "add", "duration"): ("date", operators.add),
    ("date", "sub", "duration"): ("date", operators.sub),
    ("date", "sub", "date"): ("duration", operators.sub),
    ("duration", "add", "duration"): ("duration", operators.add),
    ("duration", "sub", "duration"): ("duration", operators.sub),
    ("duration", "mul", "number"): ("duration", _scale),
    ("number", "mul", "duration"): ("duration", lambda factor, span: _scale(span, factor)),
    ("duration", "div", "number"): ("duration", _shrink),
}


def calculate(operator: str, left: Operand, right: Operand, subject: Node) -> Operand:
    """Build an arithmetic operation; constants are calculated at once.

    Args:
        operator: `add sub mul div divby mod`.
        left: the left operand.
        right: the right operand.
        subject: the node of the operation, for errors.

    Raises:
        TypeMismatch: when the kinds do not go together.
    """
    if "null" in (left.kind, right.kind):
        return Operand("null")
    if left.kind in NUMBERS and right.kind in NUMBERS:
        whole = left.kind == right.kind == "integer" and operator != "divby"
        return _apply("integer" if whole else "decimal", _NUMERIC[operator], left, right)
    found = _TEMPORAL.get((_group(left.kind), operator, _group(right.kind)))
    if found is None:
        raise TypeMismatch(operator, left.kind, right.kind, print_tree(subject))
    return _apply(found[0], found[1], left, right)


def negate(operand: Operand, subject: Node) -> Operand:
    """Build a unary minus, or raise TypeMismatch for what is neither number nor duration."""
    if operand.kind == "null":
        return operand
    if operand.kind == "duration":
        return _apply("duration", operators.sub, Operand("duration", None, timedelta(0)), operand)
    if operand.kind not in NUMBERS:
        raise TypeMismatch("-", operand.kind, "number or duration", print_tree(subject))
    return _apply(operand.kind, operators.sub, Operand(operand.kind, None, 0), operand)


def _group(kind: str) -> str:
    return "number" if kind in NUMBERS else kind


def _exact(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float) else value


def _apply(kind: str, function: Callable[[Any, Any], Any], left: Operand, right: Operand) -> Operand:
    read_left, read_right = left.reader(), right.reader()

    def value(row: Any) -> Any:
        one, two = read_left(row), read_right(row)
        if one is None or two is None:
            return None
        try:
            return function(_exact(one), _exact(two))
        except ArithmeticError:
            return None

    return Operand(kind, None, value(None)) if left.constant and right.constant else Operand(kind, value)
