"""Query options applied to a collection: filter, order, page.

What Exchange allows and refuses: reference `graph-core.md` section 6.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.query_errors import filter_error, option_error, order_error, select_error
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.options import QueryOptions, parse_options
from outlook365_emulator.odata.ordering import compile_order, sort
from outlook365_emulator.odata.paging import next_link
from outlook365_emulator.odata.problems import OdataError, OdataSyntaxError
from outlook365_emulator.odata.tree import filter_properties

COLLECTION_OPTIONS = frozenset({"select", "expand", "filter", "orderby", "top", "skip", "skiptoken", "count", "search"})
ENTITY_OPTIONS = frozenset({"select", "expand"})


_SYNTAX: Mapping[str, Callable[[OdataError], GraphError]] = {
    "filter": filter_error,
    "orderby": order_error,
    "select": select_error,
    "expand": select_error,
}


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
    """Filter, order and cut a collection as the options say.

    Raises:
        GraphError: for everything that the resource refuses.
    """
    options, resource = call.options, page.resource
    if options.search is not None:
        raise graph_error(
            "not_emulated", operation=f"{call.operation.route} with $search", because="$search is not emulated yet"
        )
    size = _page_size(call, page)
    skip = options.skip or 0
    records: Iterable[Any] = page.records
    total = page.total
    if options.filter is not None:
        try:
            matches = compile_filter(options.filter, resource.type, now=call.now)
        except OdataError as problem:
            raise filter_error(problem) from None
        records, total = filter(matches, records), None
    if options.orderby:
        records = _ordered(call, page, records)
    if options.count and total is None:
        records = list(records)
        total = len(records)
    kept = list(islice(records, skip, skip + size + 1))
    more = size > 0 and len(kept) > size
    link = ""
    if more:
        link = next_link(
            f"{call.request.root_of(call.request.host)}{call.request.path}?{call.request.query}", skip=skip + size
        )
    return Cut(kept[:size], total if options.count else None, link)


def _page_size(call: Call, page: Page) -> int:
    top, resource = call.options.top, page.resource
    if top is None:
        return resource.page_size
    if top > resource.page_limit or (top == 0 and not resource.outlook):
        if resource.outlook:
            raise graph_error("top_too_large", maximum=resource.page_limit, because=f"$top={top} is too large")
        raise graph_error("page_size_invalid", size=top, because=f"$top takes 1 to {resource.page_limit}")
    return top


def _ordered(call: Call, page: Page, records: Iterable[Any]) -> Iterable[Any]:
    options, resource = call.options, page.resource
    try:
        order = compile_order(options.orderby, resource.type)
    except OdataError as problem:
        raise order_error(problem) from None
    if options.filter is not None and resource.efficient_order:
        _judge_efficiency(options)
    if len(options.orderby) == 1 and resource.default_order == (
        "/".join(options.orderby[0].path.segments).lower(),
        options.orderby[0].descending,
    ):
        return records
    return sort(records, order)


def _judge_efficiency(options: QueryOptions) -> None:
    """Hold Exchange's rule: what orders must be filtered by first, in the same order (`graph-core.md` 6.2)."""
    assert options.filter is not None, "the rule concerns $filter with $orderby"
    ordered = ["/".join(term.path.segments).lower() for term in options.orderby]
    filtered = [name.lower() for name in filter_properties(options.filter)]
    if filtered[: len(ordered)] != ordered:
        because = (
            f"$orderby names {', '.join(ordered)}, and $filter must name the same properties first, in that order; "
            f"it names {', '.join(filtered) or 'none'}"
        )
        raise graph_error("inefficient_filter", because=because)


def count_of(call: Call, page: Page) -> int:
    """Return how many records of a collection the filter lets through, for `/$count`.

    Raises:
        GraphError: for a filter that the resource refuses.
    """
    if call.options.filter is None and page.total is not None:
        return page.total
    records: Iterator[Any] = iter(page.records)
    if call.options.filter is not None:
        try:
            records = filter(compile_filter(call.options.filter, page.resource.type, now=call.now), records)
        except OdataError as problem:
            raise filter_error(problem) from None
    return sum(1 for _ in records)
