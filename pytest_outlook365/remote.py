"""Running a suite against emulators that run already: `--outlook365-url`."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from outlook365_emulator.net.interception import Interception

URLS = pytest.StashKey[list[str]]()
"""The addresses of the command line, or of the environment."""

VARIABLE = "OUTLOOK365_URL"
WEBHOOK_VARIABLE = "OUTLOOK365_WEBHOOK_HOST"
CHECK_SECONDS = 5.0


def add_options(group: pytest.OptionGroup) -> None:
    """Add the options to our group of `pytest --help`."""
    group.addoption(
        "--outlook365-url",
        dest="outlook365_url",
        action="append",
        default=[],
        metavar="URL",
        help="run the tests against an emulator that runs already, http://host:8365 (http://:TOKEN@host:8365 where it "
        f"was started with --control-token); repeatable: the workers of pytest-xdist share them out; also {VARIABLE}, "
        "addresses between spaces",
    )
    group.addoption(
        "--outlook365-webhook-host",
        dest="outlook365_webhook_host",
        metavar="HOST",
        help="name under which such an emulator reaches this machine, for webhooks of tests; it has to allow it by "
        f"--allow-webhook; also {WEBHOOK_VARIABLE}",
    )


def read_options(config: pytest.Config) -> None:
    """Read the addresses of the command line and of the environment; the command line goes first."""
    urls: list[str] = config.getoption("outlook365_url")
    config.stash[URLS] = urls or os.environ.get(VARIABLE, "").replace(",", " ").split()


def check(config: pytest.Config) -> None:
    """Ask every emulator whether it is there, once for a run.

    Raises:
        pytest.UsageError: an address is none, or nothing answers there, or something else.
    """
    if not config.stash[URLS] or hasattr(config, "workerinput"):
        return
    from outlook365_emulator.client import Control, ControlError

    for url in config.stash[URLS]:
        try:
            control = Control(url, timeout=CHECK_SECONDS)
            control.details  # noqa: B018 - asking is the check
        except (ControlError, ValueError) as error:
            said = "--outlook365-url" if config.getoption("outlook365_url") else VARIABLE
            raise pytest.UsageError(f"{said}: {error}") from None
        control.close()


def url_of(config: pytest.Config) -> str | None:
    """Return the address of the emulator that this process uses, or None where it starts one of its own.

    Worker `gw3` of pytest-xdist takes the fourth address, and the list begins anew when it is at its end.
    """
    urls = config.stash[URLS]
    if not urls:
        return None
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0").removeprefix("gw")
    return urls[int(worker) % len(urls) if worker.isdecimal() else 0]


def webhook_host_of(config: pytest.Config) -> str | None:
    """Return the name under which the emulator reaches this machine, where somebody says it."""
    named: str | None = config.getoption("outlook365_webhook_host")
    return named or os.environ.get(WEBHOOK_VARIABLE) or None


class RemoteEmulator:
    """An emulator that somebody else has started, as the plugin holds it.

    Args:
        url: address of its HTTP port.

    Attributes:
        http_url: the address.
        own_address: this machine's address towards it.

    Raises:
        ControlError: nothing answers, or something else.
    """

    def __init__(self, url: str) -> None:
        from outlook365_emulator.client.connection import Connection

        self.http_url = url
        self._connection = Connection(url)
        self._folder = Path(tempfile.mkdtemp(prefix="outlook365-remote-"))
        self._ca_pem = self._connection.exchange("GET", "/_emulator/v1/ca.pem", {}).body
        self.https_port = int(self.details()["https_port"])
        self.own_address = self._connection.own_address()

    def details(self) -> dict[str, Any]:
        """Return the content of its ready file as this machine sees it."""
        from outlook365_emulator.emulator.reaching import seen_from_here

        ready = self._connection.call("GET", "/ready")
        return seen_from_here(ready, self._connection.url, self._ca_pem, self._folder)

    def interception(self) -> "Interception":
        """Make an interception, not started yet, that leads this process's connections to it."""
        from urllib.parse import urlsplit

        from outlook365_emulator.emulator.reaching import address_of_host, interception_to

        host = urlsplit(self._connection.url).hostname or ""
        return interception_to(address_of_host(host), self.https_port, self._ca_pem)

    def stop(self) -> None:
        """Leave it running; remove the files that were made here."""
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)
