"""HTTP to an emulator, past everything that a test may have put in the way.

respx, pytest-httpx and responses patch HTTP libraries, pytest-socket the socket class and its `connect`, interception
the look-up of names. `http.client` over a socket of the standard library's own class that connects by the functions of
`_socket` meets none of them (decision 0010).
"""

import _socket
import http.client
import json
import os
import socket
import threading
import weakref
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from outlook365_emulator.client.errors import ControlError, Unreachable, refusal

_JSON = "application/json"


class Answer(NamedTuple):
    """An answer as it was sent.

    Attributes:
        status: HTTP status.
        headers: header fields in order.
        body: the whole body.
    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class _Kept(http.client.HTTPConnection):
    """A connection that is used for many requests, and closed when its thread ends."""

    def connect(self) -> None:
        """Connect by the functions of `_socket`."""
        self.sock = _connected(self.host, self.port, self.timeout)

    def wait(self, seconds: float) -> None:
        """Set how long the next answer may take."""
        if self.timeout != seconds:
            self.timeout = seconds
            if self.sock is not None:
                self.sock.settimeout(seconds)

    def __del__(self) -> None:
        self.close()


class _Mine(threading.local):
    """A thread's own connection, and the process that opened it."""

    kept: _Kept | None = None
    process: int = 0


class Connection:
    """Sends requests to an emulator's HTTP port by one kept connection for each thread.

    Args:
        url: the emulator's address, `http://127.0.0.1:8365`; where it was started with `--control-token`, the token as
            password: `http://:TOKEN@127.0.0.1:8365`.
        timeout: seconds to wait for a connection and for an answer.

    Raises:
        ValueError: the address is no `http://` URL.
    """

    def __init__(self, url: str, *, timeout: float = 30.0) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"expected the emulator's HTTP address (http://127.0.0.1:8365), got {url!r}")
        self.url = f"http://{parts.netloc.rpartition('@')[2]}"
        token = unquote(parts.password or parts.username or "")
        self._credentials = {"Authorization": f"Bearer {token}"} if token else {}
        self._host = parts.hostname
        self._port = parts.port or 80
        self._timeout = timeout
        self._mine = _Mine()
        self._all: weakref.WeakSet[_Kept] = weakref.WeakSet()

    def call(self, method: str, path: str, document: Any = None, *, patience: float = 0.0) -> Any:
        """Ask the control API.

        Args:
            method: verb.
            path: path below `/_emulator/v1`, quoted.
            document: what is sent as JSON, or None for no body.
            patience: seconds to wait for the answer beyond the usual.

        Returns:
            The decoded answer, or None where it has no body.

        Raises:
            ControlError: the API refused; a subclass says how.
            Unreachable: nothing answers.
        """
        __tracebackhide__ = True
        body = None if document is None else json.dumps(document).encode()
        headers = {} if body is None else {"Content-Type": _JSON}
        answer = self._answered(method, path, body, headers, patience)
        return _decoded(answer) if answer.body else None

    def call_bytes(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], *, patience: float = 0.0
    ) -> bytes:
        """Ask the control API where question or answer is no JSON.

        Args:
            method: verb.
            path: path below `/_emulator/v1`, quoted.
            body: what is sent, or None.
            headers: header fields.
            patience: seconds to wait for the answer beyond the usual.

        Raises:
            ControlError: the API refused; a subclass says how.
            Unreachable: nothing answers.
        """
        __tracebackhide__ = True
        return self._answered(method, path, body, headers, patience).body

    def _answered(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], patience: float
    ) -> Answer:
        __tracebackhide__ = True
        answer = self.exchange(
            method, f"/_emulator/v1{path}", {**self._credentials, **headers}, body, patience=patience
        )
        if answer.status >= 400:
            raise refusal(answer.status, _decoded(answer) if answer.body else None)
        return answer

    def exchange(
        self, method: str, target: str, headers: dict[str, str], body: bytes | None = None, *, patience: float = 0.0
    ) -> Answer:
        """Send a request and read the whole answer, whatever its status.

        Args:
            method: verb.
            target: path and query as they are sent.
            headers: header fields; `Host` and `Content-Length` are added.
            body: the body.
            patience: seconds to wait for the answer beyond the usual.

        Raises:
            Unreachable: nothing answers.
        """
        __tracebackhide__ = True
        try:
            return self._send(method, target, headers, body, patience)
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            reason = str(error) or type(error).__name__
            raise Unreachable(f"no emulator answers at {self.url}: {reason}", code="unreachable") from None
        except BaseException:
            self._drop()  # Ctrl-C, pytest-timeout: the answer is still to come, and nobody reads it
            raise

    def _send(self, method: str, target: str, headers: dict[str, str], body: bytes | None, patience: float) -> Answer:
        kept, used = self._kept()
        kept.wait(self._timeout + patience)
        if used:
            try:
                kept.request(method, target, body, headers)
                response = kept.getresponse()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # The server closed it while it was idle: nothing was answered, so nothing was done.
                self._drop()
                return self._send(method, target, headers, body, patience)
        else:
            kept.request(method, target, body, headers)
            response = kept.getresponse()
        content = response.read()
        return Answer(response.status, response.getheaders(), content)

    def close(self) -> None:
        """Close the connections of all threads; the next request opens a new one."""
        for kept in list(self._all):
            kept.close()

    def own_address(self) -> str:
        """Return this machine's address towards the emulator.

        Raises:
            Unreachable: nothing answers.
        """
        self.exchange("GET", "/_emulator/v1/health", {})
        kept = self._mine.kept
        return str(kept.sock.getsockname()[0]) if kept is not None and kept.sock is not None else "127.0.0.1"

    def _kept(self) -> tuple[_Kept, bool]:
        """Return this thread's connection, and whether it has been used: a forked child opens one of its own."""
        mine = self._mine
        kept, process = mine.kept, os.getpid()
        if kept is not None and mine.process == process:
            return kept, kept.sock is not None
        kept = _Kept(self._host, self._port, timeout=self._timeout)
        mine.kept, mine.process = kept, process
        self._all.add(kept)
        return kept, False

    def _drop(self) -> None:
        kept, self._mine.kept = self._mine.kept, None
        if kept is not None:
            kept.close()


def _decoded(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        text = answer.body[:200].decode("latin-1")
        raise ControlError(
            f"this is no emulator's control API: it answered {answer.status} with {text!r}", status=answer.status
        ) from None


def _connected(host: str, port: int, timeout: float | None) -> socket.socket:
    problem: OSError | None = None
    for family, kind, protocol, _, address in _socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        sock = own_socket_class()(family, kind, protocol)
        try:
            sock.settimeout(timeout)
            _socket.socket.connect(sock, address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            problem = error
        else:
            return sock
    raise problem or OSError(f"the name {host} has no address")


def own_socket_class() -> type[socket.socket]:
    """Return the standard library's own socket class: `socket.socket` may be pytest-socket's guard or gevent's class.

    Raises:
        RuntimeError: it is gone.
    """
    for found in _socket.socket.__subclasses__():
        if found.__module__ == "socket" and found.__name__ == "socket" and issubclass(found, _socket.socket):
            return found  # type: ignore[return-value]  # typeshed does not know that socket.socket derives from it
    raise RuntimeError("the standard library's socket class is gone")
