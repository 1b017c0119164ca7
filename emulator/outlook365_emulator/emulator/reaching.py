"""Reaching an emulator from this machine, whichever runs it: interception, variables for children, addresses."""

import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from outlook365_emulator.emulator.ready import Doors, authority_of, http_url, proxy_url, variables_of
from outlook365_emulator.net.authority import trusted_before
from outlook365_emulator.net.interception import Interception


def interception_to(address: str, tls_port: int, ca_pem: bytes | Callable[[], bytes]) -> Interception:
    """Make an interception, not started yet, that leads this process's connections to an emulator.

    Args:
        address: its IPv4 address.
        tls_port: its HTTPS port.
        ca_pem: certificate of its authority, or what returns it when a handshake needs it.
    """
    from outlook365_emulator.clouds import EMULATED_HOSTS, is_emulated, is_microsoft
    from outlook365_emulator.tables.clouds import host_rows

    return Interception(
        EMULATED_HOSTS,
        is_emulated=is_emulated,
        is_refused=is_microsoft,
        tls_port=tls_port,
        address=address,
        ca_pem=ca_pem,
        refused_domains=[f".{domain}" for domain in host_rows().microsoft_domains],
    )


def address_of_host(host: str) -> str:
    """Return the IPv4 address of a host.

    Args:
        host: its name or address.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)
    return str(found[0][4][0])


def seen_from_here(details: Mapping[str, Any], url: str, ca_pem: bytes, folder: Path) -> dict[str, Any]:
    """Write the content of a ready file as this machine sees the emulator.

    An emulator in a container names its own loopback address, and files of its own.

    Args:
        details: what the emulator says.
        url: the address of its HTTP port from here; its other ports have the same numbers here as there.
        ca_pem: certificate of its authority.
        folder: where the certificate, and a bundle with what was trusted before, are written.

    Raises:
        OSError: the host has no address, or a file cannot be written.
    """
    ca_file, bundle = folder / "ca.pem", folder / "combined.pem"
    ca_file.write_bytes(ca_pem)
    bundle.write_bytes(b"".join((*trusted_before(), ca_pem)))
    place = urlsplit(url)
    named = place.hostname or "127.0.0.1"
    address = named if ":" in named else address_of_host(named)
    doors = Doors(address, place.port or 80, int(details["https_port"]), urlsplit(details["proxy_url"]).port or 0)
    there = urlsplit(details["http_url"])
    roots = {
        details["http_url"]: http_url(doors),
        details["proxy_url"]: proxy_url(doors),
        f"https://{authority_of(there.hostname or '', doors.tls_port)}": (
            f"https://{authority_of(doors.host, doors.tls_port)}"
        ),
    }
    found = {name: _moved(value, roots) for name, value in details.items()}
    found |= {"ca_file": str(ca_file), "env": variables_of(doors, ca_file, bundle)}
    return found


def _moved(value: Any, roots: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for old, new in roots.items():
            if value == old or value.startswith(f"{old}/"):
                return new + value.removeprefix(old)
    return value
