"""What lies in mailboxes, and who may open them."""

from itertools import islice
from typing import Any

import msgspec

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.problems import ControlError, unknown
from outlook365_emulator.control.requests import Rights
from outlook365_emulator.control.views import GraphList
from outlook365_emulator.directory.users import share_mailbox, user_named
from outlook365_emulator.graph.mail.folder_names import NoSuchFolder, folder_named, folder_paths, path_of
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import MailFolder
from outlook365_emulator.worlds.contents import MessageDocument
from outlook365_emulator.worlds.messages import receive_message


def set_rights(call: Call, rights: Rights) -> None:
    """Say what somebody may do with a user's mailbox, in place of what was said before."""
    owner, grantee = call.user, user_named(call.tenant, call.keys["grantee"])
    if owner.id == grantee.id:
        message = f"{owner.user_principal_name} owns this mailbox: rights are for somebody else"
        raise ControlError(400, "bad_grantee", message)
    mailbox = call.mailbox
    with call.unit() as unit:
        if rights.full_access or rights.send_as or rights.send_on_behalf:
            share_mailbox(
                call.tenant,
                unit,
                owner,
                grantee,
                full_access=rights.full_access,
                send_as=rights.send_as,
                send_on_behalf=rights.send_on_behalf,
            )
        elif (held := mailbox.rights.get(grantee.id)) is not None:
            unit.remove(mailbox.rights, held)


def receive_mail(call: Call, document: MessageDocument) -> msgspec.Raw:
    """Put a message into a mailbox as if it had arrived; answered is its Graph JSON."""
    owner = call.user
    with call.unit() as unit:
        message = receive_message(call.world, call.tenant, unit, owner, document, "")
    return msgspec.Raw(message.document)


def list_folders(call: Call) -> GraphList:
    """List the folders of a mailbox as Graph JSON, with `wellKnownName` and `path`, parents before children."""
    mailbox = call.mailbox
    root = mailbox.folders.well_known("msgfolderroot")
    folders = mailbox.folders.subtree(root.number) if root else list(mailbox.folders)
    return GraphList([msgspec.Raw(msgspec.json.encode(folder_document(mailbox, folder))) for folder in folders])


def folder_document(mailbox: Mailbox, folder: MailFolder) -> dict[str, Any]:
    """Write a folder as Graph JSON, with `wellKnownName` and `path`."""
    return {
        "id": mailbox.ids.folder(folder.number),
        "displayName": folder.display_name,
        "parentFolderId": mailbox.ids.folder(folder.parent) if folder.parent else None,
        "childFolderCount": len(mailbox.folders.children(folder.number)),
        "unreadItemCount": mailbox.messages.unread(folder.number),
        "totalItemCount": mailbox.messages.total(folder.number),
        "isHidden": folder.hidden,
        "wellKnownName": folder.well_known or None,
        "path": path_of(mailbox, folder),
    }


def list_messages(call: Call) -> GraphList:
    """List the messages of a mailbox or `folder` as Graph JSON, latest first; `skip` and `top` cut out a part."""
    mailbox = call.mailbox
    name = call.query.get("folder")
    folders = list(mailbox.folders) if name is None else [_folder(mailbox, name)]
    skip, top = call.number("skip") or 0, call.number("top")
    found = mailbox.messages.newest_first([folder.number for folder in folders])
    part = islice(found, skip, None if top is None else skip + top)
    return GraphList([msgspec.Raw(message.document) for message in part])


def _folder(mailbox: Mailbox, name: str) -> MailFolder:
    try:
        return folder_named(mailbox, name)
    except NoSuchFolder:
        paths = folder_paths(mailbox)
        raise unknown("folder", name, dict.fromkeys((*paths, *paths.values()))) from None
