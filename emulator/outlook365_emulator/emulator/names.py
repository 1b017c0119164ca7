"""The names by which an emulator is asked over HTTPS: Microsoft's, and further ones of its own."""

import ipaddress
import re

from outlook365_emulator.clouds import EMULATED_HOSTS
from outlook365_emulator.config import Settings
from outlook365_emulator.tables.clouds import host_rows

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*", re.I)


def certified_names(settings: Settings) -> tuple[str, ...]:
    """Return the names in the certificate: emulated hosts, regional ones as wildcards, and further names of our own.

    A name with an underscore, as containers may have, cannot stand in a certificate (RFC 5280 section 4.2.1.6); it is
    left out, and leads to the HTTP port alone.

    Args:
        settings: how the emulator is started.

    Raises:
        ValueError: one of the further names is no host name.
    """
    for name in settings.allow_hosts:
        if not is_host_name(name):
            raise ValueError(f"{name!r} is no name of a host: give it without scheme, port and path")
    regional = (f"*{suffix}" for suffix in host_rows().regional_login_suffixes)
    own = (name for name in settings.allow_hosts if "_" not in name)
    return (*sorted(EMULATED_HOSTS), *regional, *own)


def is_host_name(text: str) -> bool:
    """Whether a text is a host name (RFC 1123 section 2.1, and underscores) or an address.

    Args:
        text: IPv6 without brackets.
    """
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return _HOST_NAME.fullmatch(text) is not None
    return True
