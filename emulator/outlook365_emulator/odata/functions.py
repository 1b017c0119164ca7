"""The functions of the language, as a table (OData 4.01 URL Conventions 5.1.1.5 to 5.1.1.10).

A null argument gives null.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, Final

from outlook365_emulator.odata.comparison import Predicate, always
from outlook365_emulator.odata.operands import NUMBERS, Operand, Scope, folded
from outlook365_emulator.odata.printing import print_tree
from outlook365_emulator.odata.problems import TypeMismatch, UnknownFunction, UnsupportedNode, WrongArity
from outlook365_emulator.odata.tree import Node

_TEXT = frozenset({"string"})
_WHOLE = frozenset({"integer"})
_DAY = frozenset({"date", "datetime"})
_CLOCK = frozenset({"time", "datetime"})
_INSTANT = frozenset({"datetime"})


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Attributes:
        takes: the kinds that each argument may have.
        gives: the kind of the result, or "" for that of the first argument.
        call: the function of values that are not null.
        optional: how many of the last arguments may lack.
        folds: whether two strings are lowered first, where their case does not count.
    """

    takes: tuple[frozenset[str], ...]
    gives: str
    call: Callable[..., Any]
    optional: int = 0
    folds: bool = False


def _substring(text: str, start: int, length: int | None = None) -> str:
    # A negative start counts from the end (4.01); a negative length gives nothing.
    rest = text[start:]
    return rest if length is None else rest[: max(length, 0)]


def _rounding(mode: str) -> Callable[[Any], Any]:
    def rounded(number: Any) -> Any:
        if isinstance(number, int):
            return number
        exact = Decimal(str(number)) if isinstance(number, float) else number
        try:
            return exact.to_integral_value(rounding=mode) if exact.is_finite() else exact
        except ArithmeticError:
            return None

    return rounded


FUNCTIONS: Final[dict[str, Function]] = {
    "contains": Function((_TEXT, _TEXT), "boolean", lambda text, part: part in text, folds=True),
    "startswith": Function((_TEXT, _TEXT), "boolean", str.startswith, folds=True),
    "endswith": Function((_TEXT, _TEXT), "boolean", str.endswith, folds=True),
    "indexof": Function((_TEXT, _TEXT), "integer", str.find, folds=True),
    "concat": Function((_TEXT, _TEXT), "string", str.__add__),
    "substring": Function((_TEXT, _WHOLE, _WHOLE), "string", _substring, optional=1),
    "length": Function((_TEXT,), "integer", len),
    "tolower": Function((_TEXT,), "string", str.lower),
    "toupper": Function((_TEXT,), "string", str.upper),
    "trim": Function((_TEXT,), "string", str.strip),
    "year": Function((_DAY,), "integer", lambda day: day.year),
    "month": Function((_DAY,), "integer", lambda day: day.month),
    "day": Function((_DAY,), "integer", lambda day: day.day),
    "hour": Function((_CLOCK,), "integer", lambda at: at.hour),
    "minute": Function((_CLOCK,), "integer", lambda at: at.minute),
    "second": Function((_CLOCK,), "integer", lambda at: at.second),
    "date": Function((_INSTANT,), "date", lambda at: at.date()),
    "time": Function((_INSTANT,), "time", lambda at: at.time()),
    "round": Function((NUMBERS,), "", _rounding(ROUND_HALF_UP)),  # HALF_UP: midpoints away from zero
    "floor": Function((NUMBERS,), "", _rounding(ROUND_FLOOR)),
    "ceiling": Function((NUMBERS,), "", _rounding(ROUND_CEILING)),
    "now": Function((), "datetime", lambda: None),
}
"""By lower-case name. `cast` and `isof` take a type and are in `casts.py`; `now` reads the scope."""

_TEXT_TESTS = frozenset({"contains", "startswith", "endswith"})


def call(name: str, arguments: list[Operand], scope: Scope, subject: Node) -> Operand:
    """Build a call; constants are calculated at once.

    Args:
        name: the function in lower case.
        arguments: its arguments.
        scope: what names mean there.
        subject: the node of the call, for errors.

    Raises:
        UnknownFunction: when there is none of the name.
        WrongArity: for too few or too many arguments.
        TypeMismatch: for an argument of another kind.
        UnsupportedNode: for `now()` where the scope has no instant.
    """
    function = check(name, arguments, subject)
    if name == "now":
        if scope.now is None:
            raise UnsupportedNode(print_tree(subject), "there is no clock here")
        return Operand("datetime", None, scope.now)
    kind = function.gives or (arguments[0].kind if arguments[0].kind != "null" else "decimal")
    fold = all(argument.fold for argument in arguments)
    readers = [folded(one) if function.folds and fold else one.reader() for one in arguments]
    value = _call_one(function.call, readers[0]) if len(readers) == 1 else _call_many(function.call, readers)
    if all(argument.constant for argument in arguments):
        return Operand(kind, None, value(None), None, fold)
    return Operand(kind, value, None, None, fold)


def check(name: str, arguments: list[Operand], subject: Node) -> Function:
    """Return the function of a name when the arguments fit it; raises as `call` does."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise UnknownFunction(name)
    most = len(function.takes)
    if not most - function.optional <= len(arguments) <= most:
        raise WrongArity(name, (most - function.optional, most), len(arguments))
    for argument, kinds in zip(arguments, function.takes, strict=False):
        if argument.kind != "null" and argument.kind not in kinds:
            raise TypeMismatch(name, argument.kind, " or ".join(sorted(kinds)), print_tree(subject))
    return function


def text_test(name: str, arguments: list[Operand], wanted: bool, subject: Node) -> Predicate | None:
    """Build `contains`, `startswith` or `endswith` with a constant second argument as a predicate.

    Args:
        name: the function in lower case.
        arguments: its arguments.
        wanted: the answer that makes the predicate true.
        subject: the node of the call, for errors.

    Returns:
        The predicate, false where an argument is null; None where the call is of another form.
    """
    if name not in _TEXT_TESTS or len(arguments) != 2 or arguments[0].constant or not arguments[1].constant:
        return None
    check(name, arguments, subject)
    text, needle = arguments
    if needle.value is None:
        return always(False)
    fold = text.fold and needle.fold
    lowered = fold and text.source is not None and text.source.folded is not None
    get = folded(text) if lowered else text.reader()
    part: str = needle.value.lower() if fold else needle.value
    if name == "contains":
        if fold and not lowered:
            if wanted and not text.nullable:
                return lambda row: part in get(row).lower()
            if wanted:
                return lambda row: (value := get(row)) is not None and part in value.lower()
            return lambda row: (value := get(row)) is not None and part not in value.lower()
        if wanted and not text.nullable:
            return lambda row: part in get(row)
        return lambda row: (value := get(row)) is not None and (part in value) is wanted
    test: Callable[[str, str], bool] = str.startswith if name == "startswith" else str.endswith
    if fold and not lowered:
        return lambda row: (value := get(row)) is not None and test(value.lower(), part) is wanted
    return lambda row: (value := get(row)) is not None and test(value, part) is wanted


def _call_one(function: Callable[..., Any], read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda row: None if (value := read(row)) is None else function(value)


def _call_many(function: Callable[..., Any], readers: list[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def value(row: Any) -> Any:
        values = [read(row) for read in readers]
        return None if None in values else function(*values)

    return value
