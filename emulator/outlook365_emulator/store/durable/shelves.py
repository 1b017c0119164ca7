"""Which shelves of a world are kept, what lies on them, and by which key a record is found again.

A shelf that is added to a tenant, a mailbox or the sign-ins has to be entered here; a test compares the tables with the
classes.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from outlook365_emulator.store.calendar_shelf import permission_key
from outlook365_emulator.store.records import calendar, directory, mail, mailbox_settings, policies, sign_in
from outlook365_emulator.store.records.subscriptions import Subscription


class Kept(NamedTuple):
    """A shelf that is kept.

    Attributes:
        type: the type of its records.
        key: returns the key of a record, unique on the shelf.
    """

    type: type[Any]
    key: Callable[[Any], str]


class Place(NamedTuple):
    """Where a record lies in a world.

    Attributes:
        tenant: tenant id, or "" for what belongs to the world.
        mailbox: object id of the mailbox's owner, or "".
        shelf: name of the shelf, or of what a tenant, a mailbox or a world has besides.
    """

    tenant: str
    mailbox: str
    shelf: str


def _id(record: Any) -> str:
    return str(record.id)


def _number(record: Any) -> str:
    return str(record.number)


def _attachment(record: mail.Attachment) -> str:
    return f"{record.message}/{record.number}"


MAILBOX_SHELVES: Mapping[str, Kept] = MappingProxyType(
    {
        "folders": Kept(mail.MailFolder, _number),
        "messages": Kept(mail.Message, _number),
        "attachments": Kept(mail.Attachment, _attachment),
        "rights": Kept(directory.MailboxRight, lambda right: str(right.user)),
        "settings": Kept(mailbox_settings.MailboxSettings, lambda _: "settings"),
        "rules": Kept(mailbox_settings.MessageRule, _id),
        "categories": Kept(mailbox_settings.Category, _id),
        "overrides": Kept(mailbox_settings.ClassificationOverride, _id),
        "answered": Kept(mailbox_settings.Answered, lambda answered: str(answered.sender)),
        "uploads": Kept(mail.UploadSession, _id),
        "sent": Kept(mail.SendCount, lambda count: str(count.period)),
        "calendar_groups": Kept(calendar.CalendarGroup, _number),
        "calendars": Kept(calendar.Calendar, _number),
        "calendar_permissions": Kept(calendar.CalendarPermission, permission_key),
        "events": Kept(calendar.Event, _number),
    }
)
"""The shelves of a mailbox by their attribute."""

TENANT_SHELVES: Mapping[str, Kept] = MappingProxyType(
    {
        "users": Kept(directory.User, _id),
        "photos": Kept(directory.Photo, lambda photo: str(photo.user)),
        "groups": Kept(directory.Group, _id),
        "applications": Kept(directory.Application, _id),
        "service_principals": Kept(directory.ServicePrincipal, _id),
        "grants": Kept(directory.PermissionGrant, _id),
        "role_assignments": Kept(directory.RoleAssignment, _id),
        "app_assignments": Kept(directory.AppAssignment, _id),
        "refresh_tokens": Kept(directory.RefreshToken, lambda token: str(token.value)),
        "consent_requests": Kept(sign_in.ConsentRequest, _id),
        "access_policies": Kept(policies.AccessPolicy, _id),
        "subscriptions": Kept(Subscription, _id),
    }
)
"""The shelves of a tenant by their attribute; its mailboxes are kept one by one."""

SIGN_IN_SHELVES: Mapping[str, Kept] = MappingProxyType(
    {
        "flows": Kept(sign_in.Flow, _id),
        "sessions": Kept(sign_in.Session, _id),
        "codes": Kept(sign_in.AuthorizationCode, lambda code: str(code.value)),
        "device_codes": Kept(sign_in.DeviceCode, lambda code: str(code.value)),
    }
)
"""The shelves of a world's sign-ins by their attribute."""

BESIDES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "Mailbox": frozenset(
            {"changes", "generation", "guid", "ids", "next_number", "owner", "search_texts", "search_uses"}
        ),
        "Tenant": frozenset({"cloud", "delta_rounds", "display_name", "domains", "id", "mailboxes", "settings"}),
        "SignIns": frozenset(),
        "World": frozenset(
            "agenda answered blobs chance clock committed faults ids journal key name notices outbox recorder "
            "scenarios seed settings sign_ins tenants".split()
        ),
    }
)
"""What the classes have besides shelves: kept otherwise, or no part of the state (caches, listeners, the journal)."""
