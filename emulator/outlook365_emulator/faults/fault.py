"""A fault: which requests it means, when it serves them, and what it does with them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec

from outlook365_emulator.clock import iso_seconds
from outlook365_emulator.faults.decode import FaultError, convert, joined, plain, unknown
from outlook365_emulator.faults.facts import Facts, Phase
from outlook365_emulator.faults.glob import text_glob
from outlook365_emulator.faults.kinds import KINDS
from outlook365_emulator.faults.kinds.kind import Kind, Occasion, Window
from outlook365_emulator.faults.match import (
    NOTIFICATIONS,
    VOCABULARY,
    Known,
    Match,
    MatchDocument,
    decode_match,
    words_of,
)
from outlook365_emulator.faults.outcomes import Outcome
from outlook365_emulator.faults.until import parse_until, written_until
from outlook365_emulator.ids import Chance


class Envelope(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A fault as it is written; what `with` may hold depends on the kind.

    Attributes:
        kind: what the fault does, a name of `kinds.KINDS`.
        name: name in reports and in the journal; one is made when it is empty.
        match: which requests; all when empty.
        times: how many requests it serves; without end when None.
        after: how many matching requests it lets pass first.
        chance: probability that a matching request is served.
        until: when it ends: an instant, a number of seconds or a duration from when it is added.
        spare: whether a request that has just been served passes when it is repeated.
        with_: settings of the kind, written `with`.
    """

    kind: str
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""
    match: dict[str, Any] = {}
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    chance: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    until: Any = None
    spare: bool = False
    with_: dict[str, Any] = msgspec.field(name="with", default_factory=dict)


