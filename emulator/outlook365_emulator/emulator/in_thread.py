"""An emulator in a thread of this process: makes the parts and connects them."""

from collections.abc import MutableMapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from outlook365_emulator.app import App, run_effect
from outlook365_emulator.app.bugs import log_bug
from outlook365_emulator.clock import Clock
from outlook365_emulator.clouds import is_emulated, is_microsoft
from outlook365_emulator.config import Settings
from outlook365_emulator.control.context import Snapshots
from outlook365_emulator.control.service import Control
from outlook365_emulator.emulator.connections import ConnectionFaults
from outlook365_emulator.emulator.folder import TemporaryFolder
from outlook365_emulator.emulator.kept_worlds import AUTHORITY, KEYS, Archives, fill, open_directory
from outlook365_emulator.emulator.late import Late
from outlook365_emulator.emulator.names import certified_names
from outlook365_emulator.emulator.ready import Doors, details_of
from outlook365_emulator.entra.keys import KeyRing
from outlook365_emulator.faults.facts import Phase
from outlook365_emulator.journal import Entry, written_at
from outlook365_emulator.net.authority import Authority
from outlook365_emulator.net.proxy import ProxyRules
from outlook365_emulator.net.server import Server, reachable
from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Harm

if TYPE_CHECKING:
    from outlook365_emulator.entra.service import Entra
    from outlook365_emulator.graph.service import Graph
    from outlook365_emulator.graph.subscriptions.courier import Courier
    from outlook365_emulator.graph.uploads import Uploads
    from outlook365_emulator.store.durable.parts import Part
    from outlook365_emulator.store.durable.recorder import DataDirectory


