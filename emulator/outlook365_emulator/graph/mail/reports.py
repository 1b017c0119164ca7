"""Reports on mail: non-delivery, delivery and read receipts (RFC 3464, RFC 8098).

As Exchange sends them: reference `graph-mail.md` section 8. Their MIME text is a `multipart/report`.
"""

from typing import Any, Literal

from outlook365_emulator.graph.mail.addresses import address_of
from outlook365_emulator.graph.mail.documents import fresh_members, write_message
from outlook365_emulator.graph.mail.extended_properties import IN_REPLY_TO, MESSAGE_CLASS
from outlook365_emulator.graph.mail.mime_writing import Fields, header_lines, message_fields, mime_date
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

Kind = Literal["undeliverable", "delivered", "read"]

_POSTMASTER = "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e"
_PREFIX = {"undeliverable": "Undeliverable: ", "delivered": "Delivered: ", "read": "Read: "}
_CLASS = {
    "undeliverable": "REPORT.IPM.Note.NDR",
    "delivered": "REPORT.IPM.Note.DR",
    "read": "REPORT.IPM.Note.IPNRN",
}
_ACTION = {"undeliverable": ("failed", "5.1.10"), "delivered": ("delivered", "2.0.0"), "read": ("displayed", "2.0.0")}


def postmaster_of(tenant: Tenant) -> dict[str, Any]:
    """Return who sends the reports of a tenant, as a `recipient`."""
    return {"emailAddress": {"name": "Microsoft Outlook", "address": f"{_POSTMASTER}@{tenant.domains[0]}"}}


def report(
    kind: Kind,
    world: World,
    unit: UnitOfWork,
    tenant: Tenant,
    mailbox: Mailbox,
    members: dict[str, Any],
    recipients: list[str],
    author: dict[str, Any] | None = None,
) -> Message:
    """Put a report on a message into its sender's inbox.

    Args:
        kind: what is reported.
        world: the world.
        unit: the unit of work that it happens in.
        tenant: the sender's tenant.
        mailbox: the sender's mailbox.
        members: the message reported on.
        recipients: whom the report is about.
        author: who reports, or None for the tenant's postmaster.
    """
    subject, body = members["subject"] or "", _text(kind, members, recipients)
    writer = author or postmaster_of(tenant)
    given = {
        "subject": f"{_PREFIX[kind]}{subject}",
        "body": {"contentType": "text", "content": body},
        "from": writer,
        "sender": writer,
        "toRecipients": [members["from"]],
        "conversationIndex": members["conversationIndex"],
    }
    made = fresh_members(world, unit.now, given, draft=False)
    properties = ((MESSAGE_CLASS, _CLASS[kind]), (IN_REPLY_TO, members["internetMessageId"]))
    fields = [*message_fields(made, properties), ("Auto-Submitted", "auto-replied")]
    inbox = mailbox.folders.well_known("inbox")
    assert inbox is not None, "every mailbox has an inbox"
    message = write_message(
        mailbox,
        made,
        inbox,
        headers=(("Received", _received(tenant, mime_date(unit.now))), *fields),
        properties=properties,
        mime=_mime(kind, tenant, members, recipients, body),
    )
    unit.put_item(mailbox, mailbox.messages, message)
    return message


def _received(tenant: Tenant, date: str) -> str:
    return f"from mail.{tenant.domains[0]} by mail.{tenant.domains[0]} with Microsoft SMTP Server; {date}"


def _text(kind: Kind, members: dict[str, Any], recipients: list[str]) -> str:
    names = "\r\n".join(recipients)
    if kind == "undeliverable":
        return (
            f"Delivery has failed to these recipients or groups:\r\n\r\n{names}\r\n"
            "The address is unknown at the organisation that owns its domain. Check it and send the message again."
        )
    if kind == "delivered":
        return (
            f"Your message has been delivered to the following recipients:\r\n\r\n{names}\r\n\r\n"
            f"Subject: {members['subject'] or ''}"
        )
    return f"Your message\r\n\r\n   To: {names}\r\n   Subject: {members['subject'] or ''}\r\n\r\nwas read."


def _mime(kind: Kind, tenant: Tenant, members: dict[str, Any], recipients: list[str], text: str) -> bytes:
    action, status = _ACTION[kind]
    host = f"mail.{tenant.domains[0]}"
    if kind == "read":
        type_of, part = (
            "disposition-notification",
            [
                f"Reporting-UA: {host}; Microsoft Outlook",
                *(f"Final-Recipient: rfc822;{one}" for one in recipients),
                f"Original-Message-ID: {members['internetMessageId']}",
                "Disposition: manual-action/MDN-sent-automatically; displayed",
            ],
        )
    else:
        type_of, part = "delivery-status", [f"Reporting-MTA: dns;{host}", ""]
        for one in recipients:
            part += [f"Final-Recipient: rfc822;{one}", f"Action: {action}", f"Status: {status}", ""]
    boundary = f"_report_{''.join(one for one in members['internetMessageId'] if one.isalnum())[:40]}_"
    original: Fields = [
        ("From", address_of(members.get("from"))),
        ("To", ", ".join(address_of(one) for one in members["toRecipients"])),
        ("Subject", members["subject"] or ""),
        ("Message-ID", members["internetMessageId"]),
    ]
    head = (
        f'Content-Type: multipart/report; report-type={type_of};\r\n\tboundary="{boundary}"\r\n'
        "MIME-Version: 1.0\r\n\r\n"
    )
    pieces = [
        b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n' + text.encode(),
        f"Content-Type: message/{type_of}\r\n\r\n".encode() + "\r\n".join(part).encode(),
        b"Content-Type: text/rfc822-headers\r\n\r\n" + header_lines(original),
    ]
    edge = f"--{boundary}".encode()
    return head.encode() + b"".join(edge + b"\r\n" + one + b"\r\n" for one in pieces) + edge + b"--\r\n"
