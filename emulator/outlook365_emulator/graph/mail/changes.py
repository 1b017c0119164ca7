"""Delta queries over the messages of a folder, and over mail folders.

Reference `graph-core.md` section 9. Everything but the order of the first round is in `graph.delta`. A folder changes
when it is made, renamed, moved or deleted; its counts alone do not count (microsoft-graph-docs issue 6576).
"""

from bisect import bisect_left
from collections.abc import Iterable

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Changes, Position
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.folder_resource import folder_resource
from outlook365_emulator.graph.mail.message_resource import message_resource
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.store.change_log import Change
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import MailFolder, Message


def _position(message: Message) -> Position:
    return int(message.received.timestamp() * 1_000_000), message.number


@operation("GET /users/{user}/mailFolders/{folder}/messages/delta", least="Mail.ReadBasic")
def messages(call: Call, folder: MailFolder) -> Changes:
    """List the messages of a folder, and in further rounds what came, changed and went."""
    if folder.search is not None:
        detail = "Change tracking is not supported against search folders."
        raise graph_error("invalid_request", detail=detail, because=f"{folder.display_name} is a search folder")
    mailbox = call.mailbox

    def below(position: Position | None) -> Iterable[Message]:
        shelf = mailbox.messages.oldest_first(folder.number)
        end = len(shelf) if position is None else bisect_left(shelf, position, key=_position)
        return (shelf[index] for index in range(end - 1, -1, -1))

    def get(number: int) -> Message | None:
        found = mailbox.messages.get(number)
        return None if found is None or found.hidden else found

    def removed_id(change: Change) -> str:
        immutable = call.preferences.immutable_ids
        return mailbox.ids.immutable(change.stable) if immutable else mailbox.ids.item(change.folder, change.number)

    return Changes(
        resource=message_resource(),
        shelf="message",
        folder=folder.number,
        below=below,
        position=_position,
        get=get,
        number=lambda message: message.number,
        removed_id=removed_id,
        narrows=True,
    )


@operation("GET /users/{user}/mailFolders/delta", least="Mail.ReadBasic")
def folders(call: Call) -> Changes:
    """List the folders of a mailbox at every depth, and in further rounds which came, changed and went."""
    mailbox = call.mailbox

    def below(position: Position | None) -> list[MailFolder]:
        shown = sorted(_shown(mailbox), key=lambda folder: folder.number)
        return shown if position is None else [one for one in shown if -one.number < position[1]]

    return Changes(
        resource=folder_resource(),
        shelf="mailFolder",
        folder=None,
        below=below,
        position=lambda folder: (0, -folder.number),
        get=lambda number: next((one for one in _shown(mailbox) if one.number == number), None),
        number=lambda folder: folder.number,
        removed_id=lambda change: mailbox.ids.folder(change.number),
    )


def _shown(mailbox: Mailbox) -> list[MailFolder]:
    """Return every folder below the root that is not hidden and lies in none that is."""
    root = mailbox.folders.well_known("msgfolderroot")
    found: list[MailFolder] = []
    waiting = [] if root is None else [root.number]
    while waiting:
        children = [one for one in mailbox.folders.children(waiting.pop(0)) if not one.hidden]
        found.extend(children)
        waiting.extend(child.number for child in children)
    return found
