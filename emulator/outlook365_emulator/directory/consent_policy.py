"""Who may consent to what in a tenant: the user-consent settings of an organisation.

Sources: Microsoft, "Manage app consent policies" and "Configure how users consent to applications" (reference entra
5.3). A tenant allows everything unless it is told otherwise, so that a test which says nothing about consent meets no
administrator.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Literal, get_args

import msgspec

from outlook365_emulator.store.records.directory import Application, User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.tables.files import unknown
from outlook365_emulator.tables.permissions import OIDC_SCOPES, exists_as, permission

UserConsent = Literal["everything", "low-impact", "microsoft-default-2026", "nothing"]
"""What users may consent to for themselves; only administrators consent to what needs one in any case."""

Verdict = Literal["user", "administrator", "needs_administrator", "needs_request"]
"""Who decides: the user, the user as an administrator, an administrator, or one who is asked by a request."""

LOW_IMPACT = ("openid", "profile", "email", "offline_access", "User.Read")
"""Permissions that Microsoft suggests to classify as low impact."""

MANAGED_EXCLUSIONS = (
    "Files.Read.All Files.ReadWrite.All Sites.* Mail.Read Mail.ReadWrite Mail.ReadBasic Mail.Read.Shared "
    "Mail.ReadBasic.Shared Mail.ReadWrite.Shared MailboxItem.Read Calendars.Read Calendars.ReadBasic "
    "Calendars.ReadWrite Calendars.Read.Shared Calendars.ReadWrite.Shared Chat.Read Chat.ReadWrite OnlineMeetings.* "
    "MailboxFolder.* MailboxSettings.Read MailboxSettings.ReadWrite Contacts.ReadWrite Contacts.ReadWrite.Shared "
    "Tasks.* People.Read EAS.AccessAsUser.All EWS.AccessAsUser.All IMAP.AccessAsUser.All POP.AccessAsUser.All"
).split()
"""What the policy that Microsoft manages keeps for administrators (`microsoft-user-default-recommended`, 2026)."""

MANAGED_EXEMPT = frozenset({"9e5f94bc-e8a4-4e73-b8be-63364c29d753"})
"""Mail clients that the managed policy lets through whatever they ask for, as far as their client id is published."""


class ConsentPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The consent settings of a tenant.

    Attributes:
        user_consent: what users may consent to.
        workflow: whether a user who may not can send a request to an administrator (admin-consent workflow).
        low_impact: delegated permissions that are classified as low impact.
        stay_signed_in: whether people are asked "Stay signed in?".
    """

    user_consent: UserConsent = "everything"
    workflow: bool = False
    low_impact: tuple[str, ...] = LOW_IMPACT
    stay_signed_in: bool = True


def consent_policy(tenant: Tenant) -> ConsentPolicy:
    """Return the consent settings of a tenant."""
    return msgspec.convert(tenant.settings.get("consent", {}), ConsentPolicy)


def set_consent_policy(tenant: Tenant, **changes: object) -> ConsentPolicy:
    """Change consent settings of a tenant; what is left out stays.

    Args:
        tenant: the tenant.
        changes: fields of `ConsentPolicy`.

    Raises:
        LookupError: `user_consent` is no known setting, or a permission does not exist; the nearest is named.
    """
    wanted = changes.get("user_consent")
    if wanted is not None and wanted not in get_args(UserConsent):
        raise unknown("user-consent setting", str(wanted), get_args(UserConsent))
    low = changes.get("low_impact")
    if isinstance(low, Iterable):
        changes["low_impact"] = tuple(name if name in OIDC_SCOPES else permission(name).name for name in map(str, low))
    policy = msgspec.structs.replace(consent_policy(tenant), **changes)
    tenant.settings["consent"] = msgspec.to_builtins(policy)
    return policy


def who_consents(
    tenant: Tenant, application: Application, user: User, scopes: Iterable[str], *, assignment_required: bool = False
) -> tuple[Verdict, list[str]]:
    """Say who may consent to delegated permissions.

    Args:
        tenant: the tenant that the user signs in to.
        application: who asks.
        user: who would consent.
        scopes: delegated permissions, OpenID scopes among them.
        assignment_required: whether only assigned users may use the application: then users cannot consent.

    Returns:
        Who decides, and the permissions that are beyond the user.
    """
    asked = list(scopes)
    if user.is_administrator:
        return "administrator", []
    beyond = asked if assignment_required else [one for one in asked if not _allowed(tenant, application, one)]
    if not beyond:
        return "user", []
    return ("needs_request" if consent_policy(tenant).workflow else "needs_administrator"), beyond


def _allowed(tenant: Tenant, application: Application, scope: str) -> bool:
    policy = consent_policy(tenant)
    if policy.user_consent == "nothing":
        return False
    if scope not in OIDC_SCOPES and exists_as(scope, "delegated") and permission(scope).admin_consent:
        return False
    if policy.user_consent == "low-impact":
        return scope in policy.low_impact and _is_trusted(tenant, application)
    if policy.user_consent == "microsoft-default-2026" and application.client_id not in MANAGED_EXEMPT:
        return not any(fnmatchcase(scope, pattern) for pattern in MANAGED_EXCLUSIONS)
    return True


def _is_trusted(tenant: Tenant, application: Application) -> bool:
    """Tell whether the low-impact policy covers an application: verified publisher, or registered in the tenant."""
    return application.verified_publisher is not None or application.id in tenant.applications