class InThread:
    """A running emulator of this process. Worlds live on the server's thread: reach them by `server.call`.

    Args:
        settings: how it is started.

    Attributes:
        settings: how it was started.
        hosting: its worlds.
        keys: the keys that sign tokens.
        authority: signs for the emulated hosts.
        app: the application.
        server: the ports.
        doors: where it listens.
        ca_file: the authority's certificate.
        data: the data directory, or None where nothing outlives this object.
        connections: asks faults about connections.

    Raises:
        PortInUse: a port that was asked for is taken.
        DocumentError: the world file says something wrong.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.hosting = Hosting()
        self.data = self._opened(settings.data) if settings.data is not None else None
        try:
            self.keys = KeyRing(settings.data / KEYS if settings.data is not None else None)
            self.keys.start()
            self._load_worlds()
            self.authority = Authority(settings.data / AUTHORITY if settings.data is not None else None)
        except BaseException:
            if self.data is not None:
                self.data.close()
            raise
        self._folder = TemporaryFolder()
        self._bundle: Path | None = None
        self._ports: dict[str, int] = {}
        try:
            self._ca_file = None if settings.ca_file is None else self._written_ca(settings.ca_file)
            self.connections = ConnectionFaults(self.hosting, self.authority)
            self._late = (Late(self._entra), Late(self._graph), Late(self._uploads))
            login, graph, outlook = self._late
            self.app = App(
                self.hosting,
                login=login,
                graph=graph,
                control=Control(self),
                outlook=outlook,
                allow_hosts=settings.allow_hosts,
                lead_of=self._lead_of,
            )
            self.server = self._bound(settings)
            self.doors = self._doors(settings)
            self.server.start()
            self.server.call(self._resume_all)
            self.server.call(self._begin_scenarios)
        except BaseException:
            self.stop()
            raise

    def load(self) -> None:
        """Import and make now what otherwise waits for its first request."""
        for service in self._late:
            service.load()

    def _opened(self, directory: Path) -> "DataDirectory":
        return open_directory(directory, self._parts)

    @cached_property
    def _parts(self) -> "Sequence[Part]":
        """What is kept of a world beside what the store knows."""
        from outlook365_emulator.emulator.kept_scenarios import scenarios_part

        return (scenarios_part(lambda: self.keys, self.prepare_connections),)

    @cached_property
    def _archives(self) -> Archives:
        return Archives(self.hosting, self._parts)

    async def export(self, world: World) -> bytes:
        """Return a world with its mail, as it is when this begins, as one file; await on the server's loop."""
        return await self._archives.exported(world)

    async def take_in(self, content: bytes, limit: int) -> World:
        """Host a world that was exported; await on the server's loop.

        Args:
            content: the file.
            limit: how many bytes it may have when it is unpacked.

        Raises:
            BadData: it is no such file, or is too large.
            NameTaken: a world of its name, or a tenant with one of its ids or domains, is there already.
            NotKept: it cannot be written.
        """
        world = await self._archives.imported(content, limit)
        self.resume(world)
        return world

    def _load_worlds(self) -> None:
        """Host the worlds of the data directory and of the settings."""
        wanted = self.settings.world
        make = partial(load_world, self.hosting, seed=self.settings.seed)
        if self.data is not None:
            fill(self.hosting, self.data, wanted, make)
        elif wanted is not None:
            self.hosting.default = make(wanted)

    def _resume_all(self) -> None:
        for world in self.hosting if self.data is not None else ():
            self.resume(world)

    def resume(self, world: World) -> None:
        """Have what a world that was read back had planned run when its time comes; call on the server's thread."""
        if world.faults.connecting:
            self.prepare_connections(world)
        if any(len(tenant.subscriptions) for tenant in world.tenants.values()):
            self.courier.resume(world)
        self.app.planned(world)

    @property
    def ca_pem(self) -> bytes:
        """The authority's certificate."""
        return self.authority.ca_pem

    @property
    def ca_file(self) -> Path:
        """The authority's certificate: where the settings say, else in the temporary folder."""
        if self._ca_file is None:
            self._ca_file = self.authority.write_ca(self._folder.path / "ca.pem")
        return self._ca_file

    def _written_ca(self, wanted: Path) -> Path:
        """Write the authority's certificate where the settings say.

        Raises:
            ValueError: the file cannot be written.
        """
        try:
            return self.authority.write_ca(wanted)
        except OSError as error:
            raise ValueError(f"the certificate cannot be written to {wanted}: {error.strerror or error}") from None

    def _entra(self) -> "Entra":
        from outlook365_emulator.entra.service import Entra

        return Entra(self.hosting, self.keys)

    def _graph(self) -> "Graph":
        from outlook365_emulator.graph.service import Graph

        return Graph(self.hosting, self.keys, self.courier)

    def _uploads(self) -> "Uploads":
        from outlook365_emulator.graph.uploads import Uploads

        return Uploads()

    @cached_property
    def courier(self) -> "Courier":
        """Sends notifications."""
        from outlook365_emulator.graph.subscriptions.courier import Courier

        return Courier(
            self.hosting,
            self.keys,
            allowed=self.settings.allow_webhooks,
            ca_pem=self.authority.ca_pem.decode("ascii"),
            report=partial(self.app.note_bug, doing="sending notifications"),
            planned=self.app.planned,
        )

    def _begin_scenarios(self) -> None:
        """Start the scenarios of the settings in the default world.

        Raises:
            DocumentError: there is no such scenario, or it says something wrong.
            ValueError: there is no default world.
        """
        if not self.settings.scenarios:
            return
        from outlook365_emulator.scenarios import load_scenario_file, start_scenario

        if self.hosting.default is None:
            raise ValueError("a scenario needs a world that goes through it: give --world too")
        for name in self.settings.scenarios:
            document = load_scenario_file(name)
            if document.name in self.hosting.default.scenarios:
                continue  # the data directory has it under way
            start_scenario(self.hosting.default, document, self.keys, self.prepare_connections)

    def _bound(self, settings: Settings) -> Server:
        others: Literal["pass", "refuse"] = "refuse" if settings.proxy_others == "refuse" else "pass"
        return Server(
            self.app,
            host=settings.host,
            port=settings.port,
            tls_port=settings.tls_port,
            tls_context=partial(self.authority.issue, certified_names(settings)),
            proxy_port=settings.proxy_port,
            proxy_rules=ProxyRules(
                is_emulated=is_emulated,
                is_refused=is_microsoft,
                others=others,
                refused=self._refused,
                trouble=self.connections.refusal,
            ),
            tls_for=self.connections.tls_for,
            on_error=partial(log_bug, doing="a connection"),
            date_header=False,
        )

    def _doors(self, settings: Settings) -> Doors:
        server = self.server
        return Doors(reachable(settings.host), server.port, server.tls_port, server.proxy_port or 0)

    def _lead_of(self, scope: MutableMapping[str, Any]) -> str:
        return self.server.lead_of(scope)

    def _refused(self, host: str, lead: str, sentence: str) -> None:
        """Write down what the proxy refused."""
        world = (self.hosting.by_key(lead) or self.hosting.by_name(lead)) if lead else None
        entry = Entry(
            at=written_at(world.clock if world is not None else Clock()),
            method="CONNECT",
            url=f"https://{host}",
            service="proxy",
            operation="proxy.refused",
            status=403,
            reason=sentence,
            placed="lead" if world is not None else "unplaced",
        )
        (world.journal if world is not None else self.app.unplaced).add(entry)

    @property
    def running(self) -> bool:
        """Whether requests are accepted."""
        return self.server.running

    @property
    def errors(self) -> list[BaseException]:
        """Exceptions of services and server, which are bugs."""
        return [*self.app.errors, *self.server.errors]

    @property
    def combined_bundle(self) -> Path:
        """A file with what was trusted before and the authority's certificate, made when first asked for."""
        if self._bundle is None:
            self._bundle = self.authority.combined_bundle(self._folder.path / "combined.pem")
        return self._bundle

    def kept_snapshots(self) -> Snapshots:
        """Return the snapshots of the data directory, by world key and name."""
        return self.data.kept_snapshots(self.hosting) if self.data is not None else {}

    def run_effect(self, world: World, due: Due) -> None:
        """Run one entry of a world's agenda."""
        run_effect(world, due)

    def details(self) -> dict[str, Any]:
        """Return the content of the ready file."""
        return self.server.call(
            lambda: details_of(self.doors, self.ca_file, self.combined_bundle, self.hosting.default)
        )

    def open_port(self, world: World) -> int:
        """Open an HTTPS port that leads to a world, or return the one that is open; call on the server's thread.

        Args:
            world: the world.
        """
        port = self._ports.get(world.key)
        if port is None:
            port = self._ports[world.key] = self.server.open_tls_port(world.key, self.settings.world_ports)
        return port

    def prepare_connections(self, world: World) -> None:
        """Let faults that act before there is a request reach a world's clients; call on the server's thread.

        The world gets a port of its own, and connections that clients keep for their next request are closed.

        Args:
            world: the world.
        """
        self.open_port(world)
        self.server.close_idle(world.key)

    def judge_connection(self, world: World, phase: Phase, host: str) -> Harm | None:
        """Ask the faults of a world about a connection that is about to be made; call on the server's thread."""
        return self.connections.judge(world, phase, host)

    def drop(self, world: World) -> None:
        """Forget a world and close its own port; call on the server's thread.

        Args:
            world: the world.
        """
        self.hosting.drop(world)
        self.keys.forget(world)
        port = self._ports.pop(world.key, None)
        if port is not None:
            self.server.close_tls_port(port)

    def wait(self) -> None:
        """Block until the server has stopped."""
        self.server.wait()

    def stop(self) -> None:
        """Stop the server, close the worlds' files and remove the temporary ones."""
        if hasattr(self, "server"):
            self.server.stop()
        if self.data is not None:
            self.data.close()
        self._folder.remove()


def load_world(hosting: Hosting, name_or_path: str, seed: int | None) -> World:
    """Read a world file and host its world.

    Args:
        hosting: the worlds of the emulator.
        name_or_path: name of a shipped world, or path of a file.
        seed: seed in place of the file's.

    Raises:
        DocumentError: the file says something wrong.
    """
    from outlook365_emulator.worlds import build_world, load_world_file

    return build_world(hosting, load_world_file(name_or_path), seed=seed)
