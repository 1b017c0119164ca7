"""Layer 1, names: emulated hosts resolve to private loopback addresses.

Every emulated host has an address of its own (127.36.5.N) instead of 127.0.0.1 with another port: anyio and uvloop keep
the port that the caller asked for and take only the address from the answer (reference interception, layer 1).
"""

import _socket
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from outlook365_emulator.net.interception.guard import RefusedHost, spelled
from outlook365_emulator.net.interception.patches import Patch, Patches, replace_copies
from outlook365_emulator.net.interception.sockets_closed import is_pytest_socket

_NETWORK = "127.36."
_FIRST = 5
_PER_NETWORK = 254

AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]


Judge = Callable[[str, str], None]
"""Called with `resolve` or `connect` and a host; raises what the look-up or the connection fails with."""


class Names:
    """The emulated hosts and their addresses.

    Args:
        hosts: emulated hosts with fixed names; entries with `*` or a leading dot are left to `is_emulated`.
        is_emulated: says whether a host (lower case, no trailing dot) is emulated.
        is_refused: says whether a host that is not emulated must not be reached.

    Attributes:
        judge: asked before a name is answered and before a connection is made, or None.
    """

    def __init__(
        self, hosts: Iterable[str], is_emulated: Callable[[str], bool], is_refused: Callable[[str], bool]
    ) -> None:
        self._is_emulated = is_emulated
        self._is_refused = is_refused
        self._lock = threading.Lock()
        self._by_name: dict[str, str] = {}
        self._by_address: dict[str, str] = {}
        self.judge: Judge | None = None
        for name in sorted({host.rstrip(".").lower() for host in hosts}):
            if "*" not in name and not name.startswith("."):
                self._give(name)

    def _give(self, name: str) -> str:
        with self._lock:
            known = self._by_name.get(name)
            if known is not None:
                return known
            network, last = divmod(len(self._by_name), _PER_NETWORK)
            address = f"{_NETWORK}{_FIRST + network}.{last + 1}"
            self._by_address[address] = name
            self._by_name[name] = address
            return address

    def address(self, host: object) -> str | None:
        """Return the private address of a host, or None where the host is no business of ours.

        Raises:
            RefusedHost: the host is Microsoft's and not emulated.
            OSError: what `judge` raises.
        """
        name = spelled(host)
        if name is None:
            return None
        known = self._by_name.get(name)
        if known is not None or self._is_emulated(name):
            if self.judge is not None:
                self.judge("resolve", name)
            return known or self._give(name)
        if self._is_refused(name):
            raise RefusedHost(name)
        return None

    def is_emulated(self, host: object) -> bool:
        """Say whether a host is emulated; never raises."""
        name = spelled(host)
        return name is not None and (name in self._by_name or self._is_emulated(name))

    def name_of(self, address: object) -> str:
        """Return the host that has a private address, or the address itself where none has it."""
        return self._by_address.get(str(address), str(address))

    def holds(self, address: object) -> bool:
        """Say whether an address is one of ours, also one that an earlier interception gave out."""
        return isinstance(address, str) and (address in self._by_address or address.startswith(f"{_NETWORK}{_FIRST}."))


def answer(address: str, host: object, port: Any, family: int, type_: int, proto: int, flags: int) -> list[AddressInfo]:
    """Answer `getaddrinfo` for an emulated host, as the C library answers for a host with one IPv4 address.

    Args:
        address: the host's private address.
        host: the host as the caller wrote it (the canonical name, where asked for).
        port: number, service name, text or None.
        family: address family; IPv6 has no answer.
        type_: socket type or 0 for all.
        proto: protocol or 0 for all.
        flags: `AI_` flags.

    Raises:
        socket.gaierror: IPv6 was asked for (`EAI_NONAME`), or the port is no known service.
    """
    if family == socket.AF_INET6:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    # AI_ADDRCONFIG would hide loopback addresses on a machine without a network.
    flags &= ~(socket.AI_ADDRCONFIG | socket.AI_V4MAPPED | socket.AI_ALL)
    found: list[AddressInfo] = []
    for found_family, kind, protocol, canonical, place in _socket.getaddrinfo(
        address, port, family, type_, proto, flags | socket.AI_NUMERICHOST
    ):
        name = (spelled(host) or "") if canonical else ""
        place = (str(place[0]), int(place[1]))
        found.append((socket.AddressFamily(found_family), socket.SocketKind(kind), protocol, name, place))
    return found


def install(patches: Patches, names: Names, on_answer: Callable[[], None]) -> None:
    """Replace the look-up functions of `socket` (and of gevent, where loaded) and the copies that modules hold.

    Args:
        patches: where the patches are kept.
        names: the emulated hosts.
        on_answer: called whenever a name of ours is answered, before the caller connects.
    """

    def addresses(patch: Patch) -> Callable[..., Any]:
        def getaddrinfo(host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> Any:
            if patch.active and not flags & socket.AI_NUMERICHOST:
                address = names.address(host)
                if address is not None:
                    on_answer()
                    return answer(address, host, port, family, type, proto, flags)
            return patch.original(host, port, family, type, proto, flags)

        return getaddrinfo

    def by_name(patch: Patch) -> Callable[..., Any]:
        def gethostbyname(hostname: Any) -> Any:
            address = names.address(hostname) if patch.active else None
            if address is None:
                return patch.original(hostname)
            on_answer()
            return address

        return gethostbyname

    def by_name_ex(patch: Patch) -> Callable[..., Any]:
        def gethostbyname_ex(hostname: Any) -> Any:
            address = names.address(hostname) if patch.active else None
            if address is None:
                return patch.original(hostname)
            on_answer()
            return (spelled(hostname), [], [address])

        return gethostbyname_ex

    makers = {"getaddrinfo": addresses, "gethostbyname": by_name, "gethostbyname_ex": by_name_ex}
    replaced = {}
    for module in _modules():
        for name, make in makers.items():
            before: Any = getattr(module, name, None)
            owner, attribute = module, name
            if is_pytest_socket(before):
                # Its guard is taken away by comparing identity: on top of it, ours would keep the guard for good. So it
                # gets ours as what it puts back.
                owner, attribute = sys.modules[before.__module__], f"_true_{name}"
                before = getattr(owner, attribute, None)
            if before is None:
                continue
            patch = patches.add(owner, attribute, make)
            if patch.replacement is not before:
                replaced[id(before)] = patch.replacement
    if replaced:
        replace_copies(replaced)
    twisted = sys.modules.get("twisted.internet._resolver")
    if twisted is not None and hasattr(twisted, "GAIResolver"):
        patches.add(twisted.GAIResolver, "resolveHostName", _resolve_host_name)


def _resolve_host_name(patch: Patch) -> Callable[..., Any]:
    # twisted keeps the look-up function as a default argument and, in the reactor's resolver, as an attribute.
    def resolveHostName(resolver: Any, *arguments: Any, **named: Any) -> Any:
        if patch.active:
            resolver._getaddrinfo = lambda *asked: socket.getaddrinfo(*asked)
        return patch.original(resolver, *arguments, **named)

    return resolveHostName


def _modules() -> list[Any]:
    loaded = (sys.modules.get(name) for name in ("gevent._socketcommon", "gevent.socket"))
    return [socket, *(module for module in loaded if module is not None)]
