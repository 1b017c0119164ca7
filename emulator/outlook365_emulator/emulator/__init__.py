"""The emulator as the plugin, the command line and the container hold it: started, asked where it is, stopped."""

import ssl
import threading
from pathlib import Path
from typing import Any, Self

from outlook365_emulator.config import Settings
from outlook365_emulator.emulator import documents
from outlook365_emulator.emulator.in_child import EmulatorFailed, InChild
from outlook365_emulator.emulator.in_thread import InThread
from outlook365_emulator.emulator.ready import control_url, http_url, proxy_url
from outlook365_emulator.net.interception import Interception
from outlook365_emulator.net.loop import Stopped

__all__ = ["Emulator", "EmulatorFailed"]


class Emulator:
    """An emulator of Microsoft Entra and Microsoft Graph.

    It runs in a thread of this process, or in a process of its own where `settings.subprocess` says so (a busy test
    thread starves a server thread). Used as a context manager it starts and stops by itself.

    Args:
        settings: how it is started.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._running: InThread | InChild | None = None
        self._stopped = False
        self._stopping = threading.RLock()  # a second caller returns when all is done; a signal handler may be one

    def start(self) -> Self:
        """Start; return itself once requests are accepted on all ports.

        Raises:
            PortInUse: a port that was asked for is taken.
            DocumentError: the world file says something wrong.
            EmulatorFailed: the process of its own did not start.
            RuntimeError: it runs already, or was stopped: make a new one.
        """
        if self._running is not None or self._stopped:
            raise RuntimeError(f"this emulator {'was stopped' if self._stopped else 'runs already'}: make a new one")
        self._running = InChild(self.settings) if self.settings.subprocess else InThread(self.settings)
        return self

    def stop(self) -> None:
        """Close every port and connection and remove the temporary files; further calls do nothing."""
        with self._stopping:
            running, self._running = self._running, None
            self._stopped = True
            if running is not None:
                running.stop()

    def wait(self) -> None:
        """Block until the emulator has ended; signal handlers run meanwhile and may call `stop`."""
        if self._running is not None:
            self._running.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether requests are accepted."""
        return self._running is not None and self._running.running

    @property
    def _live(self) -> InThread | InChild:
        if self._running is None:
            raise Stopped("the emulator does not run: call start() first")
        return self._running

    @property
    def inside(self) -> InThread:
        """The parts of an emulator that runs in this process: worlds, keys, application, server.

        Raises:
            Stopped: it does not run, or runs in a process of its own.
        """
        live = self._live
        if not isinstance(live, InThread):
            raise Stopped("the emulator runs in a process of its own: use its control API")
        return live

    @property
    def http_url(self) -> str:
        """Root of the HTTP port, `http://127.0.0.1:8365`: page, control API and prefixed hosts."""
        return http_url(self._live.doors)

    @property
    def https_port(self) -> int:
        """The HTTPS port, which answers as the emulated hosts."""
        return self._live.doors.tls_port

    @property
    def proxy_url(self) -> str:
        """URL of the CONNECT proxy."""
        return proxy_url(self._live.doors)

    @property
    def control_url(self) -> str:
        """Root of the control API."""
        return control_url(self._live.doors)

    @property
    def ca_file(self) -> Path:
        """The certificate (PEM) of the authority that signs for the emulated hosts; removed at stop."""
        return self._live.ca_file

    @property
    def combined_bundle(self) -> Path:
        """A PEM file with what this process trusts by its environment, and the authority; removed at stop."""
        return self._live.combined_bundle

    @property
    def env(self) -> dict[str, str]:
        """Variables for a child process whose requests shall reach the emulator, on top of this process's."""
        return dict(self.details()["env"])

    @property
    def errors(self) -> list[BaseException]:
        """Exceptions that neither services nor server should have raised: each is a bug of the emulator.

        Empty where the emulator runs in a process of its own.
        """
        return self._live.errors

    def url_for(self, host: str) -> str:
        """Return the root URL of an emulated host in the prefixed form on the HTTP port.

        Args:
            host: `graph.microsoft.com`.

        Raises:
            LookupError: the host is not emulated; the message names the nearest.
        """
        from outlook365_emulator.clouds import EMULATED_HOSTS, is_emulated
        from outlook365_emulator.tables.files import unknown

        if not is_emulated(host):
            raise unknown("emulated host", host, EMULATED_HOSTS)
        return f"{self.http_url}/{host.lower().rstrip('.')}"

    def trust(self, context: ssl.SSLContext) -> None:
        """Have a client's TLS context trust the emulator's certificates, beside what it trusts already.

        Args:
            context: the context.
        """
        context.load_verify_locations(cadata=self.ca_file.read_text("ascii"))

    def interception(self) -> Interception:
        """Make an interception, not started yet, that leads this process's connections to the emulator."""
        from outlook365_emulator.emulator.reaching import interception_to

        return interception_to(self._live.doors.host, self.https_port, lambda: self.ca_file.read_bytes())

    def world_document(self, name_or_path: str | Path) -> dict[str, Any]:
        """Read a world file as the document that the control API takes: see `documents.world_document`."""
        return documents.world_document(name_or_path)

    def scenario_document(self, name_or_path: str | Path) -> dict[str, Any]:
        """Read a scenario file as the document that the control API takes: see `documents.scenario_document`."""
        return documents.scenario_document(name_or_path)

    def details(self) -> dict[str, Any]:
        """Return the content of the ready file: where the emulator is, and how a connector reaches its world."""
        return self._live.details()
