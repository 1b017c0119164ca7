"""A printed tree reads back as the same tree."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.odata.parser import BINDING, parse_filter
from outlook365_emulator.odata.printing import print_tree
from outlook365_emulator.odata.tree import (
    Binary,
    Call,
    Constant,
    EnumMember,
    Items,
    Lambda,
    Logical,
    Node,
    Path,
    Unary,
    filter_properties,
)

IDENTIFIERS = st.from_regex(r"[a-zA-Z_äЖ][a-zA-Z0-9_é]{0,6}", fullmatch=True)
HEADS = IDENTIFIERS.filter(lambda name: name.lower() not in {"not", "true", "false", "null"})
PATHS = st.builds(
    lambda head, rest: Path((head, *rest)),
    HEADS | st.sampled_from(["$it", "@odata.type", "microsoft.graph.event", "eq", "in", "and"]),
    st.lists(IDENTIFIERS | st.sampled_from(["$count", "not", "any", "a.b"]), max_size=3),
)
INSTANTS = st.datetimes(timezones=st.just(UTC))
CONSTANTS = st.one_of(
    st.just(Constant("null", None)),
    st.booleans().map(lambda value: Constant("boolean", value)),
    st.text(max_size=8).map(lambda value: Constant("string", value)),
    st.integers(-(10**37), 10**37).map(lambda value: Constant("integer", value)),
    st.decimals(-(10**20), 10**20, places=6).map(lambda value: Constant("decimal", value)),
    st.uuids().map(lambda value: Constant("guid", str(value))),
    st.dates().map(lambda value: Constant("date", value)),
    INSTANTS.map(lambda value: Constant("datetime", value)),
    st.times().map(lambda value: Constant("time", value)),
    st.timedeltas().map(lambda value: Constant("duration", value)),
    st.binary(max_size=8).map(lambda value: Constant("binary", value)),
)
ENUMS = st.builds(EnumMember, st.sampled_from(["microsoft.graph.importance", "A.b"]), st.text(max_size=5))


def _grow(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    infix = [operator for operator in BINDING if operator not in ("and", "or", "in")]
    return st.one_of(
        st.builds(Unary, st.sampled_from(["not", "-"]), nodes),
        st.builds(Binary, st.sampled_from(infix), nodes, nodes),
        st.builds(Logical, st.sampled_from(["and", "or"]), st.lists(nodes, min_size=2, max_size=4).map(tuple)),
        st.builds(lambda left, values: Binary("in", left, Items(tuple(values))), nodes,
                  st.lists(CONSTANTS | ENUMS, min_size=1, max_size=3)),
        st.builds(lambda left, right: Binary("in", left, right), nodes, PATHS),
        st.builds(Lambda, PATHS, st.sampled_from(["any", "all"]), HEADS, nodes),
        st.builds(lambda path: Lambda(path, "any", None, None), PATHS),
        st.builds(Call, st.sampled_from(["contains", "now", "cast", "f"]), st.lists(nodes, max_size=3).map(tuple)),
    )  # fmt: skip


TREES = st.recursive(CONSTANTS | ENUMS | PATHS, _grow, max_leaves=15)


@given(TREES)
def test_a_printed_tree_reads_back(tree: Node) -> None:
    assert parse_filter(print_tree(tree)) == tree


@given(TREES)
def test_the_properties_of_a_tree_are_listed_once(tree: Node) -> None:
    found = [name.lower() for name in filter_properties(tree)]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "text",
    [
        "isRead eq false and (importance eq 'high' or hasAttachments)",
        "not contains(subject,'it''s')",
        "not (a eq b)",
        "from/emailAddress/address in ('a','b')",
        "categories/any(c:c eq 'x' and not categories/any())",
        "-(5) add -a eq -5",
        "a sub (b sub c) sub d",
        "receivedDateTime ge 2026-01-01T00:00:00Z",
        "rights has microsoft.graph.rights'read'",
    ],
)
def test_parentheses_stand_only_where_they_are_needed(text: str) -> None:
    assert print_tree(parse_filter(text)) == text


@pytest.mark.parametrize(
    ("text", "properties"),
    [
        ("receivedDateTime ge 2026-01-01 and from/emailAddress/address eq 'x'",
         ["receivedDateTime", "from/emailAddress/address"]),
        ("contains(subject,'a') or SUBJECT eq 'b' or isRead", ["subject", "isRead"]),
        ("categories/any(c:c eq subject and c ne 'x') and $it/size gt 1", ["categories", "subject", "size"]),
        ("a/any(x:x/b/any(y:y/c eq x/d and z))", ["a", "z"]),
        ("cast(size,Edm.String) eq '1' and isof(microsoft.graph.event)", ["size"]),
        ("1 eq 1", []),
    ],
)  # fmt: skip
def test_properties_come_in_order_of_first_appearance(text: str, properties: list[str]) -> None:
    assert filter_properties(parse_filter(text)) == properties
