"""Which host a request is meant for, and in which form it was addressed.

An emulated host is addressed by its own name over TLS, or as the first segment of the path of a local name
(`http://127.0.0.1:8365/graph.microsoft.com/v1.0/me`). What is left at a local name over plain HTTP is the emulator's
own: the control API and the page. It is never reached by way of an emulated host.
"""

import ipaddress
import re
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from outlook365_emulator.clouds import EMULATED_HOSTS, Service, service_of
from outlook365_emulator.control.guard import LOOPBACK
from outlook365_emulator.tables.clouds import Cloud
from outlook365_emulator.wire import Form

CONTROL_PREFIX = "/_emulator"

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}))(?::(\d{1,5}))?")

_LIKE_A_HOST = re.compile(r"\.[A-Za-z]{2,}\.?$")


class Emulated(NamedTuple):
    """A request to an emulated host.

    Attributes:
        host: its name in lower case.
        clouds: the clouds that share the host.
        service: what answers there.
        path: the path without the prefix, percent-encoded as received.
        form: how the host was addressed.
        door: scheme and authority that the client used.
    """

    host: str
    clouds: tuple[Cloud, ...]
    service: Service
    path: str
    form: Form
    door: str


class Own(NamedTuple):
    """A request to the emulator itself: control API or page.

    Attributes:
        host: the local name that was used, without port.
        path: the path, percent-encoded as received.
        door: scheme and authority that the client used.
    """

    host: str
    path: str
    door: str


class Nowhere(NamedTuple):
    """A request that nobody answers.

    Attributes:
        status: HTTP status.
        sentence: what is wrong and what would be right.
    """

    status: int
    sentence: str


Address = Emulated | Own | Nowhere


def address_of(host_fields: list[str], path: str, *, tls: bool, local: frozenset[str]) -> Address:
    """Find out which host a request is meant for.

    Args:
        host_fields: every value of the `Host` header.
        path: the path, percent-encoded as received.
        tls: whether it came in by an HTTPS port.
        local: names under which the emulator itself is asked (`control.guard.own_names`).

    Returns:
        Where it belongs; a sentence where it belongs nowhere (RFC 9110 sections 7.2 and 15.5.20).
    """
    named = _HOST.fullmatch(host_fields[0]) if len(host_fields) == 1 else None
    if named is None:
        return Nowhere(400, "A request has exactly one Host header, and it names one host.")
    if not path.startswith("/"):
        return Nowhere(400, "The target of a request is a path that begins with '/'.")
    host = named[1].lower().removesuffix(".")
    found = service_of(host)
    if found is not None:
        if tls:
            return Emulated(host, found[0], found[1], path, "host", f"https://{host}")
        return Nowhere(400, f"{host} is served over https only, as at Microsoft. {_prefix_advice(host)}")
    door = f"{'https' if tls else 'http'}://{named[0].lower()}"
    if not tls and is_own(path):
        return Own(host, path, door)
    if not is_local(host, local):
        return Nowhere(
            421,
            f"The emulator does not answer for {host}{_nearest(host)}. If this is a name of the machine that it runs "
            f"on, allow it: --allow-host {host}",
        )
    return _at_local_name(path, door)


def is_own(path: str) -> bool:
    """Tell whether a path is the emulator's own: the page or the control API, which judges Host and Origin itself."""
    return path == "/" or path == CONTROL_PREFIX or path.startswith(f"{CONTROL_PREFIX}/")


def is_local(host: str, local: frozenset[str]) -> bool:
    """Tell whether a host is a local name or an address.

    Args:
        host: the name or the address in lower case without port; IPv6 in brackets.
        local: what `control.guard.own_names` returned.
    """
    return host in LOOPBACK or host in local or host.endswith(".localhost") or _is_address(host.strip("[]"))


@lru_cache(maxsize=256)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _at_local_name(path: str, door: str) -> Address:
    first, slash, rest = path[1:].partition("/")
    found = service_of(first) if "." in first else None
    if found is not None:
        emulated = first.lower().removesuffix(".")
        return Emulated(emulated, found[0], found[1], f"/{rest}" if slash else "/", "prefix", door)
    if is_own(path):
        return Nowhere(404, "The control API and the page are on the HTTP port.")
    if _LIKE_A_HOST.search(first):
        return Nowhere(404, f"The host {first[:100]!r} in front of the path is not emulated{_nearest(first)}.")
    return Nowhere(404, f"No emulated host stands in front of the path. {_prefix_advice('graph.microsoft.com')}")


def _prefix_advice(host: str) -> str:
    return f"Over plain http put the host in front of the path: http://127.0.0.1:PORT/{host}/..."


def _nearest(host: str) -> str:
    close = get_close_matches(host.lower()[:100], EMULATED_HOSTS, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""
