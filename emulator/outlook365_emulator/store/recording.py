"""What a world needs of whoever writes it where it lasts."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from outlook365_emulator.store.unit import UnitOfWork
    from outlook365_emulator.store.world import World


class NotKept(Exception):
    """A change could not be written where it lasts, and did not take place; the message says why."""


class Recorder(Protocol):
    """Writes worlds where they outlive the process."""

    def host(self, world: "World") -> None:
        """Begin to record a world; it is first written with its first unit of work.

        Raises:
            NotKept: its large content cannot be written.
        """
        ...

    def write(self, world: "World", unit: "UnitOfWork") -> None:
        """Write a unit of work, whose records are in place, and what else has changed in its world.

        Raises:
            NotKept: it cannot be written; agenda, outbox and settings are as they were written last.
        """
        ...

    def settle(self, world: "World") -> None:
        """Write what has changed in a world outside of units of work.

        Raises:
            NotKept: it cannot be written.
        """
        ...

    def rewrite(self, world: "World") -> None:
        """Write a world anew as a whole.

        Raises:
            NotKept: it cannot be written.
        """
        ...

    def drop(self, world: "World") -> None:
        """Forget a world.

        Raises:
            NotKept: that cannot be written; the world is still there.
        """
        ...

    def keep_snapshot(self, world: "World", name: str) -> None:
        """Write a world's present state under a name.

        Raises:
            NotKept: it cannot be written.
        """
        ...
