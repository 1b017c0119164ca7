"""Groups and directory roles as what somebody is a member of.

Graph resources group and directoryRole, pages user-list-memberof and user-list-transitivememberof.
"""

import struct
import uuid
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.entra.claims import ROLE_TEMPLATES
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.graph.search.directory import search_directory
from outlook365_emulator.odata.records import Kind, Property, RecordType
from outlook365_emulator.store.records.directory import Group, User
from outlook365_emulator.store.tenant import Tenant


class Role(msgspec.Struct, frozen=True):
    """A directory role of a tenant.

    Attributes:
        id: its object id, another one in each tenant.
        display_name: `Global Administrator`.
        template: id of the role that it is in every tenant.
    """

    id: str
    display_name: str
    template: str


Membership = Group | Role

T = TypeVar("T", bound=User | Group | Role)


def direct_memberships(tenant: Tenant, user: User) -> list[Membership]:
    """Return the groups and directory roles that a user is a member of, by name."""
    groups = [group for group in tenant.groups if user.id in group.members]
    return in_order([*groups, *_roles(tenant, user)])


def transitive_memberships(tenant: Tenant, user: User) -> list[Membership]:
    """Return the groups and directory roles that a user is a member of, also by way of other groups, by name."""
    found: dict[str, Group] = {}
    waiting = [user.id]
    while waiting:
        member = waiting.pop()
        for group in tenant.groups:
            if member in group.members and group.id not in found:
                found[group.id] = group
                waiting.append(group.id)
    return in_order([*found.values(), *_roles(tenant, user)])


def _roles(tenant: Tenant, user: User) -> list[Role]:
    templates = {name: ROLE_TEMPLATES[name] for name in user.roles if name in ROLE_TEMPLATES}
    return [Role(_role_id(tenant, template), name, template) for name, template in templates.items()]


def _role_id(tenant: Tenant, template: str) -> str:
    return str(uuid.uuid5(uuid.UUID(template), tenant.id))


def in_order(found: Iterable[T]) -> list[T]:
    """Return users, groups and roles by name, as the directory lists them."""
    return sorted(found, key=lambda one: (one.display_name.lower(), one.id))


def membership_members(one: Membership) -> dict[str, Any]:
    """Return a group or a directory role as a JSON object that says its type."""
    if isinstance(one, Role):
        return {
            "@odata.type": "#microsoft.graph.directoryRole",
            "id": one.id,
            "deletedDateTime": None,
            "description": None,
            "displayName": one.display_name,
            "roleTemplateId": one.template,
        }
    # A group with an address is a Microsoft 365 group, one without is there for security (Graph resource group).
    address = [f"SMTP:{one.mail}"] if one.mail else []
    return {
        "@odata.type": "#microsoft.graph.group",
        "id": one.id,
        "deletedDateTime": None,
        "classification": None,
        "createdDateTime": iso_seconds(one.created),
        "description": None,
        "displayName": one.display_name,
        "expirationDateTime": None,
        "groupTypes": ["Unified"] if one.mail else [],
        "isAssignableToRole": None,
        "mail": one.mail,
        "mailEnabled": bool(one.mail),
        "mailNickname": (one.mail or one.display_name.replace(" ", "")).partition("@")[0],
        "membershipRule": None,
        "membershipRuleProcessingState": None,
        "onPremisesDomainName": None,
        "onPremisesLastSyncDateTime": None,
        "onPremisesNetBiosName": None,
        "onPremisesSamAccountName": None,
        "onPremisesSecurityIdentifier": None,
        "onPremisesSyncEnabled": None,
        "preferredDataLocation": None,
        "preferredLanguage": None,
        "proxyAddresses": address,
        "renewedDateTime": iso_seconds(one.created),
        "resourceBehaviorOptions": [],
        "resourceProvisioningOptions": [],
        "securityEnabled": not one.mail,
        "securityIdentifier": _security_identifier(one),
        "theme": None,
        "visibility": "Private" if one.mail else None,
        "onPremisesProvisioningErrors": [],
    }


def _security_identifier(group: Group) -> str | None:
    """Return the SID of a group: its object id in four numbers, or None where that is no GUID."""
    try:
        parts = struct.unpack("<4I", uuid.UUID(group.id).bytes_le)
    except ValueError:
        return None
    return "-".join(("S-1-12-1", *map(str, parts)))


def _both() -> dict[str, Property]:
    return _properties(("id", "string"), ("displayName", "string"), ("description", "string"))


_TEXTS = (
    "classification mail mailNickname membershipRule membershipRuleProcessingState onPremisesDomainName "
    "onPremisesNetBiosName onPremisesSamAccountName onPremisesSecurityIdentifier preferredDataLocation "
    "preferredLanguage securityIdentifier theme visibility"
).split()
_FLAGS = "hasMembersWithLicenseErrors isAssignableToRole mailEnabled onPremisesSyncEnabled securityEnabled".split()
_LISTS = (
    "groupTypes onPremisesProvisioningErrors proxyAddresses resourceBehaviorOptions resourceProvisioningOptions"
).split()
_INSTANTS = "createdDateTime deletedDateTime expirationDateTime onPremisesLastSyncDateTime renewedDateTime".split()

OF_EXCHANGE: Mapping[str, Any] = MappingProxyType(
    {"allowExternalSenders": False, "autoSubscribeNewMembers": False, "isSubscribedByMail": False, "unseenCount": 0}
)
"""What Exchange knows of a group: shown only where it is selected."""


@cache
def group_type() -> RecordType:
    """Return what queries know of a group."""
    group = _both() | _properties(*((name, "string") for name in _TEXTS), *((name, "boolean") for name in _FLAGS))
    text = Property("", "string", None)
    for name in _LISTS:
        group[name.lower()] = Property(name, "collection", _reads(name), element=text, sortable=False)
    for name in (*_INSTANTS, *OF_EXCHANGE):
        group[name.lower()] = Property(name, "string", None, filterable=False, sortable=False)
    return RecordType(_GROUP, MappingProxyType(group))


@cache
def membership_type() -> RecordType:
    """Return what queries know of a membership: what both kinds have, and what each has of its own."""
    both, group = _both(), dict(group_type().properties)
    role = _properties(("roleTemplateId", "string"))
    derived = {
        _GROUP.lower(): group_type(),
        _ROLE.lower(): RecordType(_ROLE, MappingProxyType(both | role)),
    }
    return RecordType(
        "microsoft.graph.directoryObject",
        MappingProxyType(group | role),
        derived=MappingProxyType(derived),
        type_of=lambda one: _ROLE if isinstance(one, Role) else _GROUP,
    )


_GROUP = "microsoft.graph.group"
_ROLE = "microsoft.graph.directoryRole"


def _reads(name: str) -> Callable[[Membership], Any]:
    return lambda one: membership_members(one).get(name)


def _properties(*kinds: tuple[str, Kind]) -> dict[str, Property]:
    return {name.lower(): Property(name, kind, _reads(name)) for name, kind in kinds}


@cache
def membership_resource() -> Resource:
    """Return what somebody is a member of as a resource of the directory."""
    return Resource(
        name="directoryObject",
        type=membership_type(),
        compute=lambda _, one: membership_members(one),
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
        search=lambda call, records: search_directory(call, records, membership_type()),
    )
