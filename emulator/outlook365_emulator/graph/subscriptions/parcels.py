"""Notifications that are posted together: those of one application and tenant that go to one URL."""

from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.graph.subscriptions.documents import change_document, lifecycle_document, validation_token
from outlook365_emulator.graph.subscriptions.records import Sent
from outlook365_emulator.graph.subscriptions.sorting import Fit
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


def groups_of(world: World, fits: list[Fit]) -> list[list[Fit]]:
    """Put notifications together that may share a POST.

    The order within one is shuffled by the seed of the world, for Graph promises none.

    Args:
        world: the world.
        fits: the notifications.
    """
    ordered = sorted(fits, key=_together)
    groups = [list(group) for _, group in groupby(ordered, key=_together)]
    for group in groups:
        if len(group) > 1:
            Chance(f"{world.seed}/notifications/{group[0].notice.number}").shuffle(group)
    return groups


def _together(fit: Fit) -> tuple[str, str, str, int]:
    """Return what notifications must have in common; one that a fault has touched goes by itself."""
    alone = fit.notice.number if fit.fault else 0
    return fit.tenant.id, fit.subscription.application, fit.notice.topic, alone


def written_document(fit: Fit) -> msgspec.Raw:
    """Write a notification as it is sent."""
    notice = fit.notice
    if notice.topic == "lifecycle" or fit.mailbox is None:
        document = lifecycle_document(fit.tenant, fit.subscription, notice.event)
    else:
        document = change_document(fit.tenant, fit.mailbox, fit.subscription, notice)
    return msgspec.Raw(msgspec.json.encode(document))


def parcel_of(world: World, url: str, fits: list[Fit], documents: list[msgspec.Raw], keys: KeyRing) -> Parcel:
    """Make one POST of notifications that go together.

    Args:
        world: the world.
        url: where they go.
        fits: the notifications.
        documents: the same, written.
        keys: sign validation tokens.
    """
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
        documents=tuple(documents),
        body=msgspec.json.encode(content),
        mailbox=owner.user_principal_name if owner is not None else "",
        answer=first.answer,
        fault=first.fault,
    )
