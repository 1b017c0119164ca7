"""What Graph does later: effects of the world's agenda."""

from collections.abc import Callable, Mapping

from outlook365_emulator.graph.mail.sending import SEND_DEFERRED
from outlook365_emulator.graph.mail.sending import send_deferred as send
from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.world import World


def send_deferred(world: World, due: Due) -> None:
    """Send a message whose time has come."""
    data = dict(due.data)
    tenant = world.tenants.get(str(data["tenant"]))
    mailbox = tenant.mailboxes.get(str(data["owner"])) if tenant is not None else None
    if tenant is not None and mailbox is not None:
        send(world, tenant, mailbox, int(data["stable"]), save=bool(data["save"]))


EFFECTS: Mapping[str, Callable[[World, Due], None]] = {SEND_DEFERRED: send_deferred}
"""Every effect of Graph by its name."""
