"""Users and groups as members of a group (Graph pages group-list-members, group-list-transitivemembers)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.people.membership_resource import group_type, in_order, membership_members
from outlook365_emulator.graph.people.user_resource import directory_object_resource, report_members, user_type
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.graph.search.directory import search_directory
from outlook365_emulator.odata.records import Property, RecordType
from outlook365_emulator.store.records.directory import Group, User
from outlook365_emulator.store.tenant import Tenant

Member = User | Group


def direct_members(tenant: Tenant, group: Group) -> list[Member]:
    """Return the users and groups in a group, by name."""
    return in_order(one for one in _everybody(tenant) if one.id in group.members)


def transitive_members(tenant: Tenant, group: Group) -> list[Member]:
    """Return the users and groups in a group and in the groups in it, by name."""
    found = set(group.members)
    waiting = list(found)
    while waiting:
        inner = tenant.groups.get(waiting.pop())
        new = inner.members - found if inner is not None else ()
        found.update(new)
        waiting.extend(new)
    return in_order(one for one in _everybody(tenant) if one.id in found)


def _everybody(tenant: Tenant) -> Iterator[Member]:
    yield from tenant.users
    yield from tenant.groups


def member_members(call: Call, one: Member) -> dict[str, Any]:
    """Return a user or a group as a JSON object that says its type."""
    return membership_members(one) if isinstance(one, Group) else report_members(call, one)


def _default_members(call: Call, one: Member) -> dict[str, Any]:
    shown, names = member_members(call, one), directory_object_resource().default_select
    if isinstance(one, Group) or call.options.select or names is None:
        return shown
    return {name: shown[name] for name in names}


@cache
def member_type() -> RecordType:
    """Return what queries know of a member: what both kinds have, and what each has of its own."""
    users, groups = user_type(), group_type()
    names = {**groups.properties, **users.properties}
    properties = {
        name: replace(one, get=_of_either(users.properties.get(name), groups.properties.get(name)), nullable=True)
        for name, one in names.items()
    }
    return RecordType(
        "microsoft.graph.directoryObject",
        MappingProxyType(properties),
        derived=MappingProxyType({one.name.lower(): one for one in (users, groups)}),
        type_of=lambda one: (groups if isinstance(one, Group) else users).name,
    )


def _of_either(user: Property | None, group: Property | None) -> Callable[[Member], Any]:
    def read(one: Member) -> Any:
        known = group if isinstance(one, Group) else user
        return known.get(one) if known is not None and known.get is not None else None

    return read


@cache
def member_resource() -> Resource:
    """Return a member of a group as a resource of the directory."""
    return Resource(
        name="directoryObject",
        type=member_type(),
        compute=_default_members,
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
        search=lambda call, records: search_directory(call, records, member_type()),
    )
