"""The change log of a mailbox: one live entry per item and tombstones for thirty emulated days.

Delta queries, notifications and state differences read it; nothing else records what changed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec

TOMBSTONES_KEPT = timedelta(days=30)

Kind = Literal["created", "updated", "deleted"]


class Change(msgspec.Struct, frozen=True):
    """What happened last to an item in a folder.

    Attributes:
        sequence: position in the log; grows with every change of the mailbox.
        kind: `created`, `updated`, or `deleted` (also when the item moved away).
        shelf: kind of the item, `message`, `mailFolder`.
        folder: number of the folder concerned.
        number: the item's number.
        stable: the item's immutable number.
        at: when, by the world's clock.
    """

    sequence: int
    kind: Kind
    shelf: str
    folder: int
    number: int
    stable: int
    at: datetime


class ChangeLog:
    """The last change of every item, in order of time."""

    __slots__ = ("_entries", "_tombstones", "sequence")

    def __init__(self) -> None:
        self.sequence = 0
        self._entries: dict[tuple[str, int], Change] = {}
        self._tombstones: dict[tuple[str, int], datetime] = {}

    def append(self, kind: Kind, shelf: str, folder: int, number: int, stable: int, at: datetime) -> Change:
        """Record a change; it takes the place of the item's last one. Tombstones that are too old go."""
        self.sequence += 1
        change = Change(self.sequence, kind, shelf, folder, number, stable, at)
        key = (shelf, number)
        self._entries.pop(key, None)
        self._tombstones.pop(key, None)
        self._entries[key] = change
        if kind == "deleted":
            self._tombstones[key] = at
        self.forget(at)
        return change

    def last(self, shelf: str, number: int) -> Change | None:
        """Return the last change of an item, or None."""
        return self._entries.get((shelf, number))

    def take_back(self, change: Change, before: Change | None) -> None:
        """Undo the latest `append`.

        Args:
            change: what it returned.
            before: the item's change before, or None.
        """
        entries = [one for one in self._entries.values() if one is not change]
        if before is not None:
            entries.append(before)
        entries.sort(key=lambda one: one.sequence)
        self.restore((change.sequence - 1, {(one.shelf, one.number): one for one in entries}))

    def since(self, sequence: int, shelf: str, folder: int | None = None) -> list[Change]:
        """Return the changes after a sequence number, oldest first.

        Args:
            sequence: changes with a greater number are returned.
            shelf: kind of item.
            folder: number of a folder, or None for the whole mailbox.
        """
        found = []
        for change in reversed(self._entries.values()):
            if change.sequence <= sequence:
                break
            if change.shelf == shelf and (folder is None or change.folder == folder):
                found.append(change)
        found.reverse()
        return found

    def forget(self, now: datetime) -> None:
        """Drop tombstones that are older than thirty emulated days."""
        limit = now - TOMBSTONES_KEPT
        while self._tombstones:
            key, at = next(iter(self._tombstones.items()))
            if at >= limit:
                return
            del self._tombstones[key], self._entries[key]

    def __iter__(self) -> Iterator[Change]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def state(self) -> tuple[int, dict[tuple[str, int], Change]]:
        """Return a shallow copy, for a snapshot."""
        return self.sequence, dict(self._entries)

    def restore(self, state: tuple[int, dict[tuple[str, int], Change]]) -> None:
        """Go back to what `state` returned."""
        self.sequence, entries = state
        self._entries = dict(entries)
        self._tombstones = {key: change.at for key, change in entries.items() if change.kind == "deleted"}
