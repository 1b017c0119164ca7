"""Notifications that are posted together: those of one application and tenant that go to one URL."""

from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.graph.subscriptions.deliveries import Sent
from outlook365_emulator.graph.subscriptions.documents import (
    Said,
    change_document,
    lifecycle_document,
    said_of,
    validation_token,
)
from outlook365_emulator.graph.subscriptions.judging import Fit
from outlook365_emulator.ids import Chance
from outlook365_emulator.store.notices import Notice
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World


class Parcel(NamedTuple):
    """What one POST carries.

    Attributes:
        url: where it goes.
        tenant: the tenant of the subscriptions.
        application: client id of the application that they belong to.
        topic: `change` or `lifecycle`.
        notices: the notifications.
        documents: the notifications as they are sent.
        body: the whole body.
        mailbox: principal name of the mailbox watched where it is one, else "".
        answer: what a fault answers in place of the endpoint, or None.
        fault: name of a fault that has touched it, or "".
    """

    url: str
    tenant: Tenant
    application: str
    topic: str
    notices: tuple[Notice, ...]
    documents: tuple[msgspec.Raw, ...]
    body: bytes
    mailbox: str
    answer: Sent | None
    fault: str


class Written(NamedTuple):
    """A notification that can be sent, and how it is written."""

    fit: Fit
    document: msgspec.Raw


class Writer:
    """Writes the notifications of one delivery; what several of them say of the same item is worked out once."""

    __slots__ = ("_said",)

    def __init__(self) -> None:
        self._said: dict[tuple[int, bool], tuple[Any, Said]] = {}

    def write(self, fit: Fit) -> Written:
        """Write a notification as it is sent."""
        notice, one = fit.notice, fit.subscription
        if notice.topic == "lifecycle" or fit.mailbox is None:
            document = lifecycle_document(fit.tenant, one, notice.event)
        else:
            key = id(notice.item), one.immutable_ids
            if key not in self._said:  # the item is kept, so that no other record gets its id
                self._said[key] = notice.item, said_of(fit.mailbox, one, notice.item)
            document = change_document(fit.tenant, fit.mailbox, one, notice, self._said[key][1])
        return Written(fit, msgspec.Raw(msgspec.json.encode(document)))


def groups_of(world: World, notifications: list[Written]) -> list[list[Written]]:
    """Put notifications together that may share a POST.

    The order within one is shuffled by the seed of the world, for Graph promises none.

    Args:
        world: the world.
        notifications: the notifications.
    """
    ordered = sorted(notifications, key=_together)
    groups = [list(group) for _, group in groupby(ordered, key=_together)]
    for group in groups:
        if len(group) > 1:
            Chance(f"{world.seed}/notifications/{group[0].fit.notice.number}").shuffle(group)
    return groups


def _together(one: Written) -> tuple[str, str, str, int]:
    """Return what notifications must have in common; one that a fault has touched goes by itself."""
    fit = one.fit
    alone = fit.notice.number if fit.fault else 0
    return fit.tenant.id, fit.subscription.application, fit.notice.topic, alone


def parcel_of(world: World, url: str, group: list[Written], keys: KeyRing) -> Parcel:
    """Make one POST of notifications that go together.

    Args:
        world: the world.
        url: where they go.
        group: the notifications.
        keys: sign validation tokens.
    """
    fits = [one.fit for one in group]
    documents = tuple(one.document for one in group)
    first = fits[0]
    content: dict[str, Any] = {"value": documents}
    if any(fit.subscription.with_data for fit in fits) and first.notice.topic == "change":
        application = first.subscription.application
        content["validationTokens"] = [validation_token(keys, world, first.tenant, application)]
    owners = {fit.subscription.mailbox for fit in fits}
    owner = first.tenant.users.get(first.subscription.mailbox) if len(owners) == 1 else None
    return Parcel(
        url=url,
        tenant=first.tenant,
        application=first.subscription.application,
        topic=first.notice.topic,
        notices=tuple(fit.notice for fit in fits),
        documents=documents,
        body=msgspec.json.encode(content),
        mailbox=owner.user_principal_name if owner is not None else "",
        answer=first.answer,
        fault=first.fault,
    )
