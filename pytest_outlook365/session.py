"""The emulator that the tests of one run share, and the interception that leads to it while a test wants it."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outlook365_emulator.client import World
    from outlook365_emulator.config import Settings
    from outlook365_emulator.emulator import Emulator


class Session:
    """A started emulator; each process of pytest-xdist has one of its own.

    Args:
        settings: how the emulator is started.
    """

    def __init__(self, settings: "Settings") -> None:
        self.emulator = _started(settings)

        from outlook365_emulator.client import Control

        self.control = Control(self.emulator.http_url, on_change=self._lead)
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
            if len(self._led) == 1 and (len(self.control.living) > 1 or self._led[0].tls_port is not None):
                port = self._led[0].open_port()
            self._interception.tls_port = port
            judges = len(self._led) == 1 and self._led[0].judges_connections
            self._interception.judge = self._led[0].judge_connection if judges else None


def _started(settings: "Settings") -> "Emulator":
    with _uncollected():
        from outlook365_emulator.emulator import Emulator
        from outlook365_emulator.net.interception import admit_emulator

        admit_emulator()
        return Emulator(settings).start()


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
