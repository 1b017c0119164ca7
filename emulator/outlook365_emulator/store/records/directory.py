"""Records of a directory: users, groups, applications, service principals, grants, sessions.

Field meanings follow the Graph resources `user`, `group`, `application`, `servicePrincipal`, `oAuth2PermissionGrant`
and `appRoleAssignment`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec

from outlook365_emulator.store.blobs import Blob

Audience = Literal[
    "AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"
]
Purpose = Literal["user", "shared", "room", "equipment"]
OptionalClaim = Literal[
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
"""What an application can have in its ID tokens beyond what is always there (`optionalClaims.idToken`)."""

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person, shared mailbox or room of a tenant.

    Attributes:
        id: object id.
        user_principal_name: sign-in name, unique in the emulator.
        password: what the person types; None where nobody can sign in (a shared mailbox).
        roles: names of directory roles, `Global Administrator`.
        purpose: what the account is for; everything but `user` has sign-in disabled.
        has_mailbox: whether Exchange holds a mailbox for the account.
        guest_of: home tenant id of a guest, or None for a member.
        sessions_valid_from: tokens and sessions issued before are revoked.
        password_changed: when the password was last changed or reset.
        tokens_valid_from: tokens issued before are revoked, whatever they came from; cookies without a password are not
            (a reset by an administrator).
        password_expired: whether the password has to be changed before the next sign-in.
        locked: whether somebody has locked the account; it stays so until somebody unlocks it.
        locked_until: end of a lock after too many wrong passwords, or None.
        failed_sign_ins: wrong passwords since the last right one.
        lockouts: locks in a row; each lasts longer than the one before.
        mfa_required: whether every sign-in needs a second factor (per-user multifactor authentication).
        mfa_registered: whether the person has a second factor to answer with.
        mfa_required_since: when that was last demanded.
        manager: object id of the manager, or None.
        extensions: open extensions, each by its name with its content as JSON.
        further: members that Graph shows and nothing here reads (`city`, `employeeId`), by their Graph names.
        place: of a room what Graph's `room` has beside name and address.
        proxy_addresses: further SMTP addresses that reach the mailbox, lower case, without `smtp:`.
    """

    id: str
    user_principal_name: str
    display_name: str
    password: str | None = None
    given_name: str | None = None
    surname: str | None = None
    mail: str | None = None
    mail_nickname: str | None = None
    job_title: str | None = None
    department: str | None = None
    company_name: str | None = None
    office_location: str | None = None
    mobile_phone: str | None = None
    business_phones: tuple[str, ...] = ()
    preferred_language: str | None = None
    usage_location: str | None = None
    other_mails: tuple[str, ...] = ()
    proxy_addresses: tuple[str, ...] = ()
    enabled: bool = True
    roles: tuple[str, ...] = ()
    purpose: Purpose = "user"
    has_mailbox: bool = True
    guest_of: str | None = None
    manager: str | None = None
    further: Mapping[str, object] = msgspec.field(default_factory=dict)
    place: Mapping[str, object] = msgspec.field(default_factory=dict)
    extensions: tuple[tuple[str, bytes], ...] = ()
    created: datetime = LONG_AGO
    sessions_valid_from: datetime = LONG_AGO
    password_changed: datetime = LONG_AGO
    tokens_valid_from: datetime = LONG_AGO
    password_expired: bool = False
    locked: bool = False
    locked_until: datetime | None = None
    failed_sign_ins: int = 0
    lockouts: int = 0
    mfa_required: bool = False
    mfa_registered: bool = True
    mfa_required_since: datetime = LONG_AGO

    @property
    def is_administrator(self) -> bool:
        """Whether the account may consent for the whole tenant."""
        return any(role in ADMINISTRATOR_ROLES for role in self.roles)


ADMINISTRATOR_ROLES = frozenset(
    {
        "Global Administrator",
        "Privileged Role Administrator",
        "Cloud Application Administrator",
        "Application Administrator",
    }
)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A group and its members' object ids.

    Attributes:
        place: of a list of rooms what Graph's `roomList` has beside name and address.
    """

    id: str
    display_name: str
    members: frozenset[str] = frozenset()
    mail: str | None = None
    created: datetime = LONG_AGO
    place: Mapping[str, object] = msgspec.field(default_factory=dict)


class Photo(msgspec.Struct, frozen=True, kw_only=True):
    """The profile photo of a user.

    Attributes:
        user: object id of the user.
        media_type: `image/jpeg`.
        width, height: its size in pixels.
        etag: what tells it from another one, eight hex digits.
        content: the picture as it was sent, in the world's blobs or in memory.
    """

    user: str
    media_type: str
    width: int
    height: int
    etag: str
    content: Blob | bytes


class PasswordCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A client secret and when it stops working."""

    id: str
    secret: str
    expires: datetime
    display_name: str | None = None


class KeyCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A registered certificate.

    Attributes:
        certificate: DER bytes of the certificate.
        thumbprint: SHA-1 of the certificate, 40 hex digits in upper case.
        thumbprint_sha256: SHA-256 of the certificate, base64url without padding.
    """

    id: str
    certificate: bytes
    thumbprint: str
    thumbprint_sha256: str
    expires: datetime
    display_name: str | None = None


class FederatedCredential(msgspec.Struct, frozen=True, kw_only=True):
    """Trust in the tokens of somebody else (Graph resource `federatedIdentityCredential`).

    Attributes:
        issuer: `iss` that an assertion must have.
        subject: `sub` that it must have.
        audience: `aud` that it must have.
        keys: the issuer's key set (JWKS) as JSON, or "" where the emulator plays the issuer.
    """

    id: str
    name: str
    issuer: str
    subject: str
    audience: str
    keys: str = ""


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """An application registration in its home tenant.

    Attributes:
        id: object id of the registration.
        client_id: the appId.
        required_scopes: delegated Graph permissions of the static list (`requiredResourceAccess`).
        required_roles: application permissions of the static list.
        public_client: whether flows without a redirect URI may do without a secret (`isFallbackPublicClient`).
        id_tokens: whether the authorize endpoint gives ID tokens (`enableIdTokenIssuance`).
        access_tokens: whether the authorize endpoint gives access tokens (`enableAccessTokenIssuance`).
        logout_url: where the application is told of a sign-out in the front channel (`web.logoutUrl`), or None.
        verified_publisher: name of the verified publisher, or None for an unverified application.
        federated: whose tokens it may prove itself with.
        api_scopes: delegated permissions that it offers to others as an API (`api.oauth2PermissionScopes`).
        api_token_version: format of the tokens for it as an API (`api.requestedAccessTokenVersion`).
        on_behalf_of: whether it may ask for tokens on behalf of its callers.
        optional_claims: further claims of its ID tokens (`optionalClaims.idToken`).
    """

    id: str
    client_id: str
    display_name: str
    audience: Audience = "AzureADMyOrg"
    secrets: tuple[PasswordCredential, ...] = ()
    certificates: tuple[KeyCredential, ...] = ()
    web_redirect_uris: tuple[str, ...] = ()
    spa_redirect_uris: tuple[str, ...] = ()
    public_redirect_uris: tuple[str, ...] = ()
    required_scopes: tuple[str, ...] = ()
    required_roles: tuple[str, ...] = ()
    public_client: bool = False
    id_tokens: bool = False
    access_tokens: bool = False
    logout_url: str | None = None
    verified_publisher: str | None = None
    federated: tuple[FederatedCredential, ...] = ()
    api_scopes: tuple[str, ...] = ("access_as_user",)
    api_token_version: Literal[1, 2] = 1
    on_behalf_of: bool = True
    optional_claims: tuple[OptionalClaim, ...] = ()
    created: datetime = LONG_AGO


class ServicePrincipal(msgspec.Struct, frozen=True, kw_only=True):
    """An application's instance in a tenant."""

    id: str
    client_id: str
    display_name: str
    enabled: bool = True
    assignment_required: bool = False
    created: datetime = LONG_AGO


class PermissionGrant(msgspec.Struct, frozen=True, kw_only=True):
    """Delegated permissions given to a client: by a user for itself, or by an administrator for everybody.

    Attributes:
        client: object id of the client's service principal.
        principal: the user's object id, or None for all users of the tenant (`AllPrincipals`).
        scopes: names of the delegated permissions, each once, in the order in which they were given.
    """

    id: str
    client: str
    principal: str | None
    scopes: tuple[str, ...]


class RoleAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """One application permission given to a client (`appRoleAssignment` on Microsoft Graph)."""

    id: str
    client: str
    permission: str
    created: datetime = LONG_AGO


class AppAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """A user's assignment to an application (`appRoleAssignment` on the application's service principal).

    Attributes:
        principal: object id of the user or group.
        principal_type: `User` or `Group`.
        resource: object id of the application's service principal.
        role: id of the role; all zeros where the application declares none.
    """

    id: str
    principal: str
    principal_type: Literal["User", "Group"]
    resource: str
    role: str
    created: datetime = LONG_AGO


class RefreshToken(msgspec.Struct, frozen=True, kw_only=True):
    """An issued refresh token.

    Attributes:
        value: the token as sent.
        session: id of the sign-in session it belongs to.
        issued: when it was issued, by the world's clock.
        authenticated: when the person last signed in.
        expires: when it ends, however it is used (single-page applications), or None.
        scopes: scopes asked for so far.
        platform: platform of the redirect URI that it came from, or "" where there was none.
    """

    value: str
    client_id: str
    user: str
    session: str
    scopes: tuple[str, ...]
    issued: datetime
    authenticated: datetime
    methods: tuple[str, ...] = ("pwd",)
    expires: datetime | None = None
    platform: str = ""


class MailboxRight(msgspec.Struct, frozen=True, kw_only=True):
    """What a user may do with somebody else's mailbox.

    Attributes:
        user: object id of the user who has the right.
        full_access: may open the mailbox and everything in it.
        send_as: may send as the owner.
        send_on_behalf: may send on behalf of the owner.
    """

    user: str
    full_access: bool = False
    send_as: bool = False
    send_on_behalf: bool = False
