"""Bodies of the control API that are no documents of a world file."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, UnsetType

from outlook365_emulator.directory.consent_policy import UserConsent
from outlook365_emulator.store.records.directory import OptionalClaim
from outlook365_emulator.worlds.contents import Document, Mail, Text
from outlook365_emulator.worlds.documents import Audience, Implicit

Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=3e9, description="a number of seconds, 0 to 3000000000")]
Instant: TypeAlias = Annotated[datetime, Meta(tz=True, description="an instant with offset: 2026-03-02T09:00:00Z")]


class UserChange(Document):
    """Fields of a user to change; what is left out stays.

    Attributes:
        display_name: name as people see it.
        given_name: first name.
        surname: last name.
        job_title: position.
        department: department.
        office_location: office.
        mobile_phone: mobile number.
        preferred_language: language.
        usage_location: country.
        enabled: whether the person may sign in.
        roles: names of directory roles, in place of those held.
        aliases: further addresses, in place of those held.
        locked: whether the account is locked until somebody unlocks it.
        password_expired: whether the password has to be changed before the next sign-in.
        mfa_required: whether every sign-in needs a second factor.
        mfa_registered: whether the person has a second factor to answer with.
    """

    display_name: Text | UnsetType = UNSET
    given_name: Text | UnsetType | None = UNSET
    surname: Text | UnsetType | None = UNSET
    job_title: Text | UnsetType | None = UNSET
    department: Text | UnsetType | None = UNSET
    office_location: Text | UnsetType | None = UNSET
    mobile_phone: Text | UnsetType | None = UNSET
    preferred_language: Text | UnsetType | None = UNSET
    usage_location: Text | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    roles: list[Text] | UnsetType = UNSET
    aliases: list[Mail] | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    password_expired: bool | UnsetType = UNSET
    mfa_required: bool | UnsetType = UNSET
    mfa_registered: bool | UnsetType = UNSET


class Password(Document):
    """A new password.

    Attributes:
        password: what the person types.
        event: who changed it and how; decides what ends with the old one.
    """

    password: Text
    event: Literal[
        "password_changed_by_user",
        "password_reset_by_user",
        "password_reset_in_portal",
        "password_reset_by_administrator",
    ] = "password_reset_by_administrator"


class Rights(Document):
    """What somebody may do with a mailbox; without any right, nothing."""

    full_access: bool = False
    send_as: bool = False
    send_on_behalf: bool = False


class AppChange(Document):
    """Fields of an application to change; what is left out stays.

    Attributes:
        name: display name.
        audience: who may sign in.
        redirect_uris: redirect URIs of the web platform.
        public_redirect_uris: redirect URIs of the mobile and desktop platform.
        spa_redirect_uris: redirect URIs of the single-page platform.
        public: whether flows without a secret are allowed.
        enabled: whether sign-ins to it are allowed in the tenant.
        assignment_required: whether only assigned users may sign in.
        permissions: the static list of permissions, in every kind that the application has used so far.
        api_scopes: delegated permissions that it offers to others as an API.
        api_token_version: format of the tokens for it as an API.
        on_behalf_of: whether it may ask for tokens on behalf of its callers.
        implicit: which tokens the authorize endpoint gives itself.
        logout_url: where the application is told of a sign-out in the front channel.
        verified_publisher: name of the verified publisher.
        optional_claims: further claims of its ID tokens, in place of those it has.
    """

    name: Text | UnsetType = UNSET
    audience: Audience | UnsetType = UNSET
    redirect_uris: list[Text] | UnsetType = UNSET
    public_redirect_uris: list[Text] | UnsetType = UNSET
    spa_redirect_uris: list[Text] | UnsetType = UNSET
    public: bool | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    assignment_required: bool | UnsetType = UNSET
    permissions: list[Text] | UnsetType = UNSET
    api_scopes: list[Text] | UnsetType = UNSET
    api_token_version: Literal[1, 2] | UnsetType = UNSET
    on_behalf_of: bool | UnsetType = UNSET
    implicit: list[Implicit] | UnsetType = UNSET
    logout_url: Text | UnsetType | None = UNSET
    verified_publisher: Text | UnsetType | None = UNSET
    optional_claims: list[OptionalClaim] | UnsetType = UNSET


class ConsentChange(Document):
    """Consent that is given or withdrawn.

    Attributes:
        permissions: names of permissions; everything registered (to give) or held (to withdraw) when left out.
        user: the user who consents for him- or herself; an administrator for everybody when left out.
        users: several users, for whom an administrator consents.
        group: a group whose present members an administrator consents for.
        kind: whether names mean delegated or application permissions; told by the application when left out.
    """

    permissions: list[Text] | None = None
    user: Text | None = None
    users: tuple[Text, ...] = ()
    group: Text | None = None
    kind: Literal["delegated", "application"] | None = None


class ConsentPolicyChange(Document):
    """Consent settings of a tenant to change; what is left out stays.

    Attributes:
        user_consent: what users may consent to for themselves.
        workflow: whether people who may not can send a request to the administrators.
        low_impact: delegated permissions that are classified as low impact.
        stay_signed_in: whether people are asked "Stay signed in?".
    """

    user_consent: UserConsent | UnsetType = UNSET
    workflow: bool | UnsetType = UNSET
    low_impact: list[Text] | UnsetType = UNSET
    stay_signed_in: bool | UnsetType = UNSET


class Assignment(Document):
    """Who is assigned to an application, or no longer: a user or a group.

    Attributes:
        user: name, address or id of a user.
        group: name or id of a group.
    """

    user: Text | None = None
    group: Text | None = None


class ClockChange(Document):
    """What happens to a clock, in this order: freeze or resume, set, advance.

    Attributes:
        freeze: stand still.
        resume: run on.
        set: go to an instant; what falls due on the way forward runs.
        advance: go forward by seconds; what falls due on the way runs.
    """

    freeze: bool = False
    resume: bool = False
    set: Instant | None = None
    advance: Seconds | None = None


class SnapshotName(Document):
    """The name of a snapshot; one with the same name is replaced."""

    name: Text
