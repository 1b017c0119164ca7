"""The sign-ins of a world: flows that browsers are in, sessions, authorization codes and device codes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from outlook365_emulator.store.records.sign_in import AuthorizationCode, DeviceCode, Flow, Session
from outlook365_emulator.store.shelf import Table
from outlook365_emulator.store.unit import UnitOfWork

R = TypeVar("R")

KEPT = 5000
"""Flows, codes and device codes beyond this number push out the oldest, so that abandoned ones do not pile up."""


class SignIns:
    """Tables of what people sign in with; they span the tenants of a world, as a browser does."""

    __slots__ = ("codes", "device_codes", "flows", "sessions")

    def __init__(self) -> None:
        self.flows: Table[Flow] = Table(lambda flow: flow.id)
        self.sessions: Table[Session] = Table(
            lambda session: session.id,
            {"person": lambda session: (f"{session.browser} {session.tenant} {session.user}",)},
        )
        self.codes: Table[AuthorizationCode] = Table(lambda code: code.value)
        self.device_codes: Table[DeviceCode] = Table(
            lambda code: code.value, {"user_code": lambda code: (code.user_code,)}
        )

    def sessions_of(self, browser: str) -> list[Session]:
        """Return the sessions of a browser by the value of its cookie, the oldest first."""
        return [session for session in self.sessions if session.browser == browser] if browser else []

    def _tables(self) -> tuple[Table[Any], ...]:
        return (self.flows, self.sessions, self.codes, self.device_codes)

    def state(self) -> list[dict[str, Any]]:
        """Return a shallow copy of everything, for a snapshot."""
        return [table.state() for table in self._tables()]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Go back to what `state` returned."""
        for table, rows in zip(self._tables(), state, strict=True):
            table.restore(rows)


def make_room(unit: UnitOfWork, table: Table[R], ends: Callable[[R], datetime]) -> None:
    """Take out what ended long enough ago by the time of the unit, and the oldest where a table is full.

    Args:
        unit: the unit of work that it happens in.
        table: flows, codes or device codes.
        ends: when a record may go.
    """
    if len(table) < KEPT // 10:
        return
    for record in [one for one in table if ends(one) < unit.now]:
        unit.remove(table, record)
    for record in list(table)[: max(0, len(table) - KEPT)]:
        unit.remove(table, record)
