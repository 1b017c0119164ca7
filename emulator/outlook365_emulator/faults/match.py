"""Which requests a fault means. A request matches when the difference is empty; one function decides and explains."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias

import msgspec

from outlook365_emulator.tables.clouds import cloud_rows

from .decode import FaultError, convert, joined, unknown
from .facts import Facts
from .glob import Test, path_glob, text_glob
from .members import members_of, same_value, values_at

Words: TypeAlias = str | Annotated[list[str], msgspec.Meta(min_length=1)] | None
Ordinal: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
Known: TypeAlias = Mapping[str, Collection[str]]

VOCABULARY: Known = MappingProxyType(
    {
        "service": ("entra", "graph", "outlook"),
        "method": ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"),
    }
)
"""The keys whose every value is known here; clouds come from their table, operations from those who ask."""


class MatchDocument(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`match` as it is written: every key that is given has to fit, a list fits when one of its values does.

    Attributes:
        service: `entra`, `graph`, `outlook`.
        operation: `mail.messages.list`, `mail.*`.
        method: verb.
        path: path without query; `*` within a segment, `**` over segments.
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


@dataclass(frozen=True, slots=True)
class Criterion:
    """One key of a match: the values wanted and a test for each.

    Attributes:
        key: the key, `operation`.
        wanted: the values as written.
        tests: one test per value; one has to fit.
        facts: reads the texts to test from the facts; one has to fit.
    """

    key: str
    wanted: tuple[str, ...]
    tests: tuple[Test, ...]
    facts: Callable[[Facts], tuple[str, ...]]

    def difference(self, facts: Facts) -> str:
        """Return what does not fit, or an empty text."""
        found = self.facts(facts)
        if any(test(text) for test in self.tests for text in found):
            return ""
        wanted = " or ".join(repr(value) for value in self.wanted)
        return f"{self.key}: wanted {wanted}, got {', '.join(map(repr, found)) or 'none'}"


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
        self._criteria = tuple(_criterion(key, words) for key, words in words_of(document).items())

    def difference(self, facts: Facts) -> list[str]:
        """Return in what a request differs from the requests meant, a line for each key; empty when it matches.

        Args:
            facts: the request. How many came before (`nth`) is judged by the fault, which counts.
        """
        return list(self._differences(facts))

    def matches(self, facts: Facts) -> bool:
        """Whether the difference is empty, found out no further than the first difference."""
        return next(self._differences(facts), None) is None

    def _differences(self, facts: Facts) -> Iterator[str]:
        for criterion in self._criteria:
            difference = criterion.difference(facts)
            if difference:
                yield difference
        if self.document.batch is not None and self.document.batch != facts.batch:
            yield "batch: wanted an item of a $batch" if self.document.batch else "batch: wanted none of a $batch"
        if self.document.body:
            yield from _body_differences(self.document.body, facts.body)


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
        if key not in ("batch", "nth", "body") and words is not None:
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


def _criterion(key: str, wanted: tuple[str, ...]) -> Criterion:
    compiled = tuple(path_glob(word) if key == "path" else text_glob(word) for word in wanted)
    if key == "scope":
        return Criterion(key, wanted, compiled, lambda facts: facts.scopes)
    return Criterion(key, wanted, compiled, lambda facts: (getattr(facts, key),))


def _body_differences(wanted: dict[str, Any], body: bytes) -> Iterator[str]:
    members = members_of(body)
    for path, value in wanted.items():
        found = list(values_at(members, path))
        if not any(same_value(one, value) for one in found):
            yield f"body: wanted {path} = {value!r}, got {', '.join(map(repr, found)) or 'none'}"
