"""Users as the directory knows them: list and get.

Reference `graph-mail.md` section 18, `graph-core.md` section 6.5.
"""

from outlook365_emulator.graph.answers import ENTITY_OPTIONS, Count, Entity, Page
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
def count(call: Call) -> Count:
    """Count the users of the tenant, an advanced query of the directory."""
    return Count(list_(call))


# $expand=manager($levels=max) takes $count=true (page user-list-manager).
@operation("GET /users/{user}", least="User.Read", options=ENTITY_OPTIONS | {"count"})
def get(call: Call, user: User) -> Entity:
    """Get a user: oneself as `/me`, others by object id or user principal name."""
    return Entity(resource=user_resource(), record=user, path="users")
