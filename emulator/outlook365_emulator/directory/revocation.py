"""What ends a session or a token: Microsoft's table of revocation events.

Microsoft Entra, "Refresh tokens in the Microsoft identity platform", section "Token revocation".

Nothing is deleted when something is revoked: an event moves instants of the user, and what was issued before such an
instant no longer counts.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, get_args

import msgspec

from outlook365_emulator.store.records.directory import User

Event = Literal[
    "password_expires",
    "password_changed_by_user",
    "password_reset_by_user",
    "password_reset_in_portal",
    "password_reset_by_administrator",
    "sessions_revoked_by_user",
    "sessions_revoked_by_administrator",
    "signed_out",
]
Holding = Literal["password_cookie", "password_token", "other_cookie", "other_token", "confidential_client_token"]
"""What a person or a client holds: a cookie or a refresh token, from a password or from something else; a confidential
client's tokens are a kind of their own, whatever the person signed in with."""

HOLDINGS: tuple[Holding, ...] = get_args(Holding)
_PASSWORDS: frozenset[Holding] = frozenset({"password_cookie", "password_token"})
_ALL = frozenset(HOLDINGS)

REVOKED_BY: Mapping[Event, frozenset[Holding]] = MappingProxyType(
    {
        "password_expires": frozenset(),
        "password_changed_by_user": _PASSWORDS,
        "password_reset_by_user": _PASSWORDS,
        "password_reset_in_portal": _PASSWORDS,
        "password_reset_by_administrator": _ALL - {"other_cookie"},
        "sessions_revoked_by_user": _ALL,
        "sessions_revoked_by_administrator": _ALL,
        "signed_out": frozenset({"password_cookie", "other_cookie"}),
    }
)
"""What each event ends. Signing out ends the cookies of one browser, which are deleted; the other events move instants
of the user."""

_MOVES: Mapping[frozenset[Holding], tuple[str, ...]] = MappingProxyType(
    {
        _PASSWORDS: ("password_changed",),
        _ALL - {"other_cookie"}: ("password_changed", "tokens_valid_from"),
        _ALL: ("sessions_valid_from",),
    }
)

_JUDGED_BY: Mapping[Holding, tuple[str, ...]] = MappingProxyType(
    {
        "password_cookie": ("sessions_valid_from", "password_changed"),
        "password_token": ("sessions_valid_from", "password_changed", "tokens_valid_from"),
        "other_cookie": ("sessions_valid_from",),
        "other_token": ("sessions_valid_from", "tokens_valid_from"),
        "confidential_client_token": ("sessions_valid_from", "tokens_valid_from"),
    }
)


def token_kind(methods: tuple[str, ...], *, confidential: bool) -> Holding:
    """Return which column of the table a refresh token stands in.

    Args:
        methods: how the person signed in (`amr`).
        confidential: whether the client proved itself when it got the token.
    """
    if confidential:
        return "confidential_client_token"
    return "password_token" if "pwd" in methods else "other_token"


def valid_from(user: User, holding: Holding) -> datetime:
    """Return the instant from which something of a kind counts: what was issued to the user before is revoked."""
    instants: list[datetime] = [getattr(user, name) for name in _JUDGED_BY[holding]]
    return max(instants)


def after_all_issued(now: datetime, user: User) -> datetime:
    """Return the present instant and a microsecond: later than a session that began just now on a frozen clock.

    What is issued afterwards at the same instant is dated by the value returned here (`counts_from`), so it counts.
    """
    return max(now, counts_from(now, user)) + timedelta(microseconds=1)


def counts_from(now: datetime, user: User) -> datetime:
    """Return the instant by which something that is issued now is dated: never before a revocation.

    Revoking and signing in again can happen at one instant of a frozen clock.
    """
    return max(now, user.sessions_valid_from, user.password_changed, user.tokens_valid_from)


def after_event(user: User, event: Event, now: datetime) -> User:
    """Return a user's record after an event: what the table says is revoked no longer counts.

    Args:
        user: the record before.
        event: what happened.
        now: the instant, by the world's clock.
    """
    moved = _MOVES.get(REVOKED_BY[event], ())
    instant = after_all_issued(now, user)
    return msgspec.structs.replace(user, **dict.fromkeys(moved, instant))
