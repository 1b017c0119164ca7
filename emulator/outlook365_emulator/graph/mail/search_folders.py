"""Search folders: folders that hold nothing and show what a condition finds in others, anew each time they are read.

Reference `graph-mail.md` section 12 (mailSearchFolder).
"""

from collections.abc import Iterator
from datetime import datetime

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.mail.message_resource import message_type
from outlook365_emulator.graph.query_errors import filter_error
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.parser import parse_filter
from outlook365_emulator.odata.problems import OdataError
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import FolderSearch, MailFolder, Message


def messages_found(mailbox: Mailbox, search: FolderSearch, now: datetime) -> Iterator[Message]:
    """Yield what a search folder shows, latest arrival first.

    Args:
        mailbox: the mailbox.
        search: what the folder shows; its filter was judged when it was set.
        now: the instant of the request, for filters that ask for it.
    """
    matches = compile_filter(parse_filter(search.filter), message_type(), now=now)
    return filter(matches, mailbox.messages.newest_first(_sources(mailbox, search)))


def counts_found(mailbox: Mailbox, search: FolderSearch, now: datetime) -> tuple[int, int]:
    """Return how many messages a search folder shows, and how many of them are unread."""
    total = unread = 0
    for message in messages_found(mailbox, search, now):
        total += 1
        unread += not message.is_read
    return total, unread


def messages_in(mailbox: Mailbox, folder: MailFolder, now: datetime) -> tuple[Iterator[Message], int | None]:
    """Return the messages of a folder of either kind, latest first, and their number where it is known."""
    if folder.search is not None:
        return messages_found(mailbox, folder.search, now), None
    return mailbox.messages.newest_first([folder.number]), mailbox.messages.total(folder.number)


def shows(mailbox: Mailbox, folder: MailFolder, message: Message, now: datetime) -> bool:
    """Return whether a message can be addressed through a folder: it lies in it, or a search folder shows it."""
    if folder.search is None:
        return folder.number == message.folder
    matches = compile_filter(parse_filter(folder.search.filter), message_type(), now=now)
    return message.folder in _sources(mailbox, folder.search) and bool(matches(message))


def judge_filter(text: str, now: datetime) -> str:
    """Return the condition of a search folder, or refuse it.

    Raises:
        GraphError: it is empty, cannot be read, or names what a message does not have.
    """
    if not text.strip():
        raise graph_error("property_required", property="filterQuery", because="a search folder needs a filterQuery")
    try:
        compile_filter(parse_filter(text), message_type(), now=now)
    except OdataError as problem:
        raise filter_error(problem) from None
    return text


def _sources(mailbox: Mailbox, search: FolderSearch) -> list[int]:
    found: dict[int, None] = {}
    for number in search.sources:
        if mailbox.folders.get(number) is None:
            continue  # the folder is gone; the search goes on in the others
        found[number] = None
        if search.nested:
            found.update((one.number, None) for one in mailbox.folders.subtree(number))
    return list(found)
