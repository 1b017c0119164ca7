"""A tree to text: the shortest text that reads back as the same tree."""

from collections.abc import Callable
from typing import Any

from outlook365_emulator.odata import literals
from outlook365_emulator.odata.parser import BINDING, PREFIX_BINDING
from outlook365_emulator.odata.tree import Binary, Call, Constant, EnumMember, Items, Lambda, Logical, Node, Path, Unary

_WRITERS: dict[str, Callable[[Any], str]] = {
    "null": lambda _: "null",
    "boolean": lambda value: "true" if value else "false",
    "string": lambda value: _quoted(value),
    "integer": str,
    "decimal": literals.write_decimal,
    "guid": str,
    "date": lambda value: value.isoformat(),
    "datetime": literals.write_datetime,
    "time": lambda value: value.isoformat(),
    "duration": lambda value: f"duration'{literals.write_duration(value)}'",
    "binary": lambda value: f"binary'{literals.write_binary(value)}'",
}


def print_tree(node: Node) -> str:
    """Write a tree as OData text; `parse_filter(print_tree(tree)) == tree`."""
    match node:
        case Constant(kind=kind, value=value):
            return _WRITERS[kind](value)
        case EnumMember(type_name=type_name, member=member):
            return type_name + _quoted(member)
        case Path(segments=segments):
            return "/".join(segments)
        case Lambda(path=path, operator=operator, variable=variable, body=body):
            inner = "" if body is None else f"{variable}:{print_tree(body)}"
            return f"{print_tree(path)}/{operator}({inner})"
        case Unary(operator=operator, operand=operand):
            return _unary(operator, operand)
        case Binary(operator=operator, left=left, right=right):
            power = BINDING[operator]
            return f"{_within(left, power)} {operator} {_within(right, power + 1)}"
        case Items(values=values):
            return f"({','.join(map(print_tree, values))})"
        case Logical(operator=operator, operands=operands):
            # A chain is flat, so an operand that is itself a chain was in parentheses.
            return f" {operator} ".join(_within(operand, BINDING[operator] + 1) for operand in operands)
        case Call(name=name, arguments=arguments):
            return f"{name}({','.join(map(print_tree, arguments))})"


def _unary(operator: str, operand: Node) -> str:
    text = _within(operand, PREFIX_BINDING)
    if operator == "not":
        return f"not {text}"
    # A minus right before a number is part of the number.
    return f"-({text})" if text[0].isdigit() or text[0] == "-" else f"-{text}"


def _within(node: Node, power: int) -> str:
    text = print_tree(node)
    return f"({text})" if _power(node) < power else text


def _power(node: Node) -> int:
    if isinstance(node, Binary | Logical):
        return BINDING[node.operator]
    return PREFIX_BINDING if isinstance(node, Unary) else 9


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
