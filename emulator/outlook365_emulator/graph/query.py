"""Query options applied to a collection: search, filter, order, page.

What Exchange allows and refuses: reference `graph-core.md` section 6; the directory's own rules: `directory_query`.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Bounds, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.directory_query import is_advanced, judge_directory_query
from outlook365_emulator.graph.query_errors import filter_error, option_error, order_error, select_error
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.graph.sealed import seal, unseal
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.options import QueryOptions, parse_options
from outlook365_emulator.odata.ordering import OrderTerm, compile_order, sort
from outlook365_emulator.odata.paging import next_link
from outlook365_emulator.odata.problems import OdataError, OdataSyntaxError, UnknownProperty
from outlook365_emulator.odata.tree import Binary, Constant, Logical, Node, Path, children, filter_properties
from outlook365_emulator.odata.tree import Call as Function
from outlook365_emulator.tables.cloud_differences import absent_properties
from outlook365_emulator.tables.schema_types import derives, short_name, types

_SYNTAX: Mapping[str, Callable[[OdataError], GraphError]] = {
    "filter": filter_error,
    "orderby": order_error,
    "select": select_error,
    "expand": select_error,
}
_PURPOSE = "page"


class Cut(msgspec.Struct):
    """One page of a collection.

    Attributes:
        records: the records of the page.
        count: `@odata.count`, or None where it was not asked for.
        next_link: URL of the next page, or "".
    """

    records: list[Any]
    count: int | None
    next_link: str


class _Walked(msgspec.Struct, array_like=True):
    """What a `$skiptoken` holds: how many records lie before the page."""

    skip: int


def read_options(call: Call, allowed: frozenset[str]) -> QueryOptions:
    """Read the query options of a call.

    Raises:
        GraphError: for the first option that cannot be read.
    """
    query = call.request.query
    options = parse_options(query, allowed)
    if options.problems:
        raise _option_problem(options)
    return options


def _option_problem(options: QueryOptions) -> Exception:
    problem = options.problems[0]
    given = [name for name in ("filter", "orderby", "select", "expand") if name in options.raw]
    if isinstance(problem, OdataSyntaxError):
        # The text of the problem tells which option it stands in.
        name = next((one for one in given if options.raw[one] == problem.text), "filter")
        return _SYNTAX[name](problem)
    return option_error(problem)


def cut_page(call: Call, page: Page) -> Cut:
    """Search, filter, order and cut a collection as the options say.

    Raises:
        GraphError: for everything that the resource refuses.
    """
    options, resource = call.options, page.resource
    size = _page_size(call, resource)
    skip = _skip(call)
    records, total = _matching(call, page, counted=bool(options.count))
    by_token = options.search is not None or not resource.outlook
    counts = options.count and not (options.search is not None and resource.outlook)
    if not resource.outlook and (skip or not is_advanced(call)):
        counts = False  # the directory counts for ConsistencyLevel: eventual alone, and on the first page
    if counts and total is None:
        records = list(records)
        total = len(records)
    kept = list(islice(records, skip, skip + size + 1))
    link = ""
    if size > 0 and len(kept) > size:
        link = _next_link(call, skip + size, by_token=by_token)
    return Cut(kept[:size], total if counts else None, link)


def _matching(call: Call, page: Page, *, counted: bool) -> tuple[Iterable[Any], int | None]:
    """Return what search and filter let through, in order, and its number where it is known."""
    options, resource = call.options, page.resource
    _judge_cloud(call, resource)
    if not resource.outlook:
        judge_directory_query(call, resource, counted=counted)
    if options.search is not None:
        found = _found(call, page)
        return (_of_type(resource, found, call.place.cast) if call.place.cast else found), None
    if options.filter is None or resource.ignores_filter:
        records, total = page.records, page.total
    else:
        records, total = _filtered(call, page, options.filter), None
    if call.place.cast:
        records, total = _of_type(resource, records, call.place.cast), None
    terms = options.orderby
    if terms:
        if options.filter is not None and resource.efficient_order:
            _judge_efficiency(options.filter, terms)
        records = _ordered(resource, records, terms)
    elif options.filter is not None and resource.efficient_order:
        inferred = _inferred_order(options.filter, resource)
        records = records if inferred is None else _ordered(resource, records, (OrderTerm(inferred),))
    return records, total


def _judge_cloud(call: Call, resource: Resource) -> None:
    """Refuse properties that the cloud's own schema lacks (`graph-core.md` section 13)."""
    absent = {name.lower(): name for name in absent_properties(call.cloud.id, resource.name)}
    if not absent:
        return
    options = call.options
    filtered = filter_properties(options.filter) if options.filter is not None else []
    for path in (*filtered, *("/".join(term.path.segments) for term in options.orderby)):
        name = absent.get(path.partition("/")[0].lower())
        if name is not None:
            raise filter_error(UnknownProperty(name, resource.type.name))


