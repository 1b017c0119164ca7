"""Delivery: from a submitted message to the mailboxes of its recipients.

What a delivered copy keeps and loses: reference `graph-mail.md` section 8. Delivery happens in the unit of work of the
submission. Addresses of a tenant of the same world are delivered to, groups reach their members; an address that such a
tenant does not know comes back as a non-delivery report; every other address goes to the world's outbox.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.directory.users import find_by_address
from outlook365_emulator.graph.mail.addresses import address_of, all_recipients
from outlook365_emulator.graph.mail.attached import copy_attachments
from outlook365_emulator.graph.mail.documents import write_message
from outlook365_emulator.graph.mail.extended_properties import DEFERRED, EVER_READ, LAST_VERB, LAST_VERB_TIME
from outlook365_emulator.graph.mail.focused_inbox import classification_of
from outlook365_emulator.graph.mail.mime_writing import message_fields, mime_date
from outlook365_emulator.graph.mail.reports import report
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import Group
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import Outgoing, World

Headers = tuple[tuple[str, str], ...]

_NOT_DELIVERED = frozenset({DEFERRED, EVER_READ, LAST_VERB, LAST_VERB_TIME})
"""Properties that belong to the sender's own item."""


class Arrival(msgspec.Struct, frozen=True):
    """A message that has just been put into a mailbox.

    Attributes:
        tenant: the tenant of the mailbox.
        mailbox: the mailbox.
        message: the message in it.
    """

    tenant: Tenant
    mailbox: Mailbox
    message: Message


class Targets(msgspec.Struct):
    """Where addresses lead.

    Attributes:
        reached: mailboxes by GUID, each with its tenant and the address that reaches it.
        unknown: addresses that their tenant does not know.
        external: addresses outside the world.
    """

    reached: dict[str, tuple[Tenant, Mailbox, str]] = {}
    unknown: list[str] = []
    external: list[str] = []


def tenant_of(world: World, address: str) -> Tenant | None:
    """Return the tenant of a world that owns an address's domain, or None."""
    domain = address.rpartition("@")[2].lower()
    return next((tenant for tenant in world.tenants.values() if domain in tenant.domains), None)


def group_at(tenant: Tenant, address: str) -> Group | None:
    """Return the group of a tenant with an address, or None."""
    wanted = address.lower()
    return next((group for group in tenant.groups if (group.mail or "").lower() == wanted), None)


def deliver(
    world: World,
    unit: UnitOfWork,
    source: Mailbox,
    source_tenant: Tenant,
    submitted: Message,
    members: dict[str, Any],
    headers: Headers = (),
    *,
    recipients: list[str] | None = None,
    calendar: bytes = b"",
) -> list[Arrival]:
    """Deliver a submitted message to all its recipients, one copy for each mailbox.

    Args:
        world: the world.
        unit: the unit of work of the submission.
        source: the mailbox that holds the submitted message and its attachments.
        source_tenant: the sender's tenant.
        submitted: the submitted message.
        members: its document's members.
        headers: the sender's own `x-` headers.
        recipients: addresses that it goes to, or None for those of the message (a redirected message goes elsewhere).
        calendar: the iCalendar part of a message about a meeting, for those outside the world.

    Returns:
        What arrived, reports to the sender included; hand it to `arrivals.settle`.

    Raises:
        GraphError: it has no recipients, or an address is none.
    """
    targets = targets_of(world, recipients if recipients is not None else all_recipients(members))
    copying = _Copying(world, unit, source, source_tenant, submitted, members, headers)
    arrived = [Arrival(tenant, mailbox, copying.to(mailbox, tenant)) for tenant, mailbox, _ in targets.reached.values()]
    if targets.external:
        outgoing = Outgoing(
            at=unit.now,
            sender=address_of(members.get("from")),
            recipients=tuple(targets.external),
            document=msgspec.json.encode(members),
            calendar=calendar,
        )
        unit.after(lambda: world.outbox.append(outgoing))
    if targets.unknown:
        failed = report("undeliverable", world, unit, source_tenant, source, members, targets.unknown)
        arrived.append(Arrival(source_tenant, source, failed))
    if members.get("isDeliveryReceiptRequested") and targets.reached:
        reached = [address for _, _, address in targets.reached.values()]
        receipt = report("delivered", world, unit, source_tenant, source, members, reached)
        arrived.append(Arrival(source_tenant, source, receipt))
    return arrived


def targets_of(world: World, addresses: Iterable[str]) -> Targets:
    """Return where addresses lead; a group leads to its members.

    Args:
        world: the world.
        addresses: SMTP addresses.
    """
    targets = Targets()
    for address in addresses:
        _aim(world, address, targets)
    return targets


