"""Everything that happens later in a world: one heap, run in order of time when the clock passes.

An entry names an effect and carries plain data; what the effect does is decided by whoever runs the agenda.
"""

import heapq
from datetime import datetime

import msgspec


class Due(msgspec.Struct, frozen=True, order=True):
    """Something that happens at an instant.

    Attributes:
        at: when, by the world's clock.
        number: order among entries of one instant.
        effect: name of the effect, `mail.send_deferred`.
        data: plain data for the effect.
    """

    at: datetime
    number: int
    effect: str
    data: tuple[tuple[str, str | int], ...] = ()


class Agenda:
    """A world's heap of entries."""

    __slots__ = ("_cancelled", "_count", "_heap")

    def __init__(self) -> None:
        self._heap: list[Due] = []
        self._cancelled: set[int] = set()
        self._count = 0

    def add(self, at: datetime, effect: str, **data: str | int) -> Due:
        """Plan an effect.

        Args:
            at: when, by the world's clock.
            effect: name of the effect.
            data: what the effect needs to know.
        """
        self._count += 1
        due = Due(at, self._count, effect, tuple(sorted(data.items())))
        heapq.heappush(self._heap, due)
        return due

    def cancel(self, due: Due) -> None:
        """Take an entry out; nothing happens if it has run already."""
        if any(entry.number == due.number for entry in self._heap):
            self._cancelled.add(due.number)

    def next_at(self) -> datetime | None:
        """Return when the next entry falls due, or None."""
        while self._heap and self._heap[0].number in self._cancelled:
            self._cancelled.discard(heapq.heappop(self._heap).number)
        return self._heap[0].at if self._heap else None

    def pop_due(self, now: datetime) -> Due | None:
        """Take out and return the earliest entry that is due, or None."""
        at = self.next_at()
        return heapq.heappop(self._heap) if at is not None and at <= now else None

    @property
    def count(self) -> int:
        """How many entries were ever added; their numbers go up to it."""
        return self._count

    def resume(self, count: int) -> None:
        """Number the next entries after those of an agenda that was kept."""
        self._count = count

    def __len__(self) -> int:
        return len(self._heap) - len(self._cancelled)

    def state(self) -> tuple[Due, ...]:
        """Return the entries, for a snapshot."""
        return tuple(entry for entry in self._heap if entry.number not in self._cancelled)

    def restore(self, entries: tuple[Due, ...]) -> None:
        """Go back to entries that `state` returned."""
        self._heap = list(entries)
        heapq.heapify(self._heap)
        self._cancelled.clear()
