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

LOSING = frozenset({"no_answer", "reset", "lost_answer", "truncate", "content_length", "malformed", "gzip"})
"""Kinds of harm after which a client cannot know what it was answered."""

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


class Asked:
    """A request as findings see it.

    Args:
        request: the request.
        response: its answer.
        entry: its line in the journal.
        lost: whether a fault kept the answer, or that of the batch it is in, from the client.

    Attributes:
        place: what was asked for by whom, whatever the body: whoever comes back there repeats the request.
        content: digest of that and the body.
        whole: digest of that, the body and the token.
        token: digest of the token that Graph was shown, or b"".
        grant: digest of the refresh token that Entra was shown, or b"".
        is_done_write: whether it changed something at Graph.
        is_unselected_read: whether it read a list of whole items.
        is_beta: whether it went to Graph's beta.
    """

    __slots__ = (
        "content",
        "entry",
        "grant",
        "is_beta",
        "is_done_write",
        "is_unselected_read",
        "lost",
        "place",
        "response",
        "token",
        "whole",
    )

    def __init__(self, request: Request, response: Response, entry: Entry, lost: bool) -> None:
        self.response, self.entry = response, entry
        self.lost = lost or (request.harm is not None and request.harm.kind in LOSING)
        who = f"{entry.application} {entry.user}"
        self.place = f"{request.method} {request.host}{request.path}?{request.query} {who}"
        shown = request.headers.get("authorization").encode()
        self.content = _digest(self.place.encode(), request.body)
        self.whole = _digest(self.place.encode(), request.body, shown)
        self.token = _digest(shown) if shown and entry.service == "graph" else b""
        self.grant = b""
        if entry.operation == "token.refresh_token":
            given = dict(parse_pairs(request.body.decode("utf-8", "replace"))).get("refresh_token", "")
            self.grant = _digest(given.encode())
        writes = request.method in ("POST", "PUT", "PATCH") and entry.service == "graph"
        self.is_done_write = writes and 200 <= response.status < 300
        listed = request.method == "GET" and entry.operation.endswith(".list") and response.status == 200
        # A link that Graph gave out repeats what the first request said.
        self.is_unselected_read = listed and not any(one in request.query.lower() for one in ("select=", "skip"))
        self.is_beta = entry.service == "graph" and request.path.lower().startswith("/beta/")


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
        """Note a request, its answer and its journal entry; of a `$batch` that was answered, each item by itself."""
        lost = request.harm is not None and request.harm.kind in LOSING
        asked = [Asked(*one, lost) for one in request.items or [(request, response, entry)]]
        for one in asked:
            self._judge(one)
        # Items of a batch run side by side: what one is answered is no lesson for another.
        for one in asked:
            self._remember(one)
        memories = (self._waits, self._lost, self._refused, self._tokens, self._grants)
        if max(map(len, memories)) > MOST:
            for memory in memories:
                memory.clear()

    def _find(self, finding: str, entry: Entry, sentence: str) -> None:
        self.counts[finding] += 1
        examples = self.examples.setdefault(finding, [])
        if len(examples) < EXAMPLES:
            examples.append(f"{entry.method} {entry.operation or entry.url}: {sentence}")

    def _judge(self, one: Asked) -> None:
        entry = one.entry
        told = self._waits.pop(one.place, None)
        if told is not None:
            waited = max(monotonic() - told.real, self._clock.timestamp() - told.world)
            if waited + TOLERANCE >= told.seconds:
                self.counts["honoured_waits"] += 1
            else:
                self._find("early_retries", entry, f"came after {waited:.2f} s, told to wait {told.seconds:g} s")
        if one.token in self._tokens:
            self._find("refused_tokens_reused", entry, "the token had been answered 401 before")
        if one.grant in self._grants:
            self._find("refused_grants_repeated", entry, "the refresh token had been refused before")
        if one.is_done_write and one.content in self._lost:
            self._find("duplicate_sends", entry, "had been done before: the answer was lost, and it was sent again")
        if one.is_unselected_read:
            self._find("reads_without_select", entry, "asked for every property of every item: add $select")
        if one.is_beta:
            self._find("beta_requests", entry, "beta may change any day; v1.0 does not")
        if one.whole in self._refused:
            self._find("identical_repeats", entry, "had been refused for good, and was sent again unchanged")

    def _remember(self, one: Asked) -> None:
        entry, status = one.entry, one.response.status
        seconds = _retry_after(one.response, self._clock.now())
        if seconds is not None:
            self._waits[one.place] = Told(seconds, monotonic(), self._clock.timestamp())
        if one.token and status == 401:
            self._tokens.add(one.token)
        if one.grant and status == 400:
            self._grants.add(one.grant)
        if one.is_done_write and one.lost:
            self._lost.add(one.content)
        # Entra answers 401 to a client whose secret or certificate is wrong; at Graph another token may do.
        final = status in FINAL or (status == 401 and entry.service == "entra")
        if final and entry.operation not in POLLED:
            self._refused.add(one.whole)


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
