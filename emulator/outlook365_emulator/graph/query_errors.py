"""Graph's errors for queries that cannot be read or run.

Which text for which fault: reference `graph-core.md` section 5.3.
"""

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.odata.problems import (
    DuplicateOption,
    InvalidOption,
    NotFilterable,
    NotSortable,
    OdataError,
    OptionNotAllowed,
    UnknownOption,
    UnknownProperty,
    UnknownType,
    UnsupportedNode,
)

_INVALID = {"$top": "top_invalid", "$skip": "skip_invalid", "$count": "count_invalid"}


def option_error(problem: OdataError) -> GraphError:
    """Return the error for an option that cannot be read."""
    because = str(problem)
    if isinstance(problem, UnknownOption | OptionNotAllowed):
        return graph_error("unknown_option", option=problem.name, because=because)
    if isinstance(problem, DuplicateOption):
        return graph_error("option_twice", option=problem.name, because=because)
    if isinstance(problem, InvalidOption) and problem.name in _INVALID:
        return graph_error(_INVALID[problem.name], value=problem.value, because=because)
    if isinstance(problem, NotSortable):
        return order_error(problem)
    return graph_error("invalid_filter_clause", detail=because, because=because)


def _not_found(row: str, problem: UnknownProperty) -> GraphError:
    name = problem.type_name.removeprefix("microsoft.graph.")
    return graph_error(row, property=problem.name, type=name, because=str(problem))


def filter_error(problem: OdataError) -> GraphError:
    """Return the error for a `$filter` that cannot be read or run."""
    because = str(problem)
    if isinstance(problem, UnknownProperty):
        return _not_found("property_not_found_filter", problem)
    if isinstance(problem, NotFilterable | UnsupportedNode):
        return graph_error("filter_node_invalid", because=because)
    return graph_error("invalid_filter_clause", detail=because, because=because)


def order_error(problem: OdataError) -> GraphError:
    """Return the error for a `$orderby` that cannot be read or run."""
    because = str(problem)
    if isinstance(problem, UnknownProperty):
        return _not_found("property_not_found_filter", problem)
    if isinstance(problem, UnknownType):
        return graph_error("orderby_cast_invalid", path=problem.name, because=because)
    if isinstance(problem, NotSortable):
        return graph_error("orderby_not_primitive", because=because)
    return graph_error("invalid_orderby_clause", detail=because, because=because)


def select_error(problem: OdataError) -> GraphError:
    """Return the error for a `$select` or `$expand` that cannot be read or run."""
    because = str(problem)
    if isinstance(problem, UnknownProperty):
        return _not_found("property_not_found_select", problem)
    return graph_error("invalid_select_clause", detail=because, because=because)
