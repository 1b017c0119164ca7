"""The server: HTTP, HTTPS and the proxy on one event loop in a thread of its own."""

import asyncio
import os
import socket
import ssl
from collections import deque
from collections.abc import Callable
from functools import cached_property
from typing import Any, ParamSpec, Self, TypeVar

from outlook365_emulator.net import ports
from outlook365_emulator.net.connection import App, HttpSide, Scope
from outlook365_emulator.net.loop import LoopThread
from outlook365_emulator.net.proxy import ProxyConnection, ProxyRules, Switchboard

P = ParamSpec("P")
T = TypeVar("T")

HANDSHAKE_SECONDS = 15.0
SHUTDOWN_SECONDS = 2.0
ERRORS_KEPT = 100


class Server:
    """Serves an ASGI 3 application over HTTP and HTTPS, and a CONNECT proxy, from one thread.

    The sockets are bound and listening when the object exists, so the ports are known before anything runs.

    Args:
        app: the application; gets `http` scopes only. `scope["server"][1]` is the port that was asked.
        host: address to listen on.
        port: HTTP port; 0 lets the system choose.
        tls_port: HTTPS port.
        tls_context: the context that the HTTPS ports present (`Authority.issue`), or what returns it when the first
            client connects to one.
        proxy_port: port of the proxy, or None for no proxy.
        proxy_rules: what the proxy does with which host; needed with `proxy_port`.
        on_error: called on the loop's thread with each exception of the application and of the server itself, in
            addition to being kept in `errors`.
        tls_for: called for each TLS connection with a function that returns its lead, once that is known; returns a
            context for this connection alone, or None for `tls_context`.
        date_header: whether answers carry the real time as `Date`; False where the application writes its own.

    Attributes:
        port: the HTTP port.
        tls_port: the HTTPS port.
        proxy_port: the proxy's port, or None.
        errors: the last hundred exceptions.

    Raises:
        PortInUse: a port is taken.
        ValueError: a proxy port without rules.
    """

    def __init__(
        self,
        app: App,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls_port: int = 0,
        tls_context: ssl.SSLContext | Callable[[], ssl.SSLContext],
        proxy_port: int | None = None,
        proxy_rules: ProxyRules | None = None,
        on_error: Callable[[BaseException], None] | None = None,
        tls_for: Callable[[Callable[[], str]], ssl.SSLContext | None] | None = None,
        date_header: bool = True,
    ) -> None:
        if proxy_port is not None and proxy_rules is None:
            raise ValueError("a proxy port needs proxy_rules")
        self.host = host
        self.errors: deque[BaseException] = deque(maxlen=ERRORS_KEPT)
        self._on_error = on_error
        self._tls_context = tls_context
        self._tls_for = tls_for
        self._http = HttpSide(app, self.report, self._forget_lead, date_header=date_header)
        self._loop = LoopThread(self._begin, self._end, self.report)
        self._ends: set[Any] = set()
        self._attaching: dict[asyncio.Task[None], socket.socket] = {}
        self._client_leads: dict[tuple[str, int], str] = {}
        self._port_leads: dict[int, str] = {}
        self._listeners: dict[int, ports.Listener] = {}
        try:
            self.port = self._bind(port, self._accept_http)
            self.tls_port = self._bind(tls_port, self._accept_https)
            self.proxy_port = None if proxy_port is None else self._bind(proxy_port, self._accept_proxy)
        except BaseException:
            self._close_listeners()
            raise
        if proxy_rules is not None:
            self._board = Switchboard(
                rules=proxy_rules,
                https=(reachable(host), self.tls_port),
                ends=self._ends,
                lead=self._remember_lead,
                failed=self.report,
            )
        ports.let_go_in_children(self)

    def start(self) -> Self:
        """Start the thread; return itself once connections are accepted.

        Raises:
            Stopped: the server was stopped before; a new one is needed.
            RuntimeError: it runs already.
        """
        self._loop.start()
        return self

    def stop(self) -> None:
        """Close every port and connection, cancel what runs, and return when the thread has ended.

        May be called from any thread, from a signal handler, and twice. Called on the loop's own thread it returns
        at once, and the server ends after the callback that runs.
        """
        started = self._loop.running
        self._loop.stop()
        if not started:
            self._close_listeners()
        ports.keep_in_children(self)

    def wait(self) -> None:
        """Block until the server has stopped; signal handlers run meanwhile and may call `stop`."""
        self._loop.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether connections are accepted."""
        return self._loop.running

    @property
    def connections(self) -> int:
        """Number of open connections, those of the proxy and its tunnels included."""
        return len(self._http.connections) + len(self._ends) + len(self._attaching)

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function on the loop's thread and return what it returns, or raise what it raises.

        Args:
            function: a plain function that does not block.
            args: its arguments.
            kwargs: its keyword arguments.

        Raises:
            Stopped: the server does not run, or ended before it came to the function.
        """
        return self._loop.call(function, *args, **kwargs)

    def open_tls_port(self, lead: str = "", among: tuple[int, int] | None = None) -> int:
        """Open one more HTTPS port with the same certificate; any thread may call.

        Args:
            lead: what `lead_of` answers for requests that come in by the port (the key of a world).
            among: first and last of the ports that may be taken, or None where the system chooses.

        Raises:
            NoPortLeft: all of them are taken.
            Stopped: the server does not run.
        """
        bound = ports.bind(self.host, 0) if among is None else ports.bind_among(self.host, among)
        listener = ports.Listener(bound, self._accept_https)
        try:
            self.call(self._add_listener, listener, lead)
        except BaseException:
            listener.close()
            raise
        return listener.port

    def close_tls_port(self, port: int) -> None:
        """Close a port that `open_tls_port` opened, and its connections.

        Raises:
            ValueError: no such port is open.
            Stopped: the server does not run.
        """
        if port in (self.port, self.tls_port, self.proxy_port) or port not in self._listeners:
            raise ValueError(f"{port} is no port that open_tls_port opened")
        self.call(self._drop_listener, port)

    def lead_of(self, scope: Scope) -> str:
        """Return what the connection of a request leads to, the key of a world, or "".

        Args:
            scope: the ASGI scope; its port decides, else the user name that the client gave the proxy.
        """
        if not self._port_leads and not self._client_leads:
            return ""
        return self._port_leads.get(scope["server"][1], "") or self._client_leads.get(scope["client"], "")

    def report(self, problem: BaseException) -> None:
        """Keep an exception in `errors` and hand it to `on_error`."""
        self.errors.append(problem)
        if self._on_error is not None:
            self._on_error(problem)

    def forget_in_child(self) -> None:
        """Close what a forked child has inherited: it has no thread that would serve it."""
        self._loop.abandon()
        for listener in self._listeners.values():
            listener.socket.close()
        # Not by Listener.close(): the child shares the parent's epoll, which must go on watching the sockets.
        self._listeners.clear()
        inherited = {connection.fileno() for connection in self._attaching.values()}
        for connection in (*self._http.connections, *self._ends):
            transport = connection.transport
            if transport is not None and not transport.is_closing():
                inherited.add(transport.get_extra_info("socket").fileno())
        # Replaced, not closed: objects of the parent's loop still hold the numbers and must not close somebody else's.
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in inherited - {-1}:
            os.dup2(nowhere, descriptor, inheritable=False)
        os.close(nowhere)

    def _bind(self, port: int, accepted: Callable[[socket.socket], None]) -> int:
        listener = ports.Listener(ports.bind(self.host, port), accepted)
        self._listeners[listener.port] = listener
        return listener.port

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._http.refresh_date()
        for listener in self._listeners.values():
            listener.open(loop)

    async def _end(self) -> None:
        """Abort the connections before requests are cancelled, so that these find nobody to answer."""
        self._close_listeners()
        for task in list(self._attaching):
            task.cancel()
        for _ in range(5):
            for connection in (*self._http.connections, *self._ends):
                if connection.transport is not None:
                    connection.transport.abort()
            await asyncio.sleep(0)
            if not self.connections:
                break

    def _add_listener(self, listener: ports.Listener, lead: str) -> None:
        self._listeners[listener.port] = listener
        if lead:
            self._port_leads[listener.port] = lead
        listener.open(asyncio.get_running_loop())

    def _drop_listener(self, port: int) -> None:
        self._port_leads.pop(port, None)
        listener = self._listeners.pop(port, None)
        if listener is not None:
            listener.close()
        for connection in self._http.connections:
            if connection.server is not None and connection.server[1] == port:
                connection.transport.abort()

    def _close_listeners(self) -> None:
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()

    def _lead_later(self, port: int, client: tuple[str, int]) -> Callable[[], str]:
        """Return a function that returns a connection's lead: the proxy tells it after the connection stands."""
        return lambda: self._port_leads.get(port, "") or self._client_leads.get(client, "")

    def close_idle(self, world: str) -> None:
        """Close the connections that wait for a next request and whose last one was placed in a world.

        Args:
            world: the world's key. Call on the loop's thread.
        """
        for connection in self._http.connections:
            if connection.world == world and connection.idle and connection.transport is not None:
                connection.transport.close()

    def _remember_lead(self, client: tuple[str, int], lead: str) -> None:
        if lead:
            self._client_leads[client] = lead

    def _forget_lead(self, client: tuple[str, int]) -> None:
        self._client_leads.pop(client, None)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        given = self._tls_context
        return given if isinstance(given, ssl.SSLContext) else given()

    def _accept_http(self, connection: socket.socket) -> None:
        self._attach(connection, self._http.connection, None)

    def _accept_https(self, connection: socket.socket) -> None:
        self._attach(connection, self._http.connection, self._context)

    def _accept_proxy(self, connection: socket.socket) -> None:
        self._attach(connection, lambda: ProxyConnection(self._board), None)

    def _attach(
        self, connection: socket.socket, protocol: Callable[[], asyncio.Protocol], context: ssl.SSLContext | None
    ) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(connection, protocol, context))
        self._attaching[task] = connection

        def done(task: asyncio.Task[None]) -> None:
            del self._attaching[task]
            if task.cancelled():
                connection.close()  # the task may have been cancelled before its first step

        task.add_done_callback(done)

    async def _serve(
        self, connection: socket.socket, protocol: Callable[[], asyncio.Protocol], context: ssl.SSLContext | None
    ) -> None:
        """Give a connection its protocol; one whose TLS handshake fails is closed and forgotten."""
        loop = asyncio.get_running_loop()
        client = None
        try:
            client = connection.getpeername()[:2]
            if context is not None and self._tls_for is not None:
                context = self._tls_for(self._lead_later(connection.getsockname()[1], client)) or context
            await loop.connect_accepted_socket(
                protocol,
                connection,
                ssl=context,
                ssl_handshake_timeout=None if context is None else HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=None if context is None else SHUTDOWN_SECONDS,
            )
        except BaseException as problem:
            connection.close()
            if client is not None:
                self._forget_lead(client)
            if not isinstance(problem, OSError):
                raise


def reachable(host: str) -> str:
    """Return the address by which this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - nothing is bound
