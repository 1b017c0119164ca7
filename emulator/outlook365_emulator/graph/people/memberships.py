"""What a user is a member of: groups, groups of those groups, directory roles.

Graph pages user-list-memberof, user-list-transitivememberof.
"""

from outlook365_emulator.graph.answers import Count, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.people.membership_resource import (
    Membership,
    direct_memberships,
    membership_resource,
    transitive_memberships,
)
from outlook365_emulator.store.records.directory import User


@operation("GET /users/{user}/memberOf", least="User.Read", workload="directory")
def list_direct(call: Call, user: User) -> Page:
    """List the groups and directory roles that a user is a member of."""
    return _page(direct_memberships(call.tenant, user))


@operation("GET /users/{user}/memberOf/$count", least="User.Read", workload="directory")
def count_direct(call: Call, user: User) -> Count:
    """Count the groups and directory roles that a user is a member of."""
    return Count(list_direct(call, user))


@operation("GET /users/{user}/transitiveMemberOf", least="User.Read", workload="directory")
def list_transitive(call: Call, user: User) -> Page:
    """List the groups and directory roles that a user is a member of, also by way of other groups."""
    return _page(transitive_memberships(call.tenant, user))


@operation("GET /users/{user}/transitiveMemberOf/$count", least="User.Read", workload="directory")
def count_transitive(call: Call, user: User) -> Count:
    """Count the groups and directory roles that a user is a member of, also by way of other groups."""
    return Count(list_transitive(call, user))


def _page(found: list[Membership]) -> Page:
    return Page(resource=membership_resource(), records=found, path="directoryObjects", total=len(found))
