"""What a world has besides records: clock, agenda, settings, faults, chance, notifications; each is kept as a whole.

A part is compared with what was written last by its fingerprint, so that a request which leaves it alone costs next to
nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from outlook365_emulator.faults.fault import decode_fault, document_of
from outlook365_emulator.ids import Chance
from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.notices import Notice, Topic
from outlook365_emulator.store.records.calendar import Event
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.records.subscriptions import Subscription
from outlook365_emulator.store.world import World

RESERVED = 1000
"""How many ids are set aside at once, so that a request which draws some writes nothing."""


class Part(NamedTuple):
    """A part of a world.

    Attributes:
        name: its key.
        type: the type in which it is kept.
        fingerprint: returns what differs whenever it has changed; holds nothing that changes later.
        read: returns it as it is kept.
        restore: puts it back into a world.
    """

    name: str
    type: Any
    fingerprint: Callable[[World], Any]
    read: Callable[[World], Any]
    restore: Callable[[World, Any], object]


class KeptAgenda(msgspec.Struct, frozen=True):
    """The entries of an agenda, and how many were ever added."""

    count: int
    entries: tuple[Due, ...]


class KeptChance(msgspec.Struct, frozen=True):
    """The state of a source of chance."""

    version: int
    numbers: tuple[int, ...]
    gauss: float | None


class KeptFault(msgspec.Struct, frozen=True):
    """A fault: as it is written, its counts, its end, and what it draws from."""

    document: dict[str, Any]
    matched: int
    served: int
    expires: datetime | None
    draws: KeptChance


class KeptFaults(msgspec.Struct, frozen=True):
    """The faults of a world."""

    root: int
    added: int
    spared: tuple[str, ...]
    faults: tuple[KeptFault, ...]


class KeptNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notification on its way; its item is kept in the field that fits."""

    number: int
    topic: Topic
    event: str
    tenant: str
    subscription: str
    url: str
    at: datetime
    attempts: int
    due: datetime | None
    held: bool
    judged: bool
    slowed: bool
    copy_of: int
    message: Message | None = None
    calendar_event: Event | None = None
    subject: Subscription | None = None


class KeptNotices(msgspec.Struct, frozen=True):
    """The notifications on their way, how many there have been, and which subscriptions missed some."""

    count: int
    missed: tuple[str, ...]
    notices: tuple[KeptNotice, ...]


def kept_chance(chance: Chance) -> KeptChance:
    """Return the state of a source of chance."""
    return KeptChance(*chance.getstate())


def resume_chance(chance: Chance, kept: KeptChance) -> None:
    """Go on with a state of chance."""
    chance.setstate((kept.version, kept.numbers, kept.gauss))


def reserved(world: World) -> int:
    """Return the number of drawings up to which ids are set aside."""
    return (world.ids.count // RESERVED + 1) * RESERVED


def agenda_of(world: World) -> KeptAgenda:
    """Return the agenda as it is kept."""
    return KeptAgenda(world.agenda.count, world.agenda.state())


def restore_agenda(world: World, kept: KeptAgenda) -> None:
    """Put the agenda back."""
    world.agenda.restore(kept.entries)
    world.agenda.resume(kept.count)


def _restore_settings(world: World, settings: dict[str, str]) -> None:
    world.settings = dict(settings)


def _marks_of_faults(world: World) -> Any:
    # A fault is compared as an object: a number in its place could be that of one which is gone.
    return world.faults.state(), tuple((fault, fault.matched, fault.served) for fault in world.faults.list())


def _faults_of(world: World) -> KeptFaults:
    faults = [
        KeptFault(document_of(fault), fault.matched, fault.served, fault.expires, kept_chance(fault.draws))
        for fault in world.faults.list()
    ]
    return KeptFaults(*world.faults.state(), tuple(faults))


def _restore_faults(world: World, kept: KeptFaults) -> None:
    faults = []
    for one in kept.faults:
        draws = Chance(0)
        resume_chance(draws, one.draws)
        counts = {"matched": one.matched, "served": one.served, "expires": one.expires, "draws": draws}
        faults.append(msgspec.structs.replace(decode_fault(one.document), **counts))
    world.faults.resume((kept.root, kept.added, kept.spared), faults)


_PLAIN = tuple(field for field in KeptNotice.__struct_fields__ if field not in ("message", "calendar_event", "subject"))


def _marks_of_notices(world: World) -> Any:
    held = tuple((one, one.attempts, one.due, one.held, one.judged, one.slowed) for one in world.notices.on_the_way())
    return world.notices.count, tuple(sorted(world.notices.missed)), held


def _notices_of(world: World) -> KeptNotices:
    kept = []
    for one in world.notices.on_the_way():
        item: dict[str, Any] = {
            "message": one.item if isinstance(one.item, Message) else None,
            "calendar_event": one.item if isinstance(one.item, Event) else None,
            "subject": one.item if isinstance(one.item, Subscription) else None,
        }
        kept.append(KeptNotice(**{name: getattr(one, name) for name in _PLAIN}, **item))
    return KeptNotices(world.notices.count, tuple(sorted(world.notices.missed)), tuple(kept))


def _restore_notices(world: World, kept: KeptNotices) -> None:
    notices = [
        Notice(
            **{name: getattr(one, name) for name in _PLAIN},
            item=next(filter(None, (one.message, one.calendar_event, one.subject)), None),
        )
        for one in kept.notices
    ]
    world.notices.restore(tuple(notices))
    world.notices.resume(kept.count, kept.missed)


PARTS = (
    Part("ids", int, reserved, reserved, lambda world, count: world.ids.resume(count)),
    Part(
        "clock",
        tuple[float, float | None],
        lambda world: world.clock.state(),
        lambda world: world.clock.state(),
        lambda world, state: world.clock.restore(state),
    ),
    Part("agenda", KeptAgenda, lambda world: (world.agenda.count, world.agenda.state()), agenda_of, restore_agenda),
    Part(
        "settings",
        dict[str, str],
        lambda world: dict(world.settings),
        lambda world: dict(world.settings),
        _restore_settings,
    ),
    Part(
        "chance",
        KeptChance,
        lambda world: world.chance.getstate(),
        lambda world: kept_chance(world.chance),
        lambda world, kept: resume_chance(world.chance, kept),
    ),
    Part("faults", KeptFaults, _marks_of_faults, _faults_of, _restore_faults),
    Part("notices", KeptNotices, _marks_of_notices, _notices_of, _restore_notices),
    Part(
        "blobs",
        int,
        lambda world: world.blobs.end,
        lambda world: world.blobs.end,
        lambda world, end: world.blobs.resume(end),
    ),
)
"""The parts that this layer knows; whoever opens a store may add more."""
