"""Interception: unmodified code in this process that speaks to Microsoft's hosts reaches the emulator.

Four layers (names, connect, trust, C stacks), each in a module of its own, and a guard that refuses every other
Microsoft host. Only the standard library is imported; other stacks (uvloop, aiohttp, pyOpenSSL, gevent) are wrapped
where they are loaded, and as soon as they are loaded later.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from outlook365_emulator.net.imports import AfterImport
from outlook365_emulator.net.interception import c_stacks, connect, names, trust
from outlook365_emulator.net.interception.guard import RefusedHost
from outlook365_emulator.net.interception.patches import Patches
from outlook365_emulator.net.interception.proxies import ProxyExceptions
from outlook365_emulator.net.interception.sockets_closed import admit_emulator

__all__ = ["Interception", "RefusedHost", "admit_emulator"]

_LATER = (
    *c_stacks.WATCHED,
    "OpenSSL.SSL",
    "gevent.socket",
    "gevent._socket3",
    "gevent.ssl",
    "twisted.internet._resolver",
)


class Interception:
    """Leads connections of this process to an emulator.

    Several may be active: the one started last answers, and each can be stopped at any time.

    Args:
        hosts: the emulated hosts with fixed names.
        is_emulated: says whether a host (lower case, no trailing dot) is emulated; for names that follow a pattern.
        is_refused: says whether a host that is not emulated must not be reached.
        tls_port: the emulator's HTTPS port.
        address: the emulator's IPv4 address.
        ca_pem: certificate of the emulator's CA as PEM, or what returns it when a handshake needs it.
        refused_domains: domains of refused hosts (`.microsoft.com`), which a proxy of the environment must not be asked
            for either.
        bypass_proxies: extend `NO_PROXY` while a proxy is set. False where the proxy is the emulator's own.

    Attributes:
        tls_port: may be changed while active (a world's own HTTPS port); each connect reads it.
    """

    def __init__(
        self,
        hosts: Mapping[str, Any] | Iterable[str],
        *,
        is_emulated: Callable[[str], bool],
        is_refused: Callable[[str], bool],
        tls_port: int,
        address: str = "127.0.0.1",
        ca_pem: bytes | Callable[[], bytes],
        refused_domains: Iterable[str] = (),
        bypass_proxies: bool = True,
    ) -> None:
        hosts = tuple(hosts)
        self.tls_port = tls_port
        self._address = address
        self._names = names.Names(hosts, is_emulated, is_refused)
        self._route = connect.Route(self._names, lambda: (self._address, self.tls_port))
        self._trust = trust.Trust(self._names, ca_pem if callable(ca_pem) else lambda: ca_pem)
        self._exceptions = ProxyExceptions((*hosts, *refused_domains)) if bypass_proxies else None
        self._patches = Patches()
        self._imports = AfterImport(dict.fromkeys(_LATER, self._install))
        # An action after an import may run in the thread that is just starting.
        self._lock = threading.RLock()
        self._active = False

    @property
    def judge(self) -> names.Judge | None:
        """Asked before a name is answered and before a connection is made; it raises what these fail with."""
        return self._names.judge

    @judge.setter
    def judge(self, judge: names.Judge | None) -> None:
        self._names.judge = judge

    @property
    def active(self) -> bool:
        """Whether the interception is started."""
        return self._active

    def start(self) -> None:
        """Install the layers.

        Started again while active, it only puts back what others have taken away meanwhile (pytest-socket restores the
        socket functions after each test; a test may set a proxy): cheap enough to be called before every test.
        """
        with self._lock:
            self._active = True
            self._patches.resume()
            self._install()
            self._imports.install()
            if self._exceptions is not None:
                self._exceptions.extend()

    def pause(self) -> None:
        """Pass everything on, as if stopped, until `start` is called again.

        The replaced functions stay in place, since taking them out of every loaded module and putting them back costs
        5 ms among a thousand modules; `NO_PROXY` is restored. A plugin pauses between tests and stops at the end.
        """
        with self._lock:
            self._active = False
            if self._exceptions is not None:
                self._exceptions.restore()
            self._imports.remove()
            self._patches.pause()

    def stop(self) -> None:
        """Undo everything in reverse, but only what is still ours.

        Where another library has put its own function over ours, that stays and ours passes everything on.
        """
        with self._lock:
            self._active = False
            if self._exceptions is not None:
                self._exceptions.restore()
            self._imports.remove()
            self._patches.undo()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _install(self) -> None:
        with self._lock:
            if not self._active:
                return
            trust.install(self._patches, self._trust)
            connect.install(self._patches, self._route)
            c_stacks.install(self._patches, self._route)
            names.install(self._patches, self._names, self._connect_on_top)

    def _connect_on_top(self) -> None:
        with self._lock:
            if self._active:
                connect.install(self._patches, self._route)
