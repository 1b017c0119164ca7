"""Listening sockets: bound before any loop runs, accepted on the loop, let go in forked children."""

import asyncio
import errno
import functools
import os
import socket
import sys
import weakref
from collections.abc import Callable
from typing import Protocol

BACKLOG = 1024
ACCEPTS_PER_WAKE = 64
EXHAUSTED_PAUSE = 0.5
"""Seconds without accepting after the process ran out of descriptors."""


class PortInUse(OSError):
    """A port that was asked for is taken.

    Args:
        port: the port.
        host: the address it was wanted on.
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        super().__init__(
            errno.EADDRINUSE,
            f"port {port} of {host} is in use by another program: stop it, choose another port, "
            "or take port 0 to let the system choose",
        )
        self.port = port
        self.host = host

    def __reduce__(self) -> tuple[type["PortInUse"], tuple[int, str]]:
        return PortInUse, (self.port, self.host)


@functools.cache
def plain_socket_class() -> type[socket.socket]:
    """Return the standard library's socket class, also where a test tool has put a guard into its place."""
    for found in socket.SocketType.__subclasses__():
        if found.__module__ == "socket" and found.__qualname__ == "socket":
            return found  # type: ignore[return-value]  # typeshed does not know that socket.socket derives from it
    return socket.socket


def bind(host: str, port: int) -> socket.socket:
    """Open a listening TCP socket; connections queue in the kernel until somebody accepts them.

    Args:
        host: address or name of an own interface; IPv6 where it holds a colon.
        port: the port, or 0 for one that the system chooses.

    Raises:
        PortInUse: the port is taken.
        OSError: the address is not ours, or the port needs privileges.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = plain_socket_class()(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # SO_REUSEADDR there means that two programs may listen on one port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OverflowError as problem:
        listener.close()
        raise ValueError(f"{port} is no port: ports are 0 to 65535") from problem
    except OSError as problem:
        listener.close()
        if problem.errno == errno.EADDRINUSE:
            raise PortInUse(port, host) from None
        if problem.errno == errno.EACCES:
            raise PermissionError(
                errno.EACCES, f"port {port} of {host} needs privileges of the system: choose one above 1023"
            ) from None
        raise
    return listener


class NoPortLeft(OSError):
    """Every port of a range is taken."""


def bind_among(host: str, among: tuple[int, int]) -> socket.socket:
    """Open a listening TCP socket on the first free port of a range.

    Args:
        host: address or name of an own interface.
        among: first and last port.

    Raises:
        NoPortLeft: all of them are taken.
    """
    first, last = among
    for port in range(first, last + 1):
        try:
            return bind(host, port)
        except PortInUse:
            continue
    raise NoPortLeft(errno.EADDRINUSE, f"the ports {first} to {last} are all in use: drop worlds, or allow more ports")


def port_of(listener: socket.socket) -> int:
    """Return the port that a socket is bound to."""
    return int(listener.getsockname()[1])


class Listener:
    """Accepts the connections of one listening socket on an event loop.

    The sockets are accepted here and not by the loop, so that connections are known before their TLS handshake is
    done, and so that a guard on `socket.socket` in the test process (pytest-socket) does not stop the server.

    Args:
        listener: a socket made by `bind`.
        accepted: called on the loop with each new, non-blocking socket.
    """

    def __init__(self, listener: socket.socket, accepted: Callable[[socket.socket], None]) -> None:
        self.socket = listener
        self.port = port_of(listener)
        self._accepted = accepted
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pause: asyncio.TimerHandle | None = None

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to accept; call on the loop's thread."""
        self._loop = loop
        self._pause = None
        loop.add_reader(self.socket.fileno(), self._ready)

    def close(self) -> None:
        """Stop accepting and close the socket; call on the loop's thread, or before `open`."""
        if self._pause is not None:
            self._pause.cancel()
        if self._loop is not None:
            self._loop.remove_reader(self.socket.fileno())
            self._loop = None
        self.socket.close()

    def _ready(self) -> None:
        kind = plain_socket_class()
        for _ in range(ACCEPTS_PER_WAKE):
            try:
                descriptor, _address = self.socket._accept()  # type: ignore[attr-defined]  # accept() without a Python socket
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                self._rest()
                return
            connection = kind(fileno=descriptor)
            connection.setblocking(False)
            self._accepted(connection)

    def _rest(self) -> None:
        """Stop accepting for a moment: without a free descriptor the loop would spin."""
        loop = self._loop
        if loop is not None:
            loop.remove_reader(self.socket.fileno())
            self._pause = loop.call_later(EXHAUSTED_PAUSE, self.open, loop)


class Forkable(Protocol):
    """What holds descriptors that a forked child must not keep."""

    def forget_in_child(self) -> None:
        """Close the inherited descriptors; called in the child, where the loop's thread does not exist."""


@functools.cache
def _holders() -> "weakref.WeakSet[Forkable]":
    """Return the process's holders of descriptors; made once, since a fork hook cannot be taken back."""
    holders: weakref.WeakSet[Forkable] = weakref.WeakSet()

    def let_go() -> None:
        for holder in list(holders):
            holder.forget_in_child()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=let_go)
    return holders


def let_go_in_children(holder: Forkable) -> None:
    """Have `holder.forget_in_child()` called in every child that this process forks; the reference is weak.

    A child that kept a listening socket would keep its port open after the parent closed it: connections would
    succeed and then hang.
    """
    _holders().add(holder)


def keep_in_children(holder: Forkable) -> None:
    """Undo `let_go_in_children`."""
    _holders().discard(holder)
