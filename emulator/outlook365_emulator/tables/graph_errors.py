"""Rows of `graph_errors.json`: every error that Graph answers, by a name of ours."""

from functools import cache
from typing import Literal

import msgspec

from outlook365_emulator.tables.files import read_rows

Envelope = Literal["gateway", "workload"]
"""Who writes the error: gateway and directory add `innerError`, Exchange does not (reference graph-core 5.1)."""


class GraphErrorRow(msgspec.Struct, frozen=True):
    """One error of Microsoft Graph.

    Attributes:
        name: our name, in snake_case.
        status: HTTP status.
        code: `error.code`.
        message: `error.message`, with `{parameters}`.
        envelope: who writes it.
        source: where the texts come from.
    """

    name: str
    status: int
    code: str
    message: str
    envelope: Envelope
    source: str


@cache
def graph_error_rows() -> dict[str, GraphErrorRow]:
    """Return every row by its name."""
    return {row.name: row for row in read_rows("graph_errors.json", list[GraphErrorRow])}
