"""The ids that an `$expand` asks for: `extensions($filter=id eq 'a' or id eq 'b')` (`graph-core.md` section 6.1).

Such a filter is applied by what expands, since it compares ids in several spellings.
"""

from collections.abc import Callable

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.odata.tree import Binary, Constant, Logical, Node, Path


def ids_in(node: Node) -> list[str] | None:
    """Return the ids that a filter of the form `id eq 'a' or id eq 'b'` names, or None for any other filter."""
    match node:
        case Logical(operator="or", operands=operands):
            parts = [ids_in(one) for one in operands]
            return None if None in parts else [text for part in parts if part for text in part]
        case Binary(operator="eq", left=Path(segments=segments), right=Constant(kind="string", value=str(text))):
            return [text] if segments[-1].lower() == "id" else None
    return None


def asked_ids(call: Call, name: str, normal: Callable[[str], str]) -> frozenset[str] | None:
    """Return the ids that `$expand=name($filter=id eq '…' or …)` asks for, or None where it has no filter.

    Args:
        call: the call.
        name: the expanded property.
        normal: makes one spelling of an id.

    Raises:
        GraphError: `filter_node_invalid` for a filter of another form, and what `normal` raises.
    """
    item = next((one for one in call.options.expand if one.path[-1].lower() == name.lower()), None)
    if item is None or item.options.filter is None:
        return None
    found = ids_in(item.options.filter)
    if found is None:
        because = f"$expand={name} takes a $filter of the form id eq '...' or id eq '...'"
        raise graph_error("filter_node_invalid", because=because)
    return frozenset(map(normal, found))
