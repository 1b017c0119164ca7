"""The ready file: where an emulator is and how a connector reaches its default world."""

import os
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from outlook365_emulator import __version__, config
from outlook365_emulator.clouds import EMULATED_HOSTS, cloud
from outlook365_emulator.net.child import child_variables
from outlook365_emulator.store.world import World
from outlook365_emulator.tables.clouds import host_rows

_MERGED = ("NO_PROXY", "no_proxy", "PYTHONPATH", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS")
"""Variables whose former value a child process keeps a part of."""


class Doors(NamedTuple):
    """Where an emulator listens.

    Attributes:
        host: address by which this machine reaches it; IPv6 without brackets.
        port: HTTP port.
        tls_port: HTTPS port.
        proxy_port: port of the CONNECT proxy.
    """

    host: str
    port: int
    tls_port: int
    proxy_port: int


def authority_of(host: str, port: int) -> str:
    """Return host and port as a URL holds them (RFC 3986 section 3.2.2)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def http_url(doors: Doors) -> str:
    """Return the root URL of the HTTP port."""
    return f"http://{authority_of(doors.host, doors.port)}"


def https_url(doors: Doors) -> str:
    """Return the root URL of the HTTPS port, for the prefixed form."""
    return f"https://{authority_of(doors.host, doors.tls_port)}"


def proxy_url(doors: Doors) -> str:
    """Return the URL of the proxy."""
    return f"http://{authority_of(doors.host, doors.proxy_port)}"


def control_url(doors: Doors) -> str:
    """Return the root URL of the control API."""
    return f"{http_url(doors)}/_emulator/v1"


def details_of(doors: Doors, ca_file: Path, combined_bundle: Path, world: World | None) -> dict[str, Any]:
    """Return the content of the ready file.

    Args:
        doors: where the emulator listens.
        ca_file: certificate of its authority.
        combined_bundle: the same with what was trusted before.
        world: its default world, or None; with one the details of its first tenant are told.
    """
    return {
        "version": __version__,
        "http_url": http_url(doors),
        "https_port": doors.tls_port,
        "proxy_url": proxy_url(doors),
        "control_url": control_url(doors),
        "ca_file": str(ca_file),
        "env": variables_of(doors, ca_file, combined_bundle),
        **(_world_details(doors, world) if world is not None else {}),
    }


def variables_of(doors: Doors, ca_file: Path, combined_bundle: Path) -> dict[str, str]:
    """Return the variables for a child process whose requests shall reach the emulator.

    Args:
        doors: where the emulator listens.
        ca_file: certificate of its authority.
        combined_bundle: the same with what was trusted before.
    """
    environment = config.environment()
    rows = host_rows()
    return child_variables(
        parent={name: environment[name] for name in _MERGED if name in environment},
        proxy_url=proxy_url(doors),
        ca_file=str(ca_file),
        combined_bundle=str(combined_bundle),
        hosts=[*EMULATED_HOSTS, *rows.regional_login_suffixes],
        tls_port=doors.tls_port,
        refused_domains=rows.microsoft_domains,
        address=doors.host if ":" not in doors.host else "127.0.0.1",
    )


def _world_details(doors: Doors, world: World) -> dict[str, Any]:
    from outlook365_emulator.worlds import connection_details

    found: dict[str, Any] = {"world": world.name}
    tenant = next(iter(world.tenants.values()), None)
    if tenant is not None:
        home = cloud(tenant.cloud)
        hosts = {"graph": home.graph_host, "login": home.login_host, "outlook": home.outlook_hosts[0]}
        found |= {f"{name}_url": f"{http_url(doors)}/{host}" for name, host in hosts.items()}
        found |= {f"https_{name}_url": f"{https_url(doors)}/{host}" for name, host in hosts.items()}
    return found | connection_details(world)


def write_ready_file(file: Path, details: dict[str, Any]) -> None:
    """Write the ready file at once and for the owner's eyes only (it holds secrets).

    Args:
        file: its path; the directory exists.
        details: its content.

    Raises:
        OSError: the file cannot be written.
    """
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(details), indent=2) + b"\n")
        Path(draft).replace(file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
