"""Moving, copying and removing messages inside a mailbox, whoever asks for it: a request, a rule, a deleted folder.

Reference `graph-mail.md` section 10: a move gives another id and keeps the immutable one, a copy is a new item.
"""

from outlook365_emulator.graph.mail.attached import copy_attachments, detach_all
from outlook365_emulator.graph.mail.documents import members_of, write_message
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import MailFolder, Message
from outlook365_emulator.store.unit import UnitOfWork


def move_message(unit: UnitOfWork, mailbox: Mailbox, message: Message, folder: MailFolder) -> Message:
    """Put a message into another folder of its mailbox and return its new record."""
    unit.remove_item(mailbox, mailbox.messages, message)
    moved = write_message(mailbox, members_of(message), folder, stable=message.stable, like=message)
    unit.put_item(mailbox, mailbox.messages, moved)
    return moved


def copy_message(unit: UnitOfWork, mailbox: Mailbox, message: Message, folder: MailFolder) -> Message:
    """Put a copy of a message and its attachments into a folder and return the copy."""
    copied = write_message(mailbox, members_of(message), folder, like=message)
    unit.put_item(mailbox, mailbox.messages, copied)
    copy_attachments(unit, mailbox, message, mailbox, copied.stable)
    return copied


def remove_message(unit: UnitOfWork, mailbox: Mailbox, message: Message) -> None:
    """Take a message and its attachments out of the mailbox for good."""
    detach_all(unit, mailbox, message)
    unit.remove_item(mailbox, mailbox.messages, message)
