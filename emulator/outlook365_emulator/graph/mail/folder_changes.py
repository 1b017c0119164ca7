"""Mail folders: create, rename, move, copy, delete.

Reference `graph-mail.md` section 12.
"""

from typing import Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import NoContent
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.convertors import find_folder
from outlook365_emulator.graph.mail.extended_properties import merged, read_properties
from outlook365_emulator.graph.mail.folder_resource import children_path, folder_resource
from outlook365_emulator.graph.mail.placing import copy_message, remove_message
from outlook365_emulator.graph.mail.search_ageing import plan_end
from outlook365_emulator.graph.mail.search_folders import judge_filter
from outlook365_emulator.graph.operation import Action, Entity, operation
from outlook365_emulator.store.records.mail import FolderSearch, MailFolder

_SEARCH_MEMBERS = ("includeNestedFolders", "sourceFolderIds", "filterQuery")
_EXTENDED = frozenset({"singleValueExtendedProperties", "multiValueExtendedProperties"})


@operation("POST /users/{user}/mailFolders", least="Mail.ReadWrite", body=Entity("mailFolder"))
def create(call: Call, body: dict[str, Any]) -> EntityAnswer:
    """Create a folder below the root."""
    return _created(call, _root(call), body, f"{call.user_path}/mailFolders")


@operation("POST /users/{user}/mailFolders/{folder}/childFolders", least="Mail.ReadWrite", body=Entity("mailFolder"))
def create_child(call: Call, folder: MailFolder, body: dict[str, Any]) -> EntityAnswer:
    """Create a folder or a search folder below another."""
    return _created(call, folder, body, children_path(call, folder))


def _created(call: Call, parent: MailFolder, body: dict[str, Any], path: str) -> EntityAnswer:
    is_search = _is_search(body)
    given = _settable(body, ("displayName", "isHidden", *(_SEARCH_MEMBERS if is_search else ())))
    if parent.search is not None:
        raise graph_error("access_denied", because="a search folder holds nothing: create the folder elsewhere")
    name = _name(given.get("displayName"))
    _judge_free(call, parent, name)
    search = None
    if is_search:
        if not given.get("sourceFolderIds"):
            because = "a search folder needs the folders to search"
            raise graph_error("property_required", property="sourceFolderIds", because=because)
        search = _search(call, given, FolderSearch(sources=(), nested=False, filter=""))
        judge_filter(search.filter, call.now)
    folder = MailFolder(
        number=call.mailbox.take_number(),
        parent=parent.number,
        display_name=name,
        hidden=bool(given.get("isHidden")),
        change=call.mailbox.take_number(),
        search=search,
        properties=merged((), read_properties(body)),
    )
    call.unit.put_item(call.mailbox, call.mailbox.folders, folder)
    if search is not None:
        plan_end(call.world, call.unit, call.tenant, call.mailbox, folder)
    return _answer(call, folder, path, 201)


@operation("PATCH /users/{user}/mailFolders/{folder}", least="Mail.ReadWrite", body=Entity("mailFolder"))
def update(call: Call, folder: MailFolder, body: dict[str, Any]) -> EntityAnswer:
    """Rename a folder; of a search folder the condition and the folders searched can change too."""
    given = _settable(body, ("displayName", *(_SEARCH_MEMBERS if folder.search is not None else ())))
    changed = folder
    if "displayName" in given:
        name = _name(given["displayName"])
        if folder.well_known and name != folder.display_name:
            raise graph_error("invalid_property_set", because=f"{folder.display_name} is a default folder and keeps it")
        parent = call.mailbox.folders.get(folder.parent)
        if parent is not None:
            _judge_free(call, parent, name, folder)
        changed = msgspec.structs.replace(changed, display_name=name)
    if folder.search is not None:
        changed = msgspec.structs.replace(changed, search=_search(call, given, folder.search))
    if given.keys() & _EXTENDED:
        changed = msgspec.structs.replace(changed, properties=merged(folder.properties, read_properties(body)))
    return _answer(call, _put(call, changed), f"{call.user_path}/mailFolders", 200)


def _is_search(body: dict[str, Any]) -> bool:
    return str(body.get("@odata.type", "")).lower().endswith("mailsearchfolder")


