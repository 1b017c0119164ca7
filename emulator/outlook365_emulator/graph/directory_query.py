"""What the directory allows in queries: its advanced ones need `ConsistencyLevel: eventual` and `$count=true`.

Reference `graph-core.md` section 6.5; Graph, "Advanced query capabilities on Microsoft Entra ID objects".
"""

from collections.abc import Iterator

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.odata.options import QueryOptions
from outlook365_emulator.odata.tree import Binary, Call, Node, Path, Unary, children

_HINT = "send the header ConsistencyLevel: eventual and the option $count=true"


def judge_directory_query(options: QueryOptions, *, advanced: bool) -> None:
    """Refuse what the directory does not run.

    Args:
        options: the query options.
        advanced: whether the request has `ConsistencyLevel: eventual`.

    Raises:
        GraphError: `unsupported_query`, `unsupported_filter`, `directory_request_invalid`.
    """
    if options.skip is not None:
        because = "the directory pages by $skiptoken: follow @odata.nextLink"
        detail = "'$skip' is not supported by the service."
        raise graph_error("directory_request_invalid", detail=detail, because=because)
    if options.filter is None:
        return
    ready = advanced and bool(options.count)
    for node in _nodes(options.filter):
        error = _unknown_to_directory(node) or (None if ready else _advanced_only(node))
        if error is not None:
            raise error
    if options.orderby and not ready:
        because = f"$filter with $orderby is an advanced query of the directory: {_HINT}"
        raise graph_error("unsupported_query", detail="Sorting not supported for current query.", because=because)


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _nodes(child)


def _unknown_to_directory(node: Node) -> GraphError | None:
    match node:
        case Call(name="contains", arguments=(Path(segments=segments), *_)):
            because = "the directory has no contains(): use startsWith, or $search"
            return graph_error("unsupported_filter", property="/".join(segments), because=because)
    return None


def _advanced_only(node: Node) -> GraphError | None:
    match node:
        case Binary(operator="ne", left=Path(segments=segments)):
            because = f"'ne' is an advanced query of the directory: {_HINT}"
            return graph_error("unsupported_filter", property="/".join(segments), because=because)
        case Call(name="endswith"):
            detail = (
                "Operator: 'endsWith' is not supported because the 'ConsistencyLevel:eventual' header is missing. "
                "Refer to https://aka.ms/graph-docs/advanced-queries for more information"
            )
            because = f"endsWith is an advanced query of the directory: {_HINT}"
            return graph_error("unsupported_query", detail=detail, because=because)
        case Unary(operator="not"):
            because = f"'not' is an advanced query of the directory: {_HINT}"
            return graph_error("unsupported_query", detail="Unsupported Query.", because=because)
    return None
