"""From settings to a harm: what the kinds that act on the bytes have in common."""

from collections.abc import Callable
from typing import Any

import msgspec

from outlook365_emulator.faults.kinds.kind import Occasion
from outlook365_emulator.faults.outcomes import Wire


def harm(name: str) -> Callable[[msgspec.Struct, Occasion], Wire]:
    """Make the `act` of a kind whose settings say everything.

    Args:
        name: name of the kind. A setting `handled` says whether the handler works first; where there is none, it does.
    """

    def act(settings: msgspec.Struct, occasion: Occasion) -> Wire:
        plain: dict[str, Any] = msgspec.structs.asdict(settings)
        handled = bool(plain.pop("handled", True))
        # One number of the fault's own chance, so that what is drawn while sending repeats with the seed.
        plain["seed"] = occasion.chance.getrandbits(32)
        return Wire(fault=occasion.fault, kind=name, settings=plain, handled=handled)

    return act