def _settable(body: dict[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    given = {name: value for name, value in body.items() if "@" not in name and value is not None}
    for name in given:
        if name not in allowed and name not in _EXTENDED:
            because = f"{name} of a folder cannot be set here; {', '.join(allowed)} can"
            raise graph_error("property_read_only", because=because)
    return given


def _name(given: Any) -> str:
    name = str(given or "").strip()
    if not name:
        raise graph_error("property_required", property="displayName", because="a folder needs a displayName")
    return name


def _judge_free(call: Call, parent: MailFolder, name: str, but: MailFolder | None = None) -> None:
    """Refuse a name that a sibling has, hidden and search folders included, in any case."""
    for sibling in call.mailbox.folders.children(parent.number):
        if sibling.display_name.lower() == name.lower() and (but is None or sibling.number != but.number):
            because = f"{parent.display_name} has a folder {sibling.display_name!r} already"
            raise graph_error("folder_exists", name=name, because=because)


def _search(call: Call, given: dict[str, Any], held: FolderSearch) -> FolderSearch:
    sources = held.sources
    if "sourceFolderIds" in given:
        found = [find_folder(call, key) for key in given["sourceFolderIds"]]
        sources = tuple(dict.fromkeys(folder.number for folder in found))
    condition = given.get("filterQuery")
    return FolderSearch(
        sources=sources,
        nested=bool(given.get("includeNestedFolders", held.nested)),
        filter=held.filter if condition is None else judge_filter(condition, call.now),
    )


def _root(call: Call) -> MailFolder:
    root = call.mailbox.folders.well_known("msgfolderroot")
    assert root is not None, "every mailbox has a root folder"
    return root


def _put(call: Call, folder: MailFolder) -> MailFolder:
    stamped = msgspec.structs.replace(folder, change=call.mailbox.take_number())
    call.unit.put_item(call.mailbox, call.mailbox.folders, stamped)
    return stamped


def _answer(call: Call, folder: MailFolder, path: str, status: int) -> EntityAnswer:
    location = f"{call.user_path}/mailFolders('{call.mailbox.ids.folder(folder.number)}')" if status == 201 else ""
    return EntityAnswer(resource=folder_resource(), record=folder, path=path, status=status, location=location)


def _within(call: Call, folder: MailFolder, top: MailFolder) -> bool:
    return any(one.number == folder.number for one in call.mailbox.folders.subtree(top.number))


def _destination(call: Call, folder: MailFolder, body: dict[str, Any]) -> MailFolder:
    target = find_folder(call, body["destinationId"])
    because = ""
    if target.number == folder.parent:
        because = f"{folder.display_name} lies in {target.display_name} already"
    elif _within(call, target, folder):
        because = f"{target.display_name} is {folder.display_name} itself or lies below it"
    elif target.search is not None:
        because = f"{target.display_name} is a search folder, which holds nothing"
    if because:
        raise graph_error("move_copy_failed", because=because)
    _judge_free(call, target, folder.display_name)
    return target


@operation(
    "POST /users/{user}/mailFolders/{folder}/move",
    least="Mail.ReadWrite",
    body=Action("move", "mailFolder", required=("destinationId",)),
)
def move(call: Call, folder: MailFolder, body: dict[str, Any]) -> EntityAnswer:
    """Move a folder with everything in it; it keeps its id, which holds no place."""
    if folder.well_known:
        raise graph_error("move_distinguished_folder", because=f"{folder.display_name} is a default folder")
    target = _destination(call, folder, body)
    moved = _put(call, msgspec.structs.replace(folder, parent=target.number))
    return _answer(call, moved, f"{call.user_path}/mailFolders", 201)


@operation(
    "POST /users/{user}/mailFolders/{folder}/copy",
    least="Mail.ReadWrite",
    body=Action("copy", "mailFolder", required=("destinationId",)),
)
def copy(call: Call, folder: MailFolder, body: dict[str, Any]) -> EntityAnswer:
    """Copy a folder with its messages and the folders below it."""
    target = _destination(call, folder, body)
    return _answer(call, _copy(call, folder, target), f"{call.user_path}/mailFolders", 201)


def _copy(call: Call, folder: MailFolder, target: MailFolder) -> MailFolder:
    mailbox = call.mailbox
    copied = _put(
        call,
        msgspec.structs.replace(folder, number=mailbox.take_number(), parent=target.number, well_known=""),
    )
    if copied.search is not None:
        plan_end(call.world, call.unit, call.tenant, mailbox, copied)
    for message in list(mailbox.messages.oldest_first(folder.number)):
        copy_message(call.unit, mailbox, message, copied)
    for child in mailbox.folders.children(folder.number):
        _copy(call, child, copied)
    return copied


@operation("DELETE /users/{user}/mailFolders/{folder}", least="Mail.ReadWrite")
def delete(call: Call, folder: MailFolder) -> NoContent:
    """Move a folder with its content to Deleted Items; what lies there already goes for good."""
    deleted = call.mailbox.folders.well_known("deleteditems")
    assert deleted is not None, "every mailbox has Deleted Items"
    _refuse_default(folder)
    if folder.search is not None or _within(call, folder, deleted):
        _remove(call, folder)
    else:
        name = _free_name(call, deleted, folder.display_name)
        _put(call, msgspec.structs.replace(folder, parent=deleted.number, display_name=name))
    return NoContent()


@operation("POST /users/{user}/mailFolders/{folder}/permanentDelete", least="Mail.ReadWrite")
def permanent_delete(call: Call, folder: MailFolder) -> NoContent:
    """Take a folder and everything in it out of the mailbox for good."""
    _refuse_default(folder)
    _remove(call, folder)
    return NoContent()


def _refuse_default(folder: MailFolder) -> None:
    if folder.well_known:
        raise graph_error("delete_distinguished_folder", because=f"{folder.display_name} is a default folder")


def _remove(call: Call, folder: MailFolder) -> None:
    mailbox = call.mailbox
    for one in reversed(mailbox.folders.subtree(folder.number)):
        for message in list(mailbox.messages.oldest_first(one.number)):
            remove_message(call.unit, mailbox, message)
        call.unit.remove_item(mailbox, mailbox.folders, one)


def _free_name(call: Call, parent: MailFolder, name: str) -> str:
    """Return a name that no child of a folder has: Exchange numbers a deleted folder whose name is taken there."""
    taken = {child.display_name.lower() for child in call.mailbox.folders.children(parent.number)}
    number, free = 0, name
    while free.lower() in taken:
        number += 1
        free = f"{name}{number}"
    return free
