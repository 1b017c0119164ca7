"""Kinds that break the connection or the delivery: no answer, resets, half an answer, a trickle, a wrong length."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec

from outlook365_emulator.faults.kinds.harming import harm
from outlook365_emulator.faults.kinds.kind import Kind

LONGEST = 600.0

Share = Annotated[float, msgspec.Meta(ge=0, lt=1)]


class NoAnswer(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `no_answer`: the connection stays open and silent until the client gives up.

    Attributes:
        handled: whether the request is handled, so that what it asked for has happened.
    """

    handled: bool = False


class Reset(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `reset`: the connection is cut.

    Attributes:
        at: before the headers, after them, or in the middle of the body.
        how: `reset` sends RST, `close` ends the connection in order (FIN).
        handled: whether the request is handled first; where headers are sent, it always is.
    """

    at: Literal["before_headers", "after_headers", "body"] = "before_headers"
    how: Literal["reset", "close"] = "reset"
    handled: bool | None = None

    def __post_init__(self) -> None:
        if self.handled is False and self.at != "before_headers":
            raise ValueError(f"at: {self.at} sends headers, which only a request that is handled has")


class LostAnswer(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `lost_answer`: what was asked for happens, and the answer never arrives.

    Attributes:
        how: `reset` sends RST, `close` ends the connection in order, `silence` leaves the client waiting.
    """

    how: Literal["reset", "close", "silence"] = "reset"


class Truncate(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `truncate`: the body ends before its `Content-Length`, and the connection is closed in order.

    Attributes:
        share: the part of the body that is sent.
        bytes: how many bytes of it are sent, in place of `share`.
    """

    share: Share = 0.5
    bytes: Annotated[int, msgspec.Meta(ge=0)] | None = None


class Dribble(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `dribble`: the body comes in small pieces over some time.

    Attributes:
        seconds: how long the body takes, in real time.
        pieces: in how many pieces it comes.
        rate: bytes in a second, in place of `seconds`: a narrow line, on which a long body takes longer.
    """

    seconds: Annotated[float, msgspec.Meta(ge=0, le=LONGEST)] = 2.0
    pieces: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 10
    rate: Annotated[int, msgspec.Meta(ge=1)] | None = None


class ContentLength(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Settings of `content_length`: the header field says another length than the body has; the connection is closed.

    Attributes:
        difference: what is added to the true length: above zero the body seems to lack its end, below zero the client
            sees but its beginning.
    """

    difference: int = 10

    def __post_init__(self) -> None:
        if self.difference == 0:
            raise ValueError("a difference of 0 is the right length")


def _reset(settings: Reset, occasion: Any) -> Any:
    handled = settings.handled if settings.handled is not None else settings.at != "before_headers"
    return harm("reset")(msgspec.structs.replace(settings, handled=handled), occasion)


KINDS: Mapping[str, Kind[Any]] = MappingProxyType(
    {
        "no_answer": Kind(settings=NoAnswer, act=harm("no_answer"), whole=True, harms=True),
        "reset": Kind(settings=Reset, act=_reset, whole=True, harms=True),
        "lost_answer": Kind(settings=LostAnswer, act=harm("lost_answer"), whole=True, harms=True),
        "truncate": Kind(settings=Truncate, act=harm("truncate"), whole=True, harms=True),
        "dribble": Kind(settings=Dribble, act=harm("dribble"), whole=True, harms=True),
        "content_length": Kind(settings=ContentLength, act=harm("content_length"), whole=True, harms=True),
    }
)
