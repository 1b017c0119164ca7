"""The handle of a world: what one test owns."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Unpack
from urllib.parse import quote

from outlook365_emulator.client.app import App
from outlook365_emulator.client.clock import Clock
from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.connector import ConnectionDetails, ConnectionOptions, connection_details
from outlook365_emulator.client.faults import Faults
from outlook365_emulator.client.fields import TenantFields
from outlook365_emulator.client.folder import Outbox
from outlook365_emulator.client.graph import graph_client
from outlook365_emulator.client.journal import Journal
from outlook365_emulator.client.network import failure_of
from outlook365_emulator.client.notifications import Notifications
from outlook365_emulator.client.plain import plain
from outlook365_emulator.client.scenarios import Scenarios, change_document
from outlook365_emulator.client.tenant import Tenant
from outlook365_emulator.client.user import User
from outlook365_emulator.client.webhook import Handler, Webhook

if TYPE_CHECKING:
    import httpx

    from outlook365_emulator.client.control import Control

GRAPH_CLIENT = "Graph client of the test"
"""Display name of the application by which `World.graph` signs users in."""


class World:
    """A world in a running emulator: its tenants, clock, faults, journal and outbox.

    Args:
        control: the emulator.
        connection: to the emulator.
        view: the emulator's view of the world.

    Attributes:
        name: unique in the emulator.
        seed: drives chance.
        auth: the auth type of `connection()` where none is named, as the test's marker says.
        tls_port: the world's own HTTPS port once `open_port` was called, else None.
        http_url: the emulator's HTTP address.
        clock: the world's clock.
        faults: its faults.
        scenarios: its scenarios.
        judges_connections: whether a fault was set that acts before there is a request.
        journal: what it was asked and answered.
        outbox: mail that left for addresses outside of the emulator.
        notifications: change notifications to webhooks.
    """

    def __init__(self, control: "Control", connection: Connection, view: dict[str, Any]) -> None:
        self._control = control
        self._connection = connection
        self._path = f"/worlds/{quote(view['name'], safe='')}"
        self._tenants = [Tenant(connection, self._path, tenant) for tenant in view["tenants"]]
        self._graph_apps: dict[str, App] = {}
        self.tls_port: int | None = None
        self.auth: str | None = None
        self.name: str = view["name"]
        self.seed: int = view["seed"]
        self.http_url = connection.url
        self.clock = Clock(connection, self._path)
        self.judges_connections = False
        self._planned = 0
        self.faults = Faults(connection, self._path, self._prepare_connections)
        self.scenarios = Scenarios(connection, self._path, self._prepare_connections)
        self.journal = Journal(connection, self._path)
        self.outbox = Outbox(connection, self._path)
        self.notifications = Notifications(connection, self._path)
        self._webhooks: list[Webhook] = []

    def __repr__(self) -> str:
        return f"World({self.name!r})"

    @property
    def tenant(self) -> Tenant:
        """The first tenant.

        Raises:
            LookupError: the world has none.
        """
        if not self._tenants:
            raise LookupError(f"the world {self.name!r} has no tenant: add one with add_tenant()")
        return self._tenants[0]

    @property
    def tenants(self) -> list[Tenant]:
        """All tenants, the oldest first."""
        return list(self._tenants)

    def add_tenant(self, **fields: Unpack[TenantFields]) -> Tenant:
        """Add an organisation to the world.

        Args:
            fields: see `TenantFields`; `cloud="usgov"` puts it into another cloud.

        Raises:
            BadDocument: a field or cloud is unknown (the nearest right name is told) or a value is not allowed.
            Taken: a domain is in use.
        """
        __tracebackhide__ = True
        view = self._connection.call("POST", f"{self._path}/tenants", plain(fields))
        tenant = Tenant(self._connection, self._path, view)
        self._tenants.append(tenant)
        return tenant

    @property
    def ca_file(self) -> str:
        """Path of the certificate (PEM) of the authority that signs for the emulated hosts."""
        return self._control.ca_file

    @property
    def env(self) -> dict[str, str]:
        """Variables for a child process, on top of its parent's, whose requests shall reach this world.

        `subprocess.run(command, env={**os.environ, **world.env})`; every request of the child is placed in this world,
        also one that names no tenant.
        """
        __tracebackhide__ = True
        return self._control.environment_for(self.name, self.open_port())

    def graph(self, holder: User | App, *, app: App | None = None) -> "httpx.Client":
        """Return a client of Microsoft Graph whose requests carry a token, for looking and for preparing a test.

        The token is issued at the call and ends as every token does; nothing renews it.

        Args:
            holder: a user, who signs in with the password, or an application, which signs in with its secret.
            app: the application by which a user signs in. When left out, one with every delegated permission is
                registered in the user's tenant, named "Graph client of the test".

        Returns:
            A client with the base URL of Graph's v1.0: `client.get("/me/messages")`.

        Raises:
            TypeError: the holder is neither.
            SignInFailed: the token endpoint refused.
        """
        __tracebackhide__ = True
        if isinstance(holder, App):
            return graph_client(self._connection, holder, holder)
        if not isinstance(holder, User):
            raise TypeError(f"graph takes a user or an application, as tenant.user({str(holder)!r}) returns it")
        return graph_client(self._connection, holder, app or self._graph_app(holder.tenant_id))

    def _graph_app(self, tenant_id: str) -> App:
        __tracebackhide__ = True
        if tenant_id not in self._graph_apps:
            tenant = next(one for one in self._tenants if one.id == tenant_id)
            self._graph_apps[tenant_id] = tenant.add_app(name=GRAPH_CLIENT, auth="authorization_code", preset="all")
        return self._graph_apps[tenant_id]

    def connection(self, auth: str | None = None, **options: Unpack[ConnectionOptions]) -> ConnectionDetails:
        """Register an application for a connection, and return everything that a connection form asks for.

        Args:
            auth: `client_certificate`, `authorization_code`, `client_credentials` or `own_app`; when left out, what the
                test's marker says, else `client_credentials`.
            options: `environment` (id of the cloud; that of the first tenant when left out), `account`,
                `shared_mailbox`, `permissions` or `preset`, `consent`, `certificate` (`good`, `wrong_password`,
                `expired`, `not_registered`); see `connection_details`.

        Raises:
            ValueError: a name is unknown; the message tells the nearest.
            BadDocument: a permission or preset is unknown.
        """
        __tracebackhide__ = True
        return connection_details(self._connection, self, auth or self.auth or "client_credentials", **options)

    def webhook(self, handler: Handler | None = None, *, tls: bool = False, host: str | None = None) -> Webhook:
        """Return an endpoint that answers the handshake and collects notifications, until the world is dropped.

        Args:
            handler: called with each notification, in a thread of the webhook's.
            tls: whether it speaks https.
            host: the name in its address; when left out, the one under which the emulator reaches this machine.
        """
        self._webhooks.append(Webhook(handler, tls=tls, host=host or self._control.webhook_host))
        return self._webhooks[-1]

    def open_port(self) -> int:
        """Open an HTTPS port that leads to this world whatever is asked there, or return the one that is open."""
        __tracebackhide__ = True
        if self.tls_port is None:
            self.tls_port = int(self._connection.call("POST", f"{self._path}/port")["tls_port"])
            self._control.changed()
        return self.tls_port

    def _prepare_connections(self) -> None:
        __tracebackhide__ = True
        self.judges_connections = True
        self.open_port()
        self._control.changed()

    def judge_connection(self, phase: str, host: str) -> None:
        """Ask the world's faults about a connection that is about to be made; whoever asks makes it then.

        Args:
            phase: `resolve` or `connect`.
            host: the host.

        Raises:
            socket.gaierror: the name is not found.
            OSError: the connection is refused, or no route leads there.
        """
        found = self._connection.call("POST", f"{self._path}/connections", {"phase": phase, "host": host})
        if found["kind"] is not None:
            raise failure_of(found["kind"], found["how"])

    def change(
        self,
        change: str,
        *,
        user: User | str | None = None,
        app: App | str | None = None,
        permissions: Sequence[str] | None = None,
        password: str | None = None,
        after: timedelta | None = None,
    ) -> None:
        """Let something happen in the world, at once or later.

        Args:
            change: what: `revoke_sessions`, `expire_secrets`, `disable_account`; the reference of faults lists all.
            user: whom it happens to; everybody when left out.
            app: the application that it happens to; all when left out.
            permissions: for `withdraw_consent`: which ones; all when left out.
            password: for `change_password`: the new one; drawn when left out.
            after: how much later, by the world's clock; at once when left out.

        Raises:
            BadDocument: there is no such change, user or application; the message names the nearest.
        """
        __tracebackhide__ = True
        document = change_document(change, user, app, permissions, password)
        if after is None:
            self._connection.call("POST", f"{self._path}/changes", document)
            return
        self._planned += 1
        waiting = {"name": "waiting", "for": after.total_seconds()}
        phases = [waiting, {"name": "changed", "steps": [document]}]
        self.scenarios.start({"name": f"planned_{self._planned}", "phases": phases})

    def observe(self) -> None:
        """Begin to watch what the world's clients do, for `report`."""
        __tracebackhide__ = True
        self._connection.call("POST", f"{self._path}/report")

    def report(self) -> dict[str, Any]:
        """Return which operations met which faults, and, since `observe` was called, what clients did wrong."""
        __tracebackhide__ = True
        found: dict[str, Any] = self._connection.call("GET", f"{self._path}/report")
        return found

    def roll_signing_key(self) -> str:
        """Change the key that signs the world's tokens, as Microsoft does from time to time.

        The keys before stay published, and tokens that they signed stay valid; whoever verifies tokens has to fetch the
        key set again.

        Returns:
            The `kid` of the new key.
        """
        __tracebackhide__ = True
        return str(self._connection.call("POST", f"{self._path}/signing-keys")["kids"][-1])

    def snapshot(self, name: str = "snapshot") -> str:
        """Remember how everything in the world is; a snapshot with the same name is replaced.

        Args:
            name: name of the snapshot.

        Returns:
            The name.
        """
        __tracebackhide__ = True
        self._connection.call("POST", f"{self._path}/snapshots", {"name": name})
        return name

    def restore(self, name: str = "snapshot") -> None:
        """Put everything in the world back to how a snapshot remembers it.

        Args:
            name: name of the snapshot.

        Raises:
            NotFound: there is no such snapshot; the message names the nearest.
        """
        __tracebackhide__ = True
        self._connection.call("POST", f"{self._path}/snapshots/{quote(name, safe='')}/restore")

    def drop(self) -> None:
        """Forget the world and everything in it."""
        __tracebackhide__ = True
        for webhook in self._webhooks:
            webhook.close()
        self._connection.call("DELETE", self._path)
        self._control.living.discard(self.name)
        self._control.changed()
