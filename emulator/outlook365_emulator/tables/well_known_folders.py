"""Well-known folders of a mailbox: names, English display names and default counters.

Source: Graph resource `mailFolder` (well-known names) and reference `graph-core.md` section 7 (counters).
"""

from functools import cache

import msgspec

from outlook365_emulator.tables.files import read_rows


class WellKnownFolder(msgspec.Struct, frozen=True):
    """A folder that Exchange knows by name.

    Attributes:
        name: well-known name in lower case; `recoverableitemsroot` and `recoverableitemspurges` have none on the wire.
        display_name: English display name.
        counter: counter in the folder's id.
        parent: well-known name of the parent, or "" at the top.
        created_at_start: whether a new mailbox has it.
        hidden: whether listings leave it out.
    """

    name: str
    display_name: str
    counter: int
    parent: str
    created_at_start: bool
    hidden: bool


@cache
def well_known_folders() -> tuple[WellKnownFolder, ...]:
    """Return the well-known folders, parents before children."""
    return read_rows("well_known_folders.json", tuple[WellKnownFolder, ...])
