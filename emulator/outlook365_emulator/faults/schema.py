"""The JSON schema of a fault, for scenario files, editors and the description of the control API."""

from collections.abc import Iterable
from inspect import cleandoc
from typing import Any

import msgspec

from outlook365_emulator.faults.fault import Envelope
from outlook365_emulator.faults.kinds import KINDS
from outlook365_emulator.faults.match import MatchDocument


def components(types: Iterable[Any], ref_template: str) -> tuple[tuple[dict[str, Any], ...], dict[str, Any]]:
    """Do as `msgspec.json.schema_components`; descriptions are the same text under every Python.

    They are docstrings, whose indentation the compiler takes away from Python 3.13 on.

    Args:
        types: the types.
        ref_template: how definitions are referred to; `{name}` is the definition's name.
    """
    refs, definitions = msgspec.json.schema_components(types, ref_template=ref_template)
    for definition in definitions.values():
        if "description" in definition:
            definition["description"] = cleandoc(definition["description"])
    return refs, definitions


def fault_schema(ref_template: str = "#/$defs/{name}") -> tuple[dict[str, Any], dict[str, Any]]:
    """Make the schema of one fault.

    Args:
        ref_template: how definitions are referred to; `{name}` is the definition's name.

    Returns:
        The schema of a fault, which fits `with` to the kind, and the definitions that it refers to.
    """
    types = [Envelope, MatchDocument, *(kind.settings for kind in KINDS.values())]
    refs, definitions = components(types, ref_template)
    envelope = definitions.pop(Envelope.__name__)
    fields: dict[str, Any] = envelope["properties"]
    fields["match"] = refs[1]
    fields["until"] = {"type": ["string", "number", "null"], "default": None}
    fields["kind"] = {"enum": list(KINDS)}
    envelope["allOf"] = [
        {"if": {"properties": {"kind": {"const": name}}}, "then": {"properties": {"with": ref}}}
        for name, ref in zip(KINDS, refs[2:], strict=True)
    ]
    return envelope, definitions
