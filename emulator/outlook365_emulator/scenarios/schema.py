"""The JSON schema of scenario files, for editors and validators."""

from typing import Any

import msgspec

from outlook365_emulator.faults.kinds.changing import Change
from outlook365_emulator.faults.match import MatchDocument
from outlook365_emulator.faults.schema import components, fault_schema
from outlook365_emulator.scenarios.documents import PhaseDocument, ScenarioDocument


def scenario_schema() -> dict[str, Any]:
    """Make the JSON schema (2020-12) of a scenario document."""
    types = [ScenarioDocument, Change, MatchDocument]
    _, definitions = components(types, "#/$defs/{name}")
    fault, fault_definitions = fault_schema()
    scenario = definitions.pop(ScenarioDocument.__name__)
    phase: dict[str, Any] = definitions[PhaseDocument.__name__]["properties"]
    phase["faults"] = {"type": "array", "items": {"$ref": "#/$defs/Fault"}, "default": []}
    phase["steps"] = {"type": "array", "items": {"$ref": f"#/$defs/{Change.__name__}"}, "default": []}
    phase["match"] = {"$ref": f"#/$defs/{MatchDocument.__name__}"}
    phase["for"] = {"type": ["string", "number", "null"], "default": None}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of the Outlook 365 emulator",
        **{key: value for key, value in scenario.items() if key != "title"},
        "$defs": {**definitions, "Fault": fault, **fault_definitions},
    }


def scenario_schema_text() -> str:
    """Return the schema as the text that is shipped in `outlook365_fixtures/schemas/scenario.schema.json`."""
    return msgspec.json.format(msgspec.json.encode(scenario_schema()), indent=2).decode() + "\n"
