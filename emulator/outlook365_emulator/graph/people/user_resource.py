"""The user as an API resource of the directory.

Reference `graph-mail.md` section 18, `graph-core.md` section 6.5.
"""

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.asked_ids import asked_ids
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.mailbox_settings import settings_of
from outlook365_emulator.graph.open_extensions import extension_members
from outlook365_emulator.graph.people.membership_resource import direct_memberships, membership_members
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.graph.search.directory import search_directory
from outlook365_emulator.odata.records import Kind, Property, RecordType
from outlook365_emulator.odata.selection import project
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.tables.schema_types import type_of

DEFAULT = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)
"""The members of a user without `$select`, in the order of the answers."""

TEXTS = MappingProxyType(
    {
        "displayName": "display_name",
        "givenName": "given_name",
        "jobTitle": "job_title",
        "mail": "mail",
        "mobilePhone": "mobile_phone",
        "officeLocation": "office_location",
        "preferredLanguage": "preferred_language",
        "surname": "surname",
        "userPrincipalName": "user_principal_name",
        "companyName": "company_name",
        "department": "department",
        "mailNickname": "mail_nickname",
        "usageLocation": "usage_location",
    }
)
"""Text members that are fields of the record, by their Graph names."""

_BASIC = frozenset({"displayName", "givenName", "surname", "mail", "userPrincipalName", "id"})
_FULL = frozenset({"User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"})
_ONE_ONLY = (
    "aboutMe",
    "birthday",
    "hireDate",
    "interests",
    "mailboxSettings",
    "mySite",
    "pastProjects",
    "preferredName",
    "responsibilities",
    "schools",
    "skills",
)
_SETTINGS = frozenset({"MailboxSettings.Read", "MailboxSettings.ReadWrite"})
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "Edm.String": "string",
        "Edm.Boolean": "boolean",
        "Edm.Int32": "integer",
        "Edm.DateTimeOffset": "datetime",
    }
)
_LEVELS = 20
_EXTENSION_ATTRIBUTES = tuple(f"extensionAttribute{number}" for number in range(1, 16))


def proxy_addresses(user: User) -> list[str]:
    """Return the addresses of a user as Exchange writes them: `SMTP:` before the primary one, `smtp:` before others."""
    primary = user.mail or ""
    return ([f"SMTP:{primary}"] if primary else []) + [f"smtp:{address}" for address in user.proxy_addresses]


def identities(user: User) -> list[dict[str, Any]]:
    """Return how a user signs in: the user principal name first, then what was given at creation."""
    domain = user.user_principal_name.partition("@")[2]
    own = {"signInType": "userPrincipalName", "issuer": domain, "issuerAssignedId": user.user_principal_name}
    given = user.further.get("identities")
    return [*(given if isinstance(given, list) else []), own]


def extension_attributes(user: User) -> dict[str, Any]:
    """Return the fifteen extension attributes of a user, as Exchange and on-premises directories know them."""
    given = user.further.get("onPremisesExtensionAttributes")
    return dict.fromkeys(_EXTENSION_ATTRIBUTES) | (given if isinstance(given, dict) else {})


@cache
def _empty() -> MappingProxyType[str, Any]:
    """Return every member that a user can have, as it is where nothing is set."""
    kind = type_of("user")
    plain = [one for one in kind.properties.values() if not one.navigation]
    return MappingProxyType({one.name: [] if one.collection else None for one in plain if one.name not in _ONE_ONLY})


