"""Users as the directory knows them: list and get.

Reference `graph-mail.md` section 18, `graph-core.md` section 6.5.
"""

from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.graph.answers import Entity, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.operation import operation
from outlook365_emulator.graph.resource import Resource
from outlook365_emulator.odata.records import Property, RecordType
from outlook365_emulator.store.records.directory import User

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


def proxy_addresses(user: User) -> list[str]:
    """Return the addresses of a user as Exchange writes them: `SMTP:` before the primary one, `smtp:` before others."""
    primary = user.mail or ""
    return ([f"SMTP:{primary}"] if primary else []) + [f"smtp:{address}" for address in user.proxy_addresses]


def user_members(_: Call, user: User) -> dict[str, Any]:
    """Return a user as a JSON object with everything that can be selected."""
    return {
        "businessPhones": list(user.business_phones),
        "displayName": user.display_name,
        "givenName": user.given_name,
        "jobTitle": user.job_title,
        "mail": user.mail,
        "mobilePhone": user.mobile_phone,
        "officeLocation": user.office_location,
        "preferredLanguage": user.preferred_language,
        "surname": user.surname,
        "userPrincipalName": user.user_principal_name,
        "id": user.id,
        "accountEnabled": user.enabled,
        "companyName": user.company_name,
        "createdDateTime": iso_seconds(user.created),
        "department": user.department,
        "mailNickname": user.mail_nickname,
        "otherMails": list(user.other_mails),
        "proxyAddresses": proxy_addresses(user),
        "usageLocation": user.usage_location,
        "userType": "Guest" if user.guest_of else "Member",
    }


@cache
def user_type() -> RecordType:
    """Return what `$filter`, `$orderby` and `$select` know of a user."""
    text = Property("", "string", None)
    strings = {
        "displayName": "display_name",
        "givenName": "given_name",
        "jobTitle": "job_title",
        "mail": "mail",
        "mobilePhone": "mobile_phone",
        "officeLocation": "office_location",
        "preferredLanguage": "preferred_language",
        "surname": "surname",
        "userPrincipalName": "user_principal_name",
        "id": "id",
        "companyName": "company_name",
        "department": "department",
        "mailNickname": "mail_nickname",
        "usageLocation": "usage_location",
    }
    properties = [
        *(Property(name, "string", attrgetter(slot)) for name, slot in strings.items()),
        Property("accountEnabled", "boolean", lambda user: user.enabled, nullable=False),
        Property("createdDateTime", "datetime", lambda user: user.created, nullable=False),
        Property("userType", "string", lambda user: "Guest" if user.guest_of else "Member", nullable=False),
        Property("proxyAddresses", "collection", proxy_addresses, element=text, sortable=False),
        Property("otherMails", "collection", lambda user: user.other_mails, element=text, sortable=False),
        Property("businessPhones", "collection", lambda user: user.business_phones, element=text, sortable=False),
    ]
    return RecordType("microsoft.graph.user", MappingProxyType({one.name.lower(): one for one in properties}))


@cache
def user_resource() -> Resource:
    """Return the user as a resource of the directory."""
    return Resource(
        name="user",
        type=user_type(),
        compute=user_members,
        default_select=DEFAULT,
        page_size=100,
        page_limit=999,
        outlook=False,
        efficient_order=False,
    )


@operation("GET /users", least="User.ReadBasic.All")
def list_(call: Call) -> Page:
    """List the users of the tenant."""
    found = sorted(call.tenant.users, key=lambda user: (user.display_name.lower(), user.id))
    return Page(resource=user_resource(), records=found, path="users", total=len(found))


@operation("GET /users/{user}", least="User.Read")
def get(call: Call, user: User) -> Entity:
    """Get a user: oneself as `/me`, others by object id or user principal name."""
    return Entity(resource=user_resource(), record=user, path="users")
