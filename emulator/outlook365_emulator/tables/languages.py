"""Languages that a mailbox can be set to: rows of `languages.json`, named in themselves (names from CLDR)."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import msgspec

from outlook365_emulator.tables.files import read_rows


class Language(msgspec.Struct, frozen=True, rename="camel"):
    """One language of the list that Exchange offers.

    Attributes:
        locale: culture name, `en-US`.
        display_name: `English (United States)`.
    """

    locale: str
    display_name: str


@cache
def languages() -> tuple[Language, ...]:
    """Return every language, by locale."""
    return read_rows("languages.json", tuple[Language, ...])


@cache
def _by_locale() -> Mapping[str, Language]:
    return MappingProxyType({row.locale.lower(): row for row in languages()})


def language(locale: str) -> Language | None:
    """Return the language of a culture name in any case, or None."""
    return _by_locale().get(locale.lower())
