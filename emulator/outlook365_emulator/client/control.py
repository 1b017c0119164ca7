"""A running emulator, as whoever controls it sees it."""

from collections.abc import Callable
from typing import Any, Unpack
from urllib.parse import quote

from outlook365_emulator.client.connection import Connection
from outlook365_emulator.client.fields import WorldFields
from outlook365_emulator.client.plain import plain
from outlook365_emulator.client.world import World


class Control:
    """The control API of a running emulator.

    Args:
        url: the emulator's HTTP address, `http://127.0.0.1:8365`.
        timeout: seconds to wait for an answer.
        on_change: called after a world was made or dropped, or got a port of its own, by this handle.
        details_of: returns the content of the ready file as this machine sees it, where the emulator runs on another.
        webhook_host: name of this machine as the emulator reaches it.

    Attributes:
        http_url: the emulator's HTTP address.
        living: names of the worlds that were made by this handle and not dropped.
        webhook_host: under which name webhooks listen where a test names none.

    Raises:
        ValueError: the address is no `http://` URL.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 30.0,
        on_change: Callable[[], None] | None = None,
        details_of: Callable[[], dict[str, Any]] | None = None,
        webhook_host: str = "127.0.0.1",
    ) -> None:
        self._connection = Connection(url, timeout=timeout)
        self._details: dict[str, Any] | None = None
        self._on_change = on_change
        self._details_of = details_of or self._ready
        self.webhook_host = webhook_host
        self.http_url = self._connection.url
        self.living: set[str] = set()

    def __repr__(self) -> str:
        return f"Control({self.http_url!r})"

    @property
    def details(self) -> dict[str, Any]:
        """What the ready file holds: ports, addresses, variables, and the connection details of the default world."""
        __tracebackhide__ = True
        if self._details is None:
            self._details = self._details_of()
        return self._details

    def _ready(self) -> dict[str, Any]:
        __tracebackhide__ = True
        found: dict[str, Any] = self._connection.call("GET", "/ready")
        return found

    @property
    def https_port(self) -> int:
        """The HTTPS port, which answers as the emulated hosts."""
        return int(self.details["https_port"])

    @property
    def proxy_url(self) -> str:
        """Address of the CONNECT proxy."""
        return str(self.details["proxy_url"])

    @property
    def ca_file(self) -> str:
        """Path of the certificate of the emulator's CA."""
        return str(self.details["ca_file"])

    def add_world(self, **fields: Unpack[WorldFields]) -> World:
        """Make a world.

        Args:
            fields: see `WorldFields`: the keys of a world file.

        Raises:
            BadDocument: a key is unknown or a value is not allowed; the message names the place and the nearest name.
            Taken: its name, or an id or domain of a tenant, is in use.
        """
        __tracebackhide__ = True
        world = self._world(self._connection.call("POST", "/worlds", plain(fields)))
        self.living.add(world.name)
        self.changed()
        return world

    def world(self, name: str) -> World:
        """Return the handle of a world.

        Raises:
            NotFound: there is no such world; the message names the nearest.
        """
        __tracebackhide__ = True
        return self._world(self._connection.call("GET", f"/worlds/{quote(name, safe='')}"))

    def environment_for(self, world: str, tls_port: int) -> dict[str, str]:
        """Return variables for a child process whose requests shall reach a world.

        Args:
            world: the world's name, which becomes the user name in the address of the proxy.
            tls_port: the world's own HTTPS port.
        """
        __tracebackhide__ = True
        # Asked anew: it depends on the emulator's environment, NO_PROXY among others.
        details = self._details_of()
        # requests and urllib send no user name without a password; the proxy does not look at it.
        proxy, led = details["proxy_url"], details["proxy_url"].replace("://", f"://{quote(world, safe='')}:-@", 1)
        variables = {name: led if value == proxy else value for name, value in details["env"].items()}
        return variables | {"OUTLOOK365_TLS_PORT": str(tls_port)}

    @property
    def worlds(self) -> list[str]:
        """Names of all worlds at present."""
        return [one["name"] for one in self._connection.call("GET", "/worlds")["worlds"]]

    def changed(self) -> None:
        """Tell whoever wants to know that a world came, went, or got a port of its own."""
        if self._on_change is not None:
            self._on_change()

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _world(self, view: dict[str, Any]) -> World:
        return World(self, self._connection, view)
