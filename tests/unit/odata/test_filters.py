"""Every filter of `filters.json` finds the messages listed, or fails with the error listed."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.parser import parse_filter
from outlook365_emulator.odata.problems import OdataError
from outlook365_emulator.odata.records import RecordType

DATA = json.loads((Path(__file__).parents[2] / "data" / "odata" / "filters.json").read_text(encoding="utf-8"))
FOUND = [case for case in DATA["cases"] if "ids" in case]
REFUSED = [case for case in DATA["cases"] if "error" in case]


def _name(case: dict[str, Any]) -> str:
    return ascii(case["filter"])[:80]


@pytest.mark.parametrize("case", FOUND, ids=_name)
def test_a_filter_finds(
    case: dict[str, Any], message_type: RecordType, messages: list[dict[str, Any]], now: datetime
) -> None:
    matches = compile_filter(parse_filter(case["filter"]), message_type, now=now)
    assert [message["id"] for message in messages if matches(message)] == case["ids"]


@pytest.mark.parametrize("case", REFUSED, ids=_name)
def test_a_filter_is_refused_with_facts(case: dict[str, Any], message_type: RecordType, now: datetime) -> None:
    with pytest.raises(OdataError) as caught:
        compile_filter(parse_filter(case["filter"]), message_type, now=now)
    problem = caught.value
    facts = {name: getattr(problem, name) for name in case["error"] if name != "kind"}
    assert {"kind": type(problem).__name__, **facts} == case["error"]
    assert str(problem)


def test_the_table_is_long_enough_and_names_no_filter_twice() -> None:
    texts = [case["filter"] for case in DATA["cases"]]
    assert len(texts) >= 120
    assert len(set(texts)) == len(texts)
