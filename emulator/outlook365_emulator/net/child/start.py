"""Start interception in a child process from the variables that `child_variables` set."""

from pathlib import Path

from outlook365_emulator import config
from outlook365_emulator.net.interception import Interception


def start() -> Interception | None:
    """Start interception for the rest of this process.

    Returns:
        The interception, or None where the variables are missing, unreadable or say `OUTLOOK365_INTERCEPT=0`.
    """
    variables = config.environment()
    port = variables.get("OUTLOOK365_TLS_PORT", "")
    if variables.get("OUTLOOK365_INTERCEPT") == "0" or not port.isdecimal():
        return None
    try:
        ca = Path(variables.get("OUTLOOK365_CA_FILE", "")).read_bytes()
    except OSError:
        # The emulator is gone, and its files with it: the child runs as it would without us.
        return None
    hosts = _entries(variables.get("OUTLOOK365_HOSTS", ""))
    suffixes = tuple(host for host in hosts if host.startswith("."))
    domains = _entries(variables.get("OUTLOOK365_REFUSED_DOMAINS", ""))
    interception = Interception(
        hosts,
        is_emulated=lambda host: host in hosts or host.endswith(suffixes),
        is_refused=lambda host: any(host == domain or host.endswith(f".{domain}") for domain in domains),
        tls_port=int(port),
        address=variables.get("OUTLOOK365_ADDRESS") or "127.0.0.1",
        ca_pem=ca,
        # The proxy of this environment is the emulator's own, and programs that the child starts need it.
        bypass_proxies=False,
    )
    interception.start()
    return interception


def _entries(value: str) -> tuple[str, ...]:
    return tuple(entry for entry in value.split(",") if entry)
