"""What the control API shows: structs, and how they are made from records.

Passwords and secrets are shown: whoever controls the emulator has set them, and a test needs them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from outlook365_emulator.clouds import cloud
from outlook365_emulator.directory.consent import granted_roles
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.records.directory import Application, Group, User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World
from outlook365_emulator.worlds.certificates import pfx_of
from outlook365_emulator.worlds.connection import redirect_uri_of


class ClockView(msgspec.Struct):
    """A world's clock."""

    now: datetime
    frozen: bool


class RightView(msgspec.Struct):
    """What somebody else may do with a mailbox."""

    user: str
    full_access: bool
    send_as: bool
    send_on_behalf: bool


class UserView(msgspec.Struct):
    """A person, shared mailbox, room or piece of equipment."""

    id: str
    upn: str
    display_name: str
    tenant_id: str
    mail: str | None
    password: str | None
    purpose: str
    enabled: bool
    has_mailbox: bool
    roles: tuple[str, ...]
    aliases: tuple[str, ...]
    locked: bool
    locked_until: datetime | None
    password_expired: bool
    mfa_required: bool
    rights: list[RightView]


class UserList(msgspec.Struct):
    """The users of a tenant."""

    users: list[UserView]


class GroupView(msgspec.Struct):
    """A group with the principal names of its members, and the address that reaches them where it has one."""

    id: str
    name: str
    mail: str | None
    members: list[str]


class SecretView(msgspec.Struct):
    """A client secret."""

    id: str
    secret: str
    expires: datetime
    name: str | None


class CertificateView(msgspec.Struct):
    """A registered certificate; the PFX and its password where it was made here."""

    id: str
    thumbprint: str
    thumbprint_sha256: str
    expires: datetime
    name: str | None
    certificate_pfx_base64: str | None
    certificate_password: str | None


class AppView(msgspec.Struct):
    """An application and what a connector needs to sign in with it.

    Attributes:
        client_secret: value of its first secret.
        certificate_pfx_base64: its first certificate that was made here.
        redirect_uri: its first redirect URI.
        authority: the tenant's sign-in authority.
        permissions: the static list, delegated and application ones.
        consented: what an administrator has consented to.
        user_consents: what users have consented to, by principal name.
        left_out: names of the preset that exist as delegated permissions only; shown when it is added.
    """

    name: str
    id: str
    client_id: str
    client_secret: str | None
    certificate_pfx_base64: str | None
    certificate_password: str | None
    thumbprint: str | None
    tenant_id: str
    redirect_uri: str | None
    authority: str
    audience: str
    public: bool
    enabled: bool
    assignment_required: bool
    redirect_uris: list[str]
    permissions: list[str]
    consented: list[str]
    user_consents: dict[str, list[str]]
    left_out: list[str]
    secrets: list[SecretView]
    certificates: list[CertificateView]


class AppList(msgspec.Struct):
    """The applications of a tenant."""

    apps: list[AppView]


class TenantView(msgspec.Struct):
    """An organisation and everybody and everything in its directory."""

    id: str
    name: str
    cloud: str
    domain: str
    domains: tuple[str, ...]
    authority: str
    users: list[UserView]
    groups: list[GroupView]
    apps: list[AppView]


class TenantList(msgspec.Struct):
    """The tenants of a world."""

    tenants: list[TenantView]


class WorldView(msgspec.Struct):
    """A world."""

    name: str
    key: str
    seed: int
    fixed_ids: bool
    clock: ClockView
    tenants: list[TenantView]


class WorldSummary(msgspec.Struct):
    """A world in a list."""

    name: str
    default: bool
    clock: ClockView
    domains: list[str]


class WorldList(msgspec.Struct):
    """The worlds of the emulator."""

    worlds: list[WorldSummary]


class Revoked(msgspec.Struct):
    """Names of permissions that were held and are gone."""

    revoked: list[str]


class FaultList(msgspec.Struct):
    """The faults of a world in the order in which they are asked."""

    faults: list[dict[str, Any]]


class Count(msgspec.Struct):
    """How often an operation was answered with a status."""

    operation: str
    status: int
    count: int


class JournalView(msgspec.Struct):
    """What was asked and answered.

    Attributes:
        entries: the entries that were asked for, of those that are kept.
        dropped: how many of the oldest are no longer kept.
        total: how many there were in all.
        not_emulated: what was asked for and is not emulated, with counts.
        bugs: at what the emulator failed and with which exception, with counts.
        counts: counts over all requests, those no longer kept included.
    """

    entries: list[Entry]
    dropped: int
    total: int
    not_emulated: dict[str, int]
    bugs: dict[str, int]
    counts: list[Count]


class GraphList(msgspec.Struct):
    """Resources of Microsoft Graph as JSON."""

    value: list[msgspec.Raw]


class OutgoingView(msgspec.Struct, omit_defaults=True):
    """A message that left for addresses outside; `message` is Graph JSON, `calendar` the iCalendar part."""

    at: datetime
    sender: str
    recipients: tuple[str, ...]
    message: msgspec.Raw
    calendar: str = ""


class OutboxView(msgspec.Struct):
    """What left a world."""

    messages: list[OutgoingView]


