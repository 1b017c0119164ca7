"""A world: the unit of isolation. One clock, seed, agenda, list of faults, journal, outbox, and its tenants."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from outlook365_emulator.clock import Clock
from outlook365_emulator.faults.engine import FaultEngine
from outlook365_emulator.ids import Chance, Ids, base64url, fresh_nonce, fresh_seed
from outlook365_emulator.journal import Entry, Journal
from outlook365_emulator.store.agenda import Agenda, Due
from outlook365_emulator.store.blobs import Blobs
from outlook365_emulator.store.notices import Notices
from outlook365_emulator.store.recording import Recorder
from outlook365_emulator.store.sign_ins import SignIns
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import Committed, UnitOfWork
from outlook365_emulator.wire import Request, Response

KEY_LENGTH = 8

RunEffect = Callable[["World", Due], None]
Listener = Callable[["World", list[Committed]], None]
Observer = Callable[[Request, Response, Entry], None]


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message to addresses outside the emulator.

    Attributes:
        at: when it was sent.
        sender: address of the sender.
        recipients: external addresses that it went to.
        document: the message as JSON.
        calendar: the iCalendar part of a message about a meeting, else empty.
    """

    at: datetime
    sender: str
    recipients: tuple[str, ...]
    document: bytes
    calendar: bytes = b""


class World:
    """Everything that one test owns.

    Args:
        name: the world's name, unique in the emulator.
        seed: what drives chance, or None for one drawn now.
        nonce: what determines identity, or None for 16 unpredictable bytes; a constant gives fixed ids.
        clock: the world's clock, or None for one that runs with the real time.
        journal_limit: how many entries the journal keeps.

    Attributes:
        answered: called with each request, its answer and its journal entry.
        committed: called with the changes of items after each unit of work that made some.
        recorder: writes what changes where it lasts, or None.
        scenarios: what runs in it, by name.
        notices: change notifications on their way.
    """

    __slots__ = (
        "agenda",
        "answered",
        "blobs",
        "chance",
        "clock",
        "committed",
        "faults",
        "ids",
        "journal",
        "key",
        "name",
        "notices",
        "outbox",
        "recorder",
        "scenarios",
        "seed",
        "settings",
        "sign_ins",
        "tenants",
    )

    def __init__(
        self,
        name: str,
        *,
        seed: int | None = None,
        nonce: bytes | None = None,
        clock: Clock | None = None,
        journal_limit: int = 5000,
    ) -> None:
        self.name = name
        self.seed = fresh_seed() if seed is None else seed
        self.chance = Chance(self.seed)
        self.ids = Ids(nonce or fresh_nonce())
        self.key = base64url(self.ids.named("world", name).data(6))[:KEY_LENGTH]
        self.clock = clock or Clock()
        self.agenda = Agenda()
        self.faults = FaultEngine(self.chance)
        self.journal = Journal(journal_limit)
        self.outbox: list[Outgoing] = []
        self.tenants: dict[str, Tenant] = {}
        self.blobs = Blobs()
        self.settings: dict[str, str] = {}
        self.sign_ins = SignIns()
        self.committed: list[Listener] = []
        self.answered: list[Observer] = []
        self.scenarios: dict[str, Any] = {}
        self.notices = Notices()
        self.recorder: Recorder | None = None

    def unit(self, now: datetime | None = None) -> UnitOfWork:
        """Begin a unit of work; use it in a `with` statement.

        Args:
            now: the instant of the request, or None for the world's present.
        """
        keep = self._keep if self.recorder is not None else None
        return UnitOfWork(now or self.clock.now(), self._tell if self.committed else None, keep)

    def _keep(self, unit: UnitOfWork) -> None:
        if self.recorder is not None:
            self.recorder.write(self, unit)

    def _tell(self, changes: list[Committed]) -> None:
        for listener in self.committed:
            listener(self, changes)

    def opaque(self, prefix: str, length: int = 43) -> str:
        """Return a new opaque value (code, token, cookie) that leads back to this world.

        Args:
            prefix: text in front, `1.A` for a refresh token.
            length: number of unpredictable characters.
        """
        return f"{prefix}{self.key}{self.ids.text(length)}"

    def run_due(self, run: RunEffect) -> int:
        """Run what has fallen due by the world's clock; return how many entries ran."""
        now, count = self.clock.now(), 0
        while (due := self.agenda.pop_due(now)) is not None:
            run(self, due)
            count += 1
        return count

    def move_clock(self, to: datetime, run: RunEffect) -> None:
        """Go to an instant; what falls due on the way runs in order of time, each at its own instant.

        Args:
            to: an aware datetime; an earlier one than the present turns the clock back and runs nothing.
            run: runs one entry of the agenda.
        """
        forwards = to >= self.clock.now()
        while forwards and (at := self.agenda.next_at()) is not None and at <= to:
            if at > self.clock.now():
                self.clock.set(at)
            due = self.agenda.pop_due(at)
            if due is not None:
                run(self, due)
        self.clock.set(to)

    def advance(self, delta: timedelta, run: RunEffect) -> None:
        """Move the clock forwards by a duration, running what falls due."""
        self.move_clock(self.clock.now() + delta, run)
