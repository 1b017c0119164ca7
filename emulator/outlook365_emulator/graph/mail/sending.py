"""Submitting mail: who may send as whom, the copy in Sent Items, and the hand-over to delivery.

Rules of `from` and `sender`: reference `graph-mail.md` section 7.
"""

from typing import Any

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.directory.users import find_by_address, right_on
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import address_of, all_recipients, recipient_of
from outlook365_emulator.graph.mail.attachments import attach
from outlook365_emulator.graph.mail.delivery import deliver, tenant_of
from outlook365_emulator.graph.mail.documents import write_message
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import MailFolder, Message

Files = list[tuple[dict[str, Any], bytes]]
Headers = tuple[tuple[str, str], ...]


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


def submit(call: Call, members: dict[str, Any], files: Files, headers: Headers, *, save: bool) -> None:
    """Send a new message.

    Args:
        call: the call.
        members: the message's members.
        files: its attachments.
        headers: its own `x-` headers.
        save: whether a copy stays in Sent Items.

    Raises:
        GraphError: no recipients, an address that is none, or no right to send.
    """
    all_recipients(members)
    authorship(call, members)
    message = _sent_copy(call, members, None)
    for kept, content in files:
        attach(call.world, call.mailbox, call.unit, message.stable, kept, content)
    deliver(call.world, call.unit, call.mailbox, call.tenant, message, members, headers)
    if not save:
        _forget(call, message)


def submit_draft(call: Call, draft: Message, members: dict[str, Any]) -> None:
    """Send a draft: it leaves its folder, and a copy with the same immutable id lies in Sent Items.

    Raises:
        GraphError: as `submit`.
    """
    all_recipients(members)
    authorship(call, members)
    call.unit.remove_item(call.mailbox, call.mailbox.messages, draft)
    message = _sent_copy(call, members, draft)
    own = tuple(header for header in draft.headers if header[0].lower().startswith("x-"))
    deliver(call.world, call.unit, call.mailbox, call.tenant, message, members, own)


def _sent_copy(call: Call, members: dict[str, Any], draft: Message | None) -> Message:
    stamp = iso_seconds(call.now)
    members.update(isDraft=False, isRead=True, sentDateTime=stamp, receivedDateTime=stamp, lastModifiedDateTime=stamp)
    message = write_message(call.mailbox, members, _sent_items(call), stable=draft.stable if draft else None)
    call.unit.put_item(call.mailbox, call.mailbox.messages, message)
    return message


def _sent_items(call: Call) -> MailFolder:
    folder = call.mailbox.folders.well_known("sentitems")
    assert folder is not None, "every mailbox has Sent Items"
    return folder


def _forget(call: Call, message: Message) -> None:
    for held in call.mailbox.attachments.of(message):
        call.unit.remove(call.mailbox.attachments, held)
    call.unit.remove_item(call.mailbox, call.mailbox.messages, message)
