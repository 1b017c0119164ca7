"""What faults let Graph do differently: reads that lag behind, pages that are short, mail that is late."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import msgspec

from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.entra.world_changes import make_change
from outlook365_emulator.errors import graph_error
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.kinds.changing import Change
from outlook365_emulator.faults.outcomes import Effect
from outlook365_emulator.graph.answers import Answer, Count, Entity, Page
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.mail.placing import move_message
from outlook365_emulator.store.mailbox import Mailbox

STALE = "stale_read"
SHORT = "short_pages"
LATE = "delayed_delivery"


def carry_out(call: Call, effect: Effect, facts: Facts, keys: KeyRing) -> None:
    """Carry out the effect of a fault on a call, or note it for the steps to come.

    Args:
        call: the call.
        effect: what a fault decided.
        facts: what the fault saw.
        keys: the ring that makes signing keys.
    """
    if effect.name == "change":
        user = facts.user or facts.mailbox
        change = Change(**effect.settings)
        try:
            make_change(call.world, change, keys, tenant=facts.tenant, user=user, app=facts.application)
        except LookupError as problem:
            # Whom a fault names was there when it was set, and may be gone, or live in another tenant of the world.
            call.entry.reason = f"the change {change.change} did not happen: {problem.args[0]}"
    elif effect.name in (STALE, SHORT, LATE):
        call.unusual[effect.name] = effect.settings
    elif effect.name in ON_MAILBOX:
        mailbox = _mailbox(call, facts)
        if mailbox is not None:
            ON_MAILBOX[effect.name](call, mailbox)


def before_handler(call: Call) -> None:
    """Let noted effects act on a call whose path, options and body are read.

    Raises:
        GraphError: `item_not_found`, where what is asked for was created a moment ago.
    """
    short = call.unusual.get(SHORT)
    if short is not None:
        items = int(short["items"])
        call.options = msgspec.structs.replace(call.options, top=min(call.options.top or items, items))
        call.preferences = msgspec.structs.replace(call.preferences, page_size=items)
    if STALE in call.unusual and not call.operation.writes:
        # The owner of a mailbox is no item in it.
        loaded = {
            name: one for name, one in call.loaded.items() if name != "user" or call.operation.workload != "outlook"
        }
        fresh = next((name for name, one in loaded.items() if _is_fresh(call, one)), "")
        if fresh:
            raise graph_error("item_not_found", because=f"the {fresh} was created a moment ago, and this read is stale")


def after_handler(call: Call, answer: Answer) -> Answer:
    """Let noted effects act on what an operation answers."""
    if STALE not in call.unusual or call.operation.writes:
        return answer
    if isinstance(answer, Count):
        return msgspec.structs.replace(answer, page=after_handler(call, answer.page))
    if isinstance(answer, Page):
        seen = (record for record in answer.records if not _is_fresh(call, record))
        return msgspec.structs.replace(answer, records=seen, total=None, runs=None)
    if isinstance(answer, Entity) and _is_fresh(call, answer.record):
        raise graph_error("item_not_found", because="the item was created a moment ago, and this read is stale")
    return answer


def _is_fresh(call: Call, record: Any) -> bool:
    created = getattr(record, "created", None)
    return created is not None and created > call.now - timedelta(seconds=call.unusual[STALE]["seconds"])


def _mailbox(call: Call, facts: Facts) -> Mailbox | None:
    user = call.tenant.users.find("name", facts.mailbox.lower()) if facts.mailbox else None
    return call.tenant.mailbox_of(user) if user is not None else None


def _reset_delta(call: Call, mailbox: Mailbox) -> None:
    mailbox.generation += 1


def _change_ids(call: Call, mailbox: Mailbox) -> None:
    with call.world.unit(call.now) as unit:
        for message in list(mailbox.messages):
            folder = mailbox.folders.get(message.folder)
            if folder is not None:
                move_message(unit, mailbox, message, folder)


ON_MAILBOX: Mapping[str, Callable[[Call, Mailbox], None]] = MappingProxyType(
    {"delta_reset": _reset_delta, "changed_ids": _change_ids}
)
"""The effects that change the mailbox addressed before the request is handled."""
