"""The JSON schema of a fault accepts what the decoder accepts and knows the settings of each kind."""

from typing import Any

import jsonschema
import pytest
from outlook365_emulator.faults.fault import decode_fault
from outlook365_emulator.faults.kinds import KINDS
from outlook365_emulator.faults.schema import fault_schema


@pytest.fixture(scope="module")
def validator() -> Any:
    schema, definitions = fault_schema()
    whole = {**schema, "$defs": definitions}
    jsonschema.Draft202012Validator.check_schema(whole)
    return jsonschema.Draft202012Validator(whole)


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "error", "with": {"error": "throttled", "retry_after": 10}},
        {"kind": "latency", "until": "10 min", "with": {"seconds": 2}},
        {"kind": "latency", "until": 60, "match": {"operation": "mail.*", "nth": [1, 2]}, "with": {"seconds": 2}},
    ],
)
def test_a_right_document_passes_both(validator: Any, document: dict[str, Any]) -> None:
    validator.validate(document)
    decode_fault(document)


@pytest.mark.parametrize(
    "document",
    [
        {"with": {"seconds": 2}},
        {"kind": "letency", "with": {"seconds": 2}},
        {"kind": "latency", "with": {"status": 500}},
        {"kind": "error", "with": {"status": 99}},
        {"kind": "latency", "with": {"seconds": 2}, "match": {"operaton": "x"}},
        {"kind": "latency", "with": {"seconds": 2}, "times": 0},
        {"kind": "latency", "with": {"seconds": 2}, "time": 1},
    ],
)
def test_a_wrong_document_passes_neither(validator: Any, document: dict[str, Any]) -> None:
    assert not validator.is_valid(document)
    with pytest.raises(ValueError):
        decode_fault(document)


def test_every_kind_is_in_the_schema() -> None:
    schema, definitions = fault_schema()
    assert schema["properties"]["kind"] == {"enum": list(KINDS)}
    assert {kind.settings.__name__ for kind in KINDS.values()} <= set(definitions)
