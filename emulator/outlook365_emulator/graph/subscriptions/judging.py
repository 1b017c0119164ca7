"""Whether a notification is sent: it may have become pointless, a fault may have its say."""

from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.outcomes import Answer, Delay, Effect, Outcome
from outlook365_emulator.graph.subscriptions.attempts import HELD_FOR, endpoint_of, is_dropped, is_slow, send_later
from outlook365_emulator.graph.subscriptions.deliveries import Sent, record_unsent
from outlook365_emulator.graph.subscriptions.endpoints import VALIDATION_SECONDS
from outlook365_emulator.graph.subscriptions.lifecycle import announce_missed, judge_standing, pause, remove
from outlook365_emulator.net.send import Reply, SendFailed
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.notices import Notice
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.records.subscriptions import Subscription
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World


class Fit(NamedTuple):
    """A notification that can be sent.

    Attributes:
        notice: the notification.
        tenant: the tenant of its subscription.
        subscription: its subscription as it is.
        mailbox: the mailbox watched.
        answer: what a fault answers in place of the endpoint, or None.
        fault: name of the fault that has touched it, or "".
    """

    notice: Notice
    tenant: Tenant
    subscription: Subscription
    mailbox: Mailbox | None
    answer: Sent | None = None
    fault: str = ""


class Judge:
    """Judges the notifications of one delivery; what it finds out about a subscription holds for all of it.

    Args:
        world: the world.
        url: where the notifications go.
    """

    __slots__ = ("_dropped", "_known", "_slow", "_world")

    def __init__(self, world: World, url: str) -> None:
        self._world = world
        endpoint, now = endpoint_of(world.notices, url), world.clock.now()
        self._dropped = is_dropped(endpoint, now)
        self._slow = is_slow(endpoint, now)
        self._known: dict[str, tuple[Tenant, Subscription, Mailbox]] = {}

    def fit(self, notice: Notice) -> Fit | None:
        """Return a notification with what it needs, or None where it is not sent now; why not is recorded."""
        world = self._world
        found = self._current(notice)
        if isinstance(found, str):
            record_unsent(world, notice, "dropped", found)
            return None
        if self._dropped:
            record_unsent(world, notice, "given_up", "the endpoint is too slow: nothing is sent to it for 10 minutes")
            miss(world, notice)
            return None
        if self._slow and not notice.slowed:
            notice.slowed = True
            send_later(world, notice, world.clock.now() + HELD_FOR)
            return None
        if notice.judged or not world.faults.active:
            return found
        self._known.clear()
        return _after_faults(world, found)

    def _current(self, notice: Notice) -> Fit | str:
        """Return a notification with its subscription as it is, or why it is not to be sent."""
        if notice.topic == "change" and (known := self._known.get(notice.subscription)) is not None:
            return Fit(notice, *known)
        found = _current(self._world, notice)
        if isinstance(found, Fit) and found.mailbox is not None:
            self._known[notice.subscription] = found.tenant, found.subscription, found.mailbox
        return found


def _current(world: World, notice: Notice) -> Fit | str:
    tenant = world.tenants.get(notice.tenant)
    if tenant is None:
        return "the tenant is gone"
    one = tenant.subscriptions.get(notice.subscription)
    if notice.topic == "lifecycle":
        return Fit(notice, tenant, one or notice.item, None)
    if one is None or one.standing == "ended":
        return "the subscription ended before the notification was sent"
    if one.standing == "paused":
        world.notices.missed.add(one.id)
        return "the subscription is paused until it is reauthorized"
    standing, mailbox = judge_standing(tenant, one), tenant.mailboxes.get(one.mailbox)
    if standing == "gone" or mailbox is None:
        remove(world, tenant, one)
        return "the subscription was removed: its person, mailbox or application is gone, or sessions were revoked"
    if standing == "unauthorized":
        if one.lifecycle_url is not None:
            pause(world, tenant, one)
        world.notices.missed.add(one.id)
        return "the application lacks the permission to read what it watches: consent was withdrawn"
    return Fit(notice, tenant, one, mailbox)


def miss(world: World, notice: Notice) -> None:
    """Note that a subscription has missed a change, and tell its endpoint for lifecycle notifications."""
    tenant = world.tenants.get(notice.tenant)
    one = tenant.subscriptions.get(notice.subscription) if tenant is not None else None
    if notice.topic == "change" and one is not None and not _told(world, one):
        announce_missed(world, one)


def _told(world: World, one: Subscription) -> bool:
    """Return whether an endpoint is about to be told already."""
    ready = (notice for notices in world.notices.ready.values() for notice in notices)
    on_the_way = (*ready, *world.notices.waiting.values())
    return any(two.event == "missed" and two.subscription == one.id for two in on_the_way)


