"""Mail folders: list and get.

Reference `graph-mail.md` section 12.
"""

from outlook365_emulator.graph.answers import Count, Entity, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.folder_resource import children_path, folder_resource
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.store.records.mail import MailFolder
from outlook365_emulator.wire import parse_pairs


def _children(call: Call, parent: MailFolder, path: str) -> Page:
    asked = {name.lower(): value.lower() for name, value in parse_pairs(call.request.query)}
    hidden = asked.get("includehiddenfolders") == "true"
    found = [one for one in call.mailbox.folders.children(parent.number) if hidden or not one.hidden]
    return Page(resource=folder_resource(), records=found, path=path, total=len(found))


@operation("GET /users/{user}/mailFolders", least="Mail.ReadBasic")
def list_(call: Call) -> Page:
    """List the folders below the root, by name; hidden ones with `includeHiddenFolders=true`."""
    root = call.mailbox.folders.well_known("msgfolderroot")
    assert root is not None, "every mailbox has a root folder"
    return _children(call, root, f"{call.user_path}/mailFolders")


@operation("GET /users/{user}/mailFolders/$count", least="Mail.ReadBasic")
def count(call: Call) -> Count:
    """Count the folders below the root."""
    return Count(list_(call))


@operation("GET /users/{user}/mailFolders/{folder}", least="Mail.ReadBasic")
def get(call: Call, folder: MailFolder) -> Entity:
    """Get a folder by id or well-known name."""
    return Entity(resource=folder_resource(), record=folder, path=f"{call.user_path}/mailFolders")


@operation("GET /users/{user}/mailFolders/{folder}/childFolders", least="Mail.ReadBasic")
def list_children(call: Call, folder: MailFolder) -> Page:
    """List the folders directly below one, by name."""
    return _children(call, folder, children_path(call, folder))


@operation("GET /users/{user}/mailFolders/{folder}/childFolders/$count", least="Mail.ReadBasic")
def count_children(call: Call, folder: MailFolder) -> Count:
    """Count the folders directly below one."""
    return Count(list_children(call, folder))
