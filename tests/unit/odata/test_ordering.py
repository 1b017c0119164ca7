"""`$orderby` sorts stably, nulls first."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.odata.ordering import OrderTerm, compile_order, parse_orderby, sort
from outlook365_emulator.odata.problems import NotSortable, OdataError, UnknownProperty, UnknownType
from outlook365_emulator.odata.records import RecordType
from outlook365_emulator.odata.tree import Path


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("subject", [OrderTerm(Path(("subject",)))]),
        ("subject DESC", [OrderTerm(Path(("subject",)), True)]),
        ("from/emailAddress/name asc, size Desc", [
            OrderTerm(Path(("from", "emailAddress", "name"))), OrderTerm(Path(("size",)), True)]),
        ("desc desc", [OrderTerm(Path(("desc",)), True)]),
    ],
)  # fmt: skip
def test_terms(text: str, terms: list[OrderTerm]) -> None:
    assert list(parse_orderby(text)) == terms


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("receivedDateTime desc", "lkjihgfedcba"),
        ("receivedDateTime", "abcdefghijkl"),
        ("size", "gefdjkacbhil"),
        ("size desc", "lihbcajkdfeg"),
        ("subject", "efkabjldcghi"),
        ("SUBJECT desc", "ihgcdljbakfe"),
        ("from/emailAddress/name,size desc", "ecfbaijkghld"),
        ("isRead", "eadgijbcfhkl"),
        ("isRead desc,receivedDateTime desc", "lkhfcbjigdae"),
        ("importance,id desc", "gaclkjihfedb"),
        ("flag/flagStatus", "dciabefghjkl"),
        ("dueDate desc", "iacbdefghjkl"),
        ("toRecipients/$count", None),
        ("start/dateTime", "abcdefghiljk"),
    ],
)
def test_records_are_sorted(
    text: str, ids: str | None, message_type: RecordType, messages: list[dict[str, Any]]
) -> None:
    if ids is None:
        ids = "".join(one["id"] for one in sorted(messages, key=lambda one: len(one["toRecipients"])))
    order = compile_order(parse_orderby(text), message_type)
    assert "".join(one["id"] for one in sort(messages, order)) == ids


@pytest.mark.parametrize(
    ("text", "kind", "facts"),
    [
        ("nothing", UnknownProperty, {"name": "nothing", "type_name": "microsoft.graph.message"}),
        ("from", NotSortable, {"kind": "complex", "node": "from"}),
        ("flag", NotSortable, {"kind": "complex"}),
        ("categories", NotSortable, {"kind": "collection"}),
        ("parentFolderId", NotSortable, {"kind": "string"}),
        ("start.dateTime", UnknownType, {"name": "start.dateTime"}),
        ("length(subject)", NotSortable, {"kind": "expression"}),
        ("1", NotSortable, {}),
    ],
)
def test_what_has_no_order_is_refused(
    text: str, kind: type[OdataError], facts: dict[str, Any], message_type: RecordType
) -> None:
    with pytest.raises(kind) as caught:
        compile_order(parse_orderby(text), message_type)
    assert {name: getattr(caught.value, name) for name in facts} == facts


@given(st.lists(st.tuples(st.none() | st.integers(0, 3), st.none() | st.sampled_from("aAbB")), max_size=12))
def test_sorting_is_stable_and_puts_nulls_first(message_type: RecordType, rows: list[Any]) -> None:
    records = [{"subject": text, "size": 0, "isRead": number} for number, text in rows]
    order = compile_order(parse_orderby("subject desc"), message_type)
    found = sort(records, order)
    rank = {None: 0, "a": 1, "b": 2}
    assert [id(one) for one in found] == [
        id(one) for one in sorted(records, key=lambda one: -rank[one["subject"] and one["subject"].lower()])
    ]
