"""From a host name to the clouds and the service that answer there.

A cloud is a row of `tables/clouds.json`; nothing else knows one by its name. `login.microsoftonline.us` serves two
clouds (GCC High and DoD differ only in Graph and Outlook), so a look-up gives a tuple of clouds.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from outlook365_emulator.tables.clouds import Cloud, Instance, cloud_rows, host_rows
from outlook365_emulator.tables.files import unknown

__all__ = [
    "CLOUDS",
    "EMULATED_HOSTS",
    "INSTANCE_ALIASES",
    "Cloud",
    "Instance",
    "Service",
    "cloud",
    "is_emulated",
    "is_microsoft",
    "service_of",
]

Service = Literal["login", "graph", "outlook"]
"""What answers at an emulated host: Entra, Microsoft Graph, or the upload sessions of Outlook."""

Place = tuple[tuple[Cloud, ...], Service]

CLOUDS: Mapping[str, Cloud] = MappingProxyType({row.id: row for row in cloud_rows()})
"""Every cloud by its id, `global` first."""

INSTANCE_ALIASES: tuple[Instance, ...] = host_rows().instances
"""The alias groups of instance discovery in the order served (reference entra 1.3)."""


def _places() -> dict[str, Place]:
    found: dict[str, Place] = {}

    def add(host: str, row: Cloud, service: Service) -> None:
        clouds = found[host][0] if host in found else ()
        found[host] = ((*clouds, row), service)

    for row in CLOUDS.values():
        for host in row.login_hosts:
            add(host, row, "login")
        add(row.graph_host, row, "graph")
        for host in row.outlook_hosts:
            add(host, row, "outlook")
    for host, cloud_id in host_rows().further_login_hosts.items():
        add(host, CLOUDS[cloud_id], "login")
    return found


_FIXED: Mapping[str, Place] = MappingProxyType(_places())
_REGIONAL: Mapping[str, Place] = MappingProxyType(
    {
        suffix: (tuple(CLOUDS[one] for one in ids), "login")
        for suffix, ids in host_rows().regional_login_suffixes.items()
    }
)
_MICROSOFT = frozenset(host_rows().microsoft_domains)

EMULATED_HOSTS: frozenset[str] = frozenset(_FIXED)
"""Every emulated host with a fixed name; regional Entra hosts (`westeurope.login.microsoft.com`) come on top."""


def cloud(cloud_id: str) -> Cloud:
    """Return a cloud by its id.

    Args:
        cloud_id: `global`, `usgov`, `usgov_dod` or `china`.

    Raises:
        LookupError: there is no such cloud; the message names the nearest.
    """
    row = CLOUDS.get(cloud_id)
    if row is None:
        raise unknown("cloud", cloud_id, CLOUDS)
    return row


def _plain(host: str) -> str:
    return host.lower().removesuffix(".")


def service_of(host: str) -> Place | None:
    """Tell who answers at a host.

    Args:
        host: a host name without port, in any case, a trailing dot allowed.

    Returns:
        The clouds that share the host and the service there, or None when the host is not emulated.
    """
    host = _plain(host)
    place = _FIXED.get(host)
    if place is not None:
        return place
    label, dot, rest = host.partition(".")
    if not label or not _is_label(label):
        return None
    return _REGIONAL.get(dot + rest)


def _is_label(text: str) -> bool:
    return text.isascii() and text.replace("-", "").isalnum()


def is_emulated(host: str) -> bool:
    """Tell whether the emulator answers for a host name.

    Args:
        host: a host name without port, in any case, a trailing dot allowed.
    """
    return service_of(host) is not None


def is_microsoft(host: str) -> bool:
    """Tell whether a host lies in one of Microsoft's domains: such a name must never be reached for real.

    Args:
        host: a host name without port, in any case, a trailing dot allowed.
    """
    host = _plain(host)
    while host:
        if host in _MICROSOFT:
            return True
        _, _, host = host.partition(".")
    return False
