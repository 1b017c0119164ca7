"""Search folders that nobody uses end: after 45 days, as Exchange Online deletes them.

Graph resource mailSearchFolder, "Search folder lifecycle". Every request that names the folder is a use.
"""

from datetime import timedelta

from outlook365_emulator.store.agenda import Due
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import MailFolder
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World

EXPIRE_SEARCH = "mail.expire_search_folder"
"""Name of the effect on the agenda."""

IDLE = timedelta(days=45)
"""How long a search folder lasts without use."""


def plan_end(world: World, unit: UnitOfWork, tenant: Tenant, mailbox: Mailbox, folder: MailFolder) -> None:
    """Put the end of a search folder that is being made on the agenda."""
    data: dict[str, str | int] = {"tenant": tenant.id, "owner": mailbox.owner, "number": folder.number}
    unit.after(lambda: world.agenda.add(unit.now + IDLE, EXPIRE_SEARCH, **data))


def expire_search(world: World, due: Due) -> None:
    """End a search folder, or put its end off where it has been used meanwhile.

    Args:
        world: the world.
        due: the entry of the agenda.
    """
    data = dict(due.data)
    tenant = world.tenants.get(str(data["tenant"]))
    mailbox = None if tenant is None else tenant.mailboxes.get(str(data["owner"]))
    folder = None if mailbox is None else mailbox.folders.get(int(data["number"]))
    if mailbox is None or folder is None or folder.search is None:
        return
    used = mailbox.search_uses.get(folder.number)
    if used is not None and used + IDLE > due.at:
        world.agenda.add(used + IDLE, EXPIRE_SEARCH, **data)
        return
    with world.unit(due.at) as unit:
        unit.remove_item(mailbox, mailbox.folders, folder)
    mailbox.search_uses.pop(folder.number, None)