def fault_of(
    world: World,
    tenant: Tenant,
    url: str,
    operation: str,
    application: str,
    user: User | None,
    body: bytes,
    mailbox: str = "",
    folder: str = "",
) -> Outcome | None:
    """Ask the faults of a world about something that is sent to an endpoint.

    Args:
        world: the world.
        tenant: the tenant of the subscription.
        url: the endpoint.
        operation: `notifications.deliver`, `notifications.lifecycle` or `notifications.validate`.
        application: client id of the subscription.
        user: who is signed in, or None.
        body: the notification as JSON.
        mailbox: principal name of the mailbox watched, or "".
        folder: the folder of the item, by its well-known name where it has one, or "".
    """
    if not world.faults.active:
        return None
    parts = urlsplit(url)
    given = Facts(
        service="notifications",
        operation=operation,
        method="POST",
        path=parts.path or "/",
        host=parts.hostname or "",
        cloud=tenant.cloud,
        tenant=tenant.id,
        application=application,
        user=user.user_principal_name if user is not None else "",
        body=body,
        mailbox=mailbox,
        folder=folder,
    )
    return world.faults.decide(given, world.clock.now())


def answer_of(outcome: Outcome | None) -> Reply | SendFailed | None:
    """Return what a fault answers to a validation request in place of the endpoint, or None where it does not."""
    match outcome:
        case Effect(name="validation_timeout", fault=fault):
            return SendFailed("timeout", f"the fault {fault!r} let the time run out")
        case Delay(seconds=seconds, fault=fault) if seconds > VALIDATION_SECONDS:
            return SendFailed("timeout", f"the fault {fault!r} held the answer back for {seconds:g} s")
        case Answer():
            return Reply(_status_of(outcome), "", b"")
    return None


def _status_of(outcome: Answer) -> int:
    if outcome.response is not None:
        return outcome.response.status
    return outcome.error.status if outcome.error is not None else 500


def _after_faults(world: World, fit: Fit) -> Fit | None:
    notice, tenant, one = fit.notice, fit.tenant, fit.subscription
    creator = tenant.users.get(one.creator)
    owner = tenant.users.get(one.mailbox)
    outcome = fault_of(
        world,
        tenant,
        notice.url,
        "notifications.lifecycle" if notice.topic == "lifecycle" else "notifications.deliver",
        one.application,
        creator,
        msgspec.json.encode(_seen(notice, one)),
        mailbox=owner.user_principal_name if owner is not None else "",
        folder=_folder_name(fit.mailbox, notice.item),
    )
    if outcome is None:
        return fit
    if isinstance(outcome, Delay):
        return fit._replace(answer=Sent(202, outcome.seconds), fault=outcome.fault)
    if isinstance(outcome, Answer):
        return fit._replace(answer=Sent(_status_of(outcome), 0.0), fault=outcome.fault)
    if isinstance(outcome, Effect):
        return _after_effect(world, fit, outcome)
    return fit


def _after_effect(world: World, fit: Fit, effect: Effect) -> Fit | None:
    notice, later = fit.notice, world.clock.now() + timedelta(seconds=float(effect.settings.get("seconds", 0)))
    notice.judged = True
    match effect.name:
        case "duplicated_notification":
            for _ in range(int(effect.settings["copies"])):
                world.notices.copy(notice)
            return fit._replace(fault=effect.fault)
        case "delayed_notification":
            send_later(world, notice, later)
            record_unsent(world, notice, "delayed", "", fault=effect.fault, retry_at=notice.due)
        case "reordered_notification":
            send_later(world, notice, later, held=True)
            record_unsent(world, notice, "delayed", "", fault=effect.fault, retry_at=notice.due)
        case "lost_notification" | "missed_notification":
            record_unsent(world, notice, "lost", "", fault=effect.fault)
            if effect.name == "missed_notification":
                miss(world, notice)
        case "expired_subscription":
            if fit.tenant.subscriptions.get(notice.subscription) is not None:
                remove(world, fit.tenant, fit.subscription, tell=bool(effect.settings["tell"]))
            record_unsent(world, notice, "lost", "the subscription was ended", fault=effect.fault)
        case _:
            return fit
    return None


def _seen(notice: Notice, one: Subscription) -> dict[str, Any]:
    name = "lifecycleEvent" if notice.topic == "lifecycle" else "changeType"
    return {"subscriptionId": one.id, name: notice.event, "clientState": one.client_state}


def _folder_name(mailbox: Mailbox | None, item: Any) -> str:
    if mailbox is None or not isinstance(item, Message):
        return ""
    folder = mailbox.folders.get(item.folder)
    return (folder.well_known or mailbox.ids.folder(folder.number)) if folder is not None else ""
