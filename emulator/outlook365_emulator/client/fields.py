"""The keywords that handles take: the keys of world documents, each with the type that callers may give it.

The emulator checks them: an unknown key is an error that names the nearest right one. The keys mean what they mean in
a world file.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypedDict

from outlook365_emulator.client.plain import Named

Moment: TypeAlias = datetime | timedelta | str
"""An instant, or an offset from the world's time (`timedelta(hours=-2)`, `"-2h"`)."""

Person: TypeAlias = str | Named
"""An address or user name, or the handle of a user."""


PasswordEvent: TypeAlias = Literal[
    "password_changed_by_user",
    "password_reset_by_user",
    "password_reset_in_portal",
    "password_reset_by_administrator",
]
"""Ways in which a password changes."""


OptionalClaim: TypeAlias = Literal[
    "acct",
    "auth_time",
    "ctry",
    "email",
    "family_name",
    "given_name",
    "ipaddr",
    "login_hint",
    "tenant_region_scope",
    "upn",
    "xms_pl",
]
"""What an application can have in its ID tokens beyond what is always there."""


class AttachmentFields(TypedDict, total=False):
    """A file attached to a message; `content` is bytes, or base64 text."""

    name: str
    content_type: str
    content: bytes | str
    text: str
    inline: bool
    content_id: str


class MessageFields(TypedDict, total=False):
    """A message that arrives in a mailbox; attachments are mappings or paths of files."""

    subject: str
    sender: Person
    to: Sequence[Person]
    cc: Sequence[Person]
    body: str
    body_type: Literal["text", "html"]
    received: Moment
    sent: Moment
    read: bool
    importance: Literal["low", "normal", "high"]
    categories: Sequence[str]
    folder: str
    attachments: Sequence[AttachmentFields | Path]
    headers: Mapping[str, str]


class EventFields(TypedDict, total=False):
    """An event, whose attendees are invited; `start` and `end` also in words: `monday 09:30`, `+2d 10:00`."""

    start: Moment
    subject: str
    end: Moment
    minutes: int
    all_day: bool
    zone: str
    calendar: str
    location: str
    attendees: Sequence[Person]
    body: str
    body_type: Literal["text", "html"]
    categories: Sequence[str]
    show_as: Literal["free", "tentative", "busy", "oof", "workingElsewhere"]
    sensitivity: Literal["normal", "personal", "private", "confidential"]
    importance: Literal["low", "normal", "high"]
    online: bool
    reminder: int | None
    recurrence: Mapping[str, Any]


class FillFields(TypedDict, total=False):
    """Invented mail of the last half year and meetings of the weeks from now on, the same for the same seed."""

    messages: int
    weeks: int
    seed: int
    zone: str


class RepliesFields(TypedDict, total=False):
    """Automatic replies; without `external` everybody gets `text`, with `start` and `end` only between them."""

    text: str
    external: str
    audience: Literal["all", "contactsOnly", "none"]
    start: Moment
    end: Moment


class RuleFields(TypedDict, total=False):
    """A rule of the inbox: Graph's `messageRuleActions` and `messageRulePredicates`, folders by name or path."""

    name: str
    actions: Mapping[str, Any]
    conditions: Mapping[str, Any]
    exceptions: Mapping[str, Any]
    sequence: int
    enabled: bool


class MailLimitsFields(TypedDict, total=False):
    """How much the mailboxes of a tenant may send."""

    max_recipients: int
    recipients_per_day: int
    messages_per_minute: int
    max_message_size: int


class OwnerFields(TypedDict, total=False):
    """An account with a mailbox, be it a person's or not."""

    id: str
    display_name: str
    mail: str
    aliases: Sequence[str]
    open_to: Sequence[Person]
    send_as: Sequence[Person]
    send_on_behalf: Sequence[Person]
    messages: Sequence[MessageFields]
    events: Sequence[EventFields]
    fill: FillFields
    folders: Sequence[str]
    settings: Mapping[str, Any]
    automatic_replies: RepliesFields
    rules: Sequence[RuleFields]


