"""Filters become trees; whatever is no filter is a syntax error and nothing else."""

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.parser import MAX_DEPTH, parse_filter
from outlook365_emulator.odata.problems import OdataSyntaxError
from outlook365_emulator.odata.records import RecordType
from outlook365_emulator.odata.tree import Binary, Call, Constant, EnumMember, Items, Lambda, Logical, Path, Unary


def path(*segments: str) -> Path:
    return Path(segments)


A, B, C = path("a"), path("b"), path("c")
ONE = Constant("integer", 1)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a or b and c", Logical("or", (A, Logical("and", (B, C))))),
        ("a and b and c", Logical("and", (A, B, C))),
        ("(a and b) and c", Logical("and", (Logical("and", (A, B)), C))),
        ("a and b or b and c or a", Logical("or", (Logical("and", (A, B)), Logical("and", (B, C)), A))),
        ("not a and b", Logical("and", (Unary("not", A), B))),
        ("not a eq b", Binary("eq", Unary("not", A), B)),
        ("not (a eq b)", Unary("not", Binary("eq", A, B))),
        ("a eq b gt c", Binary("eq", A, Binary("gt", B, C))),
        ("a add b mul c sub 1", Binary("sub", Binary("add", A, Binary("mul", B, C)), ONE)),
        ("-a mul b", Binary("mul", Unary("-", A), B)),
        ("-1", Constant("integer", -1)),
        ("- 1", Unary("-", ONE)),
        ("not a in (1)", Unary("not", Binary("in", A, Items((ONE,))))),
        ("a in b/c", Binary("in", A, path("b", "c"))),
        ("a has ns.color'Red,Blue'", Binary("has", A, EnumMember("ns.color", "Red,Blue"))),
        ("a/b/Any(x:x/c EQ 1)", Lambda(path("a", "b"), "any", "x", Binary("eq", path("x", "c"), ONE))),
        ("a/any()", Lambda(A, "any", None, None)),
        ("a/all( x : x )", Lambda(A, "all", "x", path("x"))),
        ("Contains(a,b)", Call("contains", (A, B))),
        ("now()", Call("now", ())),
        ("cast(a, Edm.Int32)", Call("cast", (A, path("Edm.Int32")))),
        ("eq eq in", Binary("eq", path("eq"), path("in"))),
        ("(a/b)", path("a", "b")),
        ("a/$count", path("a", "$count")),
    ],
)
def test_operators(text: str, tree: Any) -> None:
    assert parse_filter(text) == tree


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("'it''s'", "string", "it's"),
        ("''", "string", ""),
        ("true", "boolean", True),
        ("null", "null", None),
        ("9223372036854775808", "integer", 2**63),
        ("-1.50", "decimal", Decimal("-1.5")),
        ("1e3", "decimal", Decimal(1000)),
        ("ABCDEF12-D9CB-469F-A165-70867728950E", "guid", "abcdef12-d9cb-469f-a165-70867728950e"),
        ("2024-02-29", "date", date(2024, 2, 29)),
        ("2026-01-01T01:30+02:00", "datetime", datetime(2025, 12, 31, 23, 30, tzinfo=UTC)),
        ("2026-01-01T00:00:00.1234567Z", "datetime", datetime(2026, 1, 1, 0, 0, 0, 123456, UTC)),
        ("2026-01-01T00:00:00.5Z", "datetime", datetime(2026, 1, 1, 0, 0, 0, 500000, UTC)),
        ("duration'-P1DT2H3M4.5S'", "duration", -timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("binary'AQ=='", "binary", b"\x01"),
    ],
)
def test_literals(text: str, kind: Any, value: Any) -> None:
    assert parse_filter(text) == Constant(kind, value)


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "0000-01-01", "2026-01-01T25:00Z", "25:00", "1e999",
     "duration'P9999999999D'", "duration'P999999999DT999999999H'", "duration'PT'", "9" * 5000, "1." + "9" * 5000,
     "1e" + "9" * 5000],
)  # fmt: skip
def test_literals_out_of_range_are_syntax_errors(text: str) -> None:
    with pytest.raises(OdataSyntaxError):
        parse_filter(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "(" * 200 + "a" + ")" * 200,
        "not " * 5000 + "a",
        "-" * 5000 + "a",
        "f(" * 5000,
        "a/any(x:" * 5000,
        "a" + " add 1" * 5000,
        "a" + " eq 1" * 5000,
        "a eq (" * 5000,
    ],
    ids=lambda text: text[:12],
)
def test_deep_texts_are_refused(text: str) -> None:
    with pytest.raises(OdataSyntaxError) as caught:
        parse_filter(text)
    assert caught.value.detail == "expression nested too deeply"


def test_the_deepest_tree_compiles_and_runs(message_type: RecordType, messages: list[dict[str, Any]]) -> None:
    depth = MAX_DEPTH - 2
    nested = "not " * depth + "isRead"
    assert compile_filter(parse_filter(nested), message_type)(messages[1]) is (depth % 2 == 0)
    boolean = "(" * 60 + "isRead" + " eq true)" * 60
    assert compile_filter(parse_filter(boolean), message_type)(messages[1]) is True


def test_values_of_boolean_operators_compile_in_linear_time(message_type: RecordType) -> None:
    text = "isRead"
    for _ in range(30):
        text = f"(not ({text} and isDraft) eq true)"
    start = time.perf_counter()
    compile_filter(parse_filter(text), message_type)
    assert time.perf_counter() - start < 2


def test_long_chains_are_flat(message_type: RecordType, messages: list[dict[str, Any]]) -> None:
    text = " or ".join(f"id eq 'x{number}'" for number in range(3000)) + " or id eq 'a'"
    matches = compile_filter(parse_filter(text), message_type)
    assert [message["id"] for message in messages if matches(message)] == ["a"]
