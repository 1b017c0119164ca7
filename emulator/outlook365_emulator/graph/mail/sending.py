"""Submitting mail: who may send as whom, limits, the copy in Sent Items, the hand-over to delivery, sending later.

Rules of `from` and `sender`, limits and deferred sending: reference `graph-mail.md` sections 7 and 16.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.directory.users import find_by_address, right_on
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import address_of, all_recipients, recipient_of
from outlook365_emulator.graph.mail.arrivals import settle
from outlook365_emulator.graph.mail.attached import detach_all, size_of
from outlook365_emulator.graph.mail.composing import Composition, store
from outlook365_emulator.graph.mail.delivery import Arrival, deliver, tenant_of
from outlook365_emulator.graph.mail.documents import members_of, write_message
from outlook365_emulator.graph.mail.extended_properties import DEFERRED, held
from outlook365_emulator.graph.mail.sending_limits import count_submission, judge_size
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import MailFolder, Message
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

SEND_DEFERRED = "mail.send_deferred"
"""Name of the effect that sends a message whose time has come."""

DELIVER_LATE = "mail.deliver_late"
"""Name of the effect that delivers a message which a fault has held back."""

Take: TypeAlias = Callable[[World, UnitOfWork, list[Arrival]], list[Arrival]]
"""Lets the recipients' calendars act on mail that has arrived; returns it as it lies there then."""


def authorship(call: Call, members: dict[str, Any]) -> None:
    """Set `from` and `sender` of a message to be sent, as the caller's rights allow.

    Args:
        call: the call; its mailbox is the one that sends.
        members: the message; `from` may name somebody else.

    Raises:
        GraphError: `send_as_denied`.
    """
    owner, caller = call.user, call.caller
    given = address_of(members.get("from"))
    author = _user_at(call, given) if given else owner
    if author is None:
        raise _denied(call, given)
    members["from"] = members["sender"] = recipient_of(author)
    if caller is None:
        if author.id != owner.id:
            raise _denied(call, given)
        return
    if author.id == caller.id:
        return
    mailbox = call.tenant.mailbox_of(author)
    right = right_on(mailbox, caller.id) if mailbox is not None else None
    if right is None or not (right.send_as or right.send_on_behalf):
        raise _denied(call, given or author.user_principal_name)
    if not right.send_as:
        members["sender"] = recipient_of(caller)


def _user_at(call: Call, address: str) -> User | None:
    tenant = tenant_of(call.world, address)
    return find_by_address(tenant, address) if tenant is call.tenant else None


def _denied(call: Call, address: str) -> Exception:
    who = call.caller.user_principal_name if call.caller else f"the application {call.claims.appid}"
    because = f"{who} may neither send as {address} nor on its behalf: give the right in the mailbox of {address}"
    return graph_error("send_as_denied", because=because)


def submit(call: Call, composition: Composition, *, save: bool) -> None:
    """Send a new message.

    Args:
        call: the call.
        composition: the message.
        save: whether a copy stays in Sent Items.

    Raises:
        GraphError: no recipients, an address that is none, no right to send, or a limit.
    """
    members = composition.members
    _judge(call, members)
    judge_size(call.tenant, members, [len(new.content) for new in composition.attachments])
    later = _deferred_until(composition.properties, call.now)
    members["isDraft"] = members["isRead"] = True
    message = store(call, composition, _folder(call.mailbox, "drafts" if later else "sentitems"))
    if later is not None:
        plan(call, message, later, save=save)
    else:
        dispatch(call.world, call.unit, call.tenant, call.mailbox, message, take=call.take_meetings, save=save)


def submit_draft(call: Call, draft: Message) -> None:
    """Send a draft: it leaves its folder, and a copy with the same immutable id lies in Sent Items.

    Raises:
        GraphError: as `submit`.
    """
    members = members_of(draft)
    _judge(call, members)
    judge_size(call.tenant, members, [size_of(one) for one in call.mailbox.attachments.of(draft)])
    later = _deferred_until(draft.properties, call.now)
    if later is None:
        dispatch(call.world, call.unit, call.tenant, call.mailbox, draft, members, take=call.take_meetings)
        return
    folder = call.mailbox.folders.get(draft.folder)
    assert folder is not None, "a message lies in a folder"
    waiting = write_message(call.mailbox, members, folder, number=draft.number, stable=draft.stable, like=draft)
    call.unit.put_item(call.mailbox, call.mailbox.messages, waiting)
    plan(call, waiting, later, save=True)


def _judge(call: Call, members: dict[str, Any]) -> None:
    recipients = all_recipients(members)
    authorship(call, members)
    count_submission(call.unit, call.tenant, call.mailbox, len(recipients))


def _deferred_until(properties: Any, now: datetime) -> datetime | None:
    text = held(properties, DEFERRED)
    at = datetime.fromisoformat(text).astimezone(UTC) if text else None
    return at if at is not None and at > now else None


