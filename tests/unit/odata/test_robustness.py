"""No filter, however odd, fails otherwise than with an OdataError, and none fails on a record."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outlook365_emulator.odata.casts import CASTS
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.functions import FUNCTIONS
from outlook365_emulator.odata.parser import BINDING, parse_filter
from outlook365_emulator.odata.problems import OdataError, OdataSyntaxError
from outlook365_emulator.odata.records import RecordType
from outlook365_emulator.odata.tree import Binary, Call, Constant, EnumMember, Items, Lambda, Logical, Node, Path, Unary

MANY = settings(max_examples=settings().max_examples * 10)

PIECES = st.sampled_from(
    """subject|isRead|size|categories|from/emailAddress/address|c|ep| eq | ne | and | or | in | has | add | div | mod
    |not |-|(|)|,|:|/|/any(|/all(|'x'|'|1|0|1.5|1e308|2026-01-01|2026-01-01T00:00:00Z|duration'P1D'|null|true|contains(
    |length(|substring(|cast(|isof(|Edm.Int32|round(|year(|now()|$it|$count|@|.| |\u00e4|\x00|\U0001f600|a.b""".split(
        "|"
    )
)
PATHS = st.sampled_from(
    """subject isRead isDraft size score categories toRecipients from from/emailAddress from/emailAddress/name
    importance rights receivedDateTime sentDateTime dueDate start start/dateTime flag flag/flagStatus
    conversationGuid digest bodyPreview singleValueExtendedProperties categories/$count c ep ep/id ep/value
    $it nothing microsoft.graph.eventMessage microsoft.graph.eventMessage/meetingMessageType""".split()
).map(lambda text: Path(tuple(text.split("/"))))
CONSTANTS = st.sampled_from(
    [
        Constant("null", None),
        Constant("boolean", True),
        Constant("string", ""),
        Constant("string", "12"),
        Constant("string", "9" * 5000),
        Constant("string", "1e999999999"),
        Constant("string", "NaN"),
        Constant("string", "2026-01-01T00:00"),
        Constant("string", "0001-01-01T00:00:00+14:00"),
        Constant("string", "é"),
        Constant("integer", 0),
        Constant("integer", -(10**37)),
        Constant("integer", 2**63),
        Constant("decimal", Decimal("1e308")),
        Constant("decimal", Decimal("-1e-308")),
        Constant("decimal", Decimal(0)),
        Constant("guid", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        Constant("date", date.min),
        Constant("date", date.max),
        Constant("datetime", datetime.max.replace(tzinfo=UTC)),
        Constant("datetime", datetime.min.replace(tzinfo=UTC)),
        Constant("time", time(23, 59)),
        Constant("duration", timedelta.max),
        Constant("duration", timedelta.min),
        Constant("binary", b"\xff"),
        EnumMember("microsoft.graph.rights", "read,,"),
    ]
)
TYPES = st.sampled_from([*CASTS, "microsoft.graph.eventMessage", "Edm.None"]).map(lambda name: Path((name,)))


def _grow(nodes: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    infix = [operator for operator in BINDING if operator not in ("and", "or", "in")]
    calls = [
        st.builds(Call, st.just(name), st.tuples(*[nodes] * len(function.takes)))
        for name, function in FUNCTIONS.items()
    ]
    return st.one_of(
        st.builds(Unary, st.sampled_from(["not", "-"]), nodes),
        st.builds(Binary, st.sampled_from(infix), nodes, nodes),
        st.builds(Binary, st.sampled_from(infix), nodes, nodes),
        st.builds(Logical, st.sampled_from(["and", "or"]), st.lists(nodes, min_size=2, max_size=4).map(tuple)),
        st.builds(lambda left, some: Binary("in", left, Items(tuple(some))), nodes, st.lists(CONSTANTS, min_size=1)),
        st.builds(Binary, st.just("in"), nodes, PATHS),
        st.builds(Lambda, PATHS, st.sampled_from(["any", "all"]), st.sampled_from(["c", "ep"]), nodes),
        st.builds(Call, st.sampled_from(["cast", "isof"]), st.tuples(nodes, TYPES)),
        st.builds(Call, st.sampled_from(["cast", "isof", "length", "f"]), st.tuples(nodes)),
        *calls,
    )


TREES = st.recursive(PATHS | CONSTANTS, _grow, max_leaves=8)
BOOLEANS = TREES | st.builds(Binary, st.sampled_from(["eq", "ne", "lt", "ge"]), TREES, TREES)


@MANY
@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60))
def test_any_text(message_type: RecordType, messages: list[dict[str, Any]], now: datetime, text: str) -> None:
    try:
        tree = parse_filter(text)
    except OdataSyntaxError as problem:
        place = problem.position
    else:
        run(tree, message_type, messages, now)
        return
    assert 0 <= place <= len(text)


@MANY
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # the strategy's own, on Python 3.13
@given(BOOLEANS)
def test_any_tree(message_type: RecordType, messages: list[dict[str, Any]], now: datetime, tree: Node) -> None:
    run(tree, message_type, messages, now)


def run(tree: Node, message_type: RecordType, messages: list[dict[str, Any]], now: datetime) -> None:
    """Compile a filter, and ask it about every record where it compiles."""
    try:
        matches = compile_filter(tree, message_type, now=now)
    except OdataError as problem:
        told = str(problem)
    else:
        told = "compiled"
        assert all(isinstance(matches(message), bool) for message in messages)
    assert told
