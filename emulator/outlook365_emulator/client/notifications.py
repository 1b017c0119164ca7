"""The handle of a world's change notifications: what was delivered, what waits, and waiting for it without sleeping."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.plain import parsed_instant
from outlook365_emulator.clock import monotonic

_LONGEST_WAIT = 15.0
_SHOWN = 20


class NotDelivered(AssertionError):
    """The notifications that a test waits for did not arrive; the message says what did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a notification, or of several that were posted together.

    Attributes:
        number: position in the list, from 1.
        at: the world's time.
        topic: `change`, `lifecycle` or `validation`.
        url: where it was sent.
        outcome: `delivered`, `retrying`, `given_up`, `lost`, `delayed`, `dropped` or `failed`.
        status: status of the endpoint's answer; 0 where there was none.
        attempt: which attempt it was, from 1.
        subscriptions: ids of the subscriptions.
        notifications: the documents as they were sent.
        reason: a sentence, or "".
        fault: name of the fault that had its hand in it, or "".
        retry_at: when it is sent again, or None.
    """

    number: int
    at: datetime
    topic: str
    url: str
    outcome: str
    status: int
    attempt: int
    subscriptions: list[str] = field(default_factory=list)
    notifications: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""
    fault: str = ""
    retry_at: datetime | None = None

    def __str__(self) -> str:
        kinds = ", ".join(one.get("lifecycleEvent") or one.get("changeType", "") for one in self.notifications)
        parts = [f"{self.number:>3}", self.outcome, str(self.status or ""), self.topic, kinds, self.url, self.reason]
        return "  ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A notification that has not been delivered yet.

    Attributes:
        topic: `change` or `lifecycle`.
        event: the kind of change, or the lifecycle event.
        subscription: id of the subscription.
        url: where it goes.
        attempts: how often it was sent.
        due: when it is sent by the world's clock, or None for at once.
    """

    topic: str
    event: str
    subscription: str
    url: str
    attempts: int
    due: datetime | None

    def __str__(self) -> str:
        when = f"due {self.due:%Y-%m-%d %H:%M:%S}Z" if self.due is not None else "due at once"
        return f"{self.event} for {self.url}, {when}, {self.attempts} attempts so far"


_DELIVERY = tuple(one.name for one in fields(Delivery))
_PENDING = tuple(one.name for one in fields(Pending))


def delivery_of(document: Mapping[str, Any]) -> Delivery:
    """Make a delivery of the control API's document; keys of a newer emulator are left out."""
    return Delivery(**_values(document, _DELIVERY))


def _values(document: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    found = {name: document[name] for name in names if name in document}
    for name in ("at", "retry_at", "due"):
        if found.get(name) is not None:
            found[name] = parsed_instant(found[name])
    return found


class Notifications:
    """A world's change notifications: what was posted to webhooks, and what waits.

    Args:
        connection: to the control API.
        path: path of the world.
    """

    def __init__(self, connection: Connection, path: str) -> None:
        self._connection = connection
        self._path = f"{path}/notifications"

    def __repr__(self) -> str:
        return f"Notifications({self._path!r})"

    @property
    def deliveries(self) -> list[Delivery]:
        """What became of notifications and validation requests, the earliest first."""
        return [delivery_of(one) for one in self._read()["deliveries"]]

    @property
    def pending(self) -> list[Pending]:
        """What has not been delivered yet: because it waits for its time, or for the server to come to it."""
        return [Pending(**_values(one, _PENDING)) for one in self._read()["pending"]]

    def deliver_pending(self, *, everything: bool = True) -> list[Delivery]:
        """Send what waits, and return when the webhooks have answered.

        Args:
            everything: also send what waits for its time (a second attempt, a delay); False sends what is due.

        Returns:
            What became of the notifications that were sent.
        """
        __tracebackhide__ = True
        found = self._connection.call("POST", f"{self._path}/deliver", {"everything": everything})
        return [delivery_of(one) for one in found["deliveries"]]

    def wait_for(
        self,
        count: int = 1,
        *,
        change_type: str | None = None,
        lifecycle_event: str | None = None,
        subscription: str | None = None,
        timeout: float = 10.0,
    ) -> list[dict[str, Any]]:
        """Wait until webhooks have taken a number of notifications, and return all that fit, in the order of delivery.

        Args:
            count: how many, counted from the beginning of the world.
            change_type: only `created`, `updated` or `deleted`.
            lifecycle_event: only this one: `reauthorizationRequired`, `subscriptionRemoved`, `missed`. Without it
                lifecycle notifications do not count.
            subscription: only those of the subscription with this id.
            timeout: how long to wait, in seconds of real time.

        Raises:
            NotDelivered: the time is over.
        """
        __tracebackhide__ = True
        until = monotonic() + timeout
        found: list[dict[str, Any]] = []
        read = self._read()
        while True:
            delivered = [one for one in map(delivery_of, read["deliveries"]) if one.outcome == "delivered"]
            documents = [document for one in delivered for document in one.notifications]
            found += [one for one in documents if _fits(one, change_type, lifecycle_event, subscription)]
            left = until - monotonic()
            if len(found) >= count:
                return found
            if left <= 0:
                raise NotDelivered(self._explained(count, len(found), timeout))
            read = self._wait(int(read["total"]), min(left, _LONGEST_WAIT))

    def _wait(self, since: int, seconds: float) -> dict[str, Any]:
        query = f"since={since}&milliseconds={int(seconds * 1000)}"
        read: dict[str, Any] = self._connection.call("GET", f"{self._path}/wait?{query}")
        return read

    def _read(self) -> dict[str, Any]:
        read: dict[str, Any] = self._connection.call("GET", self._path)
        return read

    def _explained(self, count: int, found: int, timeout: float) -> str:
        lines = [f"waited {timeout:g} s for {count} notifications; {found} that fit were delivered"]
        deliveries, pending = self.deliveries, self.pending
        if deliveries:
            lines += ["deliveries:", *(f"  {one}" for one in deliveries[-_SHOWN:])]
        if pending:
            lines += ["waiting:", *(f"  {one}" for one in pending[:_SHOWN])]
        if not deliveries and not pending:
            lines.append("no subscription has had anything to notify: is there one, and does its filter let it pass?")
        return "\n".join(lines)


def _fits(
    document: Mapping[str, Any], change_type: str | None, lifecycle_event: str | None, subscription: str | None
) -> bool:
    if subscription is not None and document.get("subscriptionId") != subscription:
        return False
    if lifecycle_event is not None or "lifecycleEvent" in document:
        return document.get("lifecycleEvent") == lifecycle_event
    return change_type in (None, document.get("changeType"))
