"""Which requests a fault means. A request matches when the difference is empty; one function decides and explains."""

from collections.abc import Callable, Collection, Iterator, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, TypeAlias

import msgspec

from outlook365_emulator.faults.decode import FaultError, convert, joined, unknown
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.glob import path_glob, text_glob
from outlook365_emulator.faults.members import members_of, same_value, values_at
from outlook365_emulator.tables.clouds import cloud_rows
from outlook365_emulator.wire import parse_pairs

Words: TypeAlias = str | Annotated[list[str], msgspec.Meta(min_length=1)] | None
Ordinal: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
Known: TypeAlias = Mapping[str, Collection[str]]

VOCABULARY: Known = MappingProxyType(
    {
        "service": ("entra", "graph", "outlook", "notifications"),
        "method": ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"),
    }
)
"""The keys whose every value is known here; clouds come from their table, operations from those who ask."""


NOTIFICATIONS = "notifications"
"""The service of what the emulator sends to webhooks."""


class MatchDocument(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`match` as it is written: every key that is given has to fit, a list fits when one of its values does.

    Attributes:
        service: `entra`, `graph`, `outlook`, `notifications`; the last is meant only where it is named.
        operation: `mail.messages.list`, `mail.*`.
        method: verb.
        path: path without query; `*` within a segment, `**` over segments.
        query: parameter of the query string to value; values may hold stars.
        host: emulated host.
        cloud: name of the cloud.
        tenant: tenant id.
        application: client id.
        user: principal name of the signed-in user; `""` is an application on its own.
        mailbox: principal name of the mailbox.
        folder: well-known name of the folder, or its id.
        grant: grant type.
        scope: a scope or role that the token has.
        batch: true for items of a `$batch` only, false for everything else only.
        nth: which of the requests that fit the rest, from 1.
        body: member path to value; texts may hold stars.
    """

    service: Words = None
    operation: Words = None
    method: Words = None
    path: Words = None
    query: dict[str, str] | None = None
    host: Words = None
    cloud: Words = None
    tenant: Words = None
    application: Words = None
    user: Words = None
    mailbox: Words = None
    folder: Words = None
    grant: Words = None
    scope: Words = None
    batch: bool | None = None
    nth: Ordinal | Annotated[list[Ordinal], msgspec.Meta(min_length=1)] | None = None
    body: dict[str, Any] | None = None


class Criterion(NamedTuple):
    """One key of a match.

    Attributes:
        fits: whether a request fits.
        said: says what a request that does not fit differs in.
    """

    fits: Callable[[Facts], bool]
    said: Callable[[Facts], str]


class Match:
    """A compiled `match`.

    Args:
        document: the match as written.
    """

    __slots__ = ("_criteria", "document", "nth")

    def __init__(self, document: MatchDocument) -> None:
        self.document = document
        nth = document.nth
        self.nth = frozenset((nth,) if isinstance(nth, int) else nth or ())
        self._criteria = tuple(_criteria(document))

    def difference(self, facts: Facts) -> list[str]:
        """Return in what a request differs from the requests meant, a line for each key; empty when it matches.

        Args:
            facts: the request. How many came before (`nth`) is judged by the fault, which counts.
        """
        return [criterion.said(facts) for criterion in self._unmet(facts)]

    def matches(self, facts: Facts) -> bool:
        """Whether the difference is empty, found out no further than the first key that does not fit."""
        return next(self._unmet(facts), None) is None

    def _unmet(self, facts: Facts) -> Iterator[Criterion]:
        return (criterion for criterion in self._criteria if not criterion.fits(facts))


def decode_match(document: object, where: str, known: Known = VOCABULARY) -> MatchDocument:
    """Read and check a `match`.

    Args:
        document: plain data.
        where: its place, for errors.
        known: for some keys, the values that exist: a value that none of them fits is refused.

    Raises:
        FaultError: a key or a value is wrong; it names the place and the nearest right name.
    """
    match = convert(document, MatchDocument, where)
    for key, words in words_of(match).items():
        for word in words:
            _check_word(key, word, joined(where, key), known)
    return match


def words_of(document: MatchDocument) -> dict[str, tuple[str, ...]]:
    """Return the text keys that are given, each with its values."""
    found = {}
    for key in document.__struct_fields__:
        words = getattr(document, key)
        if key not in ("batch", "nth", "body", "query") and words is not None:
            found[key] = (words,) if isinstance(words, str) else tuple(words)
    return found


def _check_word(key: str, word: str, where: str, known: Known) -> None:
    if key == "path" and not word.startswith(("/", "**")):
        raise FaultError(where, f"a path begins with '/' or '**', got {word!r}")
    names = known.get(key) or (_cloud_names() if key == "cloud" else VOCABULARY.get(key))
    if names and not any(map(text_glob(word), names)):
        raise FaultError(where, unknown(key, word, names))


def _cloud_names() -> tuple[str, ...]:
    return tuple(row.id for row in cloud_rows())


def _criteria(document: MatchDocument) -> Iterator[Criterion]:
    for key, words in words_of(document).items():
        yield _word_criterion(key, words)
    if document.service is None:
        # What the emulator sends itself is no request: a fault that names no service leaves it alone.
        yield Criterion(lambda facts: facts.service != NOTIFICATIONS, lambda _: "service: wanted a request")
    if document.batch is not None:
        yield _batch_criterion(document.batch)
    for name, pattern in (document.query or {}).items():
        yield _query_criterion(name, pattern)
    for path, value in (document.body or {}).items():
        yield _body_criterion(path, value)


def _word_criterion(key: str, words: tuple[str, ...]) -> Criterion:
    tests = tuple(path_glob(word) if key == "path" else text_glob(word) for word in words)

    def found(facts: Facts) -> tuple[str, ...]:
        return facts.scopes if key == "scope" else (getattr(facts, key),)

    def said(facts: Facts) -> str:
        wanted = " or ".join(map(repr, words))
        return f"{key}: wanted {wanted}, got {', '.join(map(repr, found(facts))) or 'none'}"

    if len(tests) == 1 and key != "scope":
        only, read = tests[0], attrgetter(key)
        return Criterion(lambda facts: only(read(facts)), said)
    return Criterion(lambda facts: any(test(text) for text in found(facts) for test in tests), said)


def _batch_criterion(batch: bool) -> Criterion:
    wanted = "an item of a $batch" if batch else "none of a $batch"
    return Criterion(lambda facts: facts.batch is batch, lambda facts: f"batch: wanted {wanted}")


def _query_criterion(name: str, pattern: str) -> Criterion:
    test = text_glob(pattern)

    def found(facts: Facts) -> list[str]:
        return [value for key, value in parse_pairs(facts.query) if key.lower() == name.lower()]

    def said(facts: Facts) -> str:
        return f"query: wanted {name}={pattern}, got {', '.join(map(repr, found(facts))) or 'none'}"

    return Criterion(lambda facts: any(map(test, found(facts))), said)


def _body_criterion(path: str, value: Any) -> Criterion:
    def found(facts: Facts) -> list[Any]:
        return list(values_at(members_of(facts.body), path))

    def said(facts: Facts) -> str:
        return f"body: wanted {path} = {value!r}, got {', '.join(map(repr, found(facts))) or 'none'}"

    return Criterion(lambda facts: any(same_value(one, value) for one in found(facts)), said)
