"""The Keyword Query Language: what is read, what is refused, and that nothing else happens."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.graph.search.kql import parse_kql
from outlook365_emulator.graph.search.matching import compile_search
from outlook365_emulator.graph.search.problems import SearchSyntaxError
from outlook365_emulator.graph.search.tree import Between, Is, Many, Not, Term

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def parse(text: str) -> Any:
    return parse_kql(text, NOW)


A, B, C = (Term("", (name,)) for name in "abc")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("A", A),
        ("a b", Many("and", (A, B))),
        ("a AND b", Many("and", (A, B))),
        ("a OR b", Many("or", (A, B))),
        ("a b OR c", Many("or", (Many("and", (A, B)), C))),
        ("a (b OR c)", Many("and", (A, Many("or", (B, C))))),
        ("NOT a", Not(A)),
        ("NOT NOT a", A),
        ("a NOT b", Many("and", (A, Not(B)))),
        ("-a", Not(A)),
        ("+a", A),
        ("a and b", Many("and", (A, Term("", ("and",)), B))),
        ('"a b"', Term("", ("a", "b"))),
        ("a*", Term("", ("a",), True)),
        ("o'brien", Term("", ("o", "brien"))),
        ("subject:a", Term("subject", ("a",))),
        ("Subject: a", Term("subject", ("a",))),
        ("subject=a", Term("subject", ("a",))),
        ("subject<>a", Not(Term("subject", ("a",)))),
        ('subject:"a b"', Term("subject", ("a", "b"))),
        ('"subject:a b"', Term("subject", ("a", "b"))),
        ("from:(a OR b)", Many("or", (Term("from", ("a",)), Term("from", ("b",))))),
        ("from:(NOT a)", Not(Term("from", ("a",)))),
        ("from:a@b.example", Term("from", ("a", "b", "example"))),
        ("nothing:a", Term("", ("nothing", "a"))),
        ("hasAttachments:TRUE", Is("hasattachments", "true")),
        ("importance:high", Is("importance", "high")),
        ("kind<>email", Not(Is("kind", "email"))),
        ("size>100", Between("size", 101, None)),
        ("size<=1kb", Between("size", None, 1025)),
        ("size:1..5", Between("size", 1, 6)),
        ("size<>3", Between("size", 3, 4, True)),
        ("received>=2026-01-02", Between("received", day("2026-01-02"), None)),
        ("received>2026-01-02", Between("received", day("2026-01-03"), None)),
        ("received<2026-01-02", Between("received", None, day("2026-01-02"))),
        ("received<=2026-01-02", Between("received", None, day("2026-01-03"))),
        ("received:1/2/2026", Between("received", day("2026-01-02"), day("2026-01-03"))),
        ("sent:2026-01-02..2026-01-04", Between("sent", day("2026-01-02"), day("2026-01-05"))),
        ("sent:..2026-01-04", Between("sent", None, day("2026-01-05"))),
        ("received=2026-01-02T03:04:05Z", Between("received", day("2026-01-02T03:04:05"), day("2026-01-02T03:04:06"))),
        ("received:today", Between("received", day("2026-03-02"), day("2026-03-03"))),
        ("received:yesterday", Between("received", day("2026-03-01"), day("2026-03-02"))),
        ('received:"this week"', Between("received", day("2026-03-01"), day("2026-03-08"))),
        ('received:"last month"', Between("received", day("2026-02-01"), day("2026-03-01"))),
        ('received:"last year"', Between("received", day("2025-01-01"), day("2026-01-01"))),
        ("received:2026-02-30", Term("", ("received", "2026", "02", "30"))),
        ("size:many", Term("", ("size", "many"))),
    ],
)
def test_what_is_read(text: str, tree: Any) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("  ", 2),
        ("(a", 2),
        ("a)", 1),
        ("()", 1),
        ("a AND", 5),
        ("a OR", 4),
        ("AND a", 0),
        ("OR", 0),
        ("NOT", 3),
        ("a AND OR b", 6),
        ("subject:", 8),
        ("subject:)", 8),
        (":a", 0),
        ('"a', 0),
        ("(" * 60 + "a" + ")" * 60, 40),
    ],
)
def test_what_is_refused(text: str, position: int) -> None:
    with pytest.raises(SearchSyntaxError) as caught:
        parse(text)
    assert caught.value.position == position


PIECES = st.sampled_from(
    [
        *'a b* "c AND OR NOT ( ) : = > < <> >= - + " ..'.split(" "),
        "subject:",
        "from:(",
        "size:1..2",
        "received>=2026-01-01",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(PIECES, max_size=12).map(" ".join),
    st.lists(PIECES, max_size=12).map("".join),
)


class Row:
    """A message that has every text and no date."""

    def __init__(self) -> None:
        self.message = self
        self.received = self.sent = NOW
        self.size, self.has_attachments, self.importance, self.is_meeting = 5, True, "high", False

    def text(self, _: str) -> str:
        return " a b c d "


@given(TEXTS)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tree = parse(text)
    except SearchSyntaxError as caught:
        problem = caught
    else:
        problem = None
    if problem is not None:
        assert 0 <= problem.position <= len(text)
        return
    assert compile_search(tree)(Row()) in (True, False)
