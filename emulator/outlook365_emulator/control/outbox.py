"""What left a world for addresses outside the emulator."""

import msgspec

from outlook365_emulator.control.context import Call
from outlook365_emulator.control.views import OutboxView, OutgoingView


def show_outbox(call: Call) -> OutboxView:
    """List the messages to addresses outside the emulator, the earliest first."""
    return OutboxView(
        [
            OutgoingView(one.at, one.sender, one.recipients, msgspec.Raw(one.document), one.calendar.decode())
            for one in call.world.outbox
        ]
    )
