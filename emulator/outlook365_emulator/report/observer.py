"""Watches how clients behave after an answer: whether they wait, repeat themselves, or go on with what was refused."""

import hashlib
from collections import Counter
from datetime import datetime
from typing import NamedTuple

from outlook365_emulator.clock import Clock, monotonic
from outlook365_emulator.journal import Entry
from outlook365_emulator.store.world import World
from outlook365_emulator.wire import Request, Response, parse_pairs

MOST = 20_000
"""How many requests are remembered; then all are forgotten at once: a report is about a test, not about a year."""

EXAMPLES = 5
TOLERANCE = 0.05
"""Seconds by which a client may come early: timers are not exact."""

FINAL = frozenset({400, 403, 405, 406, 409, 410, 411, 413, 415, 422, 507})
"""Statuses after which the same request can do no better (RFC 9110 section 15.5); 404 may be a read that lags."""

POLLED = frozenset({"token.device_code"})
"""Operations that are repeated by design (RFC 8628 section 3.5)."""


class Told(NamedTuple):
    """A client was told to wait.

    Attributes:
        seconds: how long.
        real: when, by the real time.
        world: when, by the world's clock.
    """

    seconds: float
    real: float
    world: float


class Observer:
    """Remembers the requests of one world as far as findings need it.

    Args:
        clock: the world's clock: a wait counts by the real time or by the world's, whichever went further.

    Attributes:
        counts: how often each finding was made.
        examples: for each finding a few requests as sentences.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waits: dict[str, Told] = {}
        self._lost: set[bytes] = set()
        self._refused: set[bytes] = set()
        self._tokens: set[bytes] = set()
        self._grants: set[bytes] = set()
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    @property
    def unanswered(self) -> int:
        """How many were told to wait and have not come back."""
        return len(self._waits)

    def __call__(self, request: Request, response: Response, entry: Entry) -> None:
        """Note a request, its answer and its journal entry."""
        who = f"{entry.application} {entry.user}"
        place = f"{request.method} {request.host}{request.path}?{request.query} {who}"
        whole = _digest(place.encode(), request.body, request.headers.get("authorization").encode())
        content = _digest(place.encode(), request.body)
        self._judge_wait(place, response, entry)
        self._judge_tokens(request, response, entry)
        if request.method in ("POST", "PUT", "PATCH") and entry.service == "graph":
            self._judge_write(request, response, entry, content)
        self._judge_repeat(response, entry, whole)
        if max(map(len, (self._waits, self._lost, self._refused, self._tokens, self._grants))) > MOST:
            for memory in (self._waits, self._lost, self._refused, self._tokens, self._grants):
                memory.clear()

    def _find(self, finding: str, entry: Entry, sentence: str) -> None:
        self.counts[finding] += 1
        examples = self.examples.setdefault(finding, [])
        if len(examples) < EXAMPLES:
            examples.append(f"{entry.method} {entry.operation or entry.url}: {sentence}")

    def _judge_wait(self, place: str, response: Response, entry: Entry) -> None:
        told = self._waits.pop(place, None)
        if told is not None:
            waited = max(monotonic() - told.real, self._clock.timestamp() - told.world)
            if waited + TOLERANCE >= told.seconds:
                self.counts["honoured_waits"] += 1
            else:
                self._find("early_retries", entry, f"came after {waited:.2f} s, told to wait {told.seconds:g} s")
        seconds = _retry_after(response, self._clock.now())
        if seconds is not None:
            self._waits[place] = Told(seconds, monotonic(), self._clock.timestamp())

    def _judge_tokens(self, request: Request, response: Response, entry: Entry) -> None:
        if entry.service == "graph":
            token = request.headers.get("authorization")
            mark = _digest(token.encode())
            if token and mark in self._tokens:
                self._find("refused_tokens_reused", entry, "the token had been answered 401 before")
            if token and response.status == 401:
                self._tokens.add(mark)
        elif entry.operation == "token.refresh_token":
            given = dict(parse_pairs(request.body.decode("utf-8", "replace"))).get("refresh_token", "")
            mark = _digest(given.encode())
            if mark in self._grants:
                self._find("refused_grants_repeated", entry, "the refresh token had been refused before")
            if response.status == 400:
                self._grants.add(mark)

    def _judge_write(self, request: Request, response: Response, entry: Entry, content: bytes) -> None:
        handled = 200 <= response.status < 300
        if handled and content in self._lost:
            self._find("duplicate_sends", entry, "had been done before: the answer was lost, and it was sent again")
        if handled and request.harm is not None:
            self._lost.add(content)

    def _judge_repeat(self, response: Response, entry: Entry, whole: bytes) -> None:
        if whole in self._refused:
            self._find("identical_repeats", entry, "had been refused for good, and was sent again unchanged")
        # Entra answers 401 to a client whose secret or certificate is wrong; at Graph another token may do.
        final = response.status in FINAL or (response.status == 401 and entry.service == "entra")
        if final and entry.operation not in POLLED:
            self._refused.add(whole)


def observe(world: World) -> Observer:
    """Watch a world, or return who watches it already."""
    found = observer_of(world)
    if found is None:
        found = Observer(world.clock)
        world.answered.append(found)
    return found


def observer_of(world: World) -> Observer | None:
    """Return who watches a world, or None."""
    return next((one for one in world.answered if isinstance(one, Observer)), None)


def _digest(*parts: bytes) -> bytes:
    return hashlib.blake2b(b"\x00".join(parts), digest_size=16).digest()


def _retry_after(response: Response, now: datetime) -> float | None:
    """Return the seconds of `Retry-After`, which is a number or a date (RFC 9110 section 10.2.3)."""
    value = next((value for name, value in response.headers if name.lower() == "retry-after"), "")
    if not value:
        return None
    try:
        return float(value)
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime

    try:
        return (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError):
        return None