def _aim(world: World, address: str, targets: Targets) -> None:
    tenant = tenant_of(world, address)
    if tenant is None:
        targets.external.append(address)
        return
    group = group_at(tenant, address)
    if group is not None:
        _aim_at_members(tenant, group, targets, set())
        return
    user = find_by_address(tenant, address)
    mailbox = tenant.mailbox_of(user) if user else None
    if mailbox is None:
        targets.unknown.append(address)
    else:
        targets.reached.setdefault(mailbox.guid, (tenant, mailbox, address))


def _aim_at_members(tenant: Tenant, group: Group, targets: Targets, seen: set[str]) -> None:
    seen.add(group.id)
    for member in sorted(group.members):
        user, nested = tenant.users.get(member), tenant.groups.get(member)
        mailbox = tenant.mailbox_of(user) if user else None
        if user is not None and mailbox is not None:
            address = user.mail or user.user_principal_name
            targets.reached.setdefault(mailbox.guid, (tenant, mailbox, address))
        elif nested is not None and nested.id not in seen:
            _aim_at_members(tenant, nested, targets, seen)


class _Copying:
    """Makes the copies of one submitted message."""

    __slots__ = ("_headers", "_members", "_source", "_submitted", "_tenant", "_unit", "_world")

    def __init__(
        self,
        world: World,
        unit: UnitOfWork,
        source: Mailbox,
        tenant: Tenant,
        submitted: Message,
        members: dict[str, Any],
        headers: Headers,
    ) -> None:
        self._world = world
        self._unit = unit
        self._source = source
        self._tenant = tenant
        self._submitted = submitted
        self._members = members
        self._headers = headers

    def to(self, mailbox: Mailbox, tenant: Tenant) -> Message:
        stamp = iso_seconds(self._unit.now)
        copy = {
            **self._members,
            "createdDateTime": stamp,
            "lastModifiedDateTime": stamp,
            "receivedDateTime": stamp,
            "isRead": False,
            "isDraft": False,
            "bccRecipients": [],
            "categories": [],
            "flag": {"flagStatus": "notFlagged"},
            "isDeliveryReceiptRequested": None,
            "inferenceClassification": classification_of(mailbox, address_of(self._members.get("from"))),
        }
        inbox = mailbox.folders.well_known("inbox")
        assert inbox is not None, "every mailbox has an inbox"
        # What a rule forwards is another message with the attachments of the one that it forwards.
        like = self._submitted if self._members["internetMessageId"] == self._submitted.internet_message_id else None
        held = like.properties if like is not None else ()
        properties = tuple(one for one in held if one[0] not in _NOT_DELIVERED)
        message = write_message(
            mailbox,
            copy,
            inbox,
            like=like,
            headers=(*trace_headers(self._tenant, tenant, self._unit.now), *self._own(copy, properties)),
            properties=properties,
            extensions=(),
            hidden=False,
        )
        self._unit.put_item(mailbox, mailbox.messages, message)
        copy_attachments(self._unit, self._source, self._submitted, mailbox, message.stable)
        return message

    def _own(self, copy: dict[str, Any], properties: Iterable[tuple[str, Any]]) -> Headers:
        return (*message_fields(copy, properties), *self._headers, ("MIME-Version", "1.0"))


def trace_headers(source: Tenant, target: Tenant, at: datetime) -> Headers:
    """Return the header fields that the way of a message leaves (RFC 5321 section 4.4, and Exchange's own).

    Args:
        source: the sender's tenant.
        target: the recipient's tenant.
        at: when it arrived.
    """
    first, last = f"mail.{source.domains[0]}", f"mail.{target.domains[0]}"
    inside = source.id == target.id
    return (
        ("Received", f"from {first} by {last} with HTTPS; {mime_date(at)}"),
        ("Received", f"from {first} ([fe80::1]) by {first} with mapi id 15.20.0000.000; {mime_date(at)}"),
        ("X-MS-Exchange-Organization-AuthAs", "Internal" if inside else "Anonymous"),
        ("X-MS-Exchange-Organization-AuthSource", first),
        ("X-MS-Exchange-Organization-SCL", "-1" if inside else "1"),
    )


def transport_headers(members: dict[str, Any]) -> Headers:
    """Return the internet message headers of a message that came from outside the emulator."""
    author = address_of(members.get("from"))
    at = mime_date(datetime.fromisoformat(members["receivedDateTime"]))
    domain = author.rpartition("@")[2] or "example.org"
    received = f"from mail.{domain} by mail.protection.outlook.com with Microsoft SMTP Server; {at}"
    return (
        ("Received", received),
        ("X-MS-Exchange-Organization-AuthAs", "Anonymous"),
        *message_fields(members),
        ("MIME-Version", "1.0"),
    )
