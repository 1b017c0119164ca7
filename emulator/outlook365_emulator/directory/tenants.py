"""Making tenants."""

import re

from outlook365_emulator.clouds import cloud as cloud_named
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


class BadDomain(ValueError):
    """A text that cannot be the domain of a tenant."""


def make_tenant(
    world: World,
    *,
    id: str | None = None,
    cloud: str = "global",
    domains: tuple[str, ...] = (),
    display_name: str = "Contoso",
) -> Tenant:
    """Make a tenant in a cloud, not yet hosted; `add_tenant` or `Hosting.add` takes it in.

    Args:
        world: the world that it will live in; gives the id and the initial domain.
        id: tenant id, or None for a new one.
        cloud: id of the cloud.
        domains: domains in any case; without one the tenant gets an initial domain of its own (`…onmicrosoft.com`).
        display_name: the organisation's name.

    Raises:
        LookupError: no such cloud.
        BadDomain: a domain is none.
    """
    row = cloud_named(cloud)
    tenant_id = (id or world.ids.guid()).lower()
    if not domains:
        label = re.sub(r"[^a-z0-9]", "", display_name.lower())[:20] or "tenant"
        domains = (f"{label}{world.ids.guid()[:8]}.{row.initial_domain_suffix}",)
    lowered = tuple(domain.lower() for domain in domains)
    for domain in lowered:
        if _DOMAIN.fullmatch(domain) is None:
            raise BadDomain(f"{domain!r} is no domain: write it as contoso.example")
    return Tenant(tenant_id, row.id, lowered, display_name)


def add_tenant(hosting: Hosting, world: World, tenant: Tenant) -> Tenant:
    """Let a tenant live in a hosted world.

    Raises:
        NameTaken: its id or one of its domains is in use in the emulator.
    """
    hosting.add_tenant(world, tenant)
    return tenant
