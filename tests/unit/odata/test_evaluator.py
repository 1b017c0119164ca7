"""Compiled filters agree with a plain recursive interpreter of the same trees."""

import operator
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.parser import parse_filter
from outlook365_emulator.odata.printing import print_tree
from outlook365_emulator.odata.problems import NotFilterable, UnsupportedNode
from outlook365_emulator.odata.records import Property, RecordType
from outlook365_emulator.odata.tree import Binary, Call, Constant, Items, Lambda, Logical, Node, Path, Unary

Bound = Mapping[str, tuple[Property, Any]]

COMPARISONS = {"eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt,
               "ge": operator.ge}  # fmt: skip
TEXTS = {"contains": operator.contains, "startswith": str.startswith, "endswith": str.endswith, "indexof": str.find}
CALLS = {"length": len, "tolower": str.lower, "toupper": str.upper, "trim": str.strip,
         "concat": operator.add, "year": lambda at: at.year, "day": lambda at: at.day, "date": datetime.date,
         "substring": lambda text, *at: text[at[0] :][: at[1] if len(at) > 1 else None]}  # fmt: skip


def interpret(node: Node, record: Any, type_: RecordType, bound: Bound | None = None) -> Any:
    """Evaluate a tree on one record by the letter: True, False or None for a boolean, else the value."""
    bound = bound or {}
    match node:
        case Constant(value=value):
            return value
        case Path():
            return _walk(node, record, type_, bound)[0]
        case Unary(operator=sign, operand=operand):
            value = interpret(operand, record, type_, bound)
            return None if value is None else -value if sign == "-" else not value
        case Logical(operator=joint, operands=operands):
            values = [interpret(one, record, type_, bound) for one in operands]
            decisive = joint == "or"
            return decisive if decisive in values else None if None in values else not decisive
        case Lambda(path=path, operator=quantifier, variable=variable, body=body):
            items, found = _walk(path, record, type_, bound)
            if body is None:
                return bool(items)
            answers = [
                interpret(body, record, type_, {**bound, variable: (found.element, item)}) is True
                for item in items or ()
            ]
            return any(answers) if quantifier == "any" else all(answers)
        case Binary(operator="in", left=left, right=Items(values=values)):
            return any(_compare("eq", left, value, record, type_, bound) for value in values)
        case Binary(operator=name, left=left, right=right) if name in COMPARISONS:
            return _compare(name, left, right, record, type_, bound)
        case Binary(operator=name, left=left, right=right):
            return _calculate(name, *(interpret(side, record, type_, bound) for side in (left, right)))
        case Call(name=name, arguments=arguments):
            values = [interpret(one, record, type_, bound) for one in arguments]
            if None in values:
                return None
            if name in TEXTS:
                fold = not any(_sensitive(one, record, type_, bound) for one in arguments)
                return TEXTS[name](*(value.lower() for value in values) if fold else values)
            return CALLS[name](*values)
    raise AssertionError(node)


def _walk(path: Path, record: Any, type_: RecordType, bound: Bound) -> tuple[Any, Any]:
    head, *rest = path.segments
    if head in bound:
        found, value = bound[head]
        properties = found.children or {}
    else:
        found, value, properties, rest = None, record, type_.properties, list(path.segments)
    for segment in rest:
        found = properties[segment.lower()]
        value = value if found.get is None or value is None else found.get(value)
        properties = found.children or {}
    return value, found


def _sensitive(node: Node, record: Any, type_: RecordType, bound: Bound) -> bool:
    if isinstance(node, Call):
        return any(_sensitive(one, record, type_, bound) for one in node.arguments)
    return isinstance(node, Path) and _walk(node, record, type_, bound)[1].fold is False


def _compare(name: str, left: Node, right: Node, record: Any, type_: RecordType, bound: Bound) -> bool:
    one, two = (interpret(side, record, type_, bound) for side in (left, right))
    if one is None or two is None:
        return {"eq": one is two, "ne": one is not two}.get(name, False)
    if isinstance(one, str) and not any(_sensitive(side, record, type_, bound) for side in (left, right)):
        one, two = one.lower(), two.lower()
    if isinstance(one, datetime) is not isinstance(two, datetime) and isinstance(one, date):
        one, two = (v if isinstance(v, datetime) else datetime.combine(v, time(), UTC) for v in (one, two))
    return COMPARISONS[name](one, two)


def _calculate(name: str, one: Any, two: Any) -> Any:
    if one is None or two is None:
        return None
    if name in ("div", "mod") and two == 0:
        return None
    quotient = int(Decimal(one) / Decimal(two)) if name in ("div", "mod") else 0
    return {"add": one + two, "sub": one - two, "mul": one * two, "div": quotient, "mod": one - two * quotient}[name]


def _paths(*names: str) -> st.SearchStrategy[Any]:
    return st.sampled_from([Path(tuple(name.split("/"))) for name in names])


