"""HTTP CONNECT proxy: leads the emulated hosts to the HTTPS port and keeps the rest of Microsoft out."""

import asyncio
from collections.abc import Callable
from typing import Literal, cast

import msgspec

from outlook365_emulator.net.request_head import (
    BadRequest,
    Head,
    Target,
    body_limit,
    forwarded,
    may_begin,
    parse_head,
    target_of,
    user_of,
)
from outlook365_emulator.net.tunnel import End, join

HEAD_LIMIT = 65536
HEAD_SECONDS = 30.0
CONNECT_SECONDS = 15.0
LINGER_SECONDS = 1.0
"""How long a client that was refused may go on sending before it is cut off; without it the kernel would reset the
connection and the client might never read the answer."""

EARLY_LIMIT = 262144
HTTPS_PORT = 443

REASONS = {
    400: "Bad Request",
    403: "Forbidden",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}


class ProxyRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the proxy does with which host.

    Attributes:
        is_emulated: tells of a host name (lower case) whether the emulator answers for it.
        is_refused: tells of any other name whether it must not be reached (Microsoft's real services).
        others: `pass` to lead all remaining hosts to their real address, `refuse` to refuse them.
        refused: called with host, lead and the sentence of the answer for every request that is refused.
        trouble: called with host and lead for every tunnel to an emulated host; returns the sentence with which it
            fails, or None.
    """

    is_emulated: Callable[[str], bool]
    is_refused: Callable[[str], bool]
    others: Literal["pass", "refuse"] = "pass"
    refused: Callable[[str, str, str], None] | None = None
    trouble: Callable[[str, str], str | None] | None = None

    def __post_init__(self) -> None:
        if self.others not in ("pass", "refuse"):
            raise ValueError(f"others is 'pass' or 'refuse', not {self.others!r}")

    def refusal(self, target: Target, *, tunnel: bool) -> str | None:
        """Return the sentence with which a target is refused, or None where it may be reached.

        Args:
            target: host and port asked for.
            tunnel: True for CONNECT, False for a plain `http` URL.
        """
        host = target.host
        if self.is_emulated(host):
            if not tunnel:
                return f"{host} is served over https only, as Microsoft does: use https://{host}/."
            if target.port != HTTPS_PORT:
                return f"{host} answers on port 443 only, as at Microsoft; port {target.port} was asked for."
            return None
        if self.is_refused(host):
            return (
                f"{host} belongs to Microsoft and is not emulated; the emulator's proxy lets nothing through to "
                "the real Microsoft."
            )
        if self.others == "refuse":
            return f"{host} is not emulated, and the emulator's proxy is set to refuse every other host."
        return None


class Switchboard(msgspec.Struct, frozen=True, kw_only=True):
    """What the connections of one proxy share with their server.

    Attributes:
        rules: what happens to which host.
        https: address and port that emulated hosts are led to.
        ends: every open connection.
        lead: called with the (host, port) pair of a tunnel's own connection to the HTTPS port and its lead.
        failed: called with an exception that nobody expected.
    """

    rules: ProxyRules
    https: tuple[str, int]
    ends: set[asyncio.BaseProtocol]
    lead: Callable[[tuple[str, int], str], None]
    failed: Callable[[BaseException], None]


class ProxyConnection(asyncio.Protocol):
    """A client's connection to the proxy until its tunnel stands, or its answer is given.

    Args:
        switchboard: what it shares with its server.
    """

    def __init__(self, switchboard: Switchboard) -> None:
        self.transport: asyncio.Transport | None = None
        self._board = switchboard
        self._data = bytearray()
        self._ended = False
        self._answered = False
        self._connecting: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the head, but not for ever."""
        self.transport = cast(asyncio.Transport, transport)
        self._board.ends.add(self)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(HEAD_SECONDS, self._answer, 408, "No whole request came in 30 seconds.")

    def data_received(self, data: bytes) -> None:
        """Gather the head; keep what follows it until the tunnel stands."""
        if self._answered:
            return
        self._data += data
        if self._connecting is not None:
            if len(self._data) > EARLY_LIMIT and self.transport is not None:
                self.transport.pause_reading()
            return
        end = self._data.find(b"\r\n\r\n", 0, HEAD_LIMIT + 4)
        if end >= 0:
            head = bytes(self._data[:end])
            del self._data[: end + 4]
            self._begin(head)
        elif not may_begin(bytes(self._data)):
            self._answer(400, "This is an HTTP proxy, and what was sent is no HTTP/1.1 request.")
        elif len(self._data) > HEAD_LIMIT:
            self._answer(431, "The head of the request is larger than 64 kB.")

    def eof_received(self) -> bool:
        """Keep the connection open for the answer if a tunnel is on its way."""
        self._ended = True
        return self._connecting is not None

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up what was under way."""
        self._board.ends.discard(self)
        self._stop_timer()
        if self._connecting is not None:
            self._connecting.cancel()

    def _begin(self, data: bytes) -> None:
        self._stop_timer()
        lead = ""
        try:
            head = parse_head(data)
            target = target_of(head)
            lead = user_of(head)
            limit = None if head.method == "CONNECT" else body_limit(head)
        except BadRequest as problem:
            self._answer(400, str(problem))
            return
        sentence = self._board.rules.refusal(target, tunnel=head.method == "CONNECT")
        if sentence is not None:
            if self._board.rules.refused is not None:
                self._board.rules.refused(target.host, lead, sentence)
            self._answer(403, sentence)
            return
        trouble = self._board.rules.trouble
        failure = trouble(target.host, lead) if trouble and self._board.rules.is_emulated(target.host) else None
        if failure is not None:
            self._answer(502, failure)
            return
        task = asyncio.get_running_loop().create_task(self._connect(head, target, limit, lead))
        self._connecting = task

    async def _connect(self, head: Head, target: Target, limit: int | None, lead: str) -> None:
        emulated = self._board.rules.is_emulated(target.host)
        address = self._board.https if emulated else (target.host, target.port)
        ends = self._board.ends
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, far = await asyncio.get_running_loop().create_connection(lambda: End(ends), *address)
        except TimeoutError:
            self._fail(504, f"{target.host} did not take the connection in {CONNECT_SECONDS:.0f} seconds.")
        except (OSError, UnicodeError) as problem:
            self._fail(502, f"{target.host}:{target.port} cannot be reached: {problem}.")
        except Exception as problem:
            self._board.failed(problem)
            self._fail(502, f"{target.host}:{target.port} cannot be reached: {type(problem).__name__}.")
        else:
            if emulated and far.transport is not None:
                host, port = far.transport.get_extra_info("sockname")[:2]
                self._board.lead((host, port), lead)
            self._establish(far, head, target, limit)

    def _establish(self, far: End, head: Head, target: Target, limit: int | None) -> None:
        """Turn the connection into one end of a tunnel and pass on what has come meanwhile."""
        transport = self.transport
        if transport is None or transport.is_closing():
            far.abort()
            return
        near = End(self._board.ends, limit)
        join(near, far)
        self._board.ends.discard(self)
        transport.set_protocol(near)
        near.connection_made(transport)
        if head.method == "CONNECT":
            near.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            far.write(forwarded(head, target))
        if self._data:
            near.data_received(bytes(self._data))
            self._data.clear()
        if self._ended:
            near.eof_received()
        transport.resume_reading()

    def _fail(self, status: int, sentence: str) -> None:
        self._connecting = None
        self._answer(status, sentence)

    def _answer(self, status: int, sentence: str) -> None:
        """Answer in plain text and close, once the client has had the time to read it."""
        transport = self.transport
        if self._answered or transport is None or transport.is_closing():
            return
        self._answered = True
        self._stop_timer()
        body = (sentence + "\n").encode("utf-8")
        transport.write(
            f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode("ascii")
            + body
        )
        if self._ended:
            transport.close()
            return
        transport.write_eof()
        transport.resume_reading()
        self._timer = asyncio.get_running_loop().call_later(LINGER_SECONDS, transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
