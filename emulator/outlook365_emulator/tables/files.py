"""Reading the data files of this package into typed rows, and the words for a name that is in none of them."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")

FOLDER = Path(__file__).parent


def read_rows(file: str, kind: type[T]) -> T:
    """Decode one data file.

    Args:
        file: name of a JSON file in this package, `clouds.json`.
        kind: type of the whole document, `list[Cloud]`.

    Raises:
        msgspec.ValidationError: the file does not hold such rows.
    """
    return msgspec.json.decode((FOLDER / file).read_bytes(), type=kind)


def unknown(what: str, name: object, known: Iterable[object]) -> LookupError:
    """Make the error for a name that a table does not hold.

    Args:
        what: what the name should have named, `cloud`.
        name: the name as given.
        known: every name of the table.

    Returns:
        An error that names the nearest right names, to be raised by the caller.
    """
    from difflib import get_close_matches

    names = {str(one).lower(): str(one) for one in known}
    near = [names[match] for match in get_close_matches(str(name).lower(), names, n=3, cutoff=0.5)]
    hint = f"did you mean {' or '.join(near)}?" if near else f"known are: {', '.join(sorted(names.values())[:12])}"
    return LookupError(f"no {what} is named {str(name)!r}; {hint}")
