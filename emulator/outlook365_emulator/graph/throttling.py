"""Exchange's limits for an application and a mailbox, in the world's time: on by the setting `throttling: realistic`.

10,000 requests in ten minutes, four at once, 150 MB of request bodies in five minutes (reference `graph-core.md`
section 11). A request counts as running until its last byte is sent, latency faults included.
"""

import math
from collections import deque
from typing import Final

from outlook365_emulator.errors import GraphError, graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.store.hosting import Hosting

SETTING: Final = "throttling"
REALISTIC: Final = "realistic"

REQUESTS: Final = 10_000
REQUESTS_SECONDS: Final = 600.0
AT_ONCE: Final = 4
UPLOAD_BYTES: Final = 150 * 1024 * 1024
UPLOAD_SECONDS: Final = 300.0


class Window:
    """What one application did to one mailbox of late."""

    __slots__ = ("requests", "running", "uploaded", "uploads")

    def __init__(self) -> None:
        self.requests: deque[float] = deque()
        self.uploads: deque[tuple[float, int]] = deque()
        self.uploaded = 0
        self.running = 0

    def forget(self, now: float) -> None:
        """Drop what lies outside the windows of time, or after the present of a clock that was turned back."""
        while self.requests and not now - REQUESTS_SECONDS < self.requests[0] <= now:
            self.requests.popleft()
        while self.uploads and not now - UPLOAD_SECONDS < self.uploads[0][0] <= now:
            self.uploaded -= self.uploads.popleft()[1]

    def refusal(self, now: float, size: int) -> tuple[str, float] | None:
        """Return the limit that one more request would break, and the seconds after which it would not."""
        if self.running >= AT_ONCE:
            return "MailboxConcurrency", 1
        if len(self.requests) >= REQUESTS:
            return "RequestCount", self.requests[0] + REQUESTS_SECONDS - now
        if self.uploads and self.uploaded + size > UPLOAD_BYTES:
            return "IncomingBytes", self.uploads[0][0] + UPLOAD_SECONDS - now
        return None

    def count(self, now: float, size: int) -> None:
        """Count a request that begins."""
        self.requests.append(now)
        self.running += 1
        if size:
            self.uploads.append((now, size))
            self.uploaded += size

    def release(self) -> None:
        """Count a request that has ended."""
        self.running -= 1


class Throttling:
    """The windows of all worlds that ask for throttling.

    Args:
        hosting: tells which worlds still live.
    """

    __slots__ = ("_hosting", "_worlds")

    def __init__(self, hosting: Hosting) -> None:
        self._hosting = hosting
        self._worlds: dict[str, dict[tuple[str, str], Window]] = {}

    def judge(self, call: Call, mailbox: str) -> None:
        """Refuse a request that breaks a limit, or count it until its answer is sent.

        Args:
            call: the call, its operation known.
            mailbox: the mailbox addressed.

        Raises:
            GraphError: `throttled`, with `Retry-After`.
        """
        if call.world.settings.get(SETTING) != REALISTIC:
            return
        now, size = call.now.timestamp(), len(call.request.body)
        window = self._window(call.world.key, call.claims.appid, mailbox.lower())
        window.forget(now)
        broken = window.refusal(now, size)
        if broken is not None:
            raise _throttled(*broken)
        window.count(now, size)
        call.request.on_sent.append(window.release)

    def _window(self, world: str, application: str, mailbox: str) -> Window:
        if world not in self._worlds:
            self._worlds = {key: kept for key, kept in self._worlds.items() if self._hosting.by_key(key) is not None}
        windows = self._worlds.setdefault(world, {})
        return windows.setdefault((application, mailbox), Window())


def _throttled(limit: str, seconds: float) -> GraphError:
    wait = max(1, math.ceil(seconds))
    texts = {
        "MailboxConcurrency": f"{AT_ONCE} requests of this application to this mailbox are running",
        "RequestCount": f"the application asked this mailbox {REQUESTS} times within {REQUESTS_SECONDS:.0f} s",
        "IncomingBytes": f"the application sent this mailbox {UPLOAD_BYTES} bytes within {UPLOAD_SECONDS:.0f} s",
    }
    because = f"{texts[limit]}: wait {wait} s (the world's setting throttling: realistic)"
    return graph_error("throttled", limit=limit, headers=[("Retry-After", str(wait))], because=because)
