"""Open extensions of users: list, get, create, update, delete.

Graph pages opentypeextension-post and following; the directory names an extension by its plain name.
"""

from functools import cache
from typing import Any

import msgspec

from outlook365_emulator.directory.users import change_user
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.answers import Entity as EntityAnswer
from outlook365_emulator.graph.answers import NoContent, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.extensions import extension_resource
from outlook365_emulator.graph.open_extensions import read_extension, with_extension, without_extension
from outlook365_emulator.graph.operation import Entity, operation
from outlook365_emulator.graph.people.user_resource import user_extension_members
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.store.records.directory import User

_PATH = "/users/{user}/extensions"


@cache
def user_extension_resource() -> Resource:
    """Return the open extension as a resource of the directory."""
    return msgspec.structs.replace(
        extension_resource(),
        compute=lambda _, extension: user_extension_members(extension),
        outlook=False,
        page_size=100,
        page_limit=999,
    )


def _named(user: User, name: str) -> tuple[str, bytes]:
    found = next((one for one in user.extensions if one[0].lower() == name.lower()), None)
    if found is None:
        raise _unknown(user, name)
    return found


def _unknown(user: User, name: str) -> GraphError:
    known = ", ".join(one[0] for one in user.extensions) or "none"
    because = f"{user.user_principal_name} has no extension {name!r}; there is {known}"
    return graph_error("resource_not_found", id=name, because=because)


def _answer(user: User, extension: tuple[str, bytes], status: int = 200) -> EntityAnswer:
    path = f"users('{user.id}')/extensions"
    location = f"{path}/{extension[0]}" if status == 201 else ""
    resource = user_extension_resource()
    return EntityAnswer(resource=resource, record=extension, path=path, status=status, location=location)


@operation(f"GET {_PATH}", least="User.Read", workload="directory")
def list_(call: Call, user: User) -> Page:
    """List the open extensions of a user."""
    path = f"users('{user.id}')/extensions"
    return Page(resource=user_extension_resource(), records=user.extensions, path=path, total=len(user.extensions))


@operation(f"GET {_PATH}/{{extension}}", least="User.Read", workload="directory")
def get(call: Call, user: User, extension: str) -> EntityAnswer:
    """Get an open extension of a user by its name."""
    return _answer(user, _named(user, extension))


@operation(f"POST {_PATH}", least="User.ReadWrite", body=Entity("openTypeExtension"), workload="directory")
def create(call: Call, user: User, body: dict[str, Any]) -> EntityAnswer:
    """Add an open extension to a user; its name must be a new one."""
    made = read_extension(body)
    if any(one[0].lower() == made[0].lower() for one in user.extensions):
        because = f"the user has an extension {made[0]!r} already"
        raise graph_error("directory_object_exists", property="extensionName", because=because)
    change_user(call.tenant, call.unit, user, extensions=with_extension(user.extensions, *made))
    return _answer(user, made, 201)


@operation(
    f"PATCH {_PATH}/{{extension}}", least="User.ReadWrite", body=Entity("openTypeExtension"), workload="directory"
)
def update(call: Call, user: User, extension: str, body: dict[str, Any]) -> NoContent:
    """Change what an open extension of a user holds; members that are not sent stay."""
    name, content = _named(user, extension)
    held: dict[str, Any] = msgspec.json.decode(content)
    _, changed = read_extension(body, name)
    merged = msgspec.json.encode(held | msgspec.json.decode(changed))
    change_user(call.tenant, call.unit, user, extensions=with_extension(user.extensions, name, merged))
    return NoContent()


@operation(f"DELETE {_PATH}/{{extension}}", least="User.ReadWrite", workload="directory")
def delete(call: Call, user: User, extension: str) -> NoContent:
    """Remove an open extension from a user."""
    name, _ = _named(user, extension)
    change_user(call.tenant, call.unit, user, extensions=without_extension(user.extensions, name))
    return NoContent()
