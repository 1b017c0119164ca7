"""Who manages whom: a user's manager and direct reports.

Graph pages user-list-manager, user-post-manager, user-delete-manager, user-list-directreports.
"""

import re
from urllib.parse import unquote

import msgspec

from outlook365_emulator.directory.users import change_user, find_user
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Entity, NoContent, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.people.user_resource import directory_object_resource, reports_of
from outlook365_emulator.store.records.directory import User

_REFERENCE = re.compile(r"/(?:users|directoryObjects)(?:/|\(')([^/()']+)(?:'\))?$", re.IGNORECASE)


@operation("GET /users/{user}/manager", least="User.Read.All", workload="directory")
def get_manager(call: Call, user: User) -> Entity:
    """Get a user's manager.

    Raises:
        GraphError: `resource_not_found` where nobody is set.
    """
    manager = call.tenant.users.get(user.manager or "")
    if manager is None:
        because = f"{user.user_principal_name} has no manager"
        raise graph_error("resource_not_found", id="manager", because=because)
    return Entity(resource=directory_object_resource(), record=manager, path="directoryObjects")


@operation("PUT /users/{user}/manager/$ref", least="User.ReadWrite.All", workload="directory")
def set_manager(call: Call, user: User) -> NoContent:
    """Say who manages a user, by a reference `{"@odata.id": ".../users/{id}"}`."""
    try:
        reference = msgspec.json.decode(call.request.body)["@odata.id"]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, LookupError, TypeError):
        raise graph_error("body_unreadable", because='the body must be {"@odata.id": "…/users/{id}"}') from None
    change_user(call.tenant, call.unit, user, manager=user_referred_to(call, reference).id)
    return NoContent()


def user_referred_to(call: Call, reference: object) -> User:
    """Return the user whom a reference names: the URL of a user or of a directory object.

    Raises:
        GraphError: `resource_not_found` where it names nobody of the tenant.
    """
    text = str(reference)
    match = _REFERENCE.search(unquote(text))
    found = find_user(call.tenant, match[1]) if match else None
    if found is None:
        because = f"{text[:100]!r} names no user of the tenant"
        raise graph_error("resource_not_found", id=match[1] if match else text, because=because)
    return found


@operation("DELETE /users/{user}/manager/$ref", least="User.ReadWrite.All", workload="directory")
def remove_manager(call: Call, user: User) -> NoContent:
    """Say that nobody manages a user."""
    change_user(call.tenant, call.unit, user, manager=None)
    return NoContent()


@operation("GET /users/{user}/directReports", least="User.Read.All", workload="directory")
def list_direct_reports(call: Call, user: User) -> Page:
    """List the people that a user manages."""
    found = reports_of(call, user)
    return Page(resource=directory_object_resource(), records=found, path="directoryObjects", total=len(found))