def user_members(call: Call, user: User) -> dict[str, Any]:
    """Return a user as a JSON object with everything that can be selected and the caller may see."""
    members: dict[str, Any] = dict.fromkeys(DEFAULT)
    members |= {**_empty(), **user.further}
    members |= {name: getattr(user, slot) for name, slot in TEXTS.items()}
    members |= {
        "id": user.id,
        "businessPhones": list(user.business_phones),
        "accountEnabled": user.enabled,
        "createdDateTime": iso_seconds(user.created),
        "otherMails": list(user.other_mails),
        "proxyAddresses": proxy_addresses(user),
        "identities": identities(user),
        "signInSessionsValidFromDateTime": iso_seconds(max(user.sessions_valid_from, user.created)),
        "lastPasswordChangeDateTime": iso_seconds(max(user.password_changed, user.created)),
        "userType": "Guest" if user.guest_of else "Member",
        "passwordProfile": None,
        "onPremisesExtensionAttributes": extension_attributes(user),
    }
    if not call.permissions & _FULL and (call.caller is None or call.caller.id != user.id):
        for name, value in members.items():
            if name not in _BASIC:
                members[name] = [] if isinstance(value, list) else None
    return members


def _further(name: str, *, many: bool) -> Callable[[User], Any]:
    return lambda user: user.further.get(name, () if many else None)


def _instant(name: str) -> Callable[[User], Any]:
    from datetime import datetime

    def read(user: User) -> Any:
        text = user.further.get(name)
        return datetime.fromisoformat(text) if isinstance(text, str) else None

    return read


@cache
def user_type() -> RecordType:
    """Return what `$filter`, `$orderby` and `$select` know of a user."""
    text = Property("", "string", None)
    found: dict[str, Property] = {}
    for one in type_of("user").properties.values():
        if one.navigation:
            continue
        kind: Kind = "collection" if one.collection else _KINDS.get(one.type, "complex")
        readable = kind != "complex" and one.type in _KINDS
        get = _instant(one.name) if kind == "datetime" else _further(one.name, many=one.collection)
        found[one.name] = Property(
            one.name,
            kind,
            get,
            filterable=readable,
            sortable=readable and not one.collection,
            element=text if one.collection else None,
        )
    found |= {name: Property(name, "string", attrgetter(slot)) for name, slot in TEXTS.items()}
    found |= {
        "id": Property("id", "string", lambda user: user.id, nullable=False),
        "accountEnabled": Property("accountEnabled", "boolean", lambda user: user.enabled, nullable=False),
        "createdDateTime": Property("createdDateTime", "datetime", lambda user: user.created, nullable=False),
        "userType": Property("userType", "string", lambda user: "Guest" if user.guest_of else "Member", nullable=False),
        "proxyAddresses": Property("proxyAddresses", "collection", proxy_addresses, element=text, sortable=False),
        "otherMails": Property("otherMails", "collection", lambda user: user.other_mails, element=text, sortable=False),
        "businessPhones": Property(
            "businessPhones", "collection", lambda user: user.business_phones, element=text, sortable=False
        ),
        "assignedLicenses": _complex_list("assignedLicenses", {"skuId": "guid"}, lambda user: ()),
        "identities": _complex_list(
            "identities", dict.fromkeys(("signInType", "issuer", "issuerAssignedId"), "string"), identities
        ),
        "onPremisesExtensionAttributes": Property(
            "onPremisesExtensionAttributes",
            "complex",
            extension_attributes,
            _parts(dict.fromkeys(_EXTENSION_ATTRIBUTES, "string")),
        ),
        "employeeOrgData": Property(
            "employeeOrgData",
            "complex",
            _further("employeeOrgData", many=False),
            _parts({"costCenter": "string", "division": "string"}),
        ),
    }
    return RecordType("microsoft.graph.user", MappingProxyType({name.lower(): one for name, one in found.items()}))


def _parts(kinds: Mapping[str, Kind]) -> Mapping[str, Property]:
    """Return the properties of a complex value that is a JSON object, or None."""

    def part(key: str, kind: Kind) -> Property:
        return Property(key, kind, lambda item: None if item is None else item.get(key))

    return MappingProxyType({key.lower(): part(key, kind) for key, kind in kinds.items()})