def _constants(kind: Any, *values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([Constant(kind, value) for value in values])


def _calls(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(Call, st.just(name), st.tuples(*arguments))


WORDS = _constants(
    "string", "Invoice 17", "INVOICE", "17", "", "weekly", "straße", "a", "A", "Billing@example.ORG", "blue"
)
SMALL = _constants("integer", -2, 0, 1, 2, 3, 9, 300, 1000)
NULL = st.just(Constant("null", None))
STRINGS = st.recursive(
    _paths("subject", "from/emailAddress/address", "from/emailAddress/name", "bodyPreview", "id") | WORDS,
    lambda texts: st.one_of(
        _calls("tolower", texts), _calls("toupper", texts), _calls("trim", texts), _calls("concat", texts, texts),
        _calls("substring", texts, _constants("integer", 0, 1, -2)),
    ),
    max_leaves=3,
)  # fmt: skip
MOMENTS = _paths("receivedDateTime", "sentDateTime") | _constants(
    "datetime", datetime(2026, 1, 6, 9, 30, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
)
DAYS = _paths("dueDate") | _constants("date", date(2026, 1, 6), date(2026, 2, 1)) | _calls("date", MOMENTS)
NUMBERS = st.recursive(
    st.one_of(_paths("size"), SMALL, _calls("length", STRINGS), _calls("year", MOMENTS), _calls("day", DAYS),
              _calls("indexof", STRINGS, STRINGS)),
    lambda numbers: st.one_of(
        st.builds(Binary, st.sampled_from(["add", "sub", "mul", "div", "mod"]), numbers, numbers),
        st.builds(Unary, st.just("-"), numbers),
    ),
    max_leaves=3,
)  # fmt: skip
FLAGS = _paths("isRead", "isDraft", "hasAttachments") | _constants("boolean", True, False) | NULL
ANY_ORDER, EQUALITY = st.sampled_from(sorted(COMPARISONS)), st.sampled_from(["eq", "ne"])


def _members(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(values | NULL, min_size=1, max_size=3).map(lambda some: Items(tuple(some)))


def _atoms(strings: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        FLAGS,
        st.builds(Binary, ANY_ORDER, strings, strings | NULL),
        st.builds(Binary, ANY_ORDER, NUMBERS | NULL, NUMBERS),
        st.builds(Binary, ANY_ORDER, MOMENTS, MOMENTS | NULL | DAYS),
        st.builds(Binary, ANY_ORDER, DAYS, MOMENTS | DAYS),
        st.builds(
            Binary, EQUALITY, _paths("importance", "flag/flagStatus"), _constants("string", "HIGH", "flagged") | NULL
        ),
        st.builds(Binary, st.just("in"), strings, _members(WORDS)),
        st.builds(Binary, st.just("in"), NUMBERS, _members(SMALL)),
        *(_calls(name, strings, strings | NULL) for name in ("contains", "startswith", "endswith")),
    )


def _grow(predicates: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(Unary, st.just("not"), predicates),
        st.builds(Logical, st.sampled_from(["and", "or"]), st.lists(predicates, min_size=2, max_size=4).map(tuple)),
        st.builds(Binary, EQUALITY, predicates, predicates),
        st.builds(Lambda, _paths("categories"), st.sampled_from(["any", "all"]), st.just("c"), predicates),
        st.builds(
            Lambda, _paths("singleValueExtendedProperties"), st.sampled_from(["any", "all"]), st.just("ep"),
            _atoms(_paths("ep/id", "ep/value") | WORDS | _paths("subject")) | predicates,
        ),
        st.builds(Lambda, _paths("categories"), st.sampled_from(["any", "all"]), st.just("c"),
                  _atoms(_paths("c") | WORDS | _paths("subject"))),
        st.just(Lambda(Path(("categories",)), "any", None, None)),
    )  # fmt: skip


FILTERS = st.recursive(_atoms(STRINGS), _grow, max_leaves=8)


@settings(max_examples=settings().max_examples * 5)
@given(FILTERS)
def test_closures_agree_with_the_interpreter(
    message_type: RecordType, messages: list[dict[str, Any]], tree: Node
) -> None:
    matches = compile_filter(tree, message_type)
    for message in messages:
        assert matches(message) is (interpret(tree, message, message_type) is True), print_tree(tree)


def test_case_counts_where_the_type_says_so(message_type: RecordType, messages: list[dict[str, Any]]) -> None:
    exact = RecordType("exact", message_type.properties, fold_case=False)

    def found(text: str) -> list[str]:
        matches = compile_filter(parse_filter(text), exact)
        return [message["id"] for message in messages if matches(message)]

    assert found("subject eq 'invoice 17'") == []
    assert found("subject eq 'Invoice 17'") == ["a"]
    assert found("contains(subject,'weekly')") == ["i"]
    assert found("importance eq 'HIGH'") == ["a", "g"]


def test_a_type_that_names_no_clock_has_no_now(message_type: RecordType) -> None:
    with pytest.raises(UnsupportedNode):
        compile_filter(parse_filter("receivedDateTime lt now()"), message_type)


@pytest.mark.parametrize("text", ["categories in (null)", "categories in ('a')", "from in (null)"])
def test_a_value_of_several_parts_is_a_member_of_nothing(message_type: RecordType, text: str) -> None:
    with pytest.raises(UnsupportedNode, match="cannot be compared"):
        compile_filter(parse_filter(text), message_type)


def test_a_filter_is_compiled_once_for_a_type(message_type: RecordType, now: datetime) -> None:
    tree = parse_filter("isRead and size gt 10")
    assert compile_filter(tree, message_type) is compile_filter(parse_filter("isRead  and size gt 10"), message_type)
    clocked = parse_filter("receivedDateTime lt now()")
    assert compile_filter(clocked, message_type, now=now) is not compile_filter(clocked, message_type, now=now)


def test_a_property_below_one_that_may_not_be_filtered_by_is_refused(message_type: RecordType) -> None:
    hidden = Property("hidden", "complex", None, message_type.properties, filterable=False)
    type_ = RecordType("t", {"hidden": hidden})
    with pytest.raises(NotFilterable) as caught:
        compile_filter(parse_filter("Hidden/Subject eq 'x'"), type_)
    assert caught.value.node == "Hidden/Subject"
