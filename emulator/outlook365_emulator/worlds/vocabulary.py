"""The words that a fault may match on: what the services call their operations."""

from functools import cache
from types import MappingProxyType

from outlook365_emulator.faults.match import VOCABULARY, Known

FURTHER = (
    "metadata",
    "network.connect",
    "network.handshake",
    "network.resolve",
    "notifications.deliver",
    "notifications.lifecycle",
    "notifications.validate",
    "outlook.upload",
    "outlook.upload.cancel",
    "outlook.upload.get",
    "outlook.upload.put",
    "userinfo",
)
"""Names that are declared by no table of operations."""


@cache
def fault_vocabulary() -> Known:
    """Return the values that the keys of a match may have, so that a misspelt operation is refused with the nearest."""
    # Imported here: only who sets a fault needs every operation declared.
    from outlook365_emulator.entra.endpoints import operation_names
    from outlook365_emulator.graph.service import operations

    names = {one.name for one in operations().values()} | operation_names() | set(FURTHER)
    return MappingProxyType({**VOCABULARY, "operation": tuple(sorted(names))})
