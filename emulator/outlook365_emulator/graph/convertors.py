"""From the keys of a path to records: each placeholder loads its entity or raises the error that Graph gives.

Ids are read before they are looked up (reference `graph-core.md` sections 5.3 and 7): a made-up id is malformed, an id
of another mailbox says so, and only a well-formed id of this mailbox can be not found.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from outlook365_emulator.directory.users import find_by_address, find_user
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.calendar.convertors import CALENDAR_CONVERTORS
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.search_folders import shows
from outlook365_emulator.graph.mail.settings_convertors import load_category, load_override, load_rule
from outlook365_emulator.graph.open_extensions import plain_name
from outlook365_emulator.graph.path_ids import read_item_id
from outlook365_emulator.graph.people.convertors import (
    load_application,
    load_assignment,
    load_grant,
    load_group,
    load_principal,
)
from outlook365_emulator.graph.subscriptions.convertors import load_subscription
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import Attachment, MailFolder, Message


def load_user(call: Call, key: str) -> User:
    """Load `{user}`: by id or user principal name for the directory, by any address too for Exchange.

    Raises:
        GraphError: `resource_not_found`, `invalid_user`, `mailbox_not_enabled`.
    """
    outlook = call.operation.workload == "outlook"
    if call.place.is_me and call.caller is not None:
        user: User | None = call.caller
    else:
        name = key.removesuffix(f"@{call.tenant.id}")  # Graph names people as id@tenant in URLs that it gives out
        user = find_user(call.tenant, name) or (find_by_address(call.tenant, name) if outlook else None)
    if user is None:
        because = f"the tenant {call.tenant.domains[0]} has no user {key!r}"
        if outlook:
            raise graph_error("invalid_user", user=key, because=because)
        raise graph_error("resource_not_found", id=key, because=because)
    call.user = user
    call.entry.mailbox = user.user_principal_name if outlook else ""
    if outlook:
        mailbox = call.tenant.mailbox_of(user)
        if mailbox is None:
            raise graph_error("mailbox_not_enabled", because=f"{user.user_principal_name} has no mailbox")
        call.mailbox = mailbox
    return user


def find_folder(call: Call, key: str) -> MailFolder:
    """Load a folder by id or well-known name in any case.

    Raises:
        GraphError: `id_malformed`, `item_not_in_mailbox`, `item_not_found`.
    """
    known = call.mailbox.folders.well_known(key)
    if known is not None:
        return known
    if key.lower() in _ABSENT_NAMES:
        raise graph_error("item_not_found", because=f"this mailbox has no folder {key!r} yet")
    found = call.mailbox.folders.get(read_item_id(call, key, "folder").number)
    if found is None:
        raise graph_error("item_not_found", because="the folder was deleted")
    if found.search is not None:
        call.mailbox.search_uses[found.number] = call.now  # what is used does not end (`mail.search_ageing`)
    return found


def load_folder(call: Call, key: str) -> MailFolder:
    """Load `{folder}`; reached through a parent folder it must lie in that.

    Raises:
        GraphError: as `find_folder`, and `item_not_found` when it lies elsewhere.
    """
    folder = find_folder(call, key)
    if call.place.parent and find_folder(call, call.place.parent).number != folder.parent:
        raise graph_error("item_not_found", because="the folder is no child of the folder in the path")
    return folder


def load_message(call: Call, key: str) -> Message:
    """Load `{message}` by its ordinary or immutable id; reached through a folder it must lie in that.

    Raises:
        GraphError: `id_malformed`, `item_not_in_mailbox`, `item_not_found`.
    """
    found = read_item_id(call, key, "item", "immutable")
    shelf = call.mailbox.messages
    message = shelf.by_stable(found.number) if found.kind == "immutable" else shelf.get(found.number)
    if message is None or (found.kind == "item" and found.folder != message.folder):
        because = "no message has this id: it was deleted, or moved (an ordinary id changes with the folder)"
        raise graph_error("item_not_found", because=because)
    if call.place.folder:
        folder = find_folder(call, call.place.folder)
        if not shows(call.mailbox, folder, message, call.now) and folder.well_known != "msgfolderroot":
            raise graph_error("item_not_found", because=f"the message does not lie in {folder.display_name}")
    return message


def load_attachment(call: Call, key: str) -> Attachment:
    """Load `{attachment}` of the message in the path.

    Raises:
        GraphError: `id_malformed`, `item_not_in_mailbox`, `item_not_found`.
    """
    found = read_item_id(call, key, "attachment")
    message: Message = call.loaded["message"]
    for attachment in call.mailbox.attachments.of(message):
        if attachment.number == found.attachment:
            return attachment
    raise graph_error("item_not_found", because="the message has no attachment with this id")


_ABSENT_NAMES = frozenset(
    {"archive", "clutter", "conflicts", "conversationhistory", "localfailures", "recoverableitemsdeletions"}
    | {"scheduled", "searchfolders", "serverfailures", "syncissues", "outbox", "junkemail"}
)

CONVERTORS: Mapping[str, Callable[[Call, str], Any]] = MappingProxyType(
    {
        "user": load_user,
        "folder": load_folder,
        "message": load_message,
        "attachment": load_attachment,
        "extension": lambda _, key: plain_name(key),
        "size": lambda _, key: key,
        "rule": load_rule,
        "category": load_category,
        "override": load_override,
        "grant": load_grant,
        "principal": load_principal,
        "application": load_application,
        "directory_group": load_group,
        "assignment": load_assignment,
        "subscription": load_subscription,
        **CALENDAR_CONVERTORS,
    }
)
"""What loads each placeholder of a route."""
