"""What rules and automatic replies need of delivery, which itself runs them: handed down to them as a function."""

from typing import Any, Protocol

from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Message


class Deliver(Protocol):
    """Sends a message from a mailbox within the delivery that is under way."""

    def __call__(
        self,
        source: Mailbox,
        attached: Message,
        members: dict[str, Any],
        headers: tuple[tuple[str, str], ...],
        recipients: list[str] | None = None,
    ) -> None:
        """Deliver a message to its recipients.

        Args:
            source: the mailbox that it is sent from.
            attached: the message of that mailbox whose attachments go with it.
            members: the message.
            headers: its own headers.
            recipients: addresses that it goes to, or None for those that it names.
        """
        ...
