"""The faults of a world."""

from typing import Any

import msgspec

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.problems import ControlError, unknown
from outlook365_emulator.control.views import FaultList
from outlook365_emulator.entra.world_changes import check_names
from outlook365_emulator.faults.fault import Envelope, decode_fault, describe
from outlook365_emulator.faults.kinds.changing import Change
from outlook365_emulator.worlds.reading import DocumentError
from outlook365_emulator.worlds.vocabulary import fault_vocabulary


def add_fault(call: Call, document: Envelope) -> dict[str, Any]:
    """Add a fault after those that are set."""
    engine = call.world.faults
    if any(fault.name == document.name for fault in engine.list()):
        raise ControlError(409, "taken", f"a fault named {document.name!r} is set already", "name")
    fault = engine.add(decode_fault(msgspec.to_builtins(document), known=fault_vocabulary()), call.now)
    if isinstance(fault.with_, Change):
        try:
            check_names(list(call.world.tenants.values()), fault.with_)
        except LookupError as problem:
            engine.remove(fault.name)
            raise DocumentError("with", str(problem.args[0])) from None
    if fault.connecting:
        call.context.prepare_connections(call.world)
    return describe(fault)


def list_faults(call: Call) -> FaultList:
    """List the faults with their counts."""
    return FaultList([describe(fault) for fault in call.world.faults.list()])


def remove_fault(call: Call) -> None:
    """Remove a fault."""
    name, engine = call.keys["fault"], call.world.faults
    names = [fault.name for fault in engine.list()]
    if name not in names:
        raise unknown("fault", name, names)
    engine.remove(name)


def clear_faults(call: Call) -> None:
    """Remove every fault."""
    call.world.faults.clear()
