"""Kind `rate_limit`: so many requests in a span of time, announced before they are used up."""

import math
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Any

import msgspec

from outlook365_emulator.errors import graph_error
from outlook365_emulator.faults.kinds.garbling import graph_only
from outlook365_emulator.faults.kinds.kind import Kind, Occasion
from outlook365_emulator.faults.outcomes import Answer, Wire


class RateLimit(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `rate_limit`: requests beyond a number are answered 429 until their span of time is over.

    The fields `RateLimit-Limit`, `-Remaining` and `-Reset` (draft-ietf-httpapi-ratelimit-headers-03, which Microsoft
    365 services send) come with every answer as soon as a share of the number is used up.

    Attributes:
        requests: how many are answered.
        seconds: in which span of the world's time; it begins with the first of them.
        warn_at: the share from which on answers carry the fields.
    """

    requests: Annotated[int, msgspec.Meta(ge=1)] = 60
    seconds: Annotated[float, msgspec.Meta(gt=0, le=86400)] = 60.0
    warn_at: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.8


def _act(settings: RateLimit, occasion: Occasion) -> Answer | Wire | None:
    window, span = occasion.window, timedelta(seconds=settings.seconds)
    if window.began is None or not window.began <= occasion.now < window.began + span:
        window.began, window.count = occasion.now, 0
    window.count += 1
    wait = str(math.ceil((window.began + span - occasion.now).total_seconds()))
    left = max(0, settings.requests - window.count)
    fields = {"RateLimit-Limit": str(settings.requests), "RateLimit-Remaining": str(left), "RateLimit-Reset": wait}
    if window.count > settings.requests:
        because = f"{settings.requests} requests within {settings.seconds:g} s are answered: wait {wait} s"
        headers = [("Retry-After", wait), *fields.items()]
        error = graph_error("throttled", limit="RequestCount", headers=headers, because=because)
        return Answer(fault=occasion.fault, error=error)
    if window.count < settings.requests * settings.warn_at:
        return None
    return Wire(fault=occasion.fault, kind="headers", settings={"repeat": [], "add": {}, "set": fields, "remove": []})


KINDS: Mapping[str, Kind[Any]] = MappingProxyType(
    {"rate_limit": Kind(settings=RateLimit, act=_act, services=graph_only)}
)