def plan(call: Call, message: Message, at: datetime, *, save: bool) -> None:
    """Have a message that waits among the drafts sent later."""
    data: dict[str, str | int] = {
        "tenant": call.tenant.id,
        "owner": call.mailbox.owner,
        "stable": message.stable,
        "save": int(save),
    }
    call.unit.after(lambda: call.world.agenda.add(at, SEND_DEFERRED, **data))


def dispatch(
    world: World,
    unit: UnitOfWork,
    tenant: Tenant,
    mailbox: Mailbox,
    message: Message,
    members: dict[str, Any] | None = None,
    *,
    take: Take,
    save: bool = True,
) -> Message:
    """Send a message that lies in its sender's mailbox; its copy in Sent Items has the same immutable id.

    Args:
        world: the world.
        unit: the unit of work.
        tenant: the sender's tenant.
        mailbox: the mailbox that sends.
        message: the message, a draft or one just put into Sent Items.
        members: its members with the author set, or None for those it has.
        take: lets calendars act on what arrives.
        save: whether the copy stays.

    Returns:
        The copy in Sent Items.
    """
    members = members_of(message) if members is None else members
    stamp = iso_seconds(unit.now)
    members.update(isDraft=False, isRead=True, sentDateTime=stamp, receivedDateTime=stamp, lastModifiedDateTime=stamp)
    properties = tuple(one for one in message.properties if one[0] != DEFERRED)
    unit.remove_item(mailbox, mailbox.messages, message)
    folder = _folder(mailbox, "sentitems")
    sent = write_message(mailbox, members, folder, stable=message.stable, like=message, properties=properties)
    unit.put_item(mailbox, mailbox.messages, sent)
    if unit.delivery_delay:
        at = unit.now + timedelta(seconds=unit.delivery_delay)
        data: dict[str, str | int] = {"tenant": tenant.id, "owner": mailbox.owner, "stable": sent.stable}
        unit.after(lambda: world.agenda.add(at, DELIVER_LATE, save=int(save), **data))
    else:
        _hand_over(world, unit, tenant, mailbox, sent, members, take=take, save=save)
    return sent


def _hand_over(
    world: World,
    unit: UnitOfWork,
    tenant: Tenant,
    mailbox: Mailbox,
    sent: Message,
    members: dict[str, Any],
    *,
    take: Take,
    save: bool,
) -> None:
    """Deliver a message that lies in Sent Items."""
    own = tuple(one for one in sent.headers if one[0].lower().startswith("x-"))
    arrived = deliver(world, unit, mailbox, tenant, sent, members, own)
    settle(world, unit, take(world, unit, arrived))
    if not save:
        detach_all(unit, mailbox, sent)
        unit.remove_item(mailbox, mailbox.messages, sent)


def deliver_late(world: World, tenant: Tenant, mailbox: Mailbox, stable: int, *, take: Take, save: bool) -> None:
    """Deliver a message that a fault has held back; nothing happens where it was deleted for good meanwhile.

    Args:
        world: the world.
        tenant: the sender's tenant.
        mailbox: the mailbox that has sent.
        stable: immutable number of the message.
        take: lets calendars act on what arrives.
        save: whether its copy stays in Sent Items.
    """
    sent = mailbox.messages.by_stable(stable)
    if sent is not None:
        with world.unit() as unit:
            _hand_over(world, unit, tenant, mailbox, sent, members_of(sent), take=take, save=save)


def send_deferred(world: World, tenant: Tenant, mailbox: Mailbox, stable: int, *, take: Take, save: bool) -> None:
    """Send a message whose time has come; nothing happens where it was deleted, sent, or put off meanwhile.

    Args:
        world: the world.
        tenant: the sender's tenant.
        mailbox: the mailbox that sends.
        stable: immutable number of the message.
        take: lets calendars act on what arrives.
        save: whether a copy stays in Sent Items.
    """
    message = mailbox.messages.by_stable(stable)
    if message is None or not message.is_draft:
        return
    now = world.clock.now()
    folders = mailbox.folders
    gone = [folders.well_known(name) for name in ("deleteditems", "recoverableitemsdeletions")]
    if any(folder is not None and folder.number == message.folder for folder in gone):
        return
    later = _deferred_until(message.properties, now)
    if later is not None:
        data: dict[str, str | int] = {"tenant": tenant.id, "owner": mailbox.owner, "stable": stable, "save": int(save)}
        world.agenda.add(later, SEND_DEFERRED, **data)
        return
    with world.unit(now) as unit:
        dispatch(world, unit, tenant, mailbox, message, take=take, save=save)


def _folder(mailbox: Mailbox, name: str) -> MailFolder:
    folder = mailbox.folders.well_known(name)
    assert folder is not None, "every mailbox has its default folders"
    return folder
