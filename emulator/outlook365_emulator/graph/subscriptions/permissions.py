"""Which permissions open a subscription (reference `graph-core.md` section 10.1)."""

from functools import cache

from outlook365_emulator.tables.graph_permissions import Scheme, allowed, subscription_row


@cache
def opening(resource: str, scheme: Scheme) -> frozenset[str]:
    """Return the permissions of which any one lets a resource be watched; a Shared scope never does.

    Args:
        resource: path of the resource, or its last segment: `messages`.
        scheme: the kind of token.
    """
    row = subscription_row(resource)
    if row is None:
        return frozenset()
    return frozenset(name for name in allowed(row, scheme) if not name.endswith(".Shared"))
