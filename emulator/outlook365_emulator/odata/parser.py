"""Tokens to a tree: precedence climbing over a table of binding powers.

Operators and function names are taken in any case, as Graph does (`Any`, `NOT`); `true`, `false` and `null` are not:
Microsoft's ExpressionLexer takes `True` for a property. `not` and `-` bind tighter than comparisons (OData 4.01 URL
Conventions 5.1.1.17), so `not a eq b` is `(not a) eq b`.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import cast

from outlook365_emulator.odata import literals
from outlook365_emulator.odata.lexer import Token, tokenize
from outlook365_emulator.odata.problems import OdataSyntaxError
from outlook365_emulator.odata.tree import (
    Binary,
    Call,
    Constant,
    ConstantKind,
    ConstantValue,
    EnumMember,
    Items,
    Lambda,
    Logical,
    Node,
    Path,
    Unary,
)

MAX_DEPTH = 100
"""The deepest tree accepted, counted in nodes; Microsoft's limits are of the same size (MaxNodeCount 100)."""

BINDING = {
    "or": 1, "and": 2, "eq": 3, "ne": 3, "gt": 4, "ge": 4, "lt": 4, "le": 4, "add": 5, "sub": 5,
    "mul": 6, "div": 6, "divby": 6, "mod": 6, "has": 8, "in": 8,
}  # fmt: skip
"""Infix operators, loosest first (OData 4.01 URL Conventions 5.1.1.17)."""

PREFIX_BINDING = 7
"""Binding power of `not` and unary minus: above `mul`, below `in`."""

_READERS: dict[str, Callable[[str], ConstantValue]] = {
    "integer": literals.read_integer,
    "decimal": literals.read_decimal,
    "datetime": literals.read_datetime,
    "date": literals.read_date,
    "time": literals.read_time,
    "guid": str.lower,
    "string": lambda text: text[1:-1].replace("''", "'"),
}
_TYPED_READERS: dict[str, tuple[ConstantKind, Callable[[str], ConstantValue]]] = {
    "duration": ("duration", literals.read_duration),
    "binary": ("binary", literals.read_binary),
}
_WORDS = {"true": Constant("boolean", True), "false": Constant("boolean", False), "null": Constant("null", None)}


@lru_cache(maxsize=1024)
def parse_filter(text: str) -> Node:
    """Read an expression such as the value of `$filter` (decoded).

    Args:
        text: the text.

    Returns:
        Its tree.

    Raises:
        OdataSyntaxError: when the text is no expression, or nested deeper than MAX_DEPTH.
    """
    parser = Parser(text)
    node = parser.expression()
    parser.expect("end", "the end")
    return node


