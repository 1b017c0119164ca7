"""The Keyword Query Language as Exchange takes it: text to tree.

Words and phrases, `property:value`, comparisons and ranges, `AND`, `OR`, `NOT` in capitals, prefixes (`word*`) and
parentheses (Graph, "Use the $search query parameter"; reference `graph-core.md` section 6.3). Words side by side are
joined by AND. A name that is no property is text.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from outlook365_emulator.graph.search.problems import SearchSyntaxError
from outlook365_emulator.graph.search.tree import Is, Many, Node, Not, Term
from outlook365_emulator.graph.search.values import between_dates, between_sizes

DEEPEST = 40
"""How deep parentheses may stand in each other."""

WORD = re.compile(r"\w+")
TEXTS = frozenset({"attachment", "bcc", "body", "cc", "from", "participants", "recipients", "subject", "to"})
FLAGS = frozenset({"hasattachments", "importance", "kind"})

_TOKEN = re.compile(r'"(?P<phrase>[^"]*)"|(?P<sign>[()])|(?P<operator><>|<=|>=|[:=<>])|(?P<word>[^\s()":=<>]+)')
_VALUE = re.compile(r'\s*(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s()"]+))')

Reader = Callable[[str, str, str, datetime], Node | None]

_RANGES: Mapping[str, Reader] = MappingProxyType(
    {"received": between_dates, "sent": between_dates, "size": between_sizes}
)


class Token(NamedTuple):
    """One token: its kind (`phrase word operator ( )` or `end`), text and place."""

    kind: str
    text: str
    start: int
    end: int


def parse_kql(text: str, now: datetime) -> Node:
    """Read a search.

    Args:
        text: the search, its outer quotes taken off.
        now: the instant of the request, for `received:today`.

    Raises:
        SearchSyntaxError: the text is no search.
    """
    return _Parser(text, now).whole()


class _Parser:
    def __init__(self, text: str, now: datetime) -> None:
        self._text = text
        self._now = now
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        found = self._either()
        if self._peek().kind != "end":
            raise self._wrong()
        return found

    def _peek(self, at: int | None = None) -> Token:
        start = self._at if at is None else at
        while start < len(self._text) and self._text[start].isspace():
            start += 1
        if start >= len(self._text):
            return Token("end", "", start, start)
        match = _TOKEN.match(self._text, start)
        if match is None:
            raise SearchSyntaxError(start, self._text)
        kind = str(match.lastgroup)
        token = match[kind]
        return Token(token if kind == "sign" else kind, token, start, match.end())

    def _wrong(self) -> SearchSyntaxError:
        return SearchSyntaxError(self._peek().start, self._text)

    def _joins(self, word: str) -> bool:
        token = self._peek()
        if (token.kind, token.text) != ("word", word):
            return False
        self._at = token.end
        return True

    def _either(self) -> Node:
        parts = [self._every()]
        while self._joins("OR"):
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Many("or", tuple(parts))

    def _every(self) -> Node:
        parts = [self._one()]
        while True:
            if self._joins("AND"):
                parts.append(self._one())
                continue
            token = self._peek()
            if token.kind in ("end", ")") or (token.kind, token.text) == ("word", "OR"):
                break
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Many("and", tuple(parts))

    def _one(self) -> Node:
        negations = 0
        while self._joins("NOT"):
            negations += 1
        found = self._primary()
        return Not(found) if negations % 2 else found

    def _primary(self) -> Node:
        token = self._peek()
        if token.kind == "(":
            return self._inside(token)
        if token.kind not in ("word", "phrase") or token.text in ("AND", "OR"):
            raise SearchSyntaxError(token.start, self._text)
        self._at = token.end
        if token.kind == "phrase":
            return self._phrase(token.text)
        word = token.text
        if len(word) > 1 and word[0] in "+-":
            return Not(self._word(word[1:])) if word[0] == "-" else self._word(word[1:])
        return self._word(word)

    def _inside(self, opening: Token) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise SearchSyntaxError(opening.start, self._text)
        self._at = opening.end
        found = self._either()
        if self._peek().kind != ")":
            raise self._wrong()
        self._at = self._peek().end
        self._depth -= 1
        return found

    def _phrase(self, text: str) -> Node:
        name, colon, rest = text.partition(":")
        if colon and (restricted := self._restricted(name.lower(), ":", rest.strip())) is not None:
            return restricted
        return term("", text)

    def _word(self, word: str) -> Node:
        following = _TOKEN.match(self._text, self._at)
        operator = following["operator"] if following is not None else None
        if following is None or operator is None:
            return term("", word)
        name = word.lower()
        group = re.compile(r"\s*\(").match(self._text, following.end())
        if group is not None and name in TEXTS:
            self._at = following.end()
            return self._in_property(self._inside(self._peek()), name)
        value = _VALUE.match(self._text, following.end())
        if value is None:
            raise SearchSyntaxError(self._peek(following.end()).start, self._text)
        self._at = value.end()
        text = value["phrase"] if value["phrase"] is not None else value["word"]
        found = self._restricted(name, operator, text)
        if found is None:
            return term("", f"{word} {text}")
        return found

    def _in_property(self, node: Node, name: str) -> Node:
        """Give the words of a group, `from:(ada OR bob)`, their property."""
        match node:
            case Term(property="", words=words, prefix=prefix):
                return Term(name, words, prefix)
            case Not(operand=operand):
                return Not(self._in_property(operand, name))
            case Many(operator=operator, operands=operands):
                return Many(operator, tuple(self._in_property(one, name) for one in operands))
            case _:
                return node

    def _restricted(self, name: str, operator: str, value: str) -> Node | None:
        """Return the restriction of a property, or None where name and value make none."""
        if name in TEXTS:
            found: Node = term(name, value)
            return Not(found) if operator == "<>" else found
        if name in FLAGS:
            found = Is(name, value.strip().lower())
            return Not(found) if operator == "<>" else found
        read = _RANGES.get(name)
        return read(name, operator, value.strip(), self._now) if read is not None else None


def term(name: str, text: str) -> Term:
    """Return the words of a text as a term; a star at its end leaves the last word open."""
    words = tuple(WORD.findall(text.lower()))
    return Term(name, words, text.rstrip().endswith("*"))
