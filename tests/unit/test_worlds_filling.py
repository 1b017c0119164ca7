"""Invented mail and meetings that a world document asks for."""

from typing import Any

import pytest
from outlook365_emulator.directory.users import user_named
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.worlds import DocumentError, WorldDocument, build_world
from outlook365_emulator.worlds.reading import read_document


def filled(fill: dict[str, Any], seed: int = 7) -> Mailbox:
    """Build a world whose only person has a mailbox that is filled, and return the mailbox."""
    document = {
        "clock": {"start": "2026-03-02T09:00:00Z", "frozen": True},
        "seed": seed,
        "tenants": [{"users": [{"name": "ada", "fill": fill}]}],
    }
    world = build_world(Hosting(), read_document(document, WorldDocument))
    [tenant] = world.tenants.values()
    mailbox = tenant.mailbox_of(user_named(tenant, "ada"))
    assert mailbox is not None
    return mailbox


def test_it_is_the_same_for_the_same_seed() -> None:
    fill = {"messages": 60, "weeks": 2, "zone": "Europe/Berlin"}
    boxes = [filled(fill), filled(fill), filled(fill, seed=8), filled({**fill, "seed": 7}, seed=9)]
    assert all(len(box.messages) == 60 and len(box.events) > 5 for box in boxes)
    first, again, other, named = (sorted((one.received, one.subject) for one in box.messages) for box in boxes)
    assert first == again == named != other


def test_nothing_is_invented_unless_asked_for() -> None:
    box = filled({})
    assert (len(box.messages), len(box.events)) == (0, 0)


@pytest.mark.parametrize(
    ("fill", "place"),
    [
        ({"messages": 5001}, "fill.messages"),
        ({"weeks": -1}, "fill.weeks"),
        ({"weeks": 1, "zone": "Europe/Berln"}, "fill"),
        ({"mails": 3}, "fill"),
    ],
)
def test_mistakes_name_their_place(fill: Any, place: str) -> None:
    with pytest.raises(DocumentError, match=rf"tenants\[0\]\.users\[0\]\.{place}"):
        filled(fill)
