"""What Graph does later: effects of the world's agenda."""

from collections.abc import Callable, Mapping

from outlook365_emulator.graph.calendar.meetings.sent_mime import take_meetings
from outlook365_emulator.graph.mail.search_ageing import EXPIRE_SEARCH, expire_search
from outlook365_emulator.graph.mail.sending import DELIVER_LATE, SEND_DEFERRED
from outlook365_emulator.graph.mail.sending import deliver_late as deliver
from outlook365_emulator.graph.mail.sending import send_deferred as send
from outlook365_emulator.graph.subscriptions.attempts import RETRY, retry
from outlook365_emulator.graph.subscriptions.lifecycle import CHALLENGE, EXPIRE, FORGET, challenge, expire, forget
from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.world import World


def send_deferred(world: World, due: Due) -> None:
    """Send a message whose time has come."""
    _with_mailbox(world, due, send)


def deliver_late(world: World, due: Due) -> None:
    """Deliver a message that a fault has held back."""
    _with_mailbox(world, due, deliver)


def _with_mailbox(world: World, due: Due, act: Callable[..., None]) -> None:
    data = dict(due.data)
    tenant = world.tenants.get(str(data["tenant"]))
    mailbox = tenant.mailboxes.get(str(data["owner"])) if tenant is not None else None
    if tenant is not None and mailbox is not None:
        act(world, tenant, mailbox, int(data["stable"]), take=take_meetings, save=bool(data["save"]))


EFFECTS: Mapping[str, Callable[[World, Due], None]] = {
    SEND_DEFERRED: send_deferred,
    DELIVER_LATE: deliver_late,
    EXPIRE_SEARCH: expire_search,
    EXPIRE: expire,
    FORGET: forget,
    CHALLENGE: challenge,
    RETRY: retry,
}
"""Every effect of Graph by its name."""
