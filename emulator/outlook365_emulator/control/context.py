"""What the control API needs of the emulator around it, and what it knows about one call."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from outlook365_emulator.config import Settings
from outlook365_emulator.control.problems import ControlError, unknown
from outlook365_emulator.directory.applications import application_named, find_application
from outlook365_emulator.directory.users import user_named
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.faults.facts import Phase
from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.directory import Application, User
from outlook365_emulator.store.snapshot import Snapshot
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Harm

if TYPE_CHECKING:
    from outlook365_emulator.graph.subscriptions.courier import Courier


class Context(Protocol):
    """The emulator as the control API sees it."""

    @property
    def hosting(self) -> Hosting:
        """All worlds."""
        ...

    @property
    def settings(self) -> Settings:
        """How the emulator was started."""
        ...

    @property
    def courier(self) -> "Courier":
        """Sends notifications."""
        ...

    @property
    def keys(self) -> KeyRing:
        """The keys that sign tokens."""
        ...

    @property
    def ca_pem(self) -> bytes:
        """The certificate of the authority that signs for the emulated hosts."""
        ...

    def kept_snapshots(self) -> "Snapshots":
        """Return the snapshots that outlived a restart, by world key and name."""
        ...

    async def export(self, world: World) -> bytes:
        """Return a world with its mail, as it is when this begins, as one file."""
        ...

    async def take_in(self, content: bytes, limit: int) -> World:
        """Host a world that was exported.

        Raises:
            BadData: it is no such file, or has more bytes than the limit when it is unpacked.
            NameTaken: a world of its name, or a tenant with one of its ids or domains, is there already.
            NotKept: it cannot be written.
        """
        ...

    def run_effect(self, world: World, due: Due) -> None:
        """Run one entry of a world's agenda."""
        ...

    def details(self) -> dict[str, Any]:
        """Return the content of the ready file."""
        ...

    def open_port(self, world: World) -> int:
        """Open an HTTPS port that leads to a world, or return the one that is open."""
        ...

    def prepare_connections(self, world: World) -> None:
        """Let faults that act before there is a request reach a world's clients."""
        ...

    def resume(self, world: World) -> None:
        """Have what a world that was put back had planned run when its time comes, and its notifications sent."""
        ...

    def judge_connection(self, world: World, phase: Phase, host: str) -> Harm | None:
        """Ask the faults of a world about a connection that is about to be made."""
        ...

    def drop(self, world: World) -> None:
        """Forget a world: out of the hosting, its own port closed."""
        ...


Snapshots = dict[str, dict[str, Snapshot]]
"""Snapshots by world key and name."""


class Call:
    """One call of the control API: where its path leads, looked up on demand.

    Args:
        context: the emulator.
        snapshots: the snapshots of all worlds.
        keys: values of the path's placeholders, decoded.
        query: values of the query string.
    """

    __slots__ = ("_tenant", "_world", "context", "keys", "query", "snapshots")

    def __init__(self, context: Context, snapshots: Snapshots, keys: dict[str, str], query: dict[str, str]) -> None:
        self.context = context
        self.snapshots = snapshots
        self.keys = keys
        self.query = query
        self._world: World | None = None
        self._tenant: Tenant | None = None

    @property
    def world(self) -> World:
        """The world in the path; what is due in it has run."""
        if self._world is None:
            name = self.keys["world"]
            hosting = self.context.hosting
            self._world = hosting.by_name(name)
            if self._world is None:
                raise unknown(
                    "world", name, (world.name for world in hosting), "the world of a test ends with the test"
                )
            self._world.run_due(self.context.run_effect)
        return self._world

    @property
    def tenant(self) -> Tenant:
        """The tenant in the path, by id or domain."""
        if self._tenant is None:
            name = self.keys["tenant"]
            found = self.context.hosting.by_tenant(name)
            if found is None or found[0] is not self.world:
                raise unknown("tenant", name, (one for t in self.world.tenants.values() for one in t.domains))
            self._tenant = found[1]
        return self._tenant

    @property
    def user(self) -> User:
        """The user in the path, by id, name or address."""
        return user_named(self.tenant, self.keys["user"])

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox of the user in the path."""
        user = self.user
        mailbox = self.tenant.mailbox_of(user)
        if mailbox is None:
            raise ControlError(404, "no_mailbox", f"{user.user_principal_name} has no mailbox")
        return mailbox

    @property
    def app(self) -> Application:
        """The application in the path, by client id or display name, registered in the tenant."""
        return application_named(self.tenant, self.keys["app"])

    @property
    def client(self) -> Application:
        """The application in the path as the tenant sees it: its own, or a multi-tenant one of the world."""
        found = find_application(self.world, self.tenant, self.keys["app"])
        return found if found is not None else self.app

    @property
    def now(self) -> datetime:
        """The world's present."""
        return self.world.clock.now()

    def unit(self) -> UnitOfWork:
        """Begin a unit of work in the world."""
        return self.world.unit()

    def number(self, name: str) -> int | None:
        """Return a whole number of the query string, or None where it is not given.

        Raises:
            ControlError: it is no whole number.
        """
        text = self.query.get(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 16):
            raise ControlError(400, "bad_query", f"{name} takes a whole number, got {text!r}", name)
        return int(text)
