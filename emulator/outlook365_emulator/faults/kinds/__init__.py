"""The kinds of faults. To add one, write its settings and what it does, and name it in the table of its module."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from outlook365_emulator.faults.kinds import (
    behaving,
    breaking,
    changing,
    connecting,
    error,
    garbling,
    latency,
    limiting,
    notifying,
)
from outlook365_emulator.faults.kinds.kind import Kind

KINDS: Mapping[str, Kind[Any]] = MappingProxyType(
    {
        "error": error.KIND,
        "latency": latency.KIND,
        **limiting.KINDS,
        **breaking.KINDS,
        **garbling.KINDS,
        **connecting.KINDS,
        **behaving.KINDS,
        **changing.KINDS,
        **notifying.KINDS,
    }
)
"""Every kind by its name."""
