"""A world with one mailbox, and messages to lay into it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from outlook365_emulator.clock import Clock
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def make_message(number: int, folder: int = 268, **fields: Any) -> Message:
    """A message record; what is not given does not matter to the store."""
    texts = (
        "importance inference flag_status conversation internet_message_id from_address from_name sender_address "
        "sender_name preview subject"
    ).split()
    defaults = {
        **dict.fromkeys(texts, ""),
        **dict.fromkeys(("received", "sent", "created", "modified"), START),
        "stable": number,
        "change": number,
        "document": b"{}",
        "is_read": False,
        "is_draft": False,
        "has_attachments": False,
    }
    return Message(number=number, folder=folder, **{**defaults, **fields})


@pytest.fixture
def message() -> Callable[..., Message]:
    return make_message


@pytest.fixture
def world() -> World:
    return World("contoso", clock=Clock(START, frozen=True))


@pytest.fixture
def tenant(world: World) -> Tenant:
    tenant = Tenant("11111111-0000-0000-0000-000000000000", "global", ("contoso.example",), "Contoso")
    world.tenants[tenant.id] = tenant
    return tenant


@pytest.fixture
def mailbox(tenant: Tenant) -> Mailbox:
    box = Mailbox("ada", "22222222-0000-0000-0000-000000000000")
    tenant.mailboxes.put(box)
    return box
