"""The mail folder as an API resource: its counts are counted when it is written."""

from functools import cache
from types import MappingProxyType
from typing import Any

from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Property, RecordType
from outlook365_emulator.store.records.mail import MailFolder


def folder_members(call: Call, folder: MailFolder) -> dict[str, Any]:
    """Return a folder as a JSON object, counts counted now."""
    mailbox = call.mailbox
    children = [child for child in mailbox.folders.children(folder.number) if not child.hidden]
    parent = folder.parent or folder.number
    return {
        "id": mailbox.ids.folder(folder.number),
        "displayName": folder.display_name,
        "parentFolderId": mailbox.ids.folder(parent),
        "childFolderCount": len(children),
        "unreadItemCount": mailbox.messages.unread(folder.number),
        "totalItemCount": mailbox.messages.total(folder.number),
        "isHidden": folder.hidden,
    }


@cache
def folder_type() -> RecordType:
    """Return what `$filter`, `$orderby` and `$select` know of a mail folder."""
    counted = ("childFolderCount", "unreadItemCount", "totalItemCount")
    properties = [
        Property("displayName", "string", lambda folder: folder.display_name, nullable=False),
        Property("isHidden", "boolean", lambda folder: folder.hidden, nullable=False, sortable=False),
        *(Property(name, "integer", None, filterable=False, sortable=False) for name in counted),
        *(Property(name, "string", None, filterable=False, sortable=False) for name in ("id", "parentFolderId")),
    ]
    return RecordType("microsoft.graph.mailFolder", MappingProxyType({one.name.lower(): one for one in properties}))


def _children(call: Call, folder: MailFolder) -> dict[str, Any]:
    path = (
        f"{call.root}/$metadata#{call.user_path}/mailFolders('{call.mailbox.ids.folder(folder.number)}')/childFolders"
    )
    children = [folder_members(call, one) for one in call.mailbox.folders.children(folder.number) if not one.hidden]
    return {"childFolders@odata.context": path, "childFolders": children}


@cache
def folder_resource() -> Resource:
    """Return the mail folder as a resource."""
    return Resource(
        name="mailFolder",
        type=folder_type(),
        compute=folder_members,
        expand={"childfolders": _children},
        efficient_order=False,
    )
