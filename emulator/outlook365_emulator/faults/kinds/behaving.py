"""Kinds that let a service behave differently: it knows what to do, here stands what it is called."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any

import msgspec

from outlook365_emulator.faults.kinds.garbling import graph_only
from outlook365_emulator.faults.kinds.kind import Kind, Occasion
from outlook365_emulator.faults.outcomes import Effect

LONGEST = 90 * 86400.0

Lag = Annotated[float, msgspec.Meta(gt=0, le=LONGEST)]


class StaleRead(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `stale_read`: a reading request does not see yet what was created a moment ago.

    Attributes:
        seconds: how far behind it is, in the world's time.
    """

    seconds: Lag = 30.0


class DelayedDelivery(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `delayed_delivery`: what is sent lies in Sent Items at once and reaches its recipients later.

    Attributes:
        seconds: how much later, in the world's time.
    """

    seconds: Lag = 300.0


class ShortPages(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `short_pages`: a page holds fewer items than were asked for, and its link leads to the rest.

    Attributes:
        items: how many items.
    """

    items: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


class DeltaReset(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `delta_reset`, which has none: the mailbox forgets its sync states, all delta tokens are 410."""


class ChangedIds(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `changed_ids`, which has none: every message of the mailbox gets another id; immutable ids stay."""


class UploadLost(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `upload_lost`, which has none: the upload session is gone for good."""


class ClockSkew(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `clock_skew`: Entra's clock and that of everybody else differ.

    Attributes:
        seconds: by how much Entra's clock is ahead; negative where it is behind.
    """

    seconds: Annotated[float, msgspec.Meta(ge=-LONGEST, le=LONGEST)] = 600.0


def effect(name: str) -> Callable[[msgspec.Struct, Occasion], Effect]:
    """Make the `act` of a kind whose name the services know."""

    def act(settings: msgspec.Struct, occasion: Occasion) -> Effect:
        return Effect(fault=occasion.fault, name=name, settings=msgspec.structs.asdict(settings))

    return act


def _outlook_only(settings: msgspec.Struct) -> tuple[str, ...]:
    return ("outlook",)


def _entra_only(settings: msgspec.Struct) -> tuple[str, ...]:
    return ("entra",)


KINDS: Mapping[str, Kind[Any]] = MappingProxyType(
    {
        "stale_read": Kind(settings=StaleRead, act=effect("stale_read"), services=graph_only),
        "delayed_delivery": Kind(settings=DelayedDelivery, act=effect("delayed_delivery"), services=graph_only),
        "short_pages": Kind(settings=ShortPages, act=effect("short_pages"), services=graph_only),
        "delta_reset": Kind(settings=DeltaReset, act=effect("delta_reset"), services=graph_only),
        "changed_ids": Kind(settings=ChangedIds, act=effect("changed_ids"), services=graph_only),
        "upload_lost": Kind(settings=UploadLost, act=effect("upload_lost"), services=_outlook_only),
        "clock_skew": Kind(settings=ClockSkew, act=effect("clock_skew"), services=_entra_only),
    }
)
