"""From keys in the path to rules, categories and classification overrides of a mailbox."""

from typing import TypeVar

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.store.records.mailbox_settings import Category, ClassificationOverride, MessageRule
from outlook365_emulator.store.shelf import Table

R = TypeVar("R")


def _found(table: Table[R], key: str, what: str) -> R:
    found = table.get(key)
    if found is None:
        raise graph_error("item_not_found", because=f"the mailbox has no {what} with the id {key[:60]!r}")
    return found


def load_rule(call: Call, key: str) -> MessageRule:
    """Load `{rule}`.

    Raises:
        GraphError: `item_not_found`.
    """
    return _found(call.mailbox.rules, key, "rule")


def load_category(call: Call, key: str) -> Category:
    """Load `{category}`.

    Raises:
        GraphError: `item_not_found`.
    """
    return _found(call.mailbox.categories, key.lower(), "category")


def load_override(call: Call, key: str) -> ClassificationOverride:
    """Load `{override}`.

    Raises:
        GraphError: `item_not_found`.
    """
    return _found(call.mailbox.overrides, key.lower(), "classification override")
