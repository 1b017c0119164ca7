"""What faults let Entra do differently."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from outlook365_emulator.entra.call import Call
from outlook365_emulator.entra.world_changes import make_change
from outlook365_emulator.faults.facts import Facts
from outlook365_emulator.faults.kinds.changing import Change
from outlook365_emulator.faults.outcomes import Effect


def carry_out(call: Call, effect: Effect, facts: Facts) -> None:
    """Carry out the effect of a fault on a request.

    Args:
        call: the request.
        effect: what a fault decided.
        facts: what the fault saw.
    """
    act = EFFECTS.get(effect.name)
    if act is not None:
        act(call, effect.settings, facts)


def _clock_skew(call: Call, settings: Mapping[str, Any], facts: Facts) -> None:
    call.skew = settings["seconds"]
    call.now += timedelta(seconds=call.skew)


def _change(call: Call, settings: Mapping[str, Any], facts: Facts) -> None:
    if call.world is None:
        return
    change = Change(**settings)
    try:
        make_change(call.world, change, call.keys, tenant=facts.tenant, user=facts.user, app=facts.application)
    except LookupError as problem:
        # Whom a fault names was there when it was set, and may be gone, or live in another tenant of the world.
        call.entry.reason = f"the change {change.change} did not happen: {problem.args[0]}"


EFFECTS: Mapping[str, Callable[[Call, Mapping[str, Any], Facts], None]] = MappingProxyType(
    {"clock_skew": _clock_skew, "change": _change}
)
"""The effects that Entra knows; those of other services are none of its business."""
