"""Segments that Graph v1.0 has below its root and below a user: tells what is not emulated from what is wrong."""

from functools import cache

import msgspec

from outlook365_emulator.tables.files import read_rows


class GraphSegments(msgspec.Struct, frozen=True):
    """First segments of Graph's paths.

    Attributes:
        source: where the names come from.
        roots: entity sets and singletons at the root.
        user: navigation properties and operations of a user.
    """

    source: str
    roots: frozenset[str]
    user: frozenset[str]


@cache
def graph_segments() -> GraphSegments:
    """Return the segments that Graph has."""
    return read_rows("graph_segments.json", GraphSegments)
