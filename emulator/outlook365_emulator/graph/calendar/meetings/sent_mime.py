"""Meeting mail that somebody in the world sends as MIME text: it reaches their recipients' calendars.

A client that sends invitations by itself does so with `sendMail` and an iCalendar part (RFC 6047). Exchange's calendar
attendant looks at what arrives, not at who sent it; the sender's own calendar stays as it is.
"""

import msgspec

from outlook365_emulator.graph.calendar.meetings.incoming import take_meeting
from outlook365_emulator.graph.calendar.meetings.parties import own_setting
from outlook365_emulator.graph.mail.attached import content_of
from outlook365_emulator.graph.mail.composing import Composition
from outlook365_emulator.graph.mail.delivery import Arrival
from outlook365_emulator.graph.mail.documents import members_of, write_message
from outlook365_emulator.graph.mail.mime_reading import calendar_in
from outlook365_emulator.graph.mail.mime_writing import mime_of
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World


def take_meetings(world: World, unit: UnitOfWork, arrivals: list[Arrival]) -> list[Arrival]:
    """Let the recipients' calendars act on mail that somebody in the world has sent as MIME text.

    Mail whose iCalendar part no calendar can keep stays as it is, with the part as an attachment.

    Args:
        world: the world.
        unit: the unit of work of the delivery.
        arrivals: what has been delivered.

    Returns:
        The same mail as it lies in the mailboxes then.
    """
    return [_taken(world, unit, one) for one in arrivals]


def _taken(world: World, unit: UnitOfWork, arrival: Arrival) -> Arrival:
    tenant, mailbox, message = arrival.tenant, arrival.mailbox, arrival.message
    owner, folder = tenant.users.get(mailbox.owner), mailbox.folders.get(message.folder)
    calendar = b"" if message.mime is None else calendar_in(mime_of(world, mailbox, message), unit.now)
    if not calendar or owner is None or folder is None:
        return arrival
    composition = Composition(members=members_of(message), properties=message.properties, calendar=calendar)
    if not take_meeting(own_setting(world, tenant, unit, owner, mailbox), composition):
        return arrival
    left = []
    for one in mailbox.attachments.of(message):
        if content_of(world, one) == calendar:
            unit.remove(mailbox.attachments, one)
        else:
            left.append(one)
    composition.members["hasAttachments"] = any(not one.is_inline for one in left)
    changed = write_message(
        mailbox,
        composition.members,
        folder,
        number=message.number,
        stable=message.stable,
        like=message,
        properties=composition.properties,
    )
    unit.put_item(mailbox, mailbox.messages, changed)
    return msgspec.structs.replace(arrival, message=changed)
