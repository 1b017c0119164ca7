"""The shelf of a tenant's subscriptions: by id, and by the mailbox that they watch."""

from collections.abc import Iterator

from outlook365_emulator.store.records.subscriptions import Subscription


class SubscriptionShelf:
    """Subscriptions by id and by mailbox, in the order of their making."""

    __slots__ = ("_by_mailbox", "_rows")

    def __init__(self) -> None:
        self._rows: dict[str, Subscription] = {}
        self._by_mailbox: dict[str, dict[str, Subscription]] = {}

    def put(self, record: Subscription) -> Subscription | None:
        """Set a subscription in place of the one with its id, and return that one."""
        previous = self._rows.get(record.id)
        self._rows[record.id] = record
        self._by_mailbox.setdefault(record.mailbox, {})[record.id] = record
        return previous

    def remove(self, record: Subscription) -> Subscription:
        """Take off the subscription with the id of the one given, and return it."""
        held = self._rows.pop(record.id)
        watching = self._by_mailbox[held.mailbox]
        del watching[held.id]
        if not watching:
            del self._by_mailbox[held.mailbox]
        return held

    def get(self, identity: str) -> Subscription | None:
        """Return the subscription with an id, or None."""
        return self._rows.get(identity)

    def of(self, mailbox: str) -> list[Subscription]:
        """Return the subscriptions that watch the mailbox of a user, by the user's object id."""
        found = self._by_mailbox.get(mailbox)
        return list(found.values()) if found else []

    def __iter__(self) -> Iterator[Subscription]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def state(self) -> dict[str, Subscription]:
        """Return a shallow copy, for a snapshot."""
        return dict(self._rows)

    def restore(self, rows: dict[str, Subscription]) -> None:
        """Go back to what `state` returned."""
        self._rows.clear()
        self._by_mailbox.clear()
        for record in rows.values():
            self.put(record)
