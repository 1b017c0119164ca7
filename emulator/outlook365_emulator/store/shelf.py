"""Shelves: where records of one kind stand, and what a unit of work can put on them and take off."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, Protocol, TypeVar

R = TypeVar("R")


class Shelf(Protocol[R]):
    """What a unit of work needs of a place that holds records."""

    def put(self, record: R) -> R | None:
        """Set a record in place of the one with its key, and return that one."""
        ...

    def remove(self, record: R) -> R:
        """Take off the record with the key of the one given, and return it."""
        ...


class ItemShelf(Shelf[R], Protocol[R]):
    """A shelf whose changes the change log of the mailbox records: messages, folders, events."""

    name: str

    def place(self, record: R) -> tuple[int, int, int]:
        """Return folder, number and stable number of a record, for the change log."""
        ...


class Taken(ValueError):
    """A value that must be unique belongs to another record already."""


class Table(Generic[R]):
    """Records by key, with unique secondary keys.

    Args:
        key: returns the key of a record.
        unique: further keys by name; each returns the values under which a record can be found.
    """

    __slots__ = ("_indexes", "_key", "_rows", "_unique")

    def __init__(self, key: Callable[[R], str], unique: Mapping[str, Callable[[R], tuple[str, ...]]] | None = None):
        self._key = key
        self._unique = dict(unique or {})
        self._rows: dict[str, R] = {}
        self._indexes: dict[str, dict[str, R]] = {name: {} for name in self._unique}

    def put(self, record: R) -> R | None:
        """Set a record in place of the one with its key, and return that one.

        Raises:
            Taken: a unique value belongs to another record.
        """
        key = self._key(record)
        previous = self._rows.get(key)
        for name, values_of in self._unique.items():
            for value in values_of(record):
                holder = self._indexes[name].get(value)
                if holder is not None and self._key(holder) != key:
                    raise Taken(f"{name} {value!r} is taken")
        if previous is not None:
            self._unindex(previous)
        self._rows[key] = record
        for name, values_of in self._unique.items():
            for value in values_of(record):
                self._indexes[name][value] = record
        return previous

    def remove(self, record: R) -> R:
        """Take off the record with the key of the one given, and return it."""
        held = self._rows.pop(self._key(record))
        self._unindex(held)
        return held

    def _unindex(self, record: R) -> None:
        for name, values_of in self._unique.items():
            for value in values_of(record):
                self._indexes[name].pop(value, None)

    def get(self, key: str) -> R | None:
        """Return the record with a key, or None."""
        return self._rows.get(key)

    def find(self, name: str, value: str) -> R | None:
        """Return the record that has a value under a unique secondary key, or None."""
        return self._indexes[name].get(value)

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def state(self) -> dict[str, Any]:
        """Return a shallow copy of the rows, for a snapshot."""
        return dict(self._rows)

    def restore(self, rows: Mapping[str, Any]) -> None:
        """Go back to rows that `state` returned."""
        for record in list(self._rows.values()):
            self.remove(record)
        for record in rows.values():
            self.put(record)
