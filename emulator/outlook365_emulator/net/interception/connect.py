"""Layer 2, connect: private addresses and emulated names lead to the emulator's HTTPS port.

Everything written in Python ends at `socket.socket.connect` or `connect_ex`: http.client, urllib3, httpcore, asyncio's
selector loop, trio, twisted (reference interception, layer 2).
"""

import _socket
import errno
import socket
import sys
from collections.abc import Callable
from typing import Any

from outlook365_emulator.net.interception.guard import RefusedHost
from outlook365_emulator.net.interception.names import Names
from outlook365_emulator.net.interception.patches import Patch, Patches

Endpoint = tuple[str, int]

_FAILURES = (errno.ECONNREFUSED, errno.EHOSTUNREACH)
"""With what a connection fails when nobody listens, or nothing leads there."""


class Route:
    """Where a connection really goes.

    Args:
        names: the emulated hosts.
        endpoint: returns address and HTTPS port of the emulator, asked at each connect.
    """

    def __init__(self, names: Names, endpoint: Callable[[], Endpoint]) -> None:
        self.names = names
        self._endpoint = endpoint

    def target(self, family: int, address: object) -> Endpoint | None:
        """Translate the address of a `connect`.

        Args:
            family: the socket's address family.
            address: what the caller connects to; only tuples (host, port, …) are looked at.

        Returns:
            The emulator's endpoint, or None where the connection is no business of ours.

        Raises:
            RefusedHost: the host is Microsoft's and not emulated.
            socket.gaierror: an emulated name on a socket that is not IPv4.
            OSError: what `Names.judge` raises.
        """
        if not isinstance(address, tuple) or len(address) < 2:
            return None
        if self.names.holds(address[0]):
            self._judge(self.names.name_of(address[0]))
            return self._endpoint()
        if self.names.address(address[0]) is None:
            return None
        self._judge(str(address[0]))
        if family not in (socket.AF_INET, socket.AF_UNSPEC):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self._endpoint()

    def _judge(self, host: str) -> None:
        if self.names.judge is not None:
            self.names.judge("connect", host)


def install(patches: Patches, route: Route) -> None:
    """Put our `connect` and `connect_ex` on top of the socket classes.

    pytest-socket puts the original back after each test and its own `connect` before: this is run again whenever a name
    of ours is answered. A connection to the emulator goes to the original function and so past a guard that was put in
    between; every other connection goes through that guard.
    """
    for owner in _socket_classes():
        for name in ("connect", "connect_ex"):
            patches.add(owner, name, _connect(route, owner, name))
    if sys.platform == "win32":
        proactor = sys.modules.get("asyncio.windows_events")
        if proactor is not None:
            patches.add(proactor.IocpProactor, "connect", lambda patch: proactor_connect(route, patch))


def _connect(route: Route, owner: type, name: str) -> Callable[[Patch], Callable[..., Any]]:
    native = getattr(_socket.socket, name) if issubclass(owner, _socket.socket) else None

    def make(patch: Patch) -> Callable[..., Any]:
        def connect(sock: Any, address: Any) -> Any:
            try:
                target = route.target(sock.family, address) if patch.active else None
            except OSError as problem:
                # A refused Microsoft host raises even here: its text says what is wrong.
                if name == "connect_ex" and problem.errno in _FAILURES and not isinstance(problem, RefusedHost):
                    return problem.errno
                raise
            if target is None:
                return patch.original(sock, address)
            return (native or patch.original)(sock, target)

        return connect

    return make


def proactor_connect(route: Route, patch: Patch) -> Callable[..., Any]:
    """Make the `connect` of Windows' proactor, which asyncio's default loop uses there instead of the socket's."""

    def connect(proactor: Any, conn: Any, address: Any) -> Any:
        target = route.target(conn.family, address) if patch.active else None
        return patch.original(proactor, conn, address if target is None else target)

    return connect


def _socket_classes() -> list[type]:
    # Not simply socket.socket: pytest-socket and gevent put classes of their own there.
    stdlib = [cls for cls in _socket.socket.__subclasses__() if cls.__module__ == "socket" and cls.__name__ == "socket"]
    gevent = sys.modules.get("gevent._socket3")
    return [*stdlib, *([gevent.socket] if gevent is not None and hasattr(gevent, "socket") else [])]
