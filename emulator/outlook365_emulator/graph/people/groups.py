"""Groups of the tenant, their members and what they are members of: list, count and get.

Graph resource `group`, pages group-list, group-get, group-list-members, group-list-transitivemembers and
group-list-memberof. Groups are made by the control API.
"""

from collections.abc import Callable
from functools import cache
from types import MappingProxyType
from typing import Any

from outlook365_emulator.graph.answers import Count, Entity, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.people.member_resource import (
    Member,
    direct_members,
    member_members,
    member_resource,
    transitive_members,
)
from outlook365_emulator.graph.people.membership_resource import (
    OF_EXCHANGE,
    group_type,
    in_order,
    membership_members,
    membership_resource,
)
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.graph.search.directory import search_directory
from outlook365_emulator.store.records.directory import Group


def _members(_: Call, group: Group) -> dict[str, Any]:
    shown = membership_members(group)
    return {name: value for name, value in shown.items() if name != "@odata.type"}


def _expanded(call: Call, group: Group) -> dict[str, Any]:
    return {"members": [member_members(call, one) for one in direct_members(call.tenant, group)]}


def _on_demand(name: str) -> Callable[[Call, Group], Any]:
    return lambda _, __: OF_EXCHANGE[name]


@cache
def group_resource() -> Resource:
    """Return the group as a resource of the directory."""
    return Resource(
        name="group",
        type=group_type(),
        compute=_members,
        on_demand=MappingProxyType({name: _on_demand(name) for name in OF_EXCHANGE}),
        expand=MappingProxyType({"members": _expanded}),
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
        search=lambda call, records: search_directory(call, records, group_type()),
    )


@operation("GET /groups", least="GroupMember.Read.All")
def list_(call: Call) -> Page:
    """List the groups of the tenant."""
    found = in_order(call.tenant.groups)
    return Page(resource=group_resource(), records=found, path="groups", total=len(found))


@operation("GET /groups/$count", least="GroupMember.Read.All", workload="directory")
def count(call: Call) -> Count:
    """Count the groups of the tenant."""
    return Count(list_(call))


@operation("GET /groups/{directory_group}", least="GroupMember.Read.All", workload="directory")
def get(call: Call, directory_group: Group) -> Entity:
    """Get a group by its object id."""
    return Entity(resource=group_resource(), record=directory_group, path="groups")


@operation("GET /groups/{directory_group}/members", least="GroupMember.Read.All", workload="directory")
def list_members(call: Call, directory_group: Group) -> Page:
    """List the direct members of a group, by name."""
    return _page(direct_members(call.tenant, directory_group))


@operation("GET /groups/{directory_group}/members/$count", least="GroupMember.Read.All", workload="directory")
def count_members(call: Call, directory_group: Group) -> Count:
    """Count the direct members of a group."""
    return Count(list_members(call, directory_group))


@operation("GET /groups/{directory_group}/transitiveMembers", least="GroupMember.Read.All", workload="directory")
def list_transitive(call: Call, directory_group: Group) -> Page:
    """List the members of a group and of the groups in it, by name."""
    return _page(transitive_members(call.tenant, directory_group))


@operation("GET /groups/{directory_group}/transitiveMembers/$count", least="GroupMember.Read.All", workload="directory")
def count_transitive(call: Call, directory_group: Group) -> Count:
    """Count the members of a group and of the groups in it."""
    return Count(list_transitive(call, directory_group))


@operation("GET /groups/{directory_group}/memberOf", least="GroupMember.Read.All", workload="directory")
def list_memberships(call: Call, directory_group: Group) -> Page:
    """List the groups that a group is a direct member of, by name."""
    found = [one for one in list_(call).records if directory_group.id in one.members]
    return Page(resource=membership_resource(), records=found, path="directoryObjects", total=len(found))


@operation("GET /groups/{directory_group}/memberOf/$count", least="GroupMember.Read.All", workload="directory")
def count_memberships(call: Call, directory_group: Group) -> Count:
    """Count the groups that a group is a direct member of."""
    return Count(list_memberships(call, directory_group))


def _page(found: list[Member]) -> Page:
    return Page(resource=member_resource(), records=found, path="directoryObjects", total=len(found))
