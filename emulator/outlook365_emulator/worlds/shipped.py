"""Files that are shipped, and files like them: world files and scenario files, by name or by path."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

from outlook365_emulator.worlds.reading import DocumentError, nearest
from outlook365_emulator.worlds.yaml_reading import parse_yaml

T = TypeVar("T")
Kind = Literal["world", "scenario"]


def shipped_folder(kind: Kind) -> Path:
    """Return the folder of the files of a kind that are shipped."""
    import outlook365_fixtures

    return Path(outlook365_fixtures.__file__).parent / f"{kind}s"


def shipped_names(kind: Kind) -> list[str]:
    """Return the names of the worlds or scenarios that are shipped."""
    return sorted(file.stem for file in shipped_folder(kind).glob("*.yaml"))


def read_file(kind: Kind, name_or_path: str | Path, read: Callable[[Any], T]) -> T:
    """Read a file.

    Args:
        kind: what it describes.
        name_or_path: name of a shipped one, or path of a YAML or JSON file.
        read: makes the document of plain data.

    Raises:
        DocumentError: there is none of the name, it is no YAML, or it says something wrong; the message names the file
            and the place.
    """
    file = _file_of(kind, str(name_or_path))
    try:
        text = file.read_bytes()
    except OSError as error:
        raise DocumentError("", f"{file}: cannot be read ({error.strerror or error})") from None
    try:
        return read(parse_yaml(text))
    except DocumentError as error:
        raise DocumentError(f"{file}: {error.place}" if error.place else str(file), error.message) from None


def _file_of(kind: Kind, text: str) -> Path:
    names = shipped_names(kind)
    if text in names:
        return shipped_folder(kind) / f"{text}.yaml"
    path = Path(text)
    if path.suffix or "/" in text or path.exists():
        return path
    raise DocumentError("", f"no {kind} is named {nearest(text, names)} (a file is given by its path, ./{text}.yaml)")
