"""Settings of an emulator, and the only reader of the environment."""

import os
from dataclasses import dataclass
from pathlib import Path

NO_WORLD = "none"
"""How the command line and the environment say that no world is loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How an emulator is started.

    Attributes:
        host: address to listen on; loopback unless asked otherwise.
        port: HTTP port (people, control API, prefixed hosts); 0 lets the system choose.
        tls_port: HTTPS port (answers as the emulated hosts).
        proxy_port: CONNECT proxy port.
        world: name of a shipped world or path of a world file that is loaded at start, or None for none.
        scenarios: names of shipped scenarios or paths of scenario files that the default world goes through.
        seed: seed of the default world, or None for one drawn at start.
        ready_file: file that gets the connection details once requests are accepted.
        ca_file: file that gets the certificate of the authority at start, for clients that share a volume with us.
        world_ports: first and last of the ports that worlds get as their own, or None where the system chooses.
        data: directory in which everything is kept across restarts, or None.
        control_token: what every request to the control API and the page must carry, or None.
        allow_hosts: further names that the control API accepts as Host.
        allow_webhooks: further hosts that notifications may be delivered to.
        proxy_others: what the proxy does with hosts that are not Microsoft's: `refuse` or `pass`.
        subprocess: run the server in a process of its own instead of a thread.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls_port: int = 0
    proxy_port: int = 0
    world: str | None = None
    scenarios: tuple[str, ...] = ()
    seed: int | None = None
    ready_file: Path | None = None
    ca_file: Path | None = None
    world_ports: tuple[int, int] | None = None
    data: Path | None = None
    control_token: str | None = None
    allow_hosts: tuple[str, ...] = ()
    allow_webhooks: tuple[str, ...] = ()
    proxy_others: str = "pass"
    subprocess: bool = False


def environment() -> dict[str, str]:
    """Return a copy of the process environment, for child processes and for proxy settings."""
    return dict(os.environ)


def set_variable(name: str, value: str | None) -> None:
    """Set or remove one variable of this process (interception extends `NO_PROXY` and puts it back)."""
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
