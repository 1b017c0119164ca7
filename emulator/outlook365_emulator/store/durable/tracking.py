"""What a recorder knows of a world: which shelf has which place in the file, and what was written last."""

from collections.abc import Callable
from typing import Any, NamedTuple

from outlook365_emulator.store.durable.database import Batch
from outlook365_emulator.store.durable.heads import MailboxHead, TenantHead
from outlook365_emulator.store.durable.rows import CHANGES, MAILBOXES, SIGN_INS
from outlook365_emulator.store.durable.shelves import MAILBOX_SHELVES, SIGN_IN_SHELVES, TENANT_SHELVES, Place
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import Outgoing, World


class Shelved(NamedTuple):
    """A shelf that is followed.

    Attributes:
        shelf: the shelf itself, so that nothing else gets its identity.
        place: where its records lie.
        key: returns the key of a record.
        mailbox: the mailbox that it belongs to, or None.
    """

    shelf: Any
    place: Place
    key: Callable[[Any], str]
    mailbox: Mailbox | None


class Tracked:
    """A world that is recorded.

    Attributes:
        written: whether the file holds it.
        stale: whether the file holds an older state of it as a whole, so that it has to be written anew.
        places: ids of its places.
        tenants: its tenants, each with what was written of it last.
        boxes: its mailboxes by identity, each with its tenant's id and what was written of it last.
        shelves: its shelves by identity.
        marks: the fingerprints of its parts.
        values: its parts as they were written last.
        outbox: its outbox as it was written last.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.written = False
        self.stale = False
        self.places: dict[Place, int] = {}
        self.tenants: dict[str, tuple[Tenant, TenantHead]] = {}
        self.boxes: dict[int, tuple[Mailbox, str, MailboxHead]] = {}
        self.shelves: dict[int, Shelved] = dict(sign_in_shelves(world))
        self.marks: dict[str, Any] = {}
        self.values: dict[str, Any] = {}
        self.outbox: list[Outgoing] = []


class Draft:
    """A transaction before it is written, and what has to be known of it afterwards.

    Args:
        tracked: the world as it was written last.
        next_place: returns a new id of a place.
    """

    def __init__(self, tracked: Tracked, next_place: Callable[[], int]) -> None:
        self.tracked = tracked
        self.batch = Batch()
        self.shelves: dict[int, Shelved] = {}
        self._next_place = next_place
        self._places: dict[Place, int] = {}
        self._gone: set[Place] = set()
        self._then: list[Callable[[], object]] = []

    def place(self, place: Place) -> int:
        """Return the id of a place, a new one where it has none."""
        number = self._places.get(place)
        if number is None and place not in self._gone:
            number = self.tracked.places.get(place)
        if number is None:
            number = self._places[place] = self._next_place()
            self.batch.places.append((number, self.tracked.world.key, *place))
        return number

    def forget(self, place: Place) -> None:
        """Have a place go with its records."""
        number = self.tracked.places.get(place)
        if number is not None and place not in self._gone:
            self.batch.gone.append(number)
        self._gone.add(place)  # also where it holds nothing yet, so that the same transaction puts nothing there

    def is_gone(self, place: Place) -> bool:
        """Whether a place goes, and its records with it."""
        return place in self._gone

    def then(self, action: Callable[[], object]) -> None:
        """Have something noted when the transaction is written."""
        self._then.append(action)

    def written(self) -> None:
        """Note what was written."""
        tracked = self.tracked
        for place in self._gone:
            tracked.places.pop(place, None)
        tracked.places.update(self._places)
        for action in self._then:
            action()
        tracked.shelves.update(self.shelves)
        tracked.written = True


def sign_in_shelves(world: World) -> list[tuple[int, Shelved]]:
    """Return the shelves of a world's sign-ins by identity."""
    return [
        (id(shelf), Shelved(shelf, Place("", "", SIGN_INS + name), kept.key, None))
        for name, kept in SIGN_IN_SHELVES.items()
        for shelf in [getattr(world.sign_ins, name)]
    ]


def tenant_shelves(tenant: Tenant) -> list[tuple[int, Shelved]]:
    """Return the shelves of a tenant by identity, that of its mailboxes included."""
    found = [
        (id(shelf), Shelved(shelf, Place(tenant.id, "", name), kept.key, None))
        for name, kept in TENANT_SHELVES.items()
        for shelf in [getattr(tenant, name)]
    ]
    boxes = Shelved(tenant.mailboxes, Place(tenant.id, "", MAILBOXES), lambda mailbox: str(mailbox.owner), None)
    return [*found, (id(tenant.mailboxes), boxes)]


def mailbox_shelves(tenant: str, mailbox: Mailbox) -> list[tuple[int, Shelved]]:
    """Return the shelves of a mailbox by identity.

    Args:
        tenant: id of its tenant.
        mailbox: the mailbox.
    """
    return [
        (id(shelf), Shelved(shelf, Place(tenant, mailbox.owner, name), kept.key, mailbox))
        for name, kept in MAILBOX_SHELVES.items()
        for shelf in [getattr(mailbox, name)]
    ]


def places_of(tenant: str, mailbox: Mailbox) -> list[Place]:
    """Return the places of a mailbox's contents."""
    return [Place(tenant, mailbox.owner, name) for name in (*MAILBOX_SHELVES, CHANGES)]
