"""The JSON schema of world files, for editors and validators."""

from typing import Any

import msgspec

from outlook365_emulator.faults.schema import components, fault_schema
from outlook365_emulator.worlds.documents import WorldDocument


def world_schema() -> dict[str, Any]:
    """Make the JSON schema (2020-12) of a world document."""
    _, definitions = components([WorldDocument], "#/$defs/{name}")
    fault, fault_definitions = fault_schema()
    world = definitions.pop(WorldDocument.__name__)
    world["properties"]["faults"] = {"type": "array", "items": {"$ref": "#/$defs/Fault"}, "default": []}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A world of the Outlook 365 emulator",
        **{key: value for key, value in world.items() if key != "title"},
        "$defs": {**definitions, "Fault": fault, **fault_definitions},
    }


def world_schema_text() -> str:
    """Return the schema as the text that is shipped in `outlook365_fixtures/schemas/world.schema.json`."""
    return msgspec.json.format(msgspec.json.encode(world_schema()), indent=2).decode() + "\n"
