"""What a mailbox does with a message that has just been delivered to it, in order: rules, then automatic replies."""

from outlook365_emulator.graph.mail.automatic_replies import answer_automatically
from outlook365_emulator.graph.mail.deliverer import Deliver
from outlook365_emulator.graph.mail.rule_actions import run_rules
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World


def arrived(
    world: World, tenant: Tenant, unit: UnitOfWork, owner: User, mailbox: Mailbox, message: Message, deliver: Deliver
) -> Message | None:
    """Run the owner's rules on a message and answer its sender where the owner is away.

    Args:
        world: the world.
        tenant: the owner's tenant.
        unit: the unit of work of the delivery.
        owner: whose mailbox it is.
        mailbox: the mailbox.
        message: the message, in the inbox with its attachments.
        deliver: sends what is forwarded or answered.

    Returns:
        The message as it lies afterwards, or None where a rule has deleted it for good.
    """
    if not len(mailbox.rules) and not len(mailbox.settings):
        return message
    left = run_rules(world, tenant, unit, owner, mailbox, message, deliver)
    answer_automatically(world, tenant, unit, owner, mailbox, message, deliver)
    return left
