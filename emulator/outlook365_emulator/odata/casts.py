"""`cast` and `isof`: types by name, and values turned into them."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from outlook365_emulator.odata import literals
from outlook365_emulator.odata.operands import PLAIN, Operand, Scope, convert
from outlook365_emulator.odata.printing import print_tree
from outlook365_emulator.odata.problems import UnknownType, UnsupportedNode, WrongArity
from outlook365_emulator.odata.tree import Constant, Node, Path


def _to_text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return literals.write_datetime(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return literals.write_duration(value)
        case bytes():
            return literals.write_binary(value)
        case _:
            return str(value)


def _integer(bits: int, *, signed: bool = True) -> Callable[[Any], int | None]:
    least, most = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)

    def read(value: Any) -> int | None:
        number = literals.read_integer(value.strip()) if isinstance(value, str) else _whole(value)
        return number if number is not None and least <= number <= most else None

    return read


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | Decimal | float) and not isinstance(value, bool) else None


def _to_decimal(value: Any) -> Decimal | None:
    if isinstance(value, str):
        return literals.read_decimal(value.strip())
    return Decimal(str(value)) if isinstance(value, int | Decimal | float) and not isinstance(value, bool) else None


def _to_boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False, "1": True, "0": False}.get(str(value).strip().lower())


def _to_datetime(value: Any) -> datetime | None:
    if isinstance(value, str):
        return literals.read_datetime(value.strip())
    return value if isinstance(value, datetime) else None


def _to_date(value: Any) -> date | None:
    if isinstance(value, str):
        return literals.read_date(value.strip())
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _to_time(value: Any) -> time | None:
    if isinstance(value, str):
        return literals.read_time(value.strip())
    if isinstance(value, datetime):
        return value.time()
    return value if isinstance(value, time) else None


def _to_duration(value: Any) -> timedelta | None:
    if isinstance(value, str):
        return literals.read_duration(value.strip())
    return value if isinstance(value, timedelta) else None


def _to_guid(value: Any) -> str | None:
    return literals.read_guid(value.strip()) if isinstance(value, str) else None


def _to_binary(value: Any) -> bytes | None:
    if isinstance(value, str):
        return literals.read_binary(value.strip())
    return value if isinstance(value, bytes) else None


CASTS: Final[dict[str, tuple[str, Callable[[Any], Any]]]] = {
    "edm.string": ("string", _to_text),
    "edm.byte": ("integer", _integer(8, signed=False)),
    "edm.sbyte": ("integer", _integer(8)),
    "edm.int16": ("integer", _integer(16)),
    "edm.int32": ("integer", _integer(32)),
    "edm.int64": ("integer", _integer(64)),
    "edm.decimal": ("decimal", _to_decimal),
    "edm.double": ("decimal", _to_decimal),
    "edm.single": ("decimal", _to_decimal),
    "edm.boolean": ("boolean", _to_boolean),
    "edm.datetimeoffset": ("datetime", _to_datetime),
    "edm.date": ("date", _to_date),
    "edm.timeofday": ("time", _to_time),
    "edm.duration": ("duration", _to_duration),
    "edm.guid": ("guid", _to_guid),
    "edm.binary": ("binary", _to_binary),
}
"""By lower-case type name: the kind it gives and the conversion. A value that cannot be converted gives null."""


def type_argument(arguments: tuple[Node, ...], name: str) -> str:
    """Return the type that the last argument of `cast` or `isof` names, in lower case.

    Raises:
        WrongArity: for other than one or two arguments.
        UnknownType: when the last one is no name.
    """
    if not 1 <= len(arguments) <= 2:
        raise WrongArity(name, (1, 2), len(arguments))
    match arguments[-1]:
        case Path(segments=(only,)):
            return only.lower()
        case Constant(kind="string", value=str(text)):
            return text.lower()
        case _:
            raise UnknownType(print_tree(arguments[-1]))


def cast_to(operand: Operand, type_name: str, subject: Node) -> Operand:
    """Build `cast(operand, type)`.

    Args:
        operand: what is cast.
        type_name: lower-case name of a primitive type, `edm.int32`.
        subject: the node of the call, for errors.

    Raises:
        UnknownType: for a type that is not primitive.
        UnsupportedNode: for a complex value or a collection.
    """
    if type_name not in CASTS:
        raise UnknownType(type_name)
    if operand.kind not in PLAIN and operand.kind != "null":
        raise UnsupportedNode(print_tree(subject), f"a {operand.kind} value cannot be cast")
    kind, read = CASTS[type_name]

    def convert_value(value: Any) -> Any:
        try:
            return read(value)
        except (ValueError, OverflowError, InvalidOperation):
            return None

    return convert(operand, kind, convert_value)


def value_is_of(operand: Operand, type_name: str) -> Operand:
    """Build `isof(operand, type)` for a primitive type; null is of no type. Raises UnknownType for others."""
    if type_name not in CASTS:
        raise UnknownType(type_name)
    same = CASTS[type_name][0] == operand.kind
    get = operand.reader()
    if operand.constant:
        return Operand("boolean", None, same and operand.value is not None)
    return Operand("boolean", lambda row: same and get(row) is not None)


def record_is_of(type_name: str, scope: Scope) -> Operand:
    """Build `isof(type)` for the record itself, derived types included.

    Raises:
        UnknownType: for other types.
        UnsupportedNode: where a filter may not ask for the type.
    """
    record, row = scope.record, scope.row
    if not record.tells_type:
        raise UnsupportedNode(f"isof({type_name})", "the type of a record cannot be filtered by")
    if type_name != record.name.lower() and type_name not in record.derived:
        raise UnknownType(type_name)
    if type_name == record.name.lower():
        return Operand("boolean", None, True)
    judge = record.type_of
    if judge is None:
        raise UnknownType(type_name)
    return Operand("boolean", lambda it: judge(it if row is None else row(it)).lower() == type_name)