class Fault(msgspec.Struct, kw_only=True, eq=False):
    """A decoded fault and, once an engine holds it, its counts.

    Attributes:
        name: unique in its engine; empty until one is made.
        kind: name of the kind.
        match: the requests meant.
        with_: settings of the kind.
        times: how many requests it serves, or None.
        after: how many matching requests pass first.
        chance: probability that a matching request is served.
        until: when it ends, as written.
        spare: whether a request that has just been served passes when it is repeated.
        matched: requests that matched while it had not ended.
        served: requests that it served.
        expires: the instant at which it ends, or None.
        draws: its own source of chance.
        window: its own memory of a span of time; it does not outlive a restart.
    """

    name: str
    kind: str
    match: Match
    with_: msgspec.Struct
    times: int | None = None
    after: int = 0
    chance: float = 1.0
    until: datetime | timedelta | None = None
    spare: bool = False
    matched: int = 0
    served: int = 0
    expires: datetime | None = None
    draws: Chance = msgspec.field(default_factory=lambda: Chance(0))
    window: Window = msgspec.field(default_factory=Window)

    @property
    def delays(self) -> bool:
        """Whether it makes a request wait, so that further faults are looked for."""
        return self._kind.delays

    @property
    def phase(self) -> Phase:
        """When it acts."""
        return self._kind.phase

    @property
    def connecting(self) -> bool:
        """Whether it acts before there is a request."""
        return self._kind.connecting

    @property
    def _kind(self) -> Kind[Any]:
        return KINDS[self.kind]

    def takes(self, facts: Facts, now: datetime) -> bool:
        """Count a request and say whether this fault serves it."""
        if self.ended(now) or not self.match.matches(facts):
            return False
        self.matched += 1
        if self.held_back(self.matched) or (self.chance < 1 and self.draws.random() >= self.chance):
            return False
        self.served += 1
        return True

    def act(self, facts: Facts, now: datetime) -> Outcome | None:
        """Decide what happens to a request that this fault takes; None, and it does not count as served."""
        occasion = Occasion(fault=self.name, facts=facts, now=now, chance=self.draws, window=self.window)
        outcome = self._kind.act(self.with_, occasion)
        if outcome is None:
            self.served -= 1
        return outcome

    def ended(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires is not None and now >= self.expires

    def held_back(self, ordinal: int) -> str:
        """Say why the n-th matching request is not served by count, or return an empty text.

        Args:
            ordinal: number of the request among those that match, from 1.
        """
        if ordinal <= self.after:
            return f"after: match {ordinal} is one of the first {self.after}, which pass"
        if self.match.nth and ordinal not in self.match.nth:
            return f"nth: match {ordinal} is none of {', '.join(map(str, sorted(self.match.nth)))}"
        if self.times is not None and self.served >= self.times:
            return f"times: served {self.served} of {self.times}"
        return ""

    def difference(self, facts: Facts, now: datetime) -> list[str]:
        """Say why a request would not be served if it came next; empty when it would, chance apart.

        Args:
            facts: the request.
            now: the world's time.
        """
        found = self.match.difference(facts)
        if self.phase != facts.phase:
            found.append(f"phase: {self.kind} acts at {self.phase!r}, this is {facts.phase!r}")
        if self.expires is not None and self.ended(now):
            found.append(f"until: ended {iso_seconds(self.expires.astimezone(UTC))}")
        held = self.held_back(self.matched + 1)
        return [*found, held] if held else found


def decode_fault(document: Mapping[str, Any], where: str = "", *, known: Known = VOCABULARY) -> Fault:
    """Read a fault: the envelope first, then `with` by the kind.

    Args:
        document: plain data, as YAML, JSON or keyword arguments give it.
        where: its place in a larger document, `faults[2]`, for errors.
        known: for keys of `match`, the values that exist (`operation`), so that a misspelt one is refused.

    Returns:
        The fault, with no name if none is given.

    Raises:
        FaultError: it names the place and, where it can be told, the nearest right name.
    """
    envelope = convert(document, Envelope, where)
    kind = KINDS.get(envelope.kind)
    if kind is None:
        raise FaultError(joined(where, "kind"), unknown("kind", envelope.kind, KINDS))
    settings = convert(envelope.with_, kind.settings, joined(where, "with"))
    at = joined(where, "match")
    match = _narrowed(decode_match(envelope.match, at, known), kind.services(settings), at)
    services = words_of(match).get("service", ())
    if kind.harms and any(word != "*" and text_glob(word)(NOTIFICATIONS) for word in services):
        raise FaultError(joined(at, "service"), f"{envelope.kind} harms answers of ours; webhooks answer themselves")
    if kind.connecting:
        _check_connecting(match, envelope.kind, at)
    elif kind.whole:
        match = _without_items(match, envelope.kind, at)
    return Fault(
        name=envelope.name,
        kind=envelope.kind,
        match=Match(match),
        with_=settings,
        times=envelope.times,
        after=envelope.after,
        chance=envelope.chance,
        until=parse_until(envelope.until, joined(where, "until")),
        spare=envelope.spare,
    )


def document_of(fault: Fault) -> dict[str, Any]:
    """Write a fault as plain data from which `decode_fault` makes the same again, counts apart."""
    return plain(
        Envelope(
            kind=fault.kind,
            name=fault.name,
            match=plain(fault.match.document),
            times=fault.times,
            after=fault.after,
            chance=fault.chance,
            until=written_until(fault.until),
            spare=fault.spare,
            with_=plain(fault.with_),
        )
    )


def describe(fault: Fault) -> dict[str, Any]:
    """Write a fault as the control API shows it: as plain data with `counts` and the instant at which it `expires`."""
    counts = {"matched": fault.matched, "served": fault.served}
    return {**document_of(fault), "counts": counts, "expires": written_until(fault.expires)}


def _narrowed(match: MatchDocument, services: tuple[str, ...], where: str) -> MatchDocument:
    """Restrict a match to the services that a kind can serve, so that it never takes a request in vain."""
    if not services:
        return match
    wanted = words_of(match).get("service", ("*",))
    left = [name for name in services if any(text_glob(word)(name) for word in wanted)]
    if not left:
        raise FaultError(joined(where, "service"), f"this fault can only serve {' and '.join(services)}")
    return msgspec.structs.replace(match, service=left[0] if len(left) == 1 else left)


def _check_connecting(match: MatchDocument, kind: str, where: str) -> None:
    """Refuse what nobody knows of a connection before there is a request on it."""
    for key in plain(match):
        if key not in ("host", "nth"):
            raise FaultError(joined(where, key), f"{kind} acts before there is a request: match host only")


def _without_items(match: MatchDocument, kind: str, where: str) -> MatchDocument:
    """Leave the items of a `$batch` out of a match: they have no answer of their own on the connection."""
    if match.batch:
        raise FaultError(
            joined(where, "batch"), f"{kind} harms a whole answer: an item of a $batch has none of its own"
        )
    return msgspec.structs.replace(match, batch=False)
