"""From a document to a hosted world; nothing is left behind where that fails."""

import hashlib

from outlook365_emulator.clock import Clock
from outlook365_emulator.clouds import cloud
from outlook365_emulator.directory import tenants
from outlook365_emulator.faults.fault import decode_fault
from outlook365_emulator.ids import Ids, fresh_nonce
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.unit import UnitOfWork
from outlook365_emulator.store.world import World
from outlook365_emulator.worlds.applications import add_app
from outlook365_emulator.worlds.documents import OwnerDocument, TenantDocument, WorldDocument
from outlook365_emulator.worlds.people import add_group_of, add_mailbox, add_person, furnish, literal
from outlook365_emulator.worlds.policies import add_policy_of, set_consent_policy_of
from outlook365_emulator.worlds.reading import DocumentError, at, inside
from outlook365_emulator.worlds.vocabulary import fault_vocabulary


def build_world(hosting: Hosting, document: WorldDocument, *, seed: int | None = None) -> World:
    """Make the world that a document describes and host it.

    Args:
        hosting: the worlds of the emulator.
        document: the world.
        seed: seed in place of the document's.

    Raises:
        DocumentError: the document says what cannot be; the place is named.
        DocumentConflict: the name, or an id, domain or address, is taken.
    """
    world = _empty(document, document.seed if seed is None else seed)
    with at("name"):
        hosting.add(world)
    try:
        with world.unit() as unit:
            for i, one in enumerate(document.tenants):
                place = f"tenants[{i}]"
                populate(hosting, world, unit, host_tenant(hosting, world, one, place), one, place)
        for i, fault in enumerate(document.faults):
            with at(f"faults[{i}]"):
                world.faults.add(decode_fault(fault, known=fault_vocabulary()), world.clock.now())
    except BaseException:
        hosting.drop(world)
        raise
    return world


def add_tenant(hosting: Hosting, world: World, document: TenantDocument, place: str = "") -> Tenant:
    """Add a tenant to a hosted world, with everybody and everything in it.

    Args:
        hosting: the worlds of the emulator.
        world: the world.
        document: the tenant.
        place: place of the document, for errors.

    Raises:
        DocumentError: the document says what cannot be; the place is named.
        DocumentConflict: an id, domain or address is taken.
    """
    tenant = host_tenant(hosting, world, document, place)
    try:
        with world.unit() as unit:
            populate(hosting, world, unit, tenant, document, place)
    except BaseException:
        hosting.drop_tenant(world, tenant)
        raise
    return tenant


def _empty(document: WorldDocument, seed: int | None) -> World:
    nonce = fresh_nonce()
    if document.fixed_ids:
        if document.name is None:
            raise DocumentError("name", "a world with fixed ids needs a name: its ids are derived from it")
        nonce = hashlib.blake2b(f"world {document.name}".encode(), digest_size=16).digest()
    name = document.name or f"world-{Ids(nonce).named('name').text(10)}"
    with at("clock.start"):
        clock = Clock(document.clock.start, frozen=document.clock.frozen) if document.clock else Clock()
        clock.now()
    world = World(name, seed=seed, nonce=nonce, clock=clock)
    if document.fixed_ids:
        world.settings["fixed_ids"] = "true"
    world.settings["throttling"] = document.throttling
    world.settings["batch_order"] = document.batch_order
    world.settings["delta_token_days"] = str(document.delta_token_days)
    return world


def host_tenant(hosting: Hosting, world: World, document: TenantDocument, place: str) -> Tenant:
    """Make the tenant of a document, still empty, and let it live in a hosted world."""
    id_ = literal(world, document.id, inside(place, "id"))
    with at(inside(place, "cloud")):
        cloud(document.cloud)
    with at(inside(place, "domains")):
        domains = tuple(dict.fromkeys(document.domains))
        tenant = tenants.make_tenant(world, id=id_, cloud=document.cloud, domains=domains, display_name=document.name)
        return tenants.add_tenant(hosting, world, tenant)


def populate(
    hosting: Hosting, world: World, unit: UnitOfWork, tenant: Tenant, document: TenantDocument, place: str
) -> None:
    """Put users, mailboxes, groups and applications into a tenant: people first, since the rest names them."""
    owners: list[tuple[User, OwnerDocument, str]] = []
    for i, user in enumerate(document.users):
        where = f"{inside(place, 'users')}[{i}]"
        owners.append((add_person(world, tenant, unit, user, where), user, where))
    for i, mailbox in enumerate(document.shared_mailboxes):
        where = f"{inside(place, 'shared_mailboxes')}[{i}]"
        owners.append((add_mailbox(world, tenant, unit, mailbox, where), mailbox, where))
    for owner, one, where in owners:
        furnish(world, tenant, unit, owner, one, where)
    for i, group in enumerate(document.groups):
        add_group_of(world, tenant, unit, group, f"{inside(place, 'groups')}[{i}]")
    for i, app in enumerate(document.apps):
        add_app(hosting, world, tenant, unit, app, f"{inside(place, 'apps')}[{i}]")
    if document.mail_limits is not None:
        limits = document.mail_limits
        given = {name: getattr(limits, name) for name in limits.__struct_fields__}
        tenant.settings.update({name: value for name, value in given.items() if value is not None})
    for i, policy in enumerate(document.conditional_access):
        where = f"{inside(place, 'conditional_access')}[{i}]"
        with at(where):
            add_policy_of(world, tenant, unit, policy, where)
    set_consent_policy_of(tenant, document, place)