class UserFields(OwnerFields, total=False):
    """A person of a tenant."""

    password: str
    given_name: str
    surname: str
    job_title: str
    department: str
    company_name: str
    office_location: str
    mobile_phone: str
    business_phones: Sequence[str]
    preferred_language: str
    usage_location: str
    other_mails: Sequence[str]
    enabled: bool
    locked: bool
    password_expired: bool
    mfa_required: bool
    mfa_registered: bool
    mailbox: bool
    roles: Sequence[str]


class MailboxFields(OwnerFields, total=False):
    """A mailbox that belongs to no person."""

    purpose: Literal["shared", "room", "equipment"]
    place: Mapping[str, Any]


class SecretFields(TypedDict, total=False):
    """A client secret."""

    secret: str
    expires: Moment
    name: str


class CertificateFields(TypedDict, total=False):
    """A certificate to make."""

    days: int
    password: str
    name: str


class AppFields(TypedDict, total=False):
    """An application registration."""

    name: str
    auth: Literal["client_credentials", "client_certificate", "authorization_code", "own_app"]
    id: str
    client_id: str
    secret: str
    secrets: Sequence[SecretFields]
    certificates: Sequence[CertificateFields]
    permissions: Iterable[str]
    preset: Literal["minimum", "full", "all"]
    consent: Literal["admin", "user"] | None
    audience: str
    redirect_uris: Sequence[str]
    spa_redirect_uris: Sequence[str]
    public: bool
    implicit: Sequence[Literal["id_token", "token"]]
    logout_url: str
    verified_publisher: str
    assignment_required: bool
    optional_claims: Sequence[OptionalClaim]


class UserChanges(TypedDict, total=False):
    """What can be changed of a user."""

    display_name: str
    given_name: str | None
    surname: str | None
    job_title: str | None
    department: str | None
    office_location: str | None
    mobile_phone: str | None
    preferred_language: str | None
    usage_location: str | None
    enabled: bool
    roles: Sequence[str]
    aliases: Sequence[str]
    locked: bool
    password_expired: bool
    mfa_required: bool
    mfa_registered: bool


class AppChanges(TypedDict, total=False):
    """What can be changed of an application registration."""

    name: str
    audience: str
    redirect_uris: Sequence[str]
    public_redirect_uris: Sequence[str]
    spa_redirect_uris: Sequence[str]
    public: bool
    enabled: bool
    assignment_required: bool
    permissions: Sequence[str]
    implicit: Sequence[Literal["id_token", "token"]]
    logout_url: str | None
    verified_publisher: str | None
    api_scopes: Sequence[str]
    api_token_version: Literal[1, 2]
    on_behalf_of: bool
    optional_claims: Sequence[OptionalClaim]


class PolicyFields(TypedDict, total=False):
    """A conditional access policy; `hours` with the control `sign_in_frequency`."""

    control: Literal["block", "mfa", "compliant_device", "domain_joined_device", "sign_in_frequency"]
    name: str
    users: Sequence[Person]
    apps: Sequence[str | Named]
    hours: float


class TenantFields(TypedDict, total=False):
    """An organisation."""

    name: str
    id: str
    cloud: str
    domains: Sequence[str]
    users: Sequence[Mapping[str, Any]]
    shared_mailboxes: Sequence[Mapping[str, Any]]
    groups: Sequence[Mapping[str, Any]]
    apps: Sequence[Mapping[str, Any]]
    user_consent: Literal["everything", "low-impact", "microsoft-default-2026", "nothing"]
    consent_workflow: bool
    low_impact: Sequence[str]
    stay_signed_in: bool
    conditional_access: Sequence[PolicyFields]
    mail_limits: MailLimitsFields


class ConsentPolicyFields(TypedDict, total=False):
    """What the users of a tenant may consent to."""

    user_consent: Literal["everything", "low-impact", "microsoft-default-2026", "nothing"]
    workflow: bool
    low_impact: Sequence[str]
    stay_signed_in: bool


class WorldFields(TypedDict, total=False):
    """A world."""

    name: str
    seed: int
    fixed_ids: bool
    clock: Mapping[str, Any]
    tenants: Sequence[TenantFields]
    faults: Sequence[Mapping[str, Any]]
    throttling: Literal["off", "realistic"]
    batch_order: Literal["shuffled", "request"]
    delta_token_days: int
