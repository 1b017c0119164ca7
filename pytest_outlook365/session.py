"""The emulator that the tests of one run share, and the interception that leads to it while a test wants it."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from pytest_outlook365.frozen_time import is_loaded

if TYPE_CHECKING:
    from outlook365_emulator.client import World
    from outlook365_emulator.config import Settings
    from outlook365_emulator.emulator import Emulator

    from pytest_outlook365.remote import RemoteEmulator


class Session:
    """A started emulator; each process of pytest-xdist has one of its own, unless all use one that runs already.

    Args:
        settings: how the emulator is started.
        url: address of an emulator that runs already, in place of one of our own.
        webhook_host: under which name it reaches this machine; its address when left out.
    """

    def __init__(self, settings: "Settings", url: str | None = None, webhook_host: str | None = None) -> None:
        with _uncollected():
            from outlook365_emulator.client import Control

            self.emulator: Emulator | RemoteEmulator = _started(settings) if url is None else _joined(url)
        self._shared = url is not None
        self.control = Control(
            _with_token(self.emulator.http_url, settings.control_token if url is None else None),
            on_change=self._lead,
            details_of=self.emulator.details if self._shared else None,
            webhook_host=webhook_host or str(getattr(self.emulator, "own_address", "127.0.0.1")),
        )
        self._interception = self.emulator.interception()
        self._lock = threading.RLock()
        self._led: list[World] = []

    @contextmanager
    def intercepted(self, world: "World") -> Iterator[None]:
        """Lead this process's connections to Microsoft's hosts to the emulator.

        Between tests everything passes unchanged. Closed sockets (pytest-socket) are opened for the running test, to
        the emulator only.

        Args:
            world: the world of the test.
        """
        from outlook365_emulator.net.interception import admit_emulator

        with self._lock:
            self._led.append(world)
            admit_emulator()
            self._lead()
            self._interception.start()
        try:
            yield
        finally:
            with self._lock:
                self._led.remove(world)
                self._lead()
                if not self._led:
                    self._interception.pause()

    def stop(self) -> None:
        """Undo the interception and stop the emulator."""
        try:
            self._interception.stop()
        finally:
            self.control.close()
            self.emulator.stop()

    def _lead(self) -> None:
        """Choose the HTTPS port: the world's own where requests could mean another world, else the emulator's."""
        with self._lock:
            port = self.emulator.https_port
            several = self._shared or len(self.control.living) > 1
            if len(self._led) == 1 and (several or self._led[0].tls_port is not None):
                port = self._led[0].open_port()
            self._interception.tls_port = port
            judges = len(self._led) == 1 and self._led[0].judges_connections
            self._interception.judge = self._led[0].judge_connection if judges else None


def _with_token(url: str, token: str | None) -> str:
    return url if token is None else url.replace("://", f"://:{quote(token, safe='')}@", 1)


def _joined(url: str) -> "RemoteEmulator":
    from outlook365_emulator.net.interception import admit_emulator

    from pytest_outlook365.remote import RemoteEmulator

    admit_emulator()
    return RemoteEmulator(url)


def _started(settings: "Settings") -> "Emulator":
    from outlook365_emulator.emulator import Emulator
    from outlook365_emulator.net.interception import admit_emulator

    admit_emulator()
    emulator = Emulator(settings).start()
    if is_loaded() and not settings.subprocess:
        # What is imported while freezegun is active would hold its stand-ins for good.
        emulator.inside.load()
    return emulator


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector from looking at what is being imported, which lives on: a quarter of the time.

    Freezing and thawing then makes what there is old at once, so that the next collection does not look at it either.
    It is left out where the tests have frozen objects themselves.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        if collecting:
            gc.enable()
