"""Kinds that concern change notifications on their way to a client's endpoint."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

import msgspec

from outlook365_emulator.faults.kinds.behaving import Lag, effect
from outlook365_emulator.faults.kinds.kind import Kind


class Duplicated(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `duplicated_notification`: it is delivered more than once.

    Attributes:
        copies: how many times more.
    """

    copies: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class Delayed(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `delayed_notification`: it is delivered later.

    Attributes:
        seconds: how much later, in the world's time.
    """

    seconds: Lag = 300.0


class Reordered(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `reordered_notification`: it is delivered after the next one of its subscription.

    Attributes:
        seconds: after how long it is delivered at the latest, in the world's time.
    """

    seconds: Lag = 300.0


class Lost(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `lost_notification`, which has none: it is not delivered, and nobody says so."""


class Missed(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `missed_notification`, which has none: it is lost, and the lifecycle endpoint is told `missed`."""


class Ended(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `expired_subscription`: the subscription ends instead.

    Attributes:
        tell: whether the lifecycle endpoint is told `subscriptionRemoved`.
    """

    tell: bool = True


class ValidationTimeout(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `validation_timeout`, which has none: the endpoint is not reached in time when it is validated."""


def _notifications_only(settings: msgspec.Struct) -> tuple[str, ...]:
    return ("notifications",)


def _kind(name: str, settings: type[msgspec.Struct]) -> Kind[Any]:
    return Kind(settings=settings, act=effect(name), services=_notifications_only)


KINDS: Mapping[str, Kind[Any]] = MappingProxyType(
    {
        name: _kind(name, settings)
        for name, settings in (
            ("duplicated_notification", Duplicated),
            ("delayed_notification", Delayed),
            ("reordered_notification", Reordered),
            ("lost_notification", Lost),
            ("missed_notification", Missed),
            ("expired_subscription", Ended),
            ("validation_timeout", ValidationTimeout),
        )
    }
)
