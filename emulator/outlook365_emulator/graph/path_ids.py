"""Ids of Exchange in paths: read before they are looked up, and only those of the mailbox addressed.

Reference `graph-core.md` sections 5.3 and 7: a made-up id is malformed, an id of another mailbox says so, and only a
well-formed id of this mailbox can be not found.
"""

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.store.item_ids import ItemId, MalformedId, read_id


def read_item_id(call: Call, text: str, *kinds: str) -> ItemId:
    """Read an id and check that it belongs to the mailbox addressed.

    Args:
        call: the call.
        text: the id as the client gave it.
        kinds: what it may name.

    Raises:
        GraphError: `id_malformed`, `item_not_in_mailbox`.
    """
    try:
        found = read_id(text)
    except MalformedId:
        raise graph_error("id_malformed", because=f"{text[:60]!r} is no id that Exchange makes") from None
    if found.kind not in kinds:
        raise graph_error("id_malformed", because=f"the id names a {found.kind}, not a {kinds[0]}")
    if found.replica != call.mailbox.ids.replica:
        name = call.user.user_principal_name
        because = f"the id was made by another mailbox than {name}'s"
        raise graph_error("item_not_in_mailbox", id=text, mailbox=name, because=because)
    return found
