"""A hosted world with an empty tenant."""

from datetime import UTC, datetime

import pytest
from outlook365_emulator.clock import Clock
from outlook365_emulator.directory.tenants import make_tenant
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World


@pytest.fixture
def world() -> World:
    return World("contoso", clock=Clock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), frozen=True))


@pytest.fixture
def hosting(world: World) -> Hosting:
    hosting = Hosting()
    hosting.add(world)
    return hosting


@pytest.fixture
def tenant(hosting: Hosting, world: World) -> Tenant:
    tenant = make_tenant(world, domains=("Contoso.example", "contoso.test"))
    hosting.add_tenant(world, tenant)
    return tenant