def _complex_list(name: str, kinds: Mapping[str, Kind], get: Callable[[User], Any]) -> Property:
    return Property(name, "collection", get, element=Property("", "complex", None, _parts(kinds)), sortable=False)


def _on_one(name: str) -> Callable[[Call, User], Any]:
    def value(call: Call, user: User) -> Any:
        if call.operation.path == "/users":
            raise graph_error("target_not_supported", because=f"{name} can be selected of a single user only")
        if name == "mailboxSettings":
            return _settings(call, user)
        return user.further.get(name, [] if type_of("user").properties[name.lower()].collection else None)

    return value


def _settings(call: Call, user: User) -> Any:
    if not call.permissions & _SETTINGS:
        because = "mailboxSettings of a user needs the permission MailboxSettings.Read"
        raise graph_error("access_denied", because=because)
    mailbox = call.tenant.mailbox_of(user)
    if mailbox is None:
        raise graph_error("mailbox_not_enabled", because=f"{user.user_principal_name} has no mailbox")
    return settings_of(mailbox, user, call.now)


def _manager(call: Call, user: User) -> dict[str, Any]:
    options = next((one.options for one in call.options.expand if one.path[-1].lower() == "manager"), None)
    levels = options.levels if options is not None and options.levels is not None else 1
    paths = options.select if options is not None else None

    def above(one: User, left: int) -> dict[str, Any]:
        boss = call.tenant.users.get(one.manager or "")
        if boss is None or left == 0:
            return {}
        shown = user_members(call, boss)
        shown = project(shown, paths) if paths else {name: shown[name] for name in DEFAULT}
        return {"manager": {"@odata.type": "#microsoft.graph.user", **shown, **above(boss, left - 1)}}

    return above(user, _LEVELS if levels == -1 else min(levels, _LEVELS))


def user_extension_members(extension: tuple[str, bytes]) -> dict[str, Any]:
    """Return an open extension of a user as a JSON object; the directory names it by its plain name."""
    return {**extension_members(extension), "id": extension[0]}


def _extensions(call: Call, user: User) -> dict[str, Any]:
    asked = asked_ids(call, "extensions", str.lower)
    found = [user_extension_members(one) for one in user.extensions if asked is None or one[0].lower() in asked]
    return {"extensions@odata.context": f"{call.root}/$metadata#users('{user.id}')/extensions", "extensions": found}


def _reports(call: Call, user: User) -> dict[str, Any]:
    return {"directReports": [report_members(call, one) for one in reports_of(call, user)]}


def _memberships(call: Call, user: User) -> dict[str, Any]:
    return {"memberOf": [membership_members(one) for one in direct_memberships(call.tenant, user)]}


def reports_of(call: Call, user: User) -> list[User]:
    """Return the people whose manager a user is, by name."""
    found = [one for one in call.tenant.users if one.manager == user.id]
    return sorted(found, key=lambda one: (one.display_name.lower(), one.id))


def report_members(call: Call, user: User) -> dict[str, Any]:
    """Return a user as a member of a collection of directory objects, which says its type."""
    shown = user_members(call, user)
    return {"@odata.type": "#microsoft.graph.user", **shown}


@cache
def user_resource() -> Resource:
    """Return the user as a resource of the directory."""
    return Resource(
        name="user",
        type=user_type(),
        compute=user_members,
        default_select=DEFAULT,
        on_demand=MappingProxyType({name: _on_one(name) for name in _ONE_ONLY}),
        expand=MappingProxyType(
            {"manager": _manager, "directreports": _reports, "memberof": _memberships, "extensions": _extensions}
        ),
        filters_own=frozenset({"manager", "extensions"}),
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
        search=lambda call, records: search_directory(call, records, user_type()),
    )


@cache
def directory_object_resource() -> Resource:
    """Return the user as one of several types of directory objects: a manager, a direct report."""
    return Resource(
        name="directoryObject",
        type=user_type(),
        compute=report_members,
        default_select=("@odata.type", *DEFAULT),
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
    )
