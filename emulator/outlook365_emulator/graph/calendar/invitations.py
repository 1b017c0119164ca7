"""The mail that a person gets with whom a calendar is shared: a `calendarSharingMessage`.

Graph sends it when a calendar permission is created (microsoft-graph-docs issue 19483); its subject is also told by
Microsoft's page "Can't open a calendar from a sharing invitation". What it says beside that is not documented. Exchange
shows the calendar to the sharee once the invitation is accepted; here it is there at once (`sharing`).
"""

from typing import Any

from outlook365_emulator.graph.calendar.composing import html_body
from outlook365_emulator.graph.calendar.sharing import name_for_sharee
from outlook365_emulator.graph.mail.addresses import recipient_of
from outlook365_emulator.graph.mail.arrivals import settle
from outlook365_emulator.graph.mail.delivery import deliver
from outlook365_emulator.graph.mail.documents import fresh_members, members_of, write_message
from outlook365_emulator.graph.mail.extended_properties import MESSAGE_CLASS
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.calendar import Calendar, CalendarPermission
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

SUBJECT = "You're invited to share this calendar"


def invite(
    world: World,
    tenant: Tenant,
    unit: UnitOfWork,
    owner: User,
    mailbox: Mailbox,
    calendar: Calendar,
    permission: CalendarPermission,
) -> None:
    """Send the invitation to a shared calendar, as its owner.

    Args:
        world: the world.
        tenant: the owner's tenant.
        unit: the unit of work that it happens in.
        owner: whose calendar it is.
        mailbox: the owner's mailbox.
        calendar: the calendar.
        permission: who may do what from then on.
    """
    given = {
        "subject": SUBJECT,
        "body": html_body(
            {"contentType": "text", "content": f"{owner.display_name} shares {calendar.name!r} with you."}
        ),
        "toRecipients": [{"emailAddress": {"name": permission.name, "address": permission.address}}],
        "from": recipient_of(owner),
        "sender": recipient_of(owner),
        "isRead": True,
    }
    members = fresh_members(world, unit.now, given, draft=False)
    members |= _of_invitation(owner, calendar)
    folder = mailbox.folders.well_known("sentitems")
    assert folder is not None, "every mailbox has Sent Items"
    sent = write_message(mailbox, members, folder, properties=((MESSAGE_CLASS, "IPM.Sharing"),))
    unit.put_item(mailbox, mailbox.messages, sent)
    settle(world, unit, deliver(world, unit, mailbox, tenant, sent, members_of(sent)))


def _of_invitation(owner: User, calendar: Calendar) -> dict[str, Any]:
    """Return what a `calendarSharingMessage` has beside the members of a message."""
    action = {"importance": "primary", "actionType": "accept", "action": "accept"}
    return {
        "@odata.type": "#microsoft.graph.calendarSharingMessage",
        "canAccept": True,
        "suggestedCalendarName": name_for_sharee(owner, calendar),
        "sharingMessageAction": action,
        "sharingMessageActions": [action],
    }