def _found(call: Call, page: Page) -> list[Any]:
    resource, options = page.resource, call.options
    if resource.search is None:
        if resource.name == "event":
            raise graph_error("search_events", because="events cannot be searched with $search")
        raise graph_error("unknown_option", option="$search", because=f"a {resource.name} cannot be searched")
    records: Iterable[Any] = page.records
    if options.filter is not None and not resource.outlook:
        records = _filtered(call, page, options.filter)
    found = resource.search(call, records)
    return list(_ordered(resource, found, options.orderby)) if options.orderby else found


def _filtered(call: Call, page: Page, tree: Node) -> Iterable[Any]:
    resource = page.resource
    try:
        matches = compile_filter(tree, resource.type, now=call.now)
    except OdataError as problem:
        raise filter_error(problem) from None
    if page.runs is None or resource.order_key is None:
        return filter(matches, page.records)
    runs = [filter(matches, run) for run in page.runs(_bounds(tree, resource))]
    return runs[0] if len(runs) == 1 else heapq.merge(*runs, key=resource.order_key, reverse=True)


def _bounds(tree: Node, resource: Resource) -> Bounds:
    """Return between which instants everything lies that a filter can let through."""
    low: datetime | None = None
    high: datetime | None = None
    wanted = resource.default_order[0] if resource.default_order else ""
    for part in tree.operands if isinstance(tree, Logical) and tree.operator == "and" else (tree,):
        match part:
            case Binary(operator=operator, left=Path(segments=(name,)), right=Constant(value=date() as value)) if (
                name.lower() == wanted
            ):
                instant = value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)
                if operator in ("ge", "gt", "eq"):
                    low = instant if low is None else max(low, instant)
                if operator in ("le", "lt", "eq"):
                    high = instant if high is None else min(high, instant)
    return low, high


def _of_type(resource: Resource, records: Iterable[Any], cast: str) -> Iterable[Any]:
    """Return the records of a type.

    Raises:
        GraphError: the type has nothing to do with the resource (the text is that of Microsoft's OData library).
    """
    known, type_of = types(), resource.type.type_of
    wanted, declared = known[cast], known.get(resource.name.lower(), known["directoryobject"])
    if not derives(declared, wanted) and not derives(wanted, declared):
        detail = (
            f"The type 'microsoft.graph.{wanted.name}' specified in the URI is neither a base type nor a sub-type of "
            f"the previously-specified type 'microsoft.graph.{declared.name}'."
        )
        raise graph_error("bad_request", detail=detail, because=f"a {declared.name} is never a {wanted.name}")
    if type_of is None:
        return records if derives(known.get(short_name(resource.type.name), declared), wanted) else ()
    return (record for record in records if derives(known[short_name(type_of(record))], wanted))


