"""`$search` over objects of the directory: `"displayName:wa"`, joined by AND and OR.

Concept page search-query-parameter, "Using $search on directory object collections": a display name is found by the
beginnings of its words in any order, other properties by the beginning of their value.
"""

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.directory_query import is_advanced
from outlook365_emulator.graph.search.problems import SearchSyntaxError, search_error
from outlook365_emulator.odata.records import RecordType

_TOKEN = re.compile(r'\s*(?:"(?P<clause>(?:[^"\\]|\\.)*)"|(?P<sign>[()])|(?P<join>AND|OR)\b)')
_WORD = re.compile(r"[^\W_]+")
_TOKENISED = frozenset({"displayname", "description"})

Predicate = Callable[[Any], bool]


def search_directory(call: Call, records: Iterable[Any], type_: RecordType) -> list[Any]:
    """Return the records that the call's `$search` finds, in their order.

    Raises:
        GraphError: `unsupported_query` without `ConsistencyLevel: eventual`, or an error of syntax.
    """
    if not is_advanced(call):
        detail = (
            "Request with $search query parameter only works through MSGraph with a special request header: "
            "'ConsistencyLevel: eventual'"
        )
        raise graph_error("unsupported_query", detail=detail, because="send ConsistencyLevel: eventual")
    try:
        matches = _Parser(call.options.search or "", type_).whole()
    except SearchSyntaxError as problem:
        raise search_error(problem) from None
    return list(filter(matches, records))


class _Parser:
    def __init__(self, text: str, type_: RecordType) -> None:
        self._text = text
        self._type = type_
        self._at = 0
        self._depth = 0

    def whole(self) -> Predicate:
        found = self._either()
        if self._next() is not None or self._text[self._at :].strip():
            raise self._wrong()
        return found

    def _next(self) -> re.Match[str] | None:
        return _TOKEN.match(self._text, self._at)

    def _wrong(self) -> SearchSyntaxError:
        rest = self._text[self._at :]
        return SearchSyntaxError(self._at + len(rest) - len(rest.lstrip()), self._text)

    def _take(self, kind: str, text: str) -> bool:
        token = self._next()
        if token is None or token[kind] != text:
            return False
        self._at = token.end()
        return True

    def _either(self) -> Predicate:
        parts = [self._every()]
        while self._take("join", "OR"):
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else lambda record: any(part(record) for part in parts)

    def _every(self) -> Predicate:
        parts = [self._one()]
        while self._take("join", "AND"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda record: all(part(record) for part in parts)

    def _one(self) -> Predicate:
        if self._take("sign", "("):
            self._depth += 1
            if self._depth > 40:
                raise self._wrong()
            found = self._either()
            if not self._take("sign", ")"):
                raise self._wrong()
            return found
        token = self._next()
        if token is None or token["clause"] is None:
            raise self._misplaced()
        found = self._clause(token["clause"])
        self._at = token.end()
        return found

    def _misplaced(self) -> SearchSyntaxError:
        """Say what a clause without quotes stumbles over: its colon."""
        plain = re.compile(r"\s*[\w.@-]*").match(self._text, self._at)
        end = plain.end() if plain is not None else self._at
        return SearchSyntaxError(end, self._text)

    def _clause(self, clause: str) -> Predicate:
        name, colon, value = re.sub(r"\\(.)", r"\1", clause).partition(":")
        found = self._type.properties.get(name.strip().lower())
        if not colon or found is None or found.get is None or found.kind != "string":
            raise self._wrong()
        get, wanted = found.get, value.strip().lower()
        if name.strip().lower() in _TOKENISED:
            needles = _words(value)

            def has_words(record: Any) -> bool:
                text = get(record) or ""
                words = [*_words(text), *_joined(text)]
                return all(any(word.startswith(needle) for word in words) for needle in needles)

            return has_words
        return lambda record: (get(record) or "").lower().startswith(wanted)


def _words(text: str) -> list[str]:
    """Return the words of a text: parted by blanks and symbols, before digits and after, before a capital."""
    parted = "".join(
        f" {here}" if (before.islower() and here.isupper()) or before.isdigit() != here.isdigit() else here
        for before, here in pairwise(f" {text}")
    )
    return _WORD.findall(parted.lower())


def _joined(text: str) -> list[str]:
    """Return what only symbols part, joined: `hello-world` is found by `helloworld` too."""
    runs = map(_WORD.findall, text.lower().split())
    return ["".join(parts) for parts in runs if len(parts) > 1]