class Parser:
    """Reads expressions from one text.

    Args:
        text: the text.

    Raises:
        OdataSyntaxError: when it cannot be cut into tokens.
    """

    __slots__ = ("_depth", "_height", "_index", "_text", "_tokens")

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._index = 0
        self._depth = 0  # of the call stack
        self._height = 0  # of the node returned last; a long chain is high without being deep

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self._tokens[self._index]

    def take(self, kind: str) -> bool:
        """Skip the next token if it is of a kind, and say whether it was."""
        if self._tokens[self._index].kind != kind:
            return False
        self._index += 1
        return True

    def take_word(self, *words: str) -> str | None:
        """Skip the next token if it is one of the names (lower case; written in any case), and return which."""
        token = self._tokens[self._index]
        word = token.text.lower()
        if token.kind != "name" or word not in words:
            return None
        self._index += 1
        return word

    def expect(self, kind: str, wanted: str) -> Token:
        """Read a token of a kind, or raise OdataSyntaxError."""
        token = self._tokens[self._index]
        if token.kind != kind:
            raise self.problem(f"expected {wanted}, found {token.text!r}" if token.text else f"expected {wanted}")
        self._index += 1
        return token

    def problem(self, detail: str, token: Token | None = None) -> OdataSyntaxError:
        """Return the error at a token, by default the next one."""
        return OdataSyntaxError((token or self.token).position, detail, self._text)

    def expression(self, power: int = 1) -> Node:
        """Read an expression whose operators bind at least as tight as `power`."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.problem("expression nested too deeply")
        left = self._prefix()
        while True:
            token = self._tokens[self._index]
            if token.kind != "name":
                break
            operator = token.text.lower()
            binding = BINDING.get(operator, 0)
            if binding < power:
                break
            if binding <= 2:
                left = self._chain(operator, binding, left)
                continue
            height = self._height
            self._index += 1
            right = self._members() if operator == "in" else self.expression(binding + 1)
            left = Binary(operator, left, right)
            self._raise_to(height, token)
        self._depth -= 1
        return left

    def _chain(self, operator: str, binding: int, first: Node) -> Node:
        operands, height, token = [first], self._height, self.token
        while self.take_word(operator):
            operands.append(self.expression(binding + 1))
            height = max(height, self._height)
        self._raise_to(height, token)
        return Logical("and" if operator == "and" else "or", tuple(operands))

    def _raise_to(self, height: int, token: Token) -> None:
        self._height = max(height, self._height) + 1
        if self._height > MAX_DEPTH:
            raise self.problem("expression nested too deeply", token)

    def _prefix(self) -> Node:
        token = self._tokens[self._index]
        self._index += 1
        self._height = 1
        kind = token.kind
        if kind == "name":
            return self._named(token)
        if kind in _READERS:
            return self._constant(token, cast(ConstantKind, kind), _READERS[kind], token.text)
        if kind == "(":
            inner = self.expression()
            self.expect(")", "')'")
            return inner
        if kind == "-":
            return self._minus(token)
        if kind == "typed":
            return self._typed(token)
        self._index -= 1
        raise self.problem(f"expected an expression, found {token.text!r}" if token.text else "expected an expression")

    def _named(self, token: Token) -> Node:
        word = _WORDS.get(token.text)
        if word is not None:
            return word
        name = token.text.lower()
        if name == "not":
            operand = self.expression(PREFIX_BINDING)
            self._raise_to(0, token)
            return Unary("not", operand)
        if self.token.kind == "(":
            return self._call(name, token)
        return self._path(token)

    def _minus(self, token: Token) -> Node:
        number = self.token
        if number.kind in ("integer", "decimal") and number.position == token.position + 1:
            self._index += 1
            return self._constant(number, cast(ConstantKind, number.kind), _READERS[number.kind], "-" + number.text)
        operand = self.expression(PREFIX_BINDING)
        self._raise_to(0, token)
        return Unary("-", operand)

    def _constant(self, token: Token, kind: ConstantKind, read: Callable[[str], ConstantValue], text: str) -> Constant:
        try:
            return Constant(kind, read(text))
        except ValueError as error:
            raise OdataSyntaxError(token.position, f"{error}: {token.text}", self._text) from None

    def _typed(self, token: Token) -> Constant | EnumMember:
        name, _, quoted = token.text.partition("'")
        text = quoted[:-1].replace("''", "'")
        if reader := _TYPED_READERS.get(name.lower()):
            return self._constant(token, *reader, text)
        if "." not in name or name[0] in "@$":
            raise self.problem(f"unknown literal prefix {name!r}", token)
        return EnumMember(name, text)

    def _path(self, first: Token) -> Path | Lambda:
        segments = [first.text]
        while self.take("/"):
            token = self.expect("name", "a property")
            operator = token.text.lower()
            if operator in ("any", "all") and self.token.kind == "(":
                return self._lambda(Path(tuple(segments)), operator)
            segments.append(token.text)
        return Path(tuple(segments))

    def _lambda(self, path: Path, operator: str) -> Lambda:
        start = self.expect("(", "'('")
        if operator == "any" and self.take(")"):
            self._height = 2
            return Lambda(path, "any", None, None)
        variable = self.expect("name", "a variable").text
        self.expect(":", "':'")
        body = self.expression()
        self.expect(")", "')'")
        self._raise_to(1, start)
        return Lambda(path, "any" if operator == "any" else "all", variable, body)

    def _call(self, name: str, token: Token) -> Call:
        self._index += 1
        arguments: list[Node] = []
        height = 0
        if not self.take(")"):
            while True:
                arguments.append(self.expression())
                height = max(height, self._height)
                if not self.take(","):
                    break
            self.expect(")", "',' or ')'")
        self._raise_to(height, token)
        return Call(name, tuple(arguments))

    def _members(self) -> Node:
        if not self.take("("):
            self._height = 1
            token = self.expect("name", "'(' or a collection")
            node = self._path(token)
            if isinstance(node, Path):
                return node
            raise self.problem("expected a collection", token)
        values: list[Constant | EnumMember] = []
        while True:
            token = self.token
            value = self._prefix()
            if not isinstance(value, Constant | EnumMember):
                raise self.problem("expected a literal", token)
            values.append(value)
            if not self.take(","):
                break
        self.expect(")", "',' or ')'")
        self._height = 2
        return Items(tuple(values))
