"""The dates of assertions: their signer's own, so they are judged by the real time, whatever the world's clock says."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from outlook365_emulator.clock import real_timestamp
from outlook365_emulator.entra.call import Call

SKEW = 300
"""Seconds by which a signer's clock may be off."""


def check_times(call: Call, claims: Mapping[str, Any]) -> None:
    """Judge `exp` and `nbf` of an assertion.

    Raises:
        EntraError: 700024.
    """
    now = real_timestamp() + call.skew
    expires, start = _seconds(claims.get("exp")), _seconds(claims.get("nbf", 0))
    if expires is None or start is None or now > expires + SKEW or now < start - SKEW:
        params = {"current": _stamp(now), "valid_from": _stamp(start), "expires": _stamp(expires)}
        because = "exp and nbf of an assertion are judged by the real time, not by the world's clock"
        raise call.error(700024, because=because, **params)


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 <= value < 2**36 else None


def _stamp(seconds: float | None) -> str:
    return f"{datetime.fromtimestamp(seconds or 0, UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
