"""Change notifications on their way: what waits for its time, what can be sent, and what became of the rest."""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Literal

import msgspec

KEPT = 2000
"""How many deliveries are kept; the oldest go first, and their number stays known."""

Topic = Literal["change", "lifecycle"]
Outcome = Literal["delivered", "retrying", "given_up", "lost", "dropped", "delayed", "failed"]


class Notice(msgspec.Struct, kw_only=True, eq=False):
    """One notification that has to be delivered.

    Attributes:
        number: position among all of the world, from 1.
        topic: what it is about: a `change` of an item, or the `lifecycle` of the subscription.
        event: `created`, `updated`, `deleted`; or `reauthorizationRequired`, `subscriptionRemoved`, `missed`.
        tenant: tenant id.
        subscription: id of the subscription.
        url: where it goes.
        at: when it came about, by the world's clock.
        item: the record of the item as it was then; of a lifecycle notification the subscription.
        attempts: how often it was sent.
        due: when it is to be sent (again), or None for at once.
        held: waits until another notification of its subscription was sent.
        judged: whether faults have had their say.
        slowed: whether it was held back because its endpoint is slow.
        copy_of: of a copy the number of the notification that it copies, else 0.
    """

    number: int
    topic: Topic
    event: str
    tenant: str
    subscription: str
    url: str
    at: datetime
    item: Any
    attempts: int = 0
    due: datetime | None = None
    held: bool = False
    judged: bool = False
    slowed: bool = False
    copy_of: int = 0


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a notification, or of several that were sent together.

    Attributes:
        number: position in the list, from 1.
        at: the world's time.
        topic: `change`, `lifecycle` or `validation`.
        url: where it was sent.
        outcome: `delivered`; `retrying` (it will be sent again); `given_up` (four hours of attempts, or the endpoint is
            dropped); `lost` (by a fault); `delayed` (by a fault); `dropped` (the subscription ended meanwhile);
            `failed` (a validation).
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
    outcome: Outcome
    status: int
    attempt: int
    subscriptions: tuple[str, ...]
    notifications: tuple[msgspec.Raw, ...]
    reason: str = ""
    fault: str = ""
    retry_at: datetime | None = None


class Endpoint(msgspec.Struct):
    """How an endpoint has answered of late.

    Attributes:
        answers: in the window, the instant of each answer, the number of notifications that it answered, and how many
            of them were slow.
        total: sum of these numbers.
        slow: sum of the slow ones.
        dropped_until: until when nothing is sent to it, or None.
    """

    answers: deque[tuple[datetime, int, int]] = msgspec.field(default_factory=deque)
    total: int = 0
    slow: int = 0
    dropped_until: datetime | None = None


class Notices:
    """The notifications of one world.

    Attributes:
        ready: what can be sent, by URL.
        waiting: what waits for its time, by number.
        missed: ids of subscriptions that missed something while they were paused.
        endpoints: how endpoints have answered, by host.
        deliveries: what became of notifications, the latest ones.
        total: how many deliveries there have been.
        sending: how many notifications are being sent.
        on_ready: called with the URL of each notification that can be sent; sends nothing itself.
        on_recorded: called after each delivery.
    """

    __slots__ = (
        "_count",
        "deliveries",
        "endpoints",
        "missed",
        "on_ready",
        "on_recorded",
        "ready",
        "sending",
        "total",
        "waiting",
    )

    def __init__(self) -> None:
        self._count = 0
        self.ready: dict[str, list[Notice]] = {}
        self.waiting: dict[int, Notice] = {}
        self.missed: set[str] = set()
        self.endpoints: dict[str, Endpoint] = {}
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT)
        self.total = 0
        self.sending = 0
        self.on_ready: Callable[[str], object] | None = None
        self.on_recorded: Callable[[], object] | None = None

    def add(
        self, topic: Topic, event: str, tenant: str, subscription: str, url: str, at: datetime, item: Any
    ) -> Notice:
        """Add a notification that can be sent at once, and return it."""
        self._count += 1
        notice = Notice(
            number=self._count,
            topic=topic,
            event=event,
            tenant=tenant,
            subscription=subscription,
            url=url,
            at=at,
            item=item,
        )
        self.make_ready(notice)
        return notice

    def copy(self, notice: Notice) -> Notice:
        """Add a second copy of a notification, which no fault touches."""
        self._count += 1
        twin = msgspec.structs.replace(notice, number=self._count, judged=True, copy_of=notice.copy_of or notice.number)
        self.make_ready(twin)
        return twin

    def make_ready(self, notice: Notice) -> None:
        """Let a notification be sent at once."""
        self.waiting.pop(notice.number, None)
        notice.due, notice.held = None, False
        self.ready.setdefault(notice.url, []).append(notice)
        if self.on_ready is not None:
            self.on_ready(notice.url)

    def wait(self, notice: Notice, until: datetime, *, held: bool = False) -> None:
        """Hold a notification back until an instant; whoever calls puts that on the agenda."""
        notice.due, notice.held = until, held
        self.waiting[notice.number] = notice

    def release(self, numbers: Iterable[int]) -> None:
        """Let notifications that wait be sent at once."""
        for number in list(numbers):
            notice = self.waiting.get(number)
            if notice is not None:
                self.make_ready(notice)

    def take(self, url: str, most: int) -> list[Notice]:
        """Take out what can be sent to a URL, up to a number."""
        held = self.ready.pop(url, [])
        if len(held) > most:
            self.ready[url] = held[most:]
        return held[:most]

    @property
    def pending(self) -> int:
        """How many notifications have not been delivered or given up."""
        return sum(map(len, self.ready.values())) + len(self.waiting) + self.sending

    def record(self, **fields: Any) -> Delivery:
        """Number a delivery, keep it and return it."""
        self.total += 1
        delivery = Delivery(number=self.total, **fields)
        self.deliveries.append(delivery)
        if self.on_recorded is not None:
            self.on_recorded()
        return delivery

    @property
    def count(self) -> int:
        """How many notifications there have been; their numbers go up to it."""
        return self._count

    def resume(self, count: int, missed: Iterable[str]) -> None:
        """Number the next notifications after those that were kept, and remember who missed some."""
        self._count = count
        self.missed.update(missed)

    def on_the_way(self) -> list[Notice]:
        """Return what waits for its time and what can be sent."""
        return [*self.waiting.values(), *(notice for notices in self.ready.values() for notice in notices)]

    def state(self) -> tuple[Notice, ...]:
        """Return copies of what is on its way, for a snapshot."""
        return tuple(msgspec.structs.replace(notice) for notice in self.on_the_way())

    def restore(self, notices: tuple[Notice, ...]) -> None:
        """Go back to what `state` returned; what became of the rest stays."""
        self.ready.clear()
        self.waiting.clear()
        self.missed.clear()
        self.endpoints.clear()
        for one in notices:
            notice = msgspec.structs.replace(one)
            if notice.due is None:
                self.make_ready(notice)
            else:
                self.waiting[notice.number] = notice
