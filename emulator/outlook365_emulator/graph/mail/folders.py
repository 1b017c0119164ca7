"""Mail folders: list and get.

Reference `graph-mail.md` section 12.
"""

from outlook365_emulator.graph.answers import Entity, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.folder_resource import folder_resource
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.store.records.mail import MailFolder


def _children(call: Call, parent: MailFolder, path: str) -> Page:
    hidden = call.request.query and "includehiddenfolders=true" in call.request.query.lower()
    found = [one for one in call.mailbox.folders.children(parent.number) if hidden or not one.hidden]
    return Page(resource=folder_resource(), records=found, path=path, total=len(found))


@operation("GET /users/{user}/mailFolders", least="Mail.ReadBasic")
def list_(call: Call) -> Page:
    """List the folders below the root, by name; hidden ones with `includeHiddenFolders=true`."""
    root = call.mailbox.folders.well_known("msgfolderroot")
    assert root is not None, "every mailbox has a root folder"
    return _children(call, root, f"{call.user_path}/mailFolders")


@operation("GET /users/{user}/mailFolders/$count", least="Mail.ReadBasic")
def count(call: Call) -> Page:
    """Count the folders below the root."""
    return list_(call)


@operation("GET /users/{user}/mailFolders/{folder}", least="Mail.ReadBasic")
def get(call: Call, folder: MailFolder) -> Entity:
    """Get a folder by id or well-known name."""
    return Entity(resource=folder_resource(), record=folder, path=f"{call.user_path}/mailFolders")


@operation("GET /users/{user}/mailFolders/{folder}/childFolders", least="Mail.ReadBasic")
def list_children(call: Call, folder: MailFolder) -> Page:
    """List the folders directly below one, by name."""
    path = f"{call.user_path}/mailFolders('{call.mailbox.ids.folder(folder.number)}')/childFolders"
    return _children(call, folder, path)
