"""`$orderby`: terms, and sorting records by them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from outlook365_emulator.odata.operands import PLAIN, Operand, Scope, folded, resolve
from outlook365_emulator.odata.parser import Parser
from outlook365_emulator.odata.printing import print_tree
from outlook365_emulator.odata.problems import NotSortable
from outlook365_emulator.odata.records import RecordType
from outlook365_emulator.odata.tree import Path

Order = Sequence[tuple[Callable[[Any], Any], bool]]
"""Key functions and whether each descends, the most significant first."""


class OrderTerm(Struct, frozen=True):
    """One term of `$orderby`.

    Attributes:
        path: the property, as written.
        descending: True for `desc`.
    """

    path: Path
    descending: bool = False


def parse_orderby(text: str) -> tuple[OrderTerm, ...]:
    """Read the value of `$orderby` (decoded): paths with `asc` or `desc` in any case, joined by commas.

    Raises:
        OdataSyntaxError: when the text is no such list.
        NotSortable: for an expression that is no path; Graph orders by properties only.
    """
    parser = Parser(text)
    terms: list[OrderTerm] = []
    while True:
        node = parser.expression()
        if not isinstance(node, Path):
            raise NotSortable(print_tree(node), "only properties can be ordered by", "expression")
        terms.append(OrderTerm(node, parser.take_word("asc", "desc") == "desc"))
        if not parser.take(","):
            break
    parser.expect("end", "',' or the end")
    return tuple(terms)


def compile_order(terms: Iterable[OrderTerm], type_: RecordType) -> list[tuple[Callable[[Any], Any], bool]]:
    """Compile the terms of `$orderby`.

    Args:
        terms: the terms.
        type_: the type of the records.

    Returns:
        Key functions and whether each descends, for `sort`. Nulls come first in ascending order (OData 4.01 Protocol
        11.2.6.2); strings are ordered by their folded case where the type folds it.

    Raises:
        UnknownProperty, UnknownType: for a path that means nothing.
        NotSortable: for a complex property, a collection, or one that the type does not sort by.
    """
    scope = Scope(type_)
    return [(_key(term.path, scope), term.descending) for term in terms]


def sort(records: Iterable[Any], order: Order) -> list[Any]:
    """Return the records in an order; equal ones keep theirs."""
    found = list(records)
    for key, descending in reversed(order):
        found.sort(key=key, reverse=descending)
    return found


def _key(path: Path, scope: Scope) -> Callable[[Any], Any]:
    operand = resolve(path, scope, filtering=False)
    source = operand.source
    if operand.kind not in PLAIN or (source is not None and not source.sortable):
        raise NotSortable(print_tree(path), "cannot be ordered by", operand.kind)
    get = folded(operand) if _is_folded(operand) else operand.reader()
    if not operand.nullable:
        return get
    return lambda row: (False,) if (value := get(row)) is None else (True, value)


def _is_folded(operand: Operand) -> bool:
    return operand.kind in ("guid", "enum") or (operand.kind == "string" and operand.fold)
