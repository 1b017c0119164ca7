"""HTTP/1.1 by uvicorn's protocol class; nothing else in the emulator knows uvicorn.

The class is driven directly: `uvicorn.Server` starts and stops in ticks of 100 ms and waits for requests that hang.
"""

import asyncio
import logging
import socket
import struct
from asyncio import sleep
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from outlook365_emulator import clock
from outlook365_emulator.net.wire_faults import CONNECTION, WORLD

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEAD_LIMIT = 65536
"""Bytes of request line and header fields together; more gets 431 (RFC 6585 section 5)."""

LARGE_HEAD = "The head of the request is larger than 64 kB."
KEEP_ALIVE_SECONDS = 75
"""Longer than the pools of common clients keep a connection, so that none meets a connection just closed."""

FLUSH_ROUNDS = 4
"""Iterations of the loop after which what was written is out, through TLS too."""

LINGER_SECONDS = 1.0
"""How long a client that was refused may go on sending before it is cut off; without it the kernel would reset the
connection and the client might never read the answer."""

TLS_LINGER_SECONDS = 0.2
"""The same over TLS, where a client cannot be told that nothing more follows while it is still sending."""


class HttpSide:
    """What the HTTP connections of one server share.

    Args:
        app: the ASGI 3 application.
        report: called with each exception of the application, and with what it does against ASGI.
        ended: called with the (host, port) pair of the client of each connection that ends.
        date_header: whether answers carry the real time as `Date`.
    """

    def __init__(
        self,
        app: App,
        report: Callable[[BaseException], None],
        ended: Callable[[tuple[str, int]], None],
        *,
        date_header: bool,
    ) -> None:
        self.ended = ended
        self.complaints = Complaints(report)
        self.state = ServerState()
        # No log configuration and no `access_log=False`: both would change loggers of the host process.
        self.config = Config(
            cast(Any, app),
            http=HttpToolsProtocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        # Config.load() would call the application once to find out whether it is a factory.
        self.config.loaded_app = app
        self.config.ws_protocol_class = None
        self.config.loaded = True
        self._dated = date_header
        self._second = 0

    @property
    def connections(self) -> list["HttpConnection"]:
        """The open connections."""
        return cast("list[HttpConnection]", list(self.state.connections))

    def connection(self) -> "HttpConnection":
        """Return the protocol of a new connection; call on the loop."""
        return HttpConnection(self)

    def refresh_date(self) -> None:
        """Write the `Date` of the answers anew if a second has passed (RFC 9110 section 6.6.1)."""
        second = int(clock.real_timestamp())
        if self._dated and second != self._second:
            self._second = second
            self.state.default_headers = [(b"date", clock.http_date(clock.real_now()).encode("ascii"))]


class HttpConnection(HttpToolsProtocol):
    """One HTTP connection: uvicorn's protocol with a limit on the head, and quiet.

    Args:
        side: what it shares with the server's other connections.
    """

    def __init__(self, side: HttpSide) -> None:
        super().__init__(side.config, side.state, {}, asyncio.get_running_loop())
        self.logger = side.complaints
        self.access_log = False
        self._side = side
        self._in_head = True
        self._dispatched = False
        self._received = 0
        self._too_large = False
        self._linger: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        if self._linger is not None:
            self._linger.cancel()
        if self.client is not None:
            self._side.ended(self.client)

    def data_received(self, data: bytes) -> None:
        """Parse, and refuse a head that grows over the limit."""
        if self._linger is not None:
            return
        self._received += len(data)
        super().data_received(data)
        if self._in_head and self._received > HEAD_LIMIT and not self.transport.is_closing():
            self._too_large = True
            self.send_400_response(LARGE_HEAD)

    def on_message_begin(self) -> None:
        """Begin to watch the size of the head."""
        super().on_message_begin()
        self._in_head = True
        cast(Scope, self.scope)["extensions"] = {CONNECTION: self}

    def on_headers_complete(self) -> None:
        """Measure a head exactly if so much data came that it can be over the limit; then dispatch."""
        if self._received > HEAD_LIMIT:
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > HEAD_LIMIT:
                self._too_large = True
                raise ValueError(LARGE_HEAD)  # the parser makes it the error that data_received answers
        self._in_head = False
        self._side.refresh_date()
        super().on_headers_complete()
        self._dispatched = True

    def on_message_complete(self) -> None:
        """Count anew for the next request of this connection."""
        super().on_message_complete()
        self._received = 0

    async def write_raw(self, data: bytes) -> None:
        """Write bytes past the protocol and let them go out: uvloop writes at the end of an iteration."""
        if data and not self.transport.is_closing():
            self.transport.write(data)
        for _ in range(FLUSH_ROUNDS):
            await sleep(0)

    def leave(self, *, reset: bool) -> None:
        """End the connection in the middle of an answer.

        Args:
            reset: whether by RST (a socket that lingers for no time sends one when it is closed), or in order.
        """
        cycle = cast(Any, self.cycle)
        if cycle is not None:
            cycle.disconnected = True  # the request writes no more, and nobody misses its answer
            cycle.message_event.set()
        if not reset:
            self.transport.close()
            return
        connection = self.transport.get_extra_info("socket")
        if connection is not None and not self.transport.is_closing():
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    @property
    def world(self) -> str:
        """Key of the world that the last request was placed in, or ""."""
        scope = cast("Scope | None", getattr(self, "scope", None))
        return str(scope.get(WORLD, "")) if scope is not None else ""

    @property
    def idle(self) -> bool:
        """Whether no request is under way."""
        cycle = cast(Any, self.cycle)
        return cycle is None or bool(cycle.response_complete)

    def send_400_response(self, msg: str) -> None:
        """Answer 400 or 431 and close, once the client has had the time to read it."""
        if self._linger is not None or self.transport.is_closing():
            return
        if self._dispatched and not self.cycle.response_complete:
            self.cycle.disconnected = True  # an earlier request of the same connection may write no more
            self.cycle.message_event.set()
        status, text = (b"400 Bad Request", msg)
        if self._too_large:
            status, text = (b"431 Request Header Fields Too Large", LARGE_HEAD)
        self._side.refresh_date()
        fields = [*self.server_state.default_headers, (b"content-type", b"text/plain; charset=utf-8")]
        fields += [(b"content-length", b"%d" % len(text)), (b"connection", b"close")]
        head = b"".join(b"%b: %b\r\n" % field for field in fields)
        self.transport.write(b"HTTP/1.1 %b\r\n%b\r\n%b" % (status, head, text.encode("ascii")))
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._linger = self.loop.call_later(LINGER_SECONDS, self.transport.abort)
        else:
            self._linger = self.loop.call_later(TLS_LINGER_SECONDS, self.transport.close)


class Complaints(logging.Logger):
    """The logger that uvicorn's protocol writes to: hands on the exceptions of the application, drops the rest.

    It is known to no logging configuration, so the host process's settings neither show nor silence it.

    Args:
        report: called with each exception.
    """

    def __init__(self, report: Callable[[BaseException], None]) -> None:
        super().__init__(__name__, logging.ERROR)
        self._report = report

    def error(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Report an exception, or what the application did against ASGI."""
        problem = kwargs.get("exc_info")
        if problem is None:
            self._report(RuntimeError(str(msg) % args if args else str(msg)))
        elif not isinstance(problem, asyncio.CancelledError):
            self._report(problem)

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Drop a warning: what a client sends wrong is answered, not logged."""
