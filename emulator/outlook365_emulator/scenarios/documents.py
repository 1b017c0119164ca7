"""What a scenario file may say."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from outlook365_emulator.worlds.contents import Document, Text

Name = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,49}$",
        description="a name of small letters, digits and '_', at most 50, beginning with a letter",
    ),
]


class PhaseDocument(Document):
    """A phase: what goes wrong while it lasts, and what has happened when it begins.

    Attributes:
        name: its name, unique in the scenario.
        for_: how long it lasts by the world's clock, written `for`: seconds (`600`), `10 min`, `PT10M`.
        requests: how many requests it lasts, in place of `for`.
        match: which requests count, as the `match` of a fault; all when left out.
        steps: what happens in the world when the phase begins: the settings of the fault kind `change`.
        faults: faults that are set while it lasts.
    """

    name: Name
    for_: Any = msgspec.field(default=None, name="for")
    requests: Annotated[int, Meta(ge=1, le=1_000_000, description="a whole number from 1")] | None = None
    match: dict[str, Any] = msgspec.field(default_factory=dict)
    steps: list[dict[str, Any]] = msgspec.field(default_factory=list)
    faults: list[dict[str, Any]] = msgspec.field(default_factory=list)


class ScenarioDocument(Document):
    """A scenario.

    Attributes:
        name: its name, unique in a world.
        title: what happens, in a few words.
        finds: the mistake of a client that it brings to light.
        phases: what happens one after the other; every phase but the last says how long it lasts.
        repeat: whether it begins anew after its last phase, which then says how long it lasts too.
    """

    name: Name
    phases: Annotated[list[PhaseDocument], Meta(min_length=1, max_length=100, description="at least one phase")]
    title: Text | None = None
    finds: Annotated[str, Meta(max_length=1000)] | None = None
    repeat: bool = False
