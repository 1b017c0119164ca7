"""World and scenario files as the documents that the control API takes."""

from pathlib import Path
from typing import Any


def world_document(name_or_path: str | Path) -> dict[str, Any]:
    """Read a world file as the document that the control API takes.

    Args:
        name_or_path: name of a shipped world (`contoso`), or path of a YAML or JSON file.

    Raises:
        DocumentError: there is no such world or file, or it says something wrong; the message names the place and
            the nearest right name.
    """
    import msgspec

    from outlook365_emulator.worlds import load_world_file

    document: dict[str, Any] = msgspec.to_builtins(load_world_file(name_or_path))
    return document


def scenario_document(name_or_path: str | Path) -> dict[str, Any]:
    """Read a scenario file as the document that the control API takes.

    Args:
        name_or_path: name of a shipped scenario (`throttled`), or path of a YAML or JSON file.

    Raises:
        DocumentError: there is no such scenario or file, or it says something wrong; the message names the place
            and the nearest right name.
    """
    from outlook365_emulator.scenarios.files import load_scenario_file, plain_scenario

    return plain_scenario(load_scenario_file(name_or_path))