class SnapshotView(msgspec.Struct):
    """A snapshot of a world."""

    name: str
    taken_at: datetime


class SnapshotList(msgspec.Struct):
    """The snapshots of a world."""

    snapshots: list[SnapshotView]


class PortView(msgspec.Struct):
    """A world's own HTTPS port."""

    tls_port: int


def clock_view(world: World) -> ClockView:
    """Show a world's clock."""
    return ClockView(world.clock.now(), world.clock.frozen)


def world_view(world: World) -> WorldView:
    """Show a world with everything in its directories."""
    return WorldView(
        name=world.name,
        key=world.key,
        seed=world.seed,
        fixed_ids=world.settings.get("fixed_ids") == "true",
        clock=clock_view(world),
        tenants=[tenant_view(world, tenant) for tenant in world.tenants.values()],
    )


def tenant_view(world: World, tenant: Tenant) -> TenantView:
    """Show a tenant with everything in its directory."""
    return TenantView(
        id=tenant.id,
        name=tenant.display_name,
        cloud=tenant.cloud,
        domain=tenant.domains[0],
        domains=tenant.domains,
        authority=f"https://{cloud(tenant.cloud).login_host}/{tenant.id}",
        users=[user_view(tenant, user) for user in tenant.users],
        groups=[group_view(tenant, group) for group in tenant.groups],
        apps=[app_view(world, tenant, application) for application in tenant.applications],
    )


def user_view(tenant: Tenant, user: User) -> UserView:
    """Show a user."""
    mailbox = tenant.mailbox_of(user)
    rights = [
        RightView(_name_of(tenant, right.user), right.full_access, right.send_as, right.send_on_behalf)
        for right in (mailbox.rights if mailbox else ())
    ]
    return UserView(
        id=user.id,
        upn=user.user_principal_name,
        display_name=user.display_name,
        tenant_id=tenant.id,
        mail=user.mail,
        password=user.password,
        purpose=user.purpose,
        enabled=user.enabled,
        has_mailbox=mailbox is not None,
        roles=user.roles,
        aliases=user.proxy_addresses,
        locked=user.locked,
        locked_until=user.locked_until,
        password_expired=user.password_expired,
        mfa_required=user.mfa_required,
        rights=rights,
    )


def group_view(tenant: Tenant, group: Group) -> GroupView:
    """Show a group."""
    members = sorted(_name_of(tenant, member) for member in group.members)
    return GroupView(group.id, group.display_name, group.mail, members)


def _name_of(tenant: Tenant, user_id: str) -> str:
    user = tenant.users.get(user_id)
    return user.user_principal_name if user else user_id


def app_view(world: World, tenant: Tenant, application: Application, left_out: Sequence[str] = ()) -> AppView:
    """Show an application.

    Args:
        world: holds the files of its certificates.
        tenant: the tenant whose consent is shown.
        application: the registration.
        left_out: what its preset named in vain.
    """
    principal = tenant.service_principals.find("client", application.client_id)
    secrets = [SecretView(one.id, one.secret, one.expires, one.display_name) for one in application.secrets]
    certificates = certificate_views(world, application)
    consented: list[str] = []
    by_user: dict[str, list[str]] = {}
    if principal is not None:
        consented = sorted(granted_roles(tenant, principal))
        for grant in tenant.grants:
            if grant.client == principal.id and grant.principal is None:
                consented = sorted({*consented, *grant.scopes})
            elif grant.client == principal.id and grant.principal is not None:
                by_user[_name_of(tenant, grant.principal)] = sorted(grant.scopes)
    made = next((one for one in certificates if one.certificate_pfx_base64), None)
    uris = (*application.web_redirect_uris, *application.public_redirect_uris, *application.spa_redirect_uris)
    return AppView(
        name=application.display_name,
        id=application.id,
        client_id=application.client_id,
        client_secret=secrets[0].secret if secrets else None,
        certificate_pfx_base64=made.certificate_pfx_base64 if made else None,
        certificate_password=made.certificate_password if made else None,
        thumbprint=certificates[0].thumbprint if certificates else None,
        tenant_id=tenant.id,
        redirect_uri=redirect_uri_of(application),
        authority=f"https://{cloud(tenant.cloud).login_host}/{tenant.id}",
        audience=application.audience,
        public=application.public_client,
        enabled=principal is not None and principal.enabled,
        assignment_required=principal is not None and principal.assignment_required,
        redirect_uris=list(uris),
        permissions=list(dict.fromkeys((*application.required_scopes, *application.required_roles))),
        consented=consented,
        user_consents=by_user,
        left_out=list(left_out),
        secrets=secrets,
        certificates=certificates,
    )


def certificate_views(world: World, application: Application) -> list[CertificateView]:
    """Show the certificates of an application."""
    found = []
    for one in application.certificates:
        pfx = pfx_of(world, one)
        found.append(
            CertificateView(
                id=one.id,
                thumbprint=one.thumbprint,
                thumbprint_sha256=one.thumbprint_sha256,
                expires=one.expires,
                name=one.display_name,
                certificate_pfx_base64=pfx.content if pfx else None,
                certificate_password=pfx.password if pfx else None,
            )
        )
    return found
