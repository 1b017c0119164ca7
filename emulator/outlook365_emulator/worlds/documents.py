"""What a world file may say: the structs of a world document, the same as YAML, as JSON and in the control API.

The JSON schema of world files and the OpenAPI description of the control API are made from these structs.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, field

from outlook365_emulator.directory.consent_policy import UserConsent
from outlook365_emulator.store.records.directory import OptionalClaim
from outlook365_emulator.store.records.policies import Control
from outlook365_emulator.worlds.contents import (
    Document,
    EventDocument,
    FillDocument,
    Mail,
    MessageDocument,
    Moment,
    RepliesDocument,
    RuleDocument,
    Text,
)

Auth: TypeAlias = Literal["client_credentials", "client_certificate", "authorization_code", "own_app"]
"""How a connector signs in with an application; reference connector, `Authentication types`."""

Preset: TypeAlias = Literal["minimum", "full", "all"]
Consent: TypeAlias = Literal["admin", "user"]
Audience: TypeAlias = Literal[
    "AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"
]
Implicit: TypeAlias = Literal["id_token", "token"]

WorldName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
        description="a name of letters, digits, '.', '_' and '-', at most 100, beginning with a letter or digit",
    ),
]
Guid: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        description="a GUID such as 1c5d7a3e-0f6b-4c8d-9e2a-5b7c9d1e3f50",
    ),
]
MailLimit: TypeAlias = Annotated[int, Meta(ge=0, le=10**9, description="a whole number, 0 to 1000000000")]
Hours: TypeAlias = Annotated[float, Meta(ge=0, le=8760, description="a number of hours, 0 to 8760")]
Days: TypeAlias = Annotated[int, Meta(ge=-36500, le=36500, description="a number of days, -36500 to 36500")]


class ClockDocument(Document):
    """The clock of a world.

    Attributes:
        start: the instant at which it begins; the real time when left out.
        frozen: whether it stands still until it is advanced.
    """

    start: Annotated[datetime, Meta(tz=True, description="an instant with offset: 2026-03-02T09:00:00Z")] | None = None
    frozen: bool = False


class OwnerDocument(Document):
    """An account with a mailbox, be it a person's or not.

    Attributes:
        name: name before the `@`, or a whole user principal name in one of the tenant's domains.
        id: object id; needs `fixed_ids`.
        display_name: name as people see it.
        mail: primary address; the user principal name when left out.
        aliases: further addresses that reach the mailbox.
        open_to: who else may open the mailbox (full access).
        send_as: who else may send as this account.
        send_on_behalf: who else may send on behalf of this account.
        messages: what lies in the mailbox.
        events: what is in the calendar.
        fill: invented mail and meetings beside these.
        folders: paths of folders (`Projects/2026`), joined by slashes.
        settings: members of Graph's `mailboxSettings` (`timeZone`, `language`, `workingHours` …).
        automatic_replies: how arriving mail is answered.
        rules: rules of the inbox, which do not see the messages of the document.
    """

    name: Text
    id: Guid | None = None
    display_name: Text | None = None
    mail: Mail | None = None
    aliases: list[Mail] = field(default_factory=list)
    open_to: list[Text] = field(default_factory=list)
    send_as: list[Text] = field(default_factory=list)
    send_on_behalf: list[Text] = field(default_factory=list)
    messages: list[MessageDocument] = field(default_factory=list)
    events: list[EventDocument] = field(default_factory=list)
    fill: FillDocument | None = None
    folders: list[Text] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    automatic_replies: RepliesDocument | None = None
    rules: list[RuleDocument] = field(default_factory=list)


class UserDocument(OwnerDocument):
    """A person of a tenant.

    Attributes:
        password: what the person types; one is drawn when left out.
        given_name: first name.
        surname: last name.
        job_title: position.
        department: department.
        company_name: company.
        office_location: office.
        mobile_phone: mobile number.
        business_phones: office numbers.
        preferred_language: language, `en-US`.
        usage_location: country, `DE`.
        other_mails: addresses outside the organisation.
        enabled: whether the person may sign in.
        locked: whether the account is locked until somebody unlocks it.
        password_expired: whether the password has to be changed before the next sign-in.
        mfa_required: whether every sign-in needs a second factor.
        mfa_registered: whether the person has a second factor to answer with.
        mailbox: whether Exchange holds a mailbox for the person.
        roles: names of directory roles, `Global Administrator`.
    """

    password: Text | None = None
    given_name: Text | None = None
    surname: Text | None = None
    job_title: Text | None = None
    department: Text | None = None
    company_name: Text | None = None
    office_location: Text | None = None
    mobile_phone: Text | None = None
    business_phones: list[Text] = field(default_factory=list)
    preferred_language: Text | None = None
    usage_location: Text | None = None
    other_mails: list[Mail] = field(default_factory=list)
    enabled: bool = True
    locked: bool = False
    password_expired: bool = False
    mfa_required: bool = False
    mfa_registered: bool = True
    mailbox: bool = True
    roles: list[Text] = field(default_factory=list)


class MailboxDocument(OwnerDocument):
    """A mailbox that belongs to no person: shared, or of a room or a piece of equipment.

    Attributes:
        purpose: what it is for.
        place: of a room, members of Graph's `room` beside name and address (`capacity`, `building`, `tags` …).
    """

    purpose: Literal["shared", "room", "equipment"] = "shared"
    place: dict[str, Any] = field(default_factory=dict)


class GroupDocument(Document):
    """A group of people.

    Attributes:
        name: display name.
        id: object id; needs `fixed_ids`.
        members: names of users, or of rooms: a group of rooms alone is a list of rooms.
        mail: address in one of the tenant's domains, by which mail reaches the members.
    """

    name: Text
    id: Guid | None = None
    members: list[Text] = field(default_factory=list)
    mail: Mail | None = None


class SecretDocument(Document):
    """A client secret.

    Attributes:
        secret: its value; one is drawn when left out.
        expires: when it ends; two years ahead when left out.
        name: its description.
    """

    secret: Text | None = None
    expires: Moment | None = None
    name: Text | None = None


class CertificateDocument(Document):
    """A certificate that is made for an application.

    Attributes:
        days: for how many days from the world's present it is valid; a negative number makes one that has ended.
        password: password of the PFX; one is drawn when left out.
        name: its description.
    """

    days: Days = 365
    password: Text | None = None
    name: Text | None = None


class AppDocument(Document):
    """An application registration.

    Attributes:
        name: display name.
        auth: how a connector signs in with it; sets audience, credentials and kind of permissions.
        id: object id of the registration; needs `fixed_ids`.
        client_id: client id; may be the same in several worlds.
        secret: value of the client secret, for auth types that have one.
        secrets: further secrets.
        certificates: certificates to make.
        permissions: names of permissions, of the kind that the auth type uses.
        preset: a set of permissions in place of `permissions`.
        consent: who has consented: an administrator, every person for themselves, or nobody (null).
        audience: who may sign in (`signInAudience`).
        redirect_uris: where sign-ins return to.
        spa_redirect_uris: redirect URIs of the single-page platform.
        public: whether flows without a secret are allowed.
        implicit: which tokens the authorize endpoint gives itself.
        logout_url: where the application is told of a sign-out in the front channel.
        verified_publisher: name of the verified publisher; unverified when left out.
        assignment_required: whether only assigned users may sign in.
        optional_claims: further claims of its ID tokens.
    """

    name: Text = "Connector"
    auth: Auth | None = None
    id: Guid | None = None
    client_id: Guid | None = None
    secret: Text | None = None
    secrets: list[SecretDocument] = field(default_factory=list)
    certificates: list[CertificateDocument] = field(default_factory=list)
    permissions: list[Text] | None = None
    preset: Preset | None = None
    consent: Consent | None = "admin"
    audience: Audience | None = None
    redirect_uris: list[Text] = field(default_factory=list)
    spa_redirect_uris: list[Text] = field(default_factory=list)
    public: bool | None = None
    implicit: list[Implicit] = field(default_factory=list)
    logout_url: Text | None = None
    verified_publisher: Text | None = None
    assignment_required: bool = False
    optional_claims: list[OptionalClaim] = field(default_factory=list)


class PolicyDocument(Document):
    """A conditional access policy.

    Attributes:
        control: what it demands: that nobody comes in, a second factor, a device's state, or a recent sign-in.
        name: display name; made from the control when left out.
        users: names of users and groups that it is for; everybody when left out.
        apps: client ids or names of applications that it is for; all when left out.
        hours: for `sign_in_frequency`, and only there: how old a sign-in may be.
    """

    control: Control
    name: Text | None = None
    users: list[Text] = field(default_factory=list)
    apps: list[Text] = field(default_factory=list)
    hours: Hours | None = None


class MailLimitsDocument(Document):
    """How much the mailboxes of a tenant may send; Exchange Online's limits where nothing is said.

    Attributes:
        max_recipients: recipients of a message; 500 when left out.
        recipients_per_day: recipients of a mailbox in a day; 10000 when left out.
        messages_per_minute: messages of a mailbox in a minute; no limit when left out.
        max_message_size: bytes of a message on its way; 36700160 (35 MB) when left out.
    """

    max_recipients: MailLimit | None = None
    recipients_per_day: MailLimit | None = None
    messages_per_minute: MailLimit | None = None
    max_message_size: MailLimit | None = None


class TenantDocument(Document):
    """An organisation.

    Attributes:
        name: the organisation's name.
        id: tenant id; needs `fixed_ids`.
        cloud: id of the cloud, `global`.
        domains: its domains; the first is the one of short user names. One is made when left out.
        users: people.
        shared_mailboxes: mailboxes that belong to no person.
        groups: groups.
        apps: application registrations.
        user_consent: what users may consent to for themselves; everything that needs no administrator when left out.
        consent_workflow: whether people who may not consent can send a request to the administrators.
        low_impact: delegated permissions that are classified as low impact; Microsoft's suggestion when left out.
        stay_signed_in: whether people are asked "Stay signed in?".
        conditional_access: what is demanded of sign-ins.
        mail_limits: how much mailboxes may send.
    """

    name: Text = "Contoso"
    id: Guid | None = None
    cloud: Text = "global"
    domains: list[Text] = field(default_factory=list)
    users: list[UserDocument] = field(default_factory=list)
    shared_mailboxes: list[MailboxDocument] = field(default_factory=list)
    groups: list[GroupDocument] = field(default_factory=list)
    apps: list[AppDocument] = field(default_factory=list)
    user_consent: UserConsent = "everything"
    consent_workflow: bool = False
    low_impact: list[Text] | None = None
    stay_signed_in: bool = True
    conditional_access: list[PolicyDocument] = field(default_factory=list)
    mail_limits: MailLimitsDocument | None = None


class WorldDocument(Document):
    """A world: its clock, seed and faults, and the tenants that live in it.

    Attributes:
        name: unique in the emulator; one is drawn when left out.
        seed: drives chance; one is drawn when left out.
        fixed_ids: whether ids are the same on every start, and may be written down.
        clock: the world's clock.
        tenants: organisations; usually one.
        faults: faults that are set from the start.
        throttling: "realistic" holds Exchange's limits for an application and a mailbox.
        batch_order: order of the answers in a `$batch`; Microsoft promises none.
        delta_token_days: how many days of the world's clock a delta token lives.
    """

    name: WorldName | None = None
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1, description="a whole number, 0 or more")] | None = None
    fixed_ids: bool = False
    clock: ClockDocument | None = None
    tenants: list[TenantDocument] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    throttling: Literal["off", "realistic"] = "off"
    batch_order: Literal["shuffled", "request"] = "shuffled"
    delta_token_days: Annotated[int, Meta(ge=1, le=30, description="1 to 30")] = 30
