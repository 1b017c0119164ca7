"""Invented mail and meetings that a document asks for."""

from contextlib import nullcontext

from outlook365_emulator.graph.calendar.filling import fill as fill_calendar
from outlook365_emulator.graph.mail.filling import fill as fill_mailbox
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.worlds.contents import FillDocument
from outlook365_emulator.worlds.reading import at
from outlook365_emulator.worlds.refusals import refusals_at


def fill_as_described(
    world: World, tenant: Tenant, unit: UnitOfWork, owner: User, document: FillDocument, place: str
) -> None:
    """Fill a mailbox and its calendar; rules and automatic replies see nothing of it.

    Args:
        world: the world.
        tenant: the owner's tenant.
        unit: the unit of work that it happens in.
        owner: whose mailbox it is.
        document: how much, and which.
        place: place of the document, for errors.

    Raises:
        DocumentError: the owner has no mailbox, or the time zone is unknown.
    """
    seed = world.seed if document.seed is None else document.seed
    with at(place), refusals_at(place):
        for _ in fill_mailbox(world, tenant, lambda: nullcontext(unit), owner, document.messages, seed):
            pass
        for _ in fill_calendar(world, tenant, lambda: nullcontext(unit), owner, document.weeks, seed, document.zone):
            pass
