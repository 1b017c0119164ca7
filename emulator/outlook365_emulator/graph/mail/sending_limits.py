"""How much a mailbox may send: recipients of a message and of a day, messages of a minute, size of a message.

Exchange Online's limits: reference `graph-mail.md` sections 2 and 7. A tenant's settings change them:
`max_recipients`, `recipients_per_day`, `messages_per_minute`, `max_message_size` in bytes.
"""

from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import SendCount
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork

MAX_RECIPIENTS = 500
RECIPIENTS_PER_DAY = 10_000
MAX_MESSAGE_SIZE = 35 * 1024 * 1024
"""Bytes of a message as it travels, attachments in base64."""


def count_submission(unit: UnitOfWork, tenant: Tenant, mailbox: Mailbox, recipients: int) -> None:
    """Count a message that is to be sent.

    The limit of messages a minute holds only where the tenant sets it: Exchange Online slows a fast sender down
    instead of refusing (service description, "Sending limits").

    Args:
        unit: the unit of work of the submission.
        tenant: the sender's tenant.
        mailbox: the mailbox that sends.
        recipients: how many addresses the message goes to.

    Raises:
        GraphError: `sending_limit_exceeded`.
    """
    most = int(tenant.settings.get("max_recipients", MAX_RECIPIENTS))
    if recipients > most:
        raise _exceeded(f"the message has {recipients} recipients; the tenant allows {most}")
    day = _counted(mailbox, "day", f"{unit.now:%Y-%m-%d}", recipients)
    minute = _counted(mailbox, "minute", f"{unit.now:%Y-%m-%dT%H:%M}", recipients)
    daily = int(tenant.settings.get("recipients_per_day", RECIPIENTS_PER_DAY))
    if day.recipients > daily:
        raise _exceeded(f"the mailbox has sent to {day.recipients} recipients today; the tenant allows {daily}")
    rate = tenant.settings.get("messages_per_minute")
    if rate is not None and minute.messages > int(rate):
        raise _exceeded(f"the mailbox has sent {minute.messages} messages in this minute; the tenant allows {rate}")
    unit.put(mailbox.sent, day)
    unit.put(mailbox.sent, minute)


def _counted(mailbox: Mailbox, period: str, start: str, recipients: int) -> SendCount:
    held = mailbox.sent.get(period)
    before = held if held is not None and held.start == start else SendCount(period=period, start=start)
    return SendCount(
        period=period, start=start, messages=before.messages + 1, recipients=before.recipients + recipients
    )


def _exceeded(because: str) -> Exception:
    return graph_error("sending_limit_exceeded", because=because)


def judge_size(tenant: Tenant, members: dict[str, Any], attachments: list[int]) -> None:
    """Refuse a message that is larger than the tenant lets travel.

    Args:
        tenant: the sender's tenant.
        members: the message's members.
        attachments: bytes of each attachment.

    Raises:
        GraphError: `message_too_large`.
    """
    most = int(tenant.settings.get("max_message_size", MAX_MESSAGE_SIZE))
    size = len(members["body"]["content"].encode()) + sum(attachments) * 4 // 3
    if size > most:
        because = f"the message has about {size} bytes on its way; the tenant allows {most}"
        raise graph_error("message_too_large", because=because)
