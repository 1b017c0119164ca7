"""Kind `change`: something happens in the world right before a request is handled."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec

from outlook365_emulator.faults.kinds.behaving import effect
from outlook365_emulator.faults.kinds.kind import Kind

ChangeName = Literal[
    "revoke_sessions",
    "withdraw_consent",
    "demand_admin_consent",
    "expire_secrets",
    "roll_secrets",
    "expire_certificates",
    "roll_certificates",
    "roll_signing_key",
    "disable_account",
    "enable_account",
    "delete_account",
    "change_password",
    "expire_password",
    "require_mfa",
    "block_by_policy",
    "lift_policies",
    "disable_app",
    "enable_app",
    "reset_delta",
]
"""What can happen in a world; `entra.world_changes` says how."""


class Change(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `change`, and a step of a scenario.

    Attributes:
        change: what happens.
        user: whom it happens to: name, address or id; a fault means the user of the request, or the owner of the
            mailbox addressed, and a step everybody, where it is left out.
        app: the application: client id or display name; a fault means the application of the request, and a step all,
            where it is left out.
        permissions: for `withdraw_consent`: which ones; all when left out.
        password: for `change_password`: the new one; drawn when left out.
    """

    change: ChangeName
    user: str | None = None
    app: str | None = None
    permissions: Annotated[list[str], msgspec.Meta(min_length=1)] | None = None
    password: str | None = None


KINDS: Mapping[str, Kind[Any]] = MappingProxyType({"change": Kind(settings=Change, act=effect("change"))})
