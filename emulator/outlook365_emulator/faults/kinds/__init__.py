"""The kinds of faults. To add one, write a module with a `KIND` and name it here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from outlook365_emulator.faults.kinds import error, latency
from outlook365_emulator.faults.kinds.kind import Kind

KINDS: Mapping[str, Kind[Any]] = MappingProxyType(
    {
        "error": error.KIND,
        "latency": latency.KIND,
    }
)
"""Every kind by its name."""
