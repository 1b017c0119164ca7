"""From the id in a path to a subscription."""

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.store.records.subscriptions import Subscription


def load_subscription(call: Call, key: str) -> Subscription:
    """Load `{subscription}`: one of the caller's application, of a signed-in person only their own.

    Raises:
        GraphError: `subscription_not_found`, or `subscription_gone` where it has ended.
    """
    found = call.tenant.subscriptions.get(key.lower())
    if found is None:
        raise graph_error("subscription_not_found", because=f"no subscription has the id {key!r}: was it removed?")
    if not is_callers(call, found):
        because = "the subscription belongs to another application, or to another person's sign-in"
        raise graph_error("subscription_not_found", because=because)
    if found.standing == "ended":
        because = (
            f"the subscription ended at {found.expires:%Y-%m-%d %H:%M:%S}Z by its expirationDateTime: make a new one"
        )
        raise graph_error("subscription_gone", because=because)
    return found


def is_callers(call: Call, one: Subscription) -> bool:
    """Return whether a subscription is shown to the caller."""
    if one.application != call.claims.appid:
        return False
    return call.claims.is_app or one.creator == call.claims.oid
