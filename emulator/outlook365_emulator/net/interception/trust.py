"""Layer 3, trust: TLS contexts learn our CA at the handshake, and only for emulated hosts.

When and how a context was made does not matter then: aiohttp makes one at import, httpx at construction, and some use
neither the environment nor the system's store (reference interception, layer 3). A context that has met an emulated
host keeps the CA: OpenSSL has no way to take one out again, and its key is thrown away with the emulator.
"""

import ssl
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from outlook365_emulator.net.interception.names import Names
from outlook365_emulator.net.interception.patches import Patch, Patches

_SERVER_HOSTNAME = {"wrap_socket": 4, "wrap_bio": 3}
"""Index of `server_hostname` among the positional arguments after the context."""


class Trust:
    """Loads the CA into contexts, once each.

    Args:
        names: the emulated hosts.
        ca_pem: returns the CA's certificate as PEM; asked at a handshake.
    """

    def __init__(self, names: Names, ca_pem: Callable[[], bytes]) -> None:
        self._names = names
        self._ca = ca_pem
        self._lock = threading.Lock()
        self._taught: weakref.WeakSet[Any] = weakref.WeakSet()

    def teach(self, context: Any, host: object, load: Callable[[Any, bytes], None]) -> None:
        """Load the CA into a context that is about to shake hands with an emulated host.

        Args:
            context: an `ssl.SSLContext` or a pyOpenSSL `Context`.
            host: the `server_hostname` of the handshake, or None.
            load: adds a PEM certificate to such a context.

        Raises:
            RefusedHost: the host is Microsoft's and not emulated (a proxy has led here).
        """
        if host is None or self._names.address(host) is None:
            return
        with self._lock:
            if context not in self._taught:
                load(context, self._ca())
                self._taught.add(context)


def install(patches: Patches, trust: Trust) -> None:
    """Put our `wrap_socket` and `wrap_bio` on top of the context classes, and pyOpenSSL's server name where loaded."""
    for owner in _context_classes():
        for name, position in _SERVER_HOSTNAME.items():
            if name in vars(owner):
                patches.add(owner, name, _wrap(trust, position))
    pyopenssl = sys.modules.get("OpenSSL.SSL")
    if pyopenssl is not None and hasattr(pyopenssl, "Connection"):
        patches.add(pyopenssl.Connection, "set_tlsext_host_name", lambda patch: _set_host_name(trust, patch))


def _wrap(trust: Trust, position: int) -> Callable[[Patch], Callable[..., Any]]:
    def make(patch: Patch) -> Callable[..., Any]:
        def wrap(context: Any, *arguments: Any, **named: Any) -> Any:
            if patch.active:
                host = named.get("server_hostname", arguments[position] if len(arguments) > position else None)
                trust.teach(context, host, _load)
            return patch.original(context, *arguments, **named)

        return wrap

    return make


def _load(context: Any, pem: bytes) -> None:
    context.load_verify_locations(cadata=pem.decode("ascii"))


def _set_host_name(trust: Trust, patch: Patch) -> Callable[..., Any]:
    def set_tlsext_host_name(connection: Any, name: bytes) -> Any:
        if patch.active:
            trust.teach(connection.get_context(), name, _load_pyopenssl)
        return patch.original(connection, name)

    return set_tlsext_host_name


def _load_pyopenssl(context: Any, pem: bytes) -> None:
    crypto = sys.modules["OpenSSL.crypto"]
    context.get_cert_store().add_cert(crypto.load_certificate(crypto.FILETYPE_PEM, pem))


def _context_classes() -> Iterator[type]:
    # truststore and gevent put subclasses at ssl.SSLContext, the latter with methods that do not call the original.
    stdlib = next((cls for cls in ssl.SSLContext.__mro__ if cls.__module__ == "ssl"), ssl.SSLContext)
    waiting: list[type] = [stdlib]
    while waiting:
        owner = waiting.pop()
        yield owner
        waiting.extend(owner.__subclasses__())
