"""From keys in the path to service principals, grants and role assignments of a tenant."""

from outlook365_emulator.directory.app_roles import find_assignment, find_principal, find_principal_of
from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.store.records.directory import (
    AppAssignment,
    Application,
    Group,
    PermissionGrant,
    RoleAssignment,
    ServicePrincipal,
)


def not_found(call: Call, key: str, what: str) -> GraphError:
    """Return the directory's error for something that is not there."""
    because = f"the tenant {call.tenant.domains[0]} has no {what} {key[:60]!r}"
    named = find_principal_of(call.tenant, key)
    if named is not None:
        because += f": it is the appId of {named.display_name}, not an object id"
    return graph_error("resource_not_found", id=key, because=because)


def _is_app_id(call: Call) -> bool:
    """Tell whether the path names the key as an `appId`: a plain one is an object id, and only that."""
    return "appid" in call.place.arguments


def load_principal(call: Call, key: str) -> ServicePrincipal:
    """Load `{principal}` by object id, or by `appId='…'` in the parentheses of the segment.

    Raises:
        GraphError: `resource_not_found`.
    """
    found = (find_principal_of if _is_app_id(call) else find_principal)(call.tenant, key)
    if found is None:
        raise not_found(call, key, "service principal")
    return found


def load_application(call: Call, key: str) -> Application:
    """Load `{application}` by object id, or by `appId='…'` in the parentheses of the segment.

    Raises:
        GraphError: `resource_not_found`.
    """
    held, wanted = call.tenant.applications, key.lower()
    found = held.find("client", wanted) if _is_app_id(call) else held.get(wanted)
    if found is None:
        raise not_found(call, key, "application")
    return found


def load_group(call: Call, key: str) -> Group:
    """Load `{directory_group}` by object id.

    Raises:
        GraphError: `resource_not_found`.
    """
    found = call.tenant.groups.get(key.lower())
    if found is None:
        raise not_found(call, key, "group")
    return found


def load_grant(call: Call, key: str) -> PermissionGrant:
    """Load `{grant}`.

    Raises:
        GraphError: `resource_not_found`.
    """
    found = call.tenant.grants.get(key)
    if found is None:
        raise not_found(call, key, "permission grant")
    return found


def load_assignment(call: Call, key: str) -> RoleAssignment | AppAssignment:
    """Load `{assignment}`.

    Raises:
        GraphError: `resource_not_found`.
    """
    found = find_assignment(call.tenant, key)
    if found is None:
        raise not_found(call, key, "app role assignment")
    return found
