"""What stands in the parentheses of `$expand`, applied to the expanded JSON.

`attachments($select=id,name)`, `extensions($filter=id eq '…')`: reference `graph-core.md` section 6.1. The schema
describes the expanded values, so that one evaluator serves them all.
"""

from datetime import datetime
from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.document_types import document_type
from outlook365_emulator.graph.query_errors import filter_error, order_error, select_error
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.options import ExpandItem
from outlook365_emulator.odata.ordering import compile_order, sort
from outlook365_emulator.odata.problems import OdataError
from outlook365_emulator.odata.selection import canonical_select, project
from outlook365_emulator.tables.schema_types import types


def shaped(value: Any, owner: str, name: str, item: ExpandItem, now: datetime) -> Any:
    """Return an expanded value as its options want it.

    Args:
        value: an entity, or a list of entities.
        owner: name of the type that is expanded.
        name: the navigation property.
        item: its path and options.
        now: the instant of the request.

    Raises:
        GraphError: for an option that the type refuses.
    """
    options = item.options
    if not options.raw:
        return value
    if options.expand:
        inner = "/".join(options.expand[0].path)
        because = f"nothing can be expanded within {name}"
        raise graph_error("expand_not_supported", property=inner, because=because)
    declared = types()[owner.lower()].property_of(name)
    if declared is None:
        return value
    type_ = document_type(declared.type)
    rows: list[Any] = value if isinstance(value, list) else [value]
    if options.filter is not None:
        try:
            rows = list(filter(compile_filter(options.filter, type_, now=now), rows))
        except OdataError as problem:
            raise filter_error(problem) from None
    if options.orderby:
        try:
            rows = sort(rows, compile_order(options.orderby, type_))
        except OdataError as problem:
            raise order_error(problem) from None
    skip = options.skip or 0
    rows = rows[skip : None if options.top is None else skip + options.top]
    if options.select is not None and ("*",) not in options.select:
        try:
            paths = canonical_select(options.select, type_)
        except OdataError as problem:
            raise select_error(problem) from None
        rows = [project(row, paths) if isinstance(row, dict) else row for row in rows]
    return rows if isinstance(value, list) else (rows[0] if rows else None)
