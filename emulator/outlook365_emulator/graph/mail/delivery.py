"""Delivery: from a submitted message to the mailboxes of its recipients.

What a delivered copy keeps and loses: reference `graph-mail.md` section 8. Delivery happens in the unit of work of the
submission. Addresses of a tenant of the same world are delivered to; an address that such a tenant does not know comes
back as a non-delivery report; every other address goes to the world's outbox.
"""

from datetime import datetime
from typing import Any

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.directory.users import find_by_address
from outlook365_emulator.graph.mail.addresses import address_of, all_recipients
from outlook365_emulator.graph.mail.attachments import copy_attachments
from outlook365_emulator.graph.mail.documents import fresh_members, write_message
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import MailFolder, Message
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import Outgoing, World

_NDR_SENDER = "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e"


def tenant_of(world: World, address: str) -> Tenant | None:
    """Return the tenant of a world that owns an address's domain, or None."""
    domain = address.rpartition("@")[2].lower()
    return next((tenant for tenant in world.tenants.values() if domain in tenant.domains), None)


def deliver(
    world: World,
    unit: UnitOfWork,
    source: Mailbox,
    source_tenant: Tenant,
    submitted: Message,
    members: dict[str, Any],
    headers: tuple[tuple[str, str], ...] = (),
) -> None:
    """Deliver a submitted message to all its recipients, one copy for each mailbox.

    Args:
        world: the world.
        unit: the unit of work of the submission.
        source: the mailbox that holds the submitted message and its attachments.
        source_tenant: the sender's tenant.
        submitted: the submitted message.
        members: its document's members.
        headers: the sender's own `x-` headers.

    Raises:
        GraphError: it has no recipients, or an address is none.
    """
    reached: dict[str, Mailbox] = {}
    unknown: list[str] = []
    external: list[str] = []
    for address in all_recipients(members):
        tenant = tenant_of(world, address)
        user = find_by_address(tenant, address) if tenant else None
        mailbox = tenant.mailbox_of(user) if tenant and user else None
        if mailbox is not None:
            reached[mailbox.guid] = mailbox
        elif tenant is not None:
            unknown.append(address)
        else:
            external.append(address)
    for mailbox in reached.values():
        _deliver_to(mailbox, world, unit, source, submitted, members, headers)
    if external:
        outgoing = Outgoing(
            at=unit.now,
            sender=address_of(members.get("from")),
            recipients=tuple(external),
            document=msgspec.json.encode(members),
        )
        unit.after(lambda: world.outbox.append(outgoing))
    for address in unknown:
        _report_failure(world, unit, source, source_tenant, members, address)


def _deliver_to(
    mailbox: Mailbox,
    world: World,
    unit: UnitOfWork,
    source: Mailbox,
    submitted: Message,
    members: dict[str, Any],
    headers: tuple[tuple[str, str], ...],
) -> None:
    stamp = iso_seconds(unit.now)
    copy = {
        **members,
        "createdDateTime": stamp,
        "lastModifiedDateTime": stamp,
        "receivedDateTime": stamp,
        "sentDateTime": stamp,
        "isRead": False,
        "isDraft": False,
        "bccRecipients": [],
        "categories": [],
        "flag": {"flagStatus": "notFlagged"},
        "isDeliveryReceiptRequested": None,
        "inferenceClassification": "focused",
    }
    message = write_message(mailbox, copy, _inbox(mailbox), headers=(*transport_headers(copy), *headers))
    unit.put_item(mailbox, mailbox.messages, message)
    copy_attachments(unit, source, submitted, mailbox, message.stable)


def transport_headers(members: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the internet message headers of a delivered message."""
    author = (members.get("from") or {}).get("emailAddress") or {}
    to, copied = (", ".join(map(address_of, members[kind])) for kind in ("toRecipients", "ccRecipients"))
    return (
        ("From", f'"{author.get("name", "")}" <{author.get("address", "")}>'),
        ("To", to),
        *([("Cc", copied)] if copied else []),
        ("Subject", members["subject"] or ""),
        ("Thread-Topic", members["subject"] or ""),
        ("Thread-Index", members["conversationIndex"]),
        ("Date", mail_date(datetime.fromisoformat(members["sentDateTime"]))),
        ("Message-ID", members["internetMessageId"]),
        ("X-MS-Has-Attach", "yes" if members["hasAttachments"] else ""),
        ("X-MS-Exchange-Organization-AuthAs", "Internal"),
        ("MIME-Version", "1.0"),
    )


def mail_date(instant: datetime) -> str:
    """Write an instant as a `Date` header has it (RFC 5322 section 3.3): `Mon, 05 Jan 2026 09:00:00 +0000`."""
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[instant.weekday()]
    month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[instant.month - 1]
    return f"{day}, {instant:%d} {month} {instant:%Y %H:%M:%S %z}"


def _inbox(mailbox: Mailbox) -> MailFolder:
    folder = mailbox.folders.well_known("inbox")
    assert folder is not None, "every mailbox has an inbox"
    return folder


def _report_failure(
    world: World, unit: UnitOfWork, mailbox: Mailbox, tenant: Tenant, members: dict[str, Any], address: str
) -> None:
    postmaster = {"emailAddress": {"name": "Microsoft Outlook", "address": f"{_NDR_SENDER}@{tenant.domains[0]}"}}
    text = (
        f"Delivery has failed to these recipients or groups:\r\n\r\n{address}\r\n"
        "The email address you entered couldn't be found. Please check the recipient's email address and try to "
        "resend the message."
    )
    report = fresh_members(
        world,
        unit.now,
        {
            "subject": f"Undeliverable: {members['subject'] or ''}",
            "body": {"contentType": "text", "content": text},
            "from": postmaster,
            "sender": postmaster,
            "toRecipients": [members["from"]],
            "conversationIndex": members["conversationIndex"],
        },
        draft=False,
    )
    message = write_message(mailbox, report, _inbox(mailbox), headers=(("Auto-Submitted", "auto-replied"),))
    unit.put_item(mailbox, mailbox.messages, message)
