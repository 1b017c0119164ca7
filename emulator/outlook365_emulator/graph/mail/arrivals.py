"""What follows a delivery: the rules and automatic replies of each mailbox that a message has arrived in.

`delivery` puts messages into mailboxes and knows nothing of this; whoever delivers hands what it returned to `settle`.
"""

from collections.abc import Iterable
from typing import Any

from outlook365_emulator.graph.mail.arriving import arrived
from outlook365_emulator.graph.mail.deliverer import Deliver
from outlook365_emulator.graph.mail.delivery import Arrival, deliver
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World


def settle(world: World, unit: UnitOfWork, arrivals: Iterable[Arrival]) -> None:
    """Let each mailbox act on what has just arrived in it.

    Args:
        world: the world.
        unit: the unit of work of the delivery.
        arrivals: what `deliver` returned.
    """
    for arrival in arrivals:
        owner = arrival.tenant.users.get(arrival.mailbox.owner)
        if owner is not None:
            onward = delivery_from(world, unit, arrival.tenant)
            arrived(world, arrival.tenant, unit, owner, arrival.mailbox, arrival.message, onward)


def delivery_from(world: World, unit: UnitOfWork, tenant: Tenant) -> Deliver:
    """Return what sends mail from mailboxes of a tenant within a delivery that is under way.

    Args:
        world: the world.
        unit: the unit of work of the delivery.
        tenant: the tenant.
    """

    def send(
        source: Mailbox,
        attached: Message,
        members: dict[str, Any],
        headers: tuple[tuple[str, str], ...],
        recipients: list[str] | None = None,
    ) -> None:
        sent = deliver(world, unit, source, tenant, attached, members, headers, recipients=recipients)
        settle(world, unit, sent)

    return send
