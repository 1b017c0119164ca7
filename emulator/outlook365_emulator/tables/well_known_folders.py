"""Well-known folders of a mailbox: names, display names in some languages and default counters.

Source: Graph resource `mailFolder` (well-known names), reference `graph-core.md` section 7 (counters); translations as
Exchange Web Services clients meet them (names of default folders that exchangelib knows).
"""

from collections.abc import Mapping
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
        translations: display names by language (`de`) or culture (`zh-cn`) in lower case.
    """

    name: str
    display_name: str
    counter: int
    parent: str
    created_at_start: bool
    hidden: bool
    translations: Mapping[str, str] = {}

    def name_in(self, culture: str) -> str:
        """Return the display name in a language, else the English one.

        Args:
            culture: name of a language or culture in any case, `de-AT`.
        """
        asked = culture.lower()
        return self.translations.get(asked) or self.translations.get(asked.partition("-")[0]) or self.display_name


@cache
def well_known_folders() -> tuple[WellKnownFolder, ...]:
    """Return the well-known folders, parents before children."""
    return read_rows("well_known_folders.json", tuple[WellKnownFolder, ...])
