"""Users as the directory knows them: list and get.

Reference `graph-mail.md` section 18, `graph-core.md` section 6.5.
"""

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.answers import Entity, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.people.user_resource import user_resource
from outlook365_emulator.store.records.directory import User


@operation("GET /users", least="User.ReadBasic.All")
def list_(call: Call) -> Page:
    """List the users of the tenant."""
    found = sorted(call.tenant.users, key=lambda user: (user.display_name.lower(), user.id))
    return Page(resource=user_resource(), records=found, path="users", total=len(found))


@operation("GET /users/$count", least="User.ReadBasic.All", workload="directory")
def count(call: Call) -> Page:
    """Count the users of the tenant, an advanced query of the directory.

    Raises:
        GraphError: the request lacks `ConsistencyLevel: eventual`.
    """
    if call.request.headers.get("consistencylevel").lower() != "eventual":
        because = "$count of users is an advanced query: send the header ConsistencyLevel: eventual"
        raise graph_error("directory_request_invalid", detail="$count is not currently supported.", because=because)
    return list_(call)


@operation("GET /users/{user}", least="User.Read")
def get(call: Call, user: User) -> Entity:
    """Get a user: oneself as `/me`, others by object id or user principal name."""
    return Entity(resource=user_resource(), record=user, path="users")
