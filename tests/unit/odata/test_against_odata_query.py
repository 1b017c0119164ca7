"""Our trees agree with those of the package odata-query on the grammar that both accept.

It joins chains to the left, needs blanks around operators, knows no `has`, and writes a list of one as `(x,)`.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser
from outlook365_emulator.odata.parser import parse_filter
from outlook365_emulator.odata.printing import print_tree
from outlook365_emulator.odata.tree import Binary, Call, Constant, Items, Lambda, Logical, Node, Path, Unary

OPERATORS = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.In: "in",
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Mod: "mod", ast.And: "and", ast.Or: "or",
    ast.Not: "not", ast.USub: "-",
}  # fmt: skip
LITERALS = {ast.Integer, ast.Float, ast.String, ast.Boolean, ast.Null, ast.GUID, ast.Date, ast.DateTime, ast.Duration,
            ast.Time}  # fmt: skip


def theirs(text: str) -> Any:
    return ODataParser().parse(ODataLexer().tokenize(text))


def plain_of_theirs(node: Any) -> Any:
    """Their tree as nested tuples."""
    match node:
        case ast.Identifier(name=name, namespace=namespace):
            return ("path", ".".join([*namespace, name]))
        case ast.Attribute(owner=owner, attr=attr):
            return ("path", *plain_of_theirs(owner)[1:], attr)
        case ast.Compare(comparator=sign, left=left, right=right) | ast.BinOp(op=sign, left=left, right=right):
            return (OPERATORS[type(sign)], plain_of_theirs(left), plain_of_theirs(right))
        case ast.BoolOp(op=sign, left=left, right=right):
            return (OPERATORS[type(sign)], plain_of_theirs(left), plain_of_theirs(right))
        case ast.UnaryOp(op=sign, operand=operand):
            return (OPERATORS[type(sign)], plain_of_theirs(operand))
        case ast.List(val=values):
            return ("list", *map(plain_of_theirs, values))
        case ast.Call(func=func, args=arguments):
            return ("call", func.name.lower(), *map(plain_of_theirs, arguments))
        case ast.CollectionLambda(owner=owner, operator=quantifier, lambda_=inner):
            name = type(quantifier).__name__.lower()
            body = () if inner is None else (inner.identifier.name, plain_of_theirs(inner.expression))
            return (name, plain_of_theirs(owner), *body)
    assert type(node) in LITERALS, node
    return ("literal", type(node).__name__.lower(), _value(node))


def _value(node: Any) -> Any:
    tree = parse_filter(print_literal(node))
    assert isinstance(tree, Constant)
    return tree.value


def print_literal(node: Any) -> str:
    text = str(getattr(node, "val", "null"))
    if isinstance(node, ast.String):
        return "'" + text.replace("'", "''") + "'"
    return (
        f"duration'{text}'"
        if isinstance(node, ast.Duration)
        else text.lower()
        if isinstance(node, ast.Boolean)
        else text
    )


NAMES = {"decimal": "float"}


def plain_of_ours(node: Node) -> Any:
    """Our tree as nested tuples, chains joined to the left."""
    match node:
        case Path(segments=segments):
            return ("path", *segments)
        case Constant(kind=kind, value=value):
            return ("literal", NAMES.get(kind, kind), value)
        case Logical(operator=sign, operands=operands):
            first, *rest = map(plain_of_ours, operands)
            for one in rest:
                first = (sign, first, one)
            return first
        case Unary(operator=sign, operand=operand):
            return (sign, plain_of_ours(operand))
        case Binary(operator=sign, left=left, right=right):
            return (sign, plain_of_ours(left), plain_of_ours(right))
        case Items(values=values):
            return ("list", *map(plain_of_ours, values))
        case Call(name=name, arguments=arguments):
            return ("call", name, *map(plain_of_ours, arguments))
        case Lambda(path=path, operator=name, variable=variable, body=body):
            return (name, plain_of_ours(path), *(() if body is None else (variable, plain_of_ours(body))))
    raise AssertionError(node)


@pytest.mark.parametrize(
    "text",
    [
        "from/emailAddress/address eq 'o''brien@example.org'",
        "receivedDateTime ge 2026-01-01T00:00:00Z and isRead eq false",
        "receivedDateTime ge 2026-01-01T00:00:00.1234567+02:00",
        "a or b and not c or d",
        "not a eq b",
        "a add b mul c sub d div e mod f eq 1.5",
        "categories/any(c:c eq 'x' or contains(c,'y'))",
        "a/b/all(x: x/y ne null)",
        "categories/any()",
        "startswith(tolower(subject),'re:') eq true",
        "size in (1, 2, 3)",
        "a eq duration'P1DT2H'",
        "id eq 0f8fad5b-d9cb-469f-a165-70867728950e",
        "a eq b gt c",
        "substring(subject, 1, 2) eq 'x'",
    ],
)
def test_known_filters(text: str) -> None:
    assert plain_of_ours(parse_filter(text)) == plain_of_theirs(theirs(text))


WORD = st.sampled_from(["a", "b", "subject", "from/emailAddress/address", "c"])
LITERAL = st.sampled_from(["1", "2.5", "'x'", "'it''s'", "true", "null", "2026-01-01", "2026-01-01T10:00:00Z"])
INFIX = st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge", "and", "or", "add", "sub", "mul", "div", "mod"])
TEXTS = st.recursive(
    WORD | LITERAL,
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, INFIX, inner),
        st.builds("({})".format, inner),
        st.builds("not {}".format, inner),
        st.builds("contains({},{})".format, inner, inner),
        st.builds("a/any(x:{})".format, inner),
        st.builds("{} in ({}, {})".format, WORD, LITERAL, LITERAL),
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(TEXTS)
def test_what_both_accept_is_read_alike(text: str) -> None:
    try:
        other = theirs(text)
    except ODataException:
        return
    assert plain_of_ours(parse_filter(text)) == plain_of_theirs(other), print_tree(parse_filter(text))
