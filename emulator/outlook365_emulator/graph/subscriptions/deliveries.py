"""What became of a notification: written to the list of deliveries and to the journal, and planned again if need be."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

import msgspec

from outlook365_emulator.errors import GraphError
from outlook365_emulator.graph.subscriptions.attempts import (
    ANSWER_SECONDS,
    SLOW_SECONDS,
    endpoint_of,
    next_attempt,
    note_answer,
    send_later,
)
from outlook365_emulator.graph.subscriptions.lifecycle import announce_missed, find_subscription
from outlook365_emulator.journal import Entry
from outlook365_emulator.net.send import Reply, SendFailed
from outlook365_emulator.store.notices import Notice, Outcome
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

if TYPE_CHECKING:
    from outlook365_emulator.graph.call import Call


class Sent(NamedTuple):
    """What an endpoint made of a POST.

    Attributes:
        status: status of its answer; 0 where there was none.
        seconds: how long it took, in real time.
        reason: why there was no answer, or "".
        timed_out: whether it took too long.
    """

    status: int
    seconds: float
    reason: str = ""
    timed_out: bool = False


class Posted(Protocol):
    """What was posted."""

    @property
    def url(self) -> str:
        """Where it went."""

    @property
    def tenant(self) -> Tenant:
        """The tenant of the subscriptions."""

    @property
    def application(self) -> str:
        """Client id of their application."""

    @property
    def topic(self) -> str:
        """`change` or `lifecycle`."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The notifications."""

    @property
    def documents(self) -> tuple[msgspec.Raw, ...]:
        """The notifications as they were sent."""

    @property
    def mailbox(self) -> str:
        """The mailbox watched, or ""."""

    @property
    def fault(self) -> str:
        """A fault that had its hand in it, or ""."""


def record_sent(world: World, posted: Posted, sent: Sent) -> None:
    """Write down how an endpoint answered, and plan what it did not take.

    Args:
        world: the world.
        posted: what was sent.
        sent: how it was answered.
    """
    now, notices = world.clock.now(), world.notices
    late = sent.timed_out or sent.seconds > ANSWER_SECONDS
    taken = 200 <= sent.status < 300 and not late
    slow = late or sent.seconds > SLOW_SECONDS
    note_answer(endpoint_of(notices, posted.url), now, slow=slow, count=len(posted.notices))
    reason = sent.reason or ("" if taken else _why(sent, late=late))
    first = posted.notices[0]
    again: datetime | None = None
    given_up: list[str] = []
    for notice in posted.notices:
        notice.attempts += 1
        if taken:
            continue
        at = next_attempt(notice.at, now, notice.attempts)
        if at is None:
            given_up.append(notice.subscription)
            continue
        again = at
        send_later(world, notice, at)
    outcome: Outcome = "delivered" if taken else "retrying" if again is not None else "given_up"
    _add_entry(world, posted, sent, reason)
    notices.record(
        at=now,
        topic=posted.topic,
        url=posted.url,
        outcome=outcome,
        status=sent.status,
        attempt=first.attempts,
        subscriptions=tuple(dict.fromkeys(notice.subscription for notice in posted.notices)),
        notifications=posted.documents,
        reason=reason,
        fault=posted.fault,
        retry_at=again,
    )
    if taken:
        _let_go(world, {notice.subscription for notice in posted.notices})
    elif posted.topic == "change":
        _tell_missed(world, given_up)


def _why(sent: Sent, *, late: bool) -> str:
    if late:
        return f"the endpoint took {sent.seconds:.1f} s; it has {ANSWER_SECONDS:g} s"
    return f"the endpoint answered {sent.status}; any status from 200 to 299 takes a notification"


def _let_go(world: World, subscriptions: set[str]) -> None:
    """Send what a fault held back until another notification of its subscription was sent."""
    waiting = world.notices.waiting.values()
    world.notices.release([one.number for one in waiting if one.held and one.subscription in subscriptions])


def _tell_missed(world: World, subscriptions: list[str]) -> None:
    for identity in dict.fromkeys(subscriptions):
        found = find_subscription(world, identity)
        if found is not None:
            announce_missed(world, found[1])


def _add_entry(world: World, posted: Posted, sent: Sent, reason: str) -> None:
    operation = "notifications.lifecycle" if posted.topic == "lifecycle" else "notifications.deliver"
    world.journal.add(
        Entry(
            at=_written(world),
            method="POST",
            url=without_query(posted.url),
            service="notifications",
            operation=operation,
            status=sent.status,
            reason=reason,
            tenant=posted.tenant.id,
            application=posted.application,
            mailbox=posted.mailbox,
            fault=posted.fault,
            placed="subscription",
            duration_ms=sent.seconds * 1000,
        )
    )


def record_unsent(
    world: World, notice: Notice, outcome: Outcome, reason: str, *, fault: str = "", retry_at: datetime | None = None
) -> None:
    """Write down that a notification was not sent.

    Args:
        world: the world.
        notice: the notification.
        outcome: what became of it.
        reason: why, in a sentence, or "".
        fault: name of the fault that decided it, or "".
        retry_at: when it will be sent, or None.
    """
    world.notices.record(
        at=world.clock.now(),
        topic=notice.topic,
        url=notice.url,
        outcome=outcome,
        status=0,
        attempt=notice.attempts,
        subscriptions=(notice.subscription,),
        notifications=(),
        reason=reason or (f"the fault {fault!r} decided it" if fault else ""),
        fault=fault,
        retry_at=retry_at,
    )


def record_validation(
    call: "Call", url: str, answer: Reply | SendFailed, problem: GraphError | None, seconds: float, fault: str
) -> None:
    """Write down how an endpoint answered the validation request.

    Args:
        call: the call that subscribes.
        url: the endpoint.
        answer: what it answered, or why there is nothing.
        problem: what is wrong with that, or None.
        seconds: how long it took, in real time.
        fault: name of the fault that had its hand in it, or "".
    """
    world, status = call.world, answer.status if isinstance(answer, Reply) else 0
    reason = problem.because if problem is not None else ""
    world.notices.record(
        at=world.clock.now(),
        topic="validation",
        url=url,
        outcome="delivered" if problem is None else "failed",
        status=status,
        attempt=1,
        subscriptions=(),
        notifications=(),
        reason=reason,
        fault=fault,
    )
    world.journal.add(
        Entry(
            at=_written(world),
            method="POST",
            url=without_query(url),
            service="notifications",
            operation="notifications.validate",
            status=status,
            reason=reason,
            tenant=call.tenant.id,
            application=call.claims.appid,
            mailbox=call.entry.mailbox,
            fault=fault,
            placed="subscription",
            duration_ms=seconds * 1000,
        )
    )


def without_query(url: str) -> str:
    """Return a URL without its query, which may hold a secret of the endpoint."""
    return urlsplit(url)._replace(query="", fragment="").geturl()


def _written(world: World) -> str:
    return world.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
