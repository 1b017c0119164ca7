"""What the directory allows in queries: its advanced ones need `ConsistencyLevel: eventual` and `$count=true`.

Reference `graph-core.md` section 6.5; Graph concept page aad-advanced-queries. Which property supports which operator
is in `tables.directory_queries`.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.tree import Binary, Constant, Lambda, Node, Path, Unary, children
from outlook365_emulator.odata.tree import Call as Function
from outlook365_emulator.tables.directory_queries import Level, Operator, directory_properties

_HINT = "send the header ConsistencyLevel: eventual and the option $count=true"
_CLOSED = "user"
"""The type whose table is complete: a property that it does not list cannot be filtered or ordered by."""

_COLUMNS: Mapping[str, Operator] = MappingProxyType(
    {
        "eq": "eq",
        "null": "null",
        "ne": "ne",
        "ge": "ge",
        "gt": "ge",
        "le": "le",
        "lt": "le",
        "in": "in",
        "startswith": "startsWith",
        "endswith": "endsWith",
    }
)
"""Operators and functions by their column in the table, which has none for `gt` and `lt`."""

_ENDS_WITH = (
    "Operator 'endsWith' is not supported because the required parameters might be missing. "
    "Try adding $count=true query parameter and ConsistencyLevel:eventual header. "
    "Refer to https://aka.ms/graph-docs/advanced-queries for more information"
)


class _Use(NamedTuple):
    """A property in a filter, and what is done with it."""

    operator: str
    path: tuple[str, ...]


def is_advanced(call: Call) -> bool:
    """Return whether the client asks the directory for its advanced queries (`ConsistencyLevel: eventual`)."""
    return call.request.headers.get("consistencylevel").strip().lower() == "eventual"


def judge_directory_query(call: Call, resource: Resource, *, counted: bool) -> None:
    """Refuse what the directory does not run.

    Args:
        call: the call, its options read.
        resource: what is asked for.
        counted: whether the client asks for the count, by `$count=true` or `/$count`.

    Raises:
        GraphError: `unsupported_query`, `unsupported_filter`, `directory_request_invalid`.
    """
    options = call.options
    if options.skip is not None:
        because = "the directory pages by $skiptoken: follow @odata.nextLink"
        detail = "'$skip' is not supported by the service."
        raise graph_error("directory_request_invalid", detail=detail, because=because)
    uses = list(_uses(options.filter, {})) if options.filter is not None else []
    # $count has three places: an option, a segment, an expression of a filter (concept page query-parameters).
    counted = counted or any(use.path[-1:] == ("$count",) for use in uses)
    ready = is_advanced(call) and (counted or options.search is not None)
    for use in uses:
        _judge_use(use, resource, ready=ready)
    if options.filter is not None and options.orderby and not ready:
        because = f"$filter with $orderby is an advanced query of the directory: {_HINT}"
        raise graph_error("unsupported_query", detail="Sorting not supported for current query.", because=because)
    for term in options.orderby:
        _judge_order(term.path.segments, resource, ready=ready)


def _uses(node: Node, variables: Mapping[str, tuple[str, ...]]) -> Iterator[_Use]:
    """Yield what a filter does with properties; the variable of a lambda stands for its collection."""
    match node:
        case Unary(operator="not"):
            yield _Use("not", ())
        case Binary(operator="eq", left=Path() as path, right=Constant(kind="null")):
            yield _Use("null", _full(path, variables))
        case Binary(operator=operator, left=Path() as path) | Binary(operator=operator, right=Path() as path):
            yield _Use(operator, _full(path, variables))
        case Function(name="startswith" | "endswith" | "contains" as name, arguments=(Path() as path, *_)):
            yield _Use(name, _full(path, variables))
        case Lambda(path=path, variable=str(variable), body=body) if body is not None:
            yield from _uses(body, {**variables, variable: _full(path, variables)})
            return
    for child in children(node):
        yield from _uses(child, variables)


def _full(path: Path, variables: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    first, *rest = path.segments
    return (*variables.get(first, (first,)), *rest)


def _level(use: _Use, resource: Resource) -> Level | None:
    """Return in which queries an operator works on a property, or None where it works in none."""
    name, column = use.path[0].lower(), _COLUMNS.get(use.operator)
    if name not in resource.type.properties:
        return "plain"  # refused by its name when the filter is compiled
    if column is None:
        return None if use.operator == "contains" else "plain"
    if use.path[-1] == "$count":
        return "advanced"
    row = directory_properties(resource.name).get(name)
    if row is not None:
        return row.level(column)
    if resource.name == _CLOSED:
        return None
    return "advanced" if column in ("ne", "endsWith") else "plain"


def _judge_use(use: _Use, resource: Resource, *, ready: bool) -> None:
    if use.operator == "not":
        if not ready:
            because = f"'not' is an advanced query of the directory: {_HINT}"
            raise graph_error("unsupported_query", detail="Unsupported Query.", because=because)
        return
    level = _level(use, resource)
    if level == "plain" or (level == "advanced" and ready):
        return
    name = "/".join(use.path)
    because = f"the directory does not run {use.operator!r} on {name} of a {resource.name}"
    if level == "advanced":
        because = f"{use.operator!r} on {name} is an advanced query of the directory: {_HINT}"
        if use.operator == "endswith":
            raise graph_error("unsupported_query", detail=_ENDS_WITH, because=because)
    raise graph_error("unsupported_filter", property=name, resource=_title(resource), because=because)


def _judge_order(path: tuple[str, ...], resource: Resource, *, ready: bool) -> None:
    name = path[0].lower()
    row = directory_properties(resource.name).get(name)
    if name not in resource.type.properties or (row is None and resource.name != _CLOSED):
        return
    sort = row.sort if row is not None else ""
    if sort == "plain" or (sort == "advanced" and ready):
        return
    because = f"{'/'.join(path)} orders advanced queries of the directory: {_HINT}"
    if not sort:
        because = f"the directory does not order a {resource.name} by {'/'.join(path)}"
    detail = f"Unsupported sort property '{'/'.join(path)}' for '{_title(resource)}'."
    raise graph_error(
        "unsupported_query", detail="An unsupported property was specified." if ready else detail, because=because
    )


def _title(resource: Resource) -> str:
    return resource.name[:1].upper() + resource.name[1:]
