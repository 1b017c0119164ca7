"""An emulator in a process of its own, started by this one and ended with it."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from outlook365_emulator import config
from outlook365_emulator.config import NO_WORLD, Settings
from outlook365_emulator.emulator.ready import Doors

STOP_SECONDS = 5.0


class EmulatorFailed(RuntimeError):
    """The process of an emulator ended before it accepted requests."""


class InChild:
    """A running emulator in a process of its own. It ends when this process does, however that ends.

    Args:
        settings: how it is started.

    Attributes:
        doors: where it listens.
        ca_file: certificate of its authority.

    Raises:
        EmulatorFailed: it ended at once; the message is what it said.
    """

    def __init__(self, settings: Settings) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed in stop()
        self._owner = os.getpid()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "outlook365_emulator", "serve", "--json", "--end-with-input", *options_of(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=child_environment(),
            start_new_session=True,
        )
        try:
            self._details = self._first_line()
        except BaseException:
            self.stop()
            raise
        http, proxy = urlsplit(self._details["http_url"]), urlsplit(self._details["proxy_url"])
        self.doors = Doors(http.hostname or "", http.port or 0, int(self._details["https_port"]), proxy.port or 0)
        self.ca_file = Path(self._details["ca_file"])

    def _first_line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._log.seek(0)
            said = self._log.read().decode("utf-8", "replace").strip()
            raise EmulatorFailed(said.removeprefix("Error: ") or f"it ended with status {self._process.returncode}")
        return msgspec.json.decode(line, type=dict[str, Any])

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process.poll() is None

    @property
    def errors(self) -> list[BaseException]:
        """Nothing: what fails in the process stays there."""
        return []

    @property
    def combined_bundle(self) -> Path:
        """A file with what was trusted before and the authority's certificate."""
        return Path(self._details["env"]["SSL_CERT_FILE"])

    def details(self) -> dict[str, Any]:
        """Return the content of the ready file."""
        return self._details

    def wait(self) -> None:
        """Block until the process has ended."""
        self._process.wait()

    def stop(self) -> None:
        """End the process and wait for it; in a forked child nothing happens, for the process is the parent's."""
        if os.getpid() != self._owner:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._log.close()


def child_environment() -> dict[str, str]:
    """Return this process's environment without what would change how the child is started."""
    kept = {name: value for name, value in config.environment().items() if not name.startswith("OUTLOOK365_")}
    return kept | {"OUTLOOK365_INTERCEPT": "0"}


def options_of(settings: Settings) -> Iterator[str]:
    """Write settings as options of `serve`.

    Args:
        settings: how an emulator is started.
    """
    yield from ("--host", settings.host)
    yield from ("--port", str(settings.port), "--tls-port", str(settings.tls_port))
    yield from ("--proxy-port", str(settings.proxy_port), "--proxy-others", settings.proxy_others)
    yield from ("--world", settings.world if settings.world is not None else NO_WORLD)
    for scenario in settings.scenarios:
        yield from ("--scenario", scenario)
    if settings.seed is not None:
        yield from ("--seed", str(settings.seed))
    if settings.data is not None:
        yield from ("--data", str(settings.data))
    if settings.ca_file is not None:
        yield from ("--ca-file", str(settings.ca_file))
    if settings.world_ports is not None:
        yield from ("--world-ports", "{}-{}".format(*settings.world_ports))
    if settings.control_token is not None:
        yield from ("--control-token", settings.control_token)
    for name in settings.allow_hosts:
        yield from ("--allow-host", name)
    for name in settings.allow_webhooks:
        yield from ("--allow-webhook", name)
