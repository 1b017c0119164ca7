"""Open extensions of messages: list, get, create, update, delete.

Reference `graph-mail.md` section 17.
"""

from functools import cache
from typing import Any

from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import NoContent, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.documents import members_of, write_message
from outlook365_emulator.graph.open_extensions import (
    PREFIX,
    Extensions,
    extension_members,
    extension_named,
    read_extension,
    with_extension,
    without_extension,
)
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Property, RecordType, by_name
from outlook365_emulator.store.records.mail import Message

_PATH = "/users/{user}/messages/{message}/extensions"


def _members(_: Call, extension: tuple[str, bytes]) -> dict[str, Any]:
    return extension_members(extension)


@cache
def extension_resource() -> Resource:
    """Return the open extension as a resource; what it holds is its maker's."""
    properties = (
        Property("id", "string", lambda extension: f"{PREFIX}{extension[0]}", nullable=False),
        Property("extensionName", "string", lambda extension: extension[0], nullable=False),
    )
    type_ = RecordType("microsoft.graph.openTypeExtension", by_name(*properties))
    return Resource(name="openTypeExtension", type=type_, compute=_members, page_size=1000, efficient_order=False)


def _context(call: Call, message: Message) -> str:
    return f"{call.user_path}/messages('{call.mailbox.ids.item(message.folder, message.number)}')/extensions"


def _answer(call: Call, message: Message, extension: tuple[str, bytes], status: int = 200) -> EntityAnswer:
    path = _context(call, message)
    location = f"{path}('{PREFIX}{extension[0]}')" if status == 201 else ""
    return EntityAnswer(resource=extension_resource(), record=extension, path=path, status=status, location=location)


@operation(f"GET {_PATH}", least="Mail.Read")
def list_(call: Call, message: Message) -> Page:
    """List the open extensions of a message."""
    path = _context(call, message)
    return Page(resource=extension_resource(), records=message.extensions, path=path, total=len(message.extensions))


@operation(f"GET {_PATH}/{{extension}}", least="Mail.Read")
def get(call: Call, message: Message, extension: str) -> EntityAnswer:
    """Get an open extension by its name or its full id."""
    return _answer(call, message, extension_named(message.extensions, extension))


@operation(f"POST {_PATH}", least="Mail.ReadWrite", body=Entity("openTypeExtension"))
def create(call: Call, message: Message, body: dict[str, Any]) -> EntityAnswer:
    """Add an open extension; one of the same name is replaced."""
    made = read_extension(body)
    changed = _put(call, message, with_extension(message.extensions, *made))
    return _answer(call, changed, made, 201)


@operation(f"PATCH {_PATH}/{{extension}}", least="Mail.ReadWrite", body=Entity("openTypeExtension"))
def update(call: Call, message: Message, extension: str, body: dict[str, Any]) -> EntityAnswer:
    """Replace what an open extension holds."""
    name, _ = extension_named(message.extensions, extension)
    made = read_extension(body, name)
    return _answer(call, _put(call, message, with_extension(message.extensions, *made)), made)


@operation(f"DELETE {_PATH}/{{extension}}", least="Mail.ReadWrite")
def delete(call: Call, message: Message, extension: str) -> NoContent:
    """Remove an open extension."""
    name, _ = extension_named(message.extensions, extension)
    _put(call, message, without_extension(message.extensions, name))
    return NoContent()


def _put(call: Call, message: Message, extensions: Extensions) -> Message:
    folder = call.mailbox.folders.get(message.folder)
    assert folder is not None, "a message lies in a folder"
    changed = write_message(
        call.mailbox,
        members_of(message),
        folder,
        number=message.number,
        stable=message.stable,
        like=message,
        extensions=extensions,
    )
    call.unit.put_item(call.mailbox, call.mailbox.messages, changed)
    return changed
