"""A tenant: its directory tables and its mailboxes."""

from collections.abc import Mapping
from typing import Any

from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import (
    AppAssignment,
    Application,
    Group,
    PermissionGrant,
    Photo,
    RefreshToken,
    RoleAssignment,
    ServicePrincipal,
    User,
)
from outlook365_emulator.store.records.policies import AccessPolicy
from outlook365_emulator.store.records.sign_in import ConsentRequest
from outlook365_emulator.store.shelf import Table
from outlook365_emulator.store.subscription_shelf import SubscriptionShelf


def addresses_of(user: User) -> tuple[str, ...]:
    """Return every address that reaches a user's mailbox, in lower case."""
    found = (user.user_principal_name, user.mail or "", *user.proxy_addresses)
    return tuple(dict.fromkeys(address.lower() for address in found if address))


class Tenant:
    """One organisation in one cloud.

    Args:
        id: tenant id.
        cloud: id of the cloud that it lives in.
        domains: its domains in lower case; the first is the initial domain.
        display_name: the organisation's name.
        settings: tenant-wide policies by name.

    Attributes:
        delta_rounds: what the tokens of the delta queries of the directory stand for, by token; a cache, no state.
    """

    __slots__ = (
        "access_policies",
        "app_assignments",
        "applications",
        "cloud",
        "consent_requests",
        "delta_rounds",
        "display_name",
        "domains",
        "grants",
        "groups",
        "id",
        "mailboxes",
        "photos",
        "refresh_tokens",
        "role_assignments",
        "service_principals",
        "settings",
        "subscriptions",
        "users",
    )

    def __init__(
        self,
        id: str,
        cloud: str,
        domains: tuple[str, ...],
        display_name: str,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.id = id
        self.cloud = cloud
        self.domains = domains
        self.display_name = display_name
        self.settings: dict[str, Any] = dict(settings or {})
        self.delta_rounds: dict[str, object] = {}
        self.users: Table[User] = Table(
            lambda user: user.id,
            {"name": lambda user: (user.user_principal_name.lower(),), "address": addresses_of},
        )
        self.photos: Table[Photo] = Table(lambda photo: photo.user)
        self.groups: Table[Group] = Table(lambda group: group.id)
        self.applications: Table[Application] = Table(
            lambda application: application.id, {"client": lambda application: (application.client_id,)}
        )
        self.service_principals: Table[ServicePrincipal] = Table(
            lambda principal: principal.id, {"client": lambda principal: (principal.client_id,)}
        )
        self.grants: Table[PermissionGrant] = Table(
            lambda grant: grant.id, {"pair": lambda grant: (f"{grant.client} {grant.principal}",)}
        )
        self.role_assignments: Table[RoleAssignment] = Table(
            lambda assignment: assignment.id,
            {"pair": lambda assignment: (f"{assignment.client} {assignment.permission}",)},
        )
        self.app_assignments: Table[AppAssignment] = Table(
            lambda assignment: assignment.id,
            {"triple": lambda one: (f"{one.principal} {one.resource} {one.role}",)},
        )
        self.refresh_tokens: Table[RefreshToken] = Table(lambda token: token.value)
        self.consent_requests: Table[ConsentRequest] = Table(lambda request: request.id)
        self.access_policies: Table[AccessPolicy] = Table(
            lambda policy: policy.id, {"name": lambda policy: (policy.name.lower(),)}
        )
        self.mailboxes: Table[Mailbox] = Table(lambda mailbox: mailbox.owner)
        self.subscriptions = SubscriptionShelf()

    def _tables(self) -> tuple[Table[Any], ...]:
        return (
            self.users,
            self.photos,
            self.groups,
            self.applications,
            self.service_principals,
            self.grants,
            self.role_assignments,
            self.app_assignments,
            self.refresh_tokens,
            self.consent_requests,
            self.access_policies,
        )

    def mailbox_of(self, user: User) -> Mailbox | None:
        """Return a user's mailbox, or None where Exchange holds none."""
        return self.mailboxes.get(user.id)

    def state(self) -> tuple[Any, ...]:
        """Return a shallow copy of everything in the tenant, for a snapshot."""
        boxes = [(mailbox, mailbox.state()) for mailbox in self.mailboxes]
        return dict(self.settings), [table.state() for table in self._tables()], boxes, self.subscriptions.state()

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to what `state` returned."""
        settings, tables, boxes, subscriptions = state
        self.settings = dict(settings)
        for table, rows in zip(self._tables(), tables, strict=True):
            table.restore(rows)
        self.mailboxes.restore({mailbox.owner: mailbox for mailbox, _ in boxes})
        for mailbox, kept in boxes:
            mailbox.restore(kept)
        self.subscriptions.restore(subscriptions)
