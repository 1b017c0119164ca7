"""What a tenant demands of sign-ins: conditional access policies, locks, and limits for clients that loop."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from outlook365_emulator.control.context import Call
from outlook365_emulator.directory.account_states import THRESHOLD, lockout_threshold
from outlook365_emulator.directory.conditional_access import policy_named
from outlook365_emulator.entra.request_loops import LIMIT
from outlook365_emulator.graph.mail.sending_limits import MAX_MESSAGE_SIZE, MAX_RECIPIENTS, RECIPIENTS_PER_DAY
from outlook365_emulator.store.records.policies import AccessPolicy, Control
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.worlds.contents import Document
from outlook365_emulator.worlds.documents import MailLimit, PolicyDocument
from outlook365_emulator.worlds.policies import add_policy_of

Limit = Annotated[int, Meta(ge=1, le=100000, description="a whole number, 1 to 100000")]


class PolicyChange(Document):
    """Fields of a policy to change; what is left out stays.

    Attributes:
        enabled: whether it is enforced.
    """

    enabled: bool | UnsetType = UNSET


class PolicyView(msgspec.Struct):
    """A conditional access policy; `users` are object ids and `apps` client ids."""

    id: str
    name: str
    control: Control
    users: list[str]
    apps: list[str]
    hours: float
    enabled: bool


class PolicyList(msgspec.Struct):
    """The conditional access policies of a tenant."""

    policies: list[PolicyView]


class LimitsChange(Document):
    """Limits of a tenant to change; what is left out stays.

    Attributes:
        lockout_threshold: after how many wrong passwords in a row an account is locked; null for Microsoft's default.
        identical_requests: after how many identical token requests within five minutes a client is stopped; null for
            never.
        max_recipients: recipients of a message; null for Exchange Online's limit, as for those that follow.
        recipients_per_day: recipients of a mailbox in a day.
        messages_per_minute: messages of a mailbox in a minute; null for none.
        max_message_size: bytes of a message on its way.
    """

    lockout_threshold: Limit | UnsetType | None = UNSET
    identical_requests: Limit | UnsetType | None = UNSET
    max_recipients: MailLimit | UnsetType | None = UNSET
    recipients_per_day: MailLimit | UnsetType | None = UNSET
    messages_per_minute: MailLimit | UnsetType | None = UNSET
    max_message_size: MailLimit | UnsetType | None = UNSET


class LimitsView(msgspec.Struct):
    """Limits of a tenant."""

    lockout_threshold: int
    identical_requests: int | None
    max_recipients: int
    recipients_per_day: int
    messages_per_minute: int | None
    max_message_size: int


def create_policy(call: Call, document: PolicyDocument) -> PolicyView:
    """Add a conditional access policy; it is enforced at once."""
    with call.unit() as unit:
        return _view(add_policy_of(call.world, call.tenant, unit, document))


def list_policies(call: Call) -> PolicyList:
    """List the conditional access policies of a tenant."""
    return PolicyList([_view(policy) for policy in call.tenant.access_policies])


def update_policy(call: Call, change: PolicyChange) -> PolicyView:
    """Enforce a policy, or stop to."""
    policy = policy_named(call.tenant, call.keys["policy"])
    if change.enabled is not UNSET:
        policy = msgspec.structs.replace(policy, enabled=change.enabled)
    with call.unit() as unit:
        return _view(unit.put(call.tenant.access_policies, policy))


def remove_policy(call: Call) -> None:
    """Remove a conditional access policy, by id or name."""
    policy = policy_named(call.tenant, call.keys["policy"])
    with call.unit() as unit:
        unit.remove(call.tenant.access_policies, policy)


def show_limits(call: Call) -> LimitsView:
    """Show the limits of a tenant."""
    return _limits(call.tenant)


def change_limits(call: Call, change: LimitsChange) -> LimitsView:
    """Change the limits of a tenant."""
    settings = call.tenant.settings
    for field in change.__struct_fields__:
        name, value = _SETTINGS.get(field, field), getattr(change, field)
        if value is None:
            settings.pop(name, None)
        elif value is not UNSET:
            settings[name] = value
    return _limits(call.tenant)


def _limits(tenant: Tenant) -> LimitsView:
    held = tenant.settings
    return LimitsView(
        lockout_threshold=lockout_threshold(tenant),
        identical_requests=held.get(LIMIT),
        max_recipients=held.get("max_recipients", MAX_RECIPIENTS),
        recipients_per_day=held.get("recipients_per_day", RECIPIENTS_PER_DAY),
        messages_per_minute=held.get("messages_per_minute"),
        max_message_size=held.get("max_message_size", MAX_MESSAGE_SIZE),
    )


_SETTINGS: Mapping[str, str] = MappingProxyType({"lockout_threshold": THRESHOLD, "identical_requests": LIMIT})
"""Names of the tenant's settings that differ from the document's."""


def _view(policy: AccessPolicy) -> PolicyView:
    return PolicyView(
        policy.id,
        policy.name,
        policy.control,
        list(policy.users),
        list(policy.applications),
        policy.hours,
        policy.enabled,
    )
