"""What a document says about a room beside its mailbox."""

from typing import Any

from outlook365_emulator.graph.calendar.meetings.places import ROOM_DETAILS
from outlook365_emulator.tables.schema import canonical
from outlook365_emulator.worlds.documents import MailboxDocument
from outlook365_emulator.worlds.reading import DocumentError, inside
from outlook365_emulator.worlds.refusals import refusals_at


def room_details(document: MailboxDocument, place: str) -> dict[str, Any]:
    """Return what a document says about a room, in Graph's spelling.

    Args:
        document: the mailbox.
        place: place of the members, for errors.

    Raises:
        DocumentError: the mailbox is none of a room, or a member is none of a room's or cannot have its value.
    """
    if document.purpose != "room":
        raise DocumentError(place, f"only a room has a place: set purpose to room (it is {document.purpose})")
    with refusals_at(place):
        details = canonical("room", document.place)
    for name in details:
        if name not in ROOM_DETAILS:
            raise DocumentError(inside(place, name), "the mailbox itself has name and address of a room")
    return details
