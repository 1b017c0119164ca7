"""A proxy in the developer's own environment would carry requests to the real service before any name is looked up.

requests and urllib read the exceptions at each request. A client that took the proxy over when it was made (httpx), or
was given it in code, keeps it: it has to be made while interception is active.
"""

import threading
from collections.abc import Iterable

from outlook365_emulator import config

_PROXIES = ("https_proxy", "http_proxy", "all_proxy")
_EXCEPTIONS = ("NO_PROXY", "no_proxy")


class ProxyExceptions:
    """Extends `NO_PROXY` by the emulated hosts while a proxy is set; no other variable of the process changes.

    Args:
        hosts: emulated hosts, and domains (with a leading dot) whose hosts the guard refuses.
    """

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = tuple(sorted({host.replace("*.", ".", 1) for host in hosts}))
        self._lock = threading.Lock()
        self._before: dict[str, dict[str, str | None]] = {name: {} for name in _EXCEPTIONS}

    def extend(self) -> None:
        """Set both spellings if a proxy is set: clients differ in the one they read first."""
        with self._lock:
            found = config.environment()
            if not any(found.get(name) or found.get(name.upper()) for name in _PROXIES):
                return
            value = found.get("no_proxy") or found.get("NO_PROXY") or ""
            entries = [entry.strip() for entry in value.split(",") if entry.strip()]
            missing = [host for host in self._hosts if host not in entries]
            # urllib knows `*` only where it stands alone.
            if "*" in entries or not missing:
                return
            extended = ",".join([*entries, *missing])
            for name in _EXCEPTIONS:
                if found.get(name) != extended:
                    self._before[name][extended] = found.get(name)
                    config.set_variable(name, extended)

    def restore(self) -> None:
        """Put back what was there before; a variable that holds another's value is left alone.

        What was there before is remembered further: whoever set another value may yet put ours back.
        """
        with self._lock:
            for name in reversed(_EXCEPTIONS):
                before = self._before[name]
                value = found = config.environment().get(name)
                while value is not None and value in before:
                    value = before.pop(value)
                if value != found:
                    config.set_variable(name, value)
