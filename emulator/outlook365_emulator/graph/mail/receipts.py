"""Read receipts: what a sender who asked for one gets when the message is read.

Exchange sends one when a message is first marked as read, unless its reader has withdrawn the request before by
setting `isReadReceiptRequested` to false (Graph resource `message`; RFC 8098).
"""

from typing import Any

from outlook365_emulator.directory.users import find_by_address
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.addresses import recipient_of
from outlook365_emulator.graph.mail.arrivals import settle
from outlook365_emulator.graph.mail.delivery import Arrival, tenant_of
from outlook365_emulator.graph.mail.reports import report
from outlook365_emulator.store.records.mail import Message


def send_read_receipt(call: Call, message: Message, members: dict[str, Any]) -> None:
    """Send the receipt for a message that has just been read, where its sender asked for one.

    Args:
        call: the call that marked the message as read.
        message: the message.
        members: its document's members.
    """
    asked = members.get("isReadReceiptRequested") and not message.is_draft
    sender = message.sender_address or message.from_address
    tenant = tenant_of(call.world, sender) if asked and sender else None
    author = find_by_address(tenant, sender) if tenant is not None else None
    mailbox = tenant.mailbox_of(author) if tenant is not None and author is not None else None
    if tenant is None or mailbox is None or mailbox is call.mailbox:
        return
    reader = recipient_of(call.user)
    address = reader["emailAddress"]["address"]
    receipt = report("read", call.world, call.unit, tenant, mailbox, members, [address], reader)
    settle(call.world, call.unit, [Arrival(tenant, mailbox, receipt)])
