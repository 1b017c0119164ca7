"""Sending a meeting message: a copy in Sent Items, delivery, and what an update makes out of date.

A meeting message goes the way of all mail; people outside the world get it with an iCalendar part.
"""

import msgspec

from outlook365_emulator.graph.calendar.meetings.icalendar_writing import Method, Replying, calendar_text
from outlook365_emulator.graph.calendar.meetings.messages import About, Draft, requests_about
from outlook365_emulator.graph.calendar.meetings.mime_parts import alternative
from outlook365_emulator.graph.calendar.meetings.parties import mail_ways
from outlook365_emulator.graph.calendar.organizing import Setting
from outlook365_emulator.graph.mail.addresses import recipient_of
from outlook365_emulator.graph.mail.arrivals import settle
from outlook365_emulator.graph.mail.delivery import deliver
from outlook365_emulator.graph.mail.documents import members_of, write_message
from outlook365_emulator.store.blobs import Blob
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Message
from outlook365_emulator.store.unit import UnitOfWork


def post(setting: Setting, about: About, draft: Draft, addresses: list[str], method: Method, comment: str = "") -> None:
    """Send a meeting message.

    Args:
        setting: the sender's; a delegate's own mailbox sends what the delegate does for the owner.
        about: the meeting, as the iCalendar part describes it.
        draft: the message.
        addresses: whom it goes to; who has delegates is told through them, and rooms get no mail.
        method: what the iCalendar part is for.
        comment: what the sender says, in the iCalendar part.
    """
    direct, delegates = mail_ways(setting.world, addresses)
    if not direct and not delegates:
        return
    mailbox = _sending_mailbox(setting)
    replying = None
    if method == "REPLY":
        proposal = draft.members["proposedNewTime"]
        replying = Replying(recipient_of(setting.owner), draft.members["responseType"], proposal)
        method = "REPLY" if proposal is None else "COUNTER"
    text = calendar_text(about.event, about.item, about.day, method, setting.unit.now, replying, comment)
    sent = _stored(setting, mailbox, about, draft, text, method)
    members = members_of(sent)
    arrived = deliver(
        setting.world, setting.unit, mailbox, setting.tenant, sent, members, recipients=direct, calendar=text
    )
    if delegates:
        delegated = {**members, "isDelegated": True}
        arrived += deliver(
            setting.world, setting.unit, mailbox, setting.tenant, sent, delegated, recipients=delegates, calendar=text
        )
    settle(setting.world, setting.unit, arrived)


def _sending_mailbox(setting: Setting) -> Mailbox:
    own: Mailbox | None = setting.tenant.mailbox_of(setting.actor) if setting.actor is not None else None
    return own or setting.mailbox


def _stored(setting: Setting, mailbox: Mailbox, about: About, draft: Draft, text: bytes, method: Method) -> Message:
    """Put the sender's own copy into Sent Items, with the attachments of the meeting where it is a request."""
    folder = mailbox.folders.well_known("sentitems")
    assert folder is not None, "every mailbox has Sent Items"
    files = setting.mailbox.attachments.of(about.item) if method == "REQUEST" else []
    mime: Blob | bytes | None = None if files else alternative(draft.members["body"], text, method)
    members = {**draft.members, "isRead": True}
    sent = write_message(mailbox, members, folder, properties=draft.properties, mime=mime)
    setting.unit.put_item(mailbox, mailbox.messages, sent)
    for one in files:
        copied = msgspec.structs.replace(one, number=mailbox.take_number(), message=sent.stable)
        setting.unit.put(mailbox.attachments, copied)
    return sent


def outdate(unit: UnitOfWork, mailbox: Mailbox, about: About) -> None:
    """Mark the requests that an update or a cancellation supersedes (`graph-calendar.md` section 15).

    Args:
        unit: the unit of work.
        mailbox: the attendee's mailbox.
        about: the meeting.
    """
    for message in requests_about(mailbox, about):
        members = members_of(message)
        folder = mailbox.folders.get(message.folder)
        if members["isOutOfDate"] or folder is None:
            continue
        members |= {"isOutOfDate": True, "meetingRequestType": "outdated"}
        changed = write_message(mailbox, members, folder, number=message.number, stable=message.stable, like=message)
        unit.put_item(mailbox, mailbox.messages, changed)
