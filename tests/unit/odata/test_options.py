"""Query strings become options, custom parameters and problems; nothing raises."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.options import OPTIONS, ExpandItem, QueryOptions, parse_expand, parse_options
from outlook365_emulator.odata.parser import parse_filter
from outlook365_emulator.odata.problems import (
    DuplicateOption,
    InvalidOption,
    OdataError,
    OdataSyntaxError,
    OptionNotAllowed,
    UnknownFunction,
    UnknownOption,
)


def read(query: str, allowed: Any = OPTIONS) -> QueryOptions:
    return parse_options(query, allowed)


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("$top=10", "top", 10),
        ("%24top=10", "top", 10),
        ("top=10", "top", 10),
        ("$Top=0", "top", 0),
        ("$skip=2147483647", "skip", 2147483647),
        ("$count=true", "count", True),
        ("$count=false", "count", False),
        ("$skiptoken=abc%2Fd%3D", "skiptoken", "abc/d="),
        ("$deltatoken=latest", "deltatoken", "latest"),
        ("$search=%22from%3Aada+x%22", "search", '"from:ada x"'),
        ("$format=json", "format", "json"),
        ("$select=Subject,from/emailAddress,%20id", "select", (("Subject",), ("from", "emailAddress"), ("id",))),
        ("$select=*", "select", (("*",),)),
        ("$select=microsoft.graph.eventMessage/meetingMessageType", "select",
         (("microsoft.graph.eventMessage", "meetingMessageType"),)),
        ("$filter=isRead%20eq+false", "filter", parse_filter("isRead eq false")),
        ("filter=isRead eq false", "filter", parse_filter("isRead eq false")),
        ("$filter=a eq 'x%26y=z'", "filter", parse_filter("a eq 'x&y=z'")),
    ],
)  # fmt: skip
def test_an_option_is_read(query: str, name: str, value: Any) -> None:
    options = read(query)
    assert options.problems == ()
    assert getattr(options, name) == value
    assert list(options.raw) == [name]


@pytest.mark.parametrize(
    ("query", "kind", "facts"),
    [
        ("$foo=1", UnknownOption, {"name": "$foo"}),
        ("%24foo=1", UnknownOption, {"name": "$foo"}),
        ("$=1", UnknownOption, {"name": "$"}),
        ("$top=1&%24top=2", DuplicateOption, {"name": "$top"}),
        ("$top=1&top=2", DuplicateOption, {"name": "$top"}),
        ("$levels=1", OptionNotAllowed, {"name": "$levels"}),
        ("$top=-1", InvalidOption, {"name": "$top", "value": "-1"}),
        ("$top=ten", InvalidOption, {"name": "$top", "value": "ten"}),
        ("$top=1.5", InvalidOption, {"name": "$top"}),
        ("$top=", InvalidOption, {"name": "$top", "value": ""}),
        ("$top", InvalidOption, {"name": "$top"}),
        ("$top=2147483648", InvalidOption, {"name": "$top"}),
        ("$skip=%D9%A3", InvalidOption, {"name": "$skip", "value": "٣"}),
        ("$count=True", InvalidOption, {"name": "$count", "value": "True"}),
        ("$filter=isRead eq", OdataSyntaxError, {"position": 9, "text": "isRead eq"}),
        ("$select=", OdataSyntaxError, {"position": 0}),
        ("$select=a,", OdataSyntaxError, {"position": 2}),
        ("$select=a,,b", OdataSyntaxError, {"position": 2}),
        ("$select=a b", OdataSyntaxError, {"position": 2}),
        ("$select=a,'b'", OdataSyntaxError, {"position": 2}),
        ("$orderby=a up", OdataSyntaxError, {"position": 2}),
        ("$orderby=a,", OdataSyntaxError, {"position": 2}),
        ("$expand=a(", OdataSyntaxError, {}),
        ("$expand=a)", OdataSyntaxError, {"position": 1}),
        ("$expand=a($select)", OdataSyntaxError, {"position": 2}),
        ("$expand=a($top=x)", InvalidOption, {"name": "$top"}),
        ("$expand=a($format=json)", OptionNotAllowed, {"name": "$format"}),
        ("$expand=a($select=b)c", OdataSyntaxError, {}),
        ("$expand=a($filter=x eq 'b)", OdataSyntaxError, {}),
        (
            "$expand=" + "a($expand=" * 2000 + "b" + ")" * 2000,
            OdataSyntaxError,
            {"detail": "$expand nested too deeply"},
        ),
    ],
)
def test_a_wrong_option_is_a_problem_with_facts(query: str, kind: type[OdataError], facts: dict[str, Any]) -> None:
    (problem,) = read(query).problems
    assert type(problem) is kind
    assert {name: getattr(problem, name) for name in facts} == facts
    assert str(problem)


def test_what_an_operation_does_not_take_is_said_so() -> None:
    options = read("$top=1&$filter=a&skip=2", {"top"})
    assert options.top == 1
    assert [problem.name for problem in options.problems if isinstance(problem, OptionNotAllowed)] == ["$filter"]
    assert options.custom == {"skip": "2"}


def test_parameters_without_a_dollar_are_custom() -> None:
    options = read("startDateTime=2026-01-01T00%3A00&a=1&a=2&flag&$top=3")
    assert options.custom == {"startDateTime": "2026-01-01T00:00", "a": "1", "flag": ""}
    assert options.problems == ()


def test_problems_come_in_order_and_leave_the_rest_readable() -> None:
    options = read("$top=x&$skip=3&$bar=1")
    assert [type(problem) for problem in options.problems] == [InvalidOption, UnknownOption]
    assert (options.top, options.skip, options.raw["top"]) == (None, 3, "x")


@pytest.mark.parametrize(
    ("query", "encoded"), [("%24top=1", True), ("$top=1", False), ("$top=1&%24skip=2", True), ("", False)]
)
def test_the_encoding_of_the_dollar_is_kept(query: str, encoded: bool) -> None:
    options = read(query)
    assert options.encoded_dollar is encoded
    assert options.query == query


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("attachments", [ExpandItem(("attachments",))]),
        ("a, b", [ExpandItem(("a",)), ExpandItem(("b",))]),
        ("microsoft.graph.eventMessage/event", [ExpandItem(("microsoft.graph.eventMessage", "event"))]),
        ("*", [ExpandItem(("*",))]),
    ],
)
def test_expanded_paths(text: str, items: list[ExpandItem]) -> None:
    assert list(parse_expand(text)) == items


def test_expanded_properties_have_options_of_their_own() -> None:
    options = "$select=id,name;$top=2;$orderby=name desc;$levels=max;count=true"
    extensions, attachments = parse_expand(f"extensions($filter=id eq 'a;b,(c'),attachments({options})")
    assert extensions.options.filter == parse_filter("id eq 'a;b,(c'")
    assert attachments.options.select == (("id",), ("name",))
    assert (attachments.options.top, attachments.options.levels, attachments.options.count) == (2, -1, True)
    assert attachments.options.orderby[0].descending


def test_expand_stands_within_expand() -> None:
    (item,) = parse_expand("attachments($expand=microsoft.graph.itemAttachment/item($select=subject))")
    (inner,) = item.options.expand
    assert inner.path == ("microsoft.graph.itemAttachment", "item")
    assert inner.options.select == (("subject",),)


def test_functions_are_judged_when_a_filter_is_compiled(message_type: Any) -> None:
    options = read("$filter=frob(subject)")
    assert options.problems == ()
    assert options.filter is not None
    with pytest.raises(UnknownFunction):
        compile_filter(options.filter, message_type)


_PIECES = st.sampled_from(
    ["$", "%24", "top", "skip", "select", "filter", "expand", "orderby", "count", "search", "=", "&", "(", ")", ";",
     ",", "'", "/", "*", "a", "1", "-", " desc", " eq ", "+", "%", "%zz", "%00", "%FF", "ä"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=20).map("".join) | st.text(max_size=40))
def test_no_query_raises(query: str) -> None:
    assert all(isinstance(problem, OdataError) for problem in read(query).problems)
