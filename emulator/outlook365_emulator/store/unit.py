"""The unit of work: everything that one operation writes, or nothing.

Records go on their shelves as they are put, so that the unit reads its own writes; what was there before is kept until
the unit ends. A handler that raises has it all put back and leaves nothing behind. Nobody can see the state between,
because a unit never spans an `await`.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

from outlook365_emulator.store.change_log import Change, Kind
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.shelf import ItemShelf, Shelf

R = TypeVar("R")


class Committed(NamedTuple):
    """One change of an item as the change log has it, with the item before and after.

    Attributes:
        mailbox: the mailbox of the item.
        change: the entry of its change log.
        record: the item as it is, or None where it is gone.
        previous: the item as it was, or None where it is new.
    """

    mailbox: Mailbox
    change: Change
    record: Any
    previous: Any


class UnitSpansAwait(RuntimeError):
    """A unit of work was open while the event loop ran something else."""


class UnitOfWork:
    """Writes to a world that take effect together.

    Args:
        now: the instant at which everything in it happens.
        committed: called with the changes of items when the unit has succeeded, or None where nobody listens.
        keep: called with the unit when all is done, to write it where it lasts, or None; where it raises, the unit is
            undone.

    Attributes:
        delivery_delay: seconds of the world's time by which mail that is sent reaches its recipients later.
    """

    __slots__ = (
        "_after",
        "_before",
        "_committed",
        "_done",
        "_keep",
        "_logged",
        "_passed",
        "changes",
        "delivery_delay",
        "now",
    )

    def __init__(
        self,
        now: datetime,
        committed: Callable[[list[Committed]], object] | None = None,
        keep: "Callable[[UnitOfWork], object] | None" = None,
    ) -> None:
        self.now = now
        self.delivery_delay = 0.0
        self._committed = committed
        self._keep = keep
        self._before: list[Change | None] = []
        self.changes: list[tuple[Mailbox, Change]] = []
        self._done: list[tuple[Shelf[Any], Any, Any]] = []
        self._logged: list[tuple[Mailbox, ItemShelf[Any], Any, Any]] = []
        self._after: list[Callable[[], object]] = []
        self._passed = False

    def put(self, shelf: Shelf[R], record: R) -> R:
        """Set a record on a shelf in place of the one with its key, and return it."""
        self._done.append((shelf, record, shelf.put(record)))
        return record

    def remove(self, shelf: Shelf[R], record: R) -> None:
        """Take a record off a shelf."""
        self._done.append((shelf, None, shelf.remove(record)))

    def put_item(self, mailbox: Mailbox, shelf: ItemShelf[Any], record: Any) -> None:
        """Set an item of a mailbox; the change log learns of it when the unit ends."""
        self.put(shelf, record)
        self._logged.append((mailbox, shelf, record, self._done[-1][2]))

    def remove_item(self, mailbox: Mailbox, shelf: ItemShelf[Any], record: Any) -> None:
        """Take an item out of a mailbox; the change log learns of it when the unit ends."""
        self.remove(shelf, record)
        self._logged.append((mailbox, shelf, None, self._done[-1][2]))

    def after(self, action: Callable[[], object]) -> None:
        """Have something done when the unit has succeeded: what is no record (outbox, agenda, indexes)."""
        self._after.append(action)

    @property
    def operations(self) -> list[tuple[Shelf[Any], Any, Any]]:
        """What was done: shelf, record (None where one was removed) and what stood there before (or None)."""
        return self._done

    def undo(self) -> None:
        """Put everything back as it was before the unit."""
        for shelf, record, previous in reversed(self._done):
            if record is None:
                shelf.put(previous)
            elif previous is None:
                shelf.remove(record)
            else:
                shelf.put(previous)
        self._done.clear()
        self._logged.clear()
        self._after.clear()

    def _write_log(self) -> list[Committed]:
        written: list[Committed] = []
        net: dict[tuple[str, str, int], tuple[Mailbox, ItemShelf[Any], Any, Any]] = {}
        for mailbox, shelf, record, previous in self._logged:
            key = (mailbox.guid, shelf.name, (previous if record is None else record).number)
            first = net.pop(key)[3] if key in net else previous
            net[key] = (mailbox, shelf, record, first)
        for mailbox, shelf, record, previous in net.values():
            if record is None and previous is None:
                continue  # came and went within the unit
            kind: Kind = "deleted" if record is None else "created" if previous is None else "updated"
            folder, number, stable = shelf.place(previous if record is None else record)
            if self._keep is not None:
                self._before.append(mailbox.changes.last(shelf.name, number))
            change = mailbox.changes.append(kind, shelf.name, folder, number, stable, self.now)
            self.changes.append((mailbox, change))
            written.append(Committed(mailbox, change, record, previous))
        return written

    def _kept(self) -> None:
        """Have the unit written where it lasts; undo it where that fails."""
        if self._keep is None or not (self._done or self._after):
            return
        try:
            self._keep(self)
        except BaseException:
            for (mailbox, change), before in zip(reversed(self.changes), reversed(self._before), strict=True):
                mailbox.changes.take_back(change, before)
            self.changes.clear()
            self.undo()
            raise

    def _mark(self) -> None:
        self._passed = True

    def __enter__(self) -> Self:
        try:
            asyncio.get_running_loop().call_soon(self._mark)
        except RuntimeError:
            self._passed = False  # no loop runs: nothing can come between
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None or self._passed:
            self.undo()
        if error is None and self._passed:
            raise UnitSpansAwait("a unit of work must end before the next await: await first, load again, then write")
        if error is None:
            written = self._write_log()
            for action in self._after:
                action()
            self._kept()
            if self._committed is not None and written:
                self._committed(written)
