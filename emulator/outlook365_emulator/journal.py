"""What was asked, what was answered, and why.

A world has one journal. It is bounded: when it is full the oldest entries go and their number is kept, so that a
reader can say what is missing. Aggregates are counted apart and lose nothing.
"""

from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

import msgspec

from outlook365_emulator.clock import Clock

INTERNAL_ERROR = "InternalError"
"""The code of an entry whose request met a bug of the emulator."""

BUG = "the emulator failed, which is a bug in it: "
"""How the reason of such an entry begins; the exception follows."""


class Entry(msgspec.Struct, kw_only=True):
    """One request and its answer.

    Attributes:
        number: position in the journal, from 1.
        at: the world's time, ISO 8601.
        method: verb.
        url: what was asked, secrets left out.
        service: `entra`, `graph` or another name of the part that answered.
        operation: name of the operation or grant (`mail.messages.list`, `token.client_credentials`), or "".
        status: status of the answer.
        code: error code of the answer (`ErrorAccessDenied`, `AADSTS7000215`), or "".
        reason: our explanation in a sentence, or "".
        tenant: tenant id, or "".
        application: client id, or "".
        user: user principal name, or "".
        mailbox: the mailbox addressed, or "".
        permissions: scopes or roles of the token.
        missing: what the token lacked: any one of these would do.
        fault: name of the fault that answered or changed the answer, or "".
        batch: for an item of a `$batch` its id there, or "".
        placed: how the request was placed in its world.
        duration_ms: time spent, in milliseconds.
    """

    number: int = 0
    at: str = ""
    method: str = ""
    url: str = ""
    service: str = ""
    operation: str = ""
    status: int = 0
    code: str = ""
    reason: str = ""
    tenant: str = ""
    application: str = ""
    user: str = ""
    mailbox: str = ""
    permissions: list[str] = []
    missing: list[str] = []
    fault: str = ""
    batch: str = ""
    placed: str = ""
    duration_ms: float = 0.0


class Journal:
    """The bounded list of a world's entries and its aggregates.

    Args:
        limit: how many entries are kept.

    Attributes:
        counts: how often an operation was answered with a status.
        faulted: how often a fault had its hand in an operation.
        not_emulated: what was asked for and is not emulated, with counts.
        bugs: at what the emulator failed and with which exception, with counts.
        total: how many entries there have been.
    """

    def __init__(self, limit: int = 5000) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)
        self.counts: Counter[tuple[str, int]] = Counter()
        self.faulted: Counter[tuple[str, str]] = Counter()
        self.not_emulated: dict[str, int] = {}
        self.bugs: dict[str, int] = {}
        self.total = 0

    @property
    def dropped(self) -> int:
        """How many of the oldest entries are no longer kept."""
        return self.total - len(self._entries)

    def add(self, entry: Entry) -> None:
        """Number an entry, keep it and count it."""
        self.total += 1
        entry.number = self.total
        self._entries.append(entry)
        self.counts[entry.operation, entry.status] += 1
        if entry.fault:
            self.faulted[entry.operation, entry.fault] += 1
        asked = f"{entry.method} {entry.operation or entry.url}"
        if entry.code == "NotEmulated":
            self.not_emulated[asked] = self.not_emulated.get(asked, 0) + 1
        elif entry.code == INTERNAL_ERROR:
            bug = f"{asked}: {entry.reason.removeprefix(BUG)}"
            self.bugs[bug] = self.bugs.get(bug, 0) + 1

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def since(self, number: int = 0, **wanted: Any) -> list[Entry]:
        """Return the entries after a number that have all the wanted values.

        Args:
            number: entries with a greater number are returned.
            wanted: attribute values, `status=403`.
        """
        found = (entry for entry in self._entries if entry.number > number)
        return [entry for entry in found if all(getattr(entry, key) == value for key, value in wanted.items())]


def written_at(clock: Clock) -> str:
    """Write a clock's present as the journal does: `2026-03-02T09:00:00.000Z`."""
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
