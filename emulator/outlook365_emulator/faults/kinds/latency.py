"""Kind `latency`: answer, but later: fixed, uniform or log-normal."""

import math
from typing import Annotated

import msgspec

from outlook365_emulator.faults.kinds.kind import Kind, Occasion
from outlook365_emulator.faults.outcomes import Delay

LONGEST = 3600.0
"""No delay is longer, in seconds: the tail of a log-normal distribution has no end of its own."""

Seconds = Annotated[float, msgspec.Meta(ge=0, le=LONGEST)]
_TOGETHER = (("seconds",), ("low", "high"), ("median", "sigma"))


class Latency(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings: exactly one of `seconds`, `low` with `high`, `median` with `sigma`.

    Attributes:
        seconds: a fixed delay.
        low: least delay in seconds, each up to `high` being as likely.
        high: greatest delay in seconds.
        median: half of the delays are shorter, in seconds.
        sigma: spread of the log-normal distribution; 0.4 resembles a healthy network.
    """

    seconds: Seconds | None = None
    low: Seconds | None = None
    high: Seconds | None = None
    median: Annotated[float, msgspec.Meta(gt=0, le=LONGEST)] | None = None
    sigma: Annotated[float, msgspec.Meta(ge=0, le=3)] | None = None

    def __post_init__(self) -> None:
        given = tuple(name for name in self.__struct_fields__ if getattr(self, name) is not None)
        if given not in _TOGETHER:
            raise ValueError(f"give seconds, or low and high, or median and sigma; got {', '.join(given) or 'none'}")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low ({self.low}) is above high ({self.high})")


def delay(settings: Latency, occasion: Occasion) -> Delay:
    """Draw the delay of a request."""
    if settings.seconds is not None:
        seconds = settings.seconds
    elif settings.low is not None and settings.high is not None:
        seconds = occasion.chance.uniform(settings.low, settings.high)
    else:
        drawn = occasion.chance.lognormvariate(math.log(settings.median or 1), settings.sigma or 0)
        seconds = min(drawn, LONGEST)
    return Delay(fault=occasion.fault, seconds=seconds)


KIND = Kind(settings=Latency, act=delay, delays=True)
