"""Requests that the emulator makes itself: webhooks.

They go by asyncio streams and h11 over sockets of the standard library's own class that connect by the functions of
`_socket`: respx, pytest-httpx and responses patch HTTP libraries, pytest-socket the socket class and its `connect`,
interception the look-up of names; what is sent here meets none of them.
"""

import _socket
import asyncio
import contextlib
import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import h11

from outlook365_emulator.net.ports import plain_socket_class

LARGEST_ANSWER = 65536
"""Bytes of an answer that are read; what follows is cut off."""

_AGENT = "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)"

Failure = Literal["unreachable", "timeout", "protocol"]


class Reply(NamedTuple):
    """An answer to a request of ours.

    Attributes:
        status: HTTP status.
        content_type: media type in lower case without parameters, or "".
        body: the body, at most 64 kB.
    """

    status: int
    content_type: str
    body: bytes


class SendFailed(Exception):
    """A request got no answer.

    Attributes:
        failure: `unreachable` (nobody listens there), `timeout`, `protocol` (what came back is no HTTP).
    """

    def __init__(self, failure: Failure, because: str) -> None:
        super().__init__(because)
        self.failure: Failure = failure


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine by its loopback interface.

    Args:
        host: a name or address, without brackets.
    """
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def tls_context(host: str, ca_pem: str = "") -> ssl.SSLContext:
    """Return the TLS context for a host: loopback is not verified, any other host is.

    Args:
        host: where the request goes.
        ca_pem: certificate of the emulator's authority, trusted beside what the system trusts.
    """
    context = ssl.create_default_context()
    if is_loopback(host):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif ca_pem:
        context.load_verify_locations(cadata=ca_pem)
    return context


async def post(
    url: str,
    body: bytes,
    *,
    content_type: str,
    seconds: float,
    headers: Iterable[tuple[str, str]] = (),
    ca_pem: str = "",
) -> Reply:
    """Send a POST request and return the answer; redirects are not followed.

    Args:
        url: an http or https URL.
        body: the body.
        content_type: value of Content-Type.
        seconds: how long all of it may take, in real time.
        headers: further header fields.
        ca_pem: certificate of the emulator's authority.

    Raises:
        SendFailed: no answer came.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _exchange(url, body, [("Content-Type", content_type), *headers], ca_pem)
    except TimeoutError:
        raise SendFailed("timeout", f"no answer within {seconds:g} s") from None
    except h11.ProtocolError as problem:
        raise SendFailed("protocol", f"what came back is no HTTP/1.1: {problem}") from None
    except (OSError, asyncio.IncompleteReadError) as problem:
        raise SendFailed("unreachable", str(problem) or type(problem).__name__) from None


async def _exchange(url: str, body: bytes, headers: list[tuple[str, str]], ca_pem: str) -> Reply:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    sock = await _connected(host, parts.port or (443 if secure else 80))
    context = tls_context(host, ca_pem) if secure else None
    try:
        reader, writer = await asyncio.open_connection(
            sock=sock, ssl=context, server_hostname=host if context is not None else None
        )
    except BaseException:
        sock.close()
        raise
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        fields = [("Host", parts.netloc.rpartition("@")[2]), ("User-Agent", _AGENT), *headers]
        fields += [("Content-Length", str(len(body))), ("Connection", "close")]
        connection = h11.Connection(h11.CLIENT)
        head = connection.send(h11.Request(method="POST", target=target, headers=fields)) or b""
        content = connection.send(h11.Data(data=body)) or b""
        writer.write(head + content + (connection.send(h11.EndOfMessage()) or b""))
        return await _answer(connection, reader)
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            writer.transport.abort()


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader) -> Reply:
    status, content_type, body = 0, "", b""
    while True:
        event: Any = connection.next_event()
        if event is h11.NEED_DATA:
            received = await reader.read(LARGEST_ANSWER)
            if not received and not status:
                raise ConnectionResetError("the connection was closed before an answer came")
            connection.receive_data(received)
        elif isinstance(event, h11.Response):
            status = event.status_code
            fields = dict(event.headers)
            content_type = fields.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        if isinstance(event, h11.EndOfMessage | h11.ConnectionClosed) or len(body) > LARGEST_ANSWER:
            return Reply(status, content_type, body[:LARGEST_ANSWER])


async def _connected(host: str, port: int) -> socket.socket:
    loop = asyncio.get_running_loop()
    try:
        numeric = str(ipaddress.ip_address(host))
        found = _socket.getaddrinfo(numeric, port, 0, socket.SOCK_STREAM)
    except ValueError:
        found = await loop.run_in_executor(None, _socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
    problem: OSError | None = None
    for family, kind, protocol, _, address in found:
        sock = plain_socket_class()(family, kind, protocol)
        try:
            sock.setblocking(False)
            await _connect(loop, sock, address)
            if family in (socket.AF_INET, socket.AF_INET6):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            problem = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise problem or OSError(f"the name {host} has no address")


async def _connect(loop: asyncio.AbstractEventLoop, sock: socket.socket, address: Any) -> None:
    try:
        _socket.socket.connect(sock, address)
        return
    except (BlockingIOError, InterruptedError):
        pass
    writable: asyncio.Future[None] = loop.create_future()
    loop.add_writer(sock.fileno(), _done, writable)
    try:
        await writable
    finally:
        loop.remove_writer(sock.fileno())
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


def _done(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
