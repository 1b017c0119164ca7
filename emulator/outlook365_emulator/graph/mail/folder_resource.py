"""The mail folder as an API resource: its counts are counted when it is written.

Reference `graph-mail.md` section 12.
"""

from collections.abc import Callable
from functools import cache
from types import MappingProxyType
from typing import Any

from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.extended_properties import asked_properties, normal_id
from outlook365_emulator.graph.mail.search_folders import counts_found
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Kind, Property, RecordType, by_name
from outlook365_emulator.store.records.mail import MailFolder


def folder_members(call: Call, folder: MailFolder) -> dict[str, Any]:
    """Return a folder as a JSON object, counts counted now."""
    mailbox = call.mailbox
    if folder.search is not None:
        total, unread = counts_found(mailbox, folder.search, call.now)
    else:
        total, unread = mailbox.messages.total(folder.number), mailbox.messages.unread(folder.number)
    members: dict[str, Any] = {} if folder.search is None else {"@odata.type": "#microsoft.graph.mailSearchFolder"}
    members |= {
        "id": mailbox.ids.folder(folder.number),
        "displayName": folder.display_name,
        "parentFolderId": mailbox.ids.folder(folder.parent or folder.number),
        "childFolderCount": sum(not child.hidden for child in mailbox.folders.children(folder.number)),
        "unreadItemCount": unread,
        "totalItemCount": total,
        "isHidden": folder.hidden,
    }
    if folder.search is not None:
        members |= {
            "isSupported": True,
            "includeNestedFolders": folder.search.nested,
            "sourceFolderIds": [mailbox.ids.folder(number) for number in folder.search.sources],
            "filterQuery": folder.search.filter,
        }
    return members


def _property(name: str, kind: Kind) -> Property:
    return Property(name, kind, None, filterable=False, sortable=False)


@cache
def folder_type() -> RecordType:
    """Return what `$filter`, `$orderby` and `$select` know of a mail folder."""
    properties = [
        Property("displayName", "string", lambda folder: folder.display_name, nullable=False),
        Property("isHidden", "boolean", lambda folder: folder.hidden, nullable=False, sortable=False),
        *(_property(name, "integer") for name in ("childFolderCount", "unreadItemCount", "totalItemCount")),
        *(_property(name, "string") for name in ("id", "parentFolderId")),
        _filtered_properties(),
    ]
    of_search = [
        *properties,
        *(_property(name, "boolean") for name in ("isSupported", "includeNestedFolders")),
        _property("sourceFolderIds", "collection"),
        _property("filterQuery", "string"),
    ]
    search = RecordType(_SEARCH_FOLDER, by_name(*of_search))
    return RecordType(
        "microsoft.graph.mailFolder",
        by_name(*properties),
        derived=MappingProxyType({_SEARCH_FOLDER.lower(): search}),
        type_of=lambda folder: "microsoft.graph.mailFolder" if folder.search is None else _SEARCH_FOLDER,
    )


_CLASS = "String 0x3613"
"""PidTagContainerClass: what a folder holds, `IPF.Note` for mail."""

_SEARCH_FOLDER = "microsoft.graph.mailSearchFolder"


def children_path(call: Call, folder: MailFolder) -> str:
    """Return the collection of a folder's children as `@odata.context` writes it, below `$metadata#`."""
    return f"{call.user_path}/mailFolders('{call.mailbox.ids.folder(folder.number)}')/childFolders"


def _children(call: Call, folder: MailFolder) -> dict[str, Any]:
    children = [folder_members(call, one) for one in call.mailbox.folders.children(folder.number) if not one.hidden]
    context = call.context(children_path(call, folder))
    return {"childFolders@odata.context": context, "childFolders": children}


def _value_of(folder: MailFolder, identity: str) -> str | tuple[str, ...] | None:
    stored = dict(folder.properties).get(identity)
    if stored is not None:
        return stored
    by_nature = {_CLASS: folder.folder_class, "String 0x3001": folder.display_name}
    return by_nature.get(identity)


def _single_values(folder: MailFolder) -> list[dict[str, Any]]:
    names = {_CLASS, "String 0x3001", *(name for name, _ in folder.properties)}
    found = ((name, _value_of(folder, name)) for name in sorted(names))
    return [{"id": name, "value": value} for name, value in found if isinstance(value, str)]


def _extended(name: str, *, many: bool) -> Callable[[Call, MailFolder], dict[str, Any]]:
    def expand(call: Call, folder: MailFolder) -> dict[str, Any]:
        values = [(identity, _value_of(folder, identity)) for identity in sorted(asked_properties(call, name))]
        found = [{"id": one, "value": value} for one, value in values if isinstance(value, tuple if many else str)]
        path = f"{call.user_path}/mailFolders('{call.mailbox.ids.folder(folder.number)}')/{name}"
        return {f"{name}@odata.context": call.context(path), name: found} if found else {}

    return expand


def _filtered_properties() -> Property:
    parts = MappingProxyType(
        {
            "id": Property("id", "string", lambda row: row["id"], literal=normal_id),
            "value": Property("value", "string", lambda row: row["value"]),
        }
    )
    element = Property("", "complex", None, parts)
    return Property("singleValueExtendedProperties", "collection", _single_values, element=element, sortable=False)


@cache
def folder_resource() -> Resource:
    """Return the mail folder as a resource."""
    return Resource(
        name="mailFolder",
        type=folder_type(),
        compute=folder_members,
        expand={
            "childfolders": _children,
            "singlevalueextendedproperties": _extended("singleValueExtendedProperties", many=False),
            "multivalueextendedproperties": _extended("multiValueExtendedProperties", many=True),
        },
        filters_own=frozenset({"singleValueExtendedProperties", "multiValueExtendedProperties"}),
        efficient_order=False,
    )
