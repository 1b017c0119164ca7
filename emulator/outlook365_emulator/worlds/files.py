"""World files: shipped ones by name, others by path."""

from pathlib import Path

from outlook365_emulator.worlds.documents import WorldDocument
from outlook365_emulator.worlds.reading import read_document
from outlook365_emulator.worlds.shipped import read_file, shipped_names


def world_names() -> list[str]:
    """Return the names of the worlds that are shipped."""
    return shipped_names("world")


def load_world_file(name_or_path: str | Path) -> WorldDocument:
    """Read a world file.

    Args:
        name_or_path: name of a shipped world (`contoso`), or path of a YAML or JSON file.

    Raises:
        DocumentError: there is no such world or file, it is no YAML, or it says something wrong; the message names
            the file and the place.
    """
    return read_file("world", name_or_path, lambda data: read_document(data, WorldDocument))