def _page_size(call: Call, resource: Resource) -> int:
    top = call.options.top
    if top is None:
        return resource.page_size
    if top > resource.page_limit or (top == 0 and not resource.outlook):
        if resource.outlook:
            raise graph_error("top_too_large", maximum=resource.page_limit, because=f"$top={top} is too large")
        raise graph_error("page_size_invalid", size=top, because=f"$top takes 1 to {resource.page_limit}")
    return top


def _skip(call: Call) -> int:
    token = call.options.skiptoken
    if token is None:
        return call.options.skip or 0
    walked = unseal(call.world, _PURPOSE, token, _Walked)
    if walked is None:
        raise graph_error("skip_token_invalid", because="the token was not made by this world, or was changed")
    return walked.skip


def _next_link(call: Call, skip: int, *, by_token: bool) -> str:
    url = f"{call.request.root_of(call.request.host)}{call.request.path}?{call.request.query}"
    return (
        next_link(url, skiptoken=seal(call.world, _PURPOSE, _Walked(skip))) if by_token else next_link(url, skip=skip)
    )


def _ordered(resource: Resource, records: Iterable[Any], terms: tuple[OrderTerm, ...]) -> Iterable[Any]:
    try:
        order = compile_order(terms, resource.type)
    except OdataError as problem:
        raise order_error(problem) from None
    only = ("/".join(terms[0].path.segments).lower(), terms[0].descending)
    if len(terms) == 1 and resource.default_order == only:
        return records
    return sort(records, order)


def _inferred_order(tree: Node, resource: Resource) -> Path | None:
    """Return the property by which Exchange sorts a filtered list of itself, or None for the default order.

    It is the property of the filter's first comparison (`graph-core.md` section 6.2). Where that must have one value,
    or is the property of the default order, the default order stays.
    """
    fixed = True
    while isinstance(tree, Logical):
        fixed = fixed and tree.operator == "and"
        tree = tree.operands[0]
    match tree:
        case Binary(operator="eq" | "lt" | "le" | "gt" | "ge" as operator, left=Path() as path, right=Constant()):
            name = "/".join(path.segments).lower()
            default = resource.default_order is not None and name == resource.default_order[0]
            if default or (fixed and operator == "eq"):
                return None
            try:
                compile_order((OrderTerm(path),), resource.type)
            except OdataError:
                return None
            return path
    return None


def _judge_efficiency(tree: Node, terms: tuple[OrderTerm, ...]) -> None:
    """Hold Exchange's rule: what orders must be filtered by first, in the same order (`graph-core.md` 6.2).

    Where everything filtered by comes first in the order, it may go on with more (concept page query-parameters,
    example `$orderby=subject,importance,receivedDateTime`). A filter with `contains` cannot be ordered at all.
    """
    if _contains(tree):
        raise graph_error("inefficient_filter", because="a $filter with contains() takes no $orderby")
    ordered = ["/".join(term.path.segments).lower() for term in terms]
    filtered = [name.lower() for name in filter_properties(tree)]
    both = min(len(ordered), len(filtered))
    if both == 0 or filtered[:both] != ordered[:both]:
        because = (
            f"$orderby names {', '.join(ordered)}, and $filter must name the same properties first, in that order; "
            f"it names {', '.join(filtered) or 'none'}"
        )
        raise graph_error("inefficient_filter", because=because)


def _contains(node: Node) -> bool:
    return (isinstance(node, Function) and node.name == "contains") or any(map(_contains, children(node)))


def count_of(call: Call, page: Page) -> int:
    """Return how many records of a collection search and filter let through, for `/$count`.

    Raises:
        GraphError: for a filter that the resource refuses.
    """
    if not page.resource.outlook and not is_advanced(call):
        because = "counting objects of the directory needs the header ConsistencyLevel: eventual"
        raise graph_error("directory_request_invalid", detail="$count is not currently supported.", because=because)
    records, total = _matching(call, page, counted=True)
    if total is not None:
        return total
    counted: Iterator[Any] = iter(records)
    return sum(1 for _ in counted)
