"""The `Prefer` header: which preferences Graph knows here, and what is said about them in the answer.

Source: reference `graph-core.md` sections 2 and 3.
"""

import re
from functools import lru_cache
from typing import Literal

import msgspec

_PREFERENCE = re.compile(r'([\w.\-]+)\s*(?:=\s*("(?:[^"]*)"|[^,;]*))?[^,]*(?:,|$)')


class Preferences(msgspec.Struct, frozen=True):
    """What a client prefers.

    Attributes:
        immutable_ids: ids in their immutable form.
        body: form of bodies, or "" for the stored one.
        time_zone: name of the zone for the times of events, or "".
        page_size: `odata.maxpagesize`, or 0.
        unsafe_html: bodies without sanitising.
        minimal: `return=minimal`: of what has changed only the properties that have.
    """

    immutable_ids: bool = False
    body: Literal["", "text", "html"] = ""
    time_zone: str = ""
    page_size: int = 0
    unsafe_html: bool = False
    minimal: bool = False

    def applied(self) -> str:
        """Return the value of `Preference-Applied` for an answer of Exchange, or ""."""
        parts = []
        if self.immutable_ids:
            parts.append("IdType=ImmutableId")
        if self.body:
            parts.append(f'outlook.body-content-type="{self.body}"')
        if self.time_zone:
            parts.append(f'outlook.timezone="{self.time_zone}"')
        return ", ".join(parts)


NONE = Preferences()


@lru_cache(maxsize=256)
def read_preferences(header: str) -> Preferences:
    """Read the `Prefer` header; unknown preferences and values are ignored, as Graph does.

    Args:
        header: all values of the header, joined by commas.
    """
    found = {}
    for match in _PREFERENCE.finditer(header):
        if match[1]:
            found[match[1].lower()] = (match[2] or "").strip().strip('"')
    body = found.get("outlook.body-content-type", "").lower()
    size = found.get("odata.maxpagesize", "")
    return Preferences(
        immutable_ids=found.get("idtype", "").lower() == "immutableid",
        body="text" if body == "text" else "html" if body == "html" else "",
        time_zone=found.get("outlook.timezone", ""),
        page_size=int(size) if size.isascii() and size.isdigit() and len(size) < 7 else 0,
        unsafe_html="outlook.allow-unsafe-html" in found,
        minimal=found.get("return", "").lower() == "minimal",
    )
