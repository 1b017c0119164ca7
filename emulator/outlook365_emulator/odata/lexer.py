"""Text to tokens, by one regular expression."""

import re
from typing import NamedTuple

from outlook365_emulator.odata.problems import OdataSyntaxError

_NAME = r"[@$]?[^\W\d]\w*(?:\.[^\W\d]\w*)*+"
_STRING = r"'(?:[^']++|'')*+'"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,12})?)?"
_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_END = r"(?![\w.:-])"

_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t\r\n]+)
    | (?P<string>{_STRING})
    | (?P<guid>{_GUID}{_END})
    | (?P<datetime>{_DATE}[Tt]{_TIME}(?:[Zz]|[+-][0-9]{{2}}:[0-9]{{2}}){_END})
    | (?P<date>{_DATE}{_END})
    | (?P<time>{_TIME}{_END})
    | (?P<decimal>[0-9]+(?:\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+){_END})
    | (?P<integer>[0-9]+{_END})
    | {_NAME}(?:(?P<typed>{_STRING})|(?P<name>))
    | (?P<sign>[(),:/-])
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"[^\s(),']*")


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: `string guid datetime date time decimal integer name typed end`, or the character of a sign itself.
            `typed` is a name with a string right behind it: `duration'P1D'`, `microsoft.graph.importance'high'`.
        text: the text as written, quotes included.
        position: index of its first character.
    """

    kind: str
    text: str
    position: int


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens; the last one has the kind `end`.

    Literals follow the OData 4.01 ABNF (`dateTimeOffsetValueInUrl` needs `Z` or an offset; seconds may lack).

    Raises:
        OdataSyntaxError: for a character or literal that begins no token.
    """
    tokens: list[Token] = []
    append = tokens.append
    position, length = 0, len(text)
    match = _TOKEN.match
    while position < length:
        found = match(text, position)
        if found is None:
            raise OdataSyntaxError(position, _complaint(text, position), text)
        kind = found.lastgroup or ""
        end = found.end()
        if kind != "space":
            piece = text[position:end]
            append(Token(piece if kind == "sign" else kind, piece, position))
        position = end
    append(Token("end", "", length))
    return tokens


def _complaint(text: str, position: int) -> str:
    if text[position] == "'":
        return "unterminated string"
    word = _WORD.match(text, position)
    literal = word.group() if word else ""
    return f"unreadable literal {literal!r}" if len(literal) > 1 else f"unexpected character {text[position]!r}"
