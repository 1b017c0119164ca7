"""Applications, their credentials and service principals."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.directory.applications import (
    UnknownApplication,
    add_application,
    add_certificate,
    add_secret,
    application_named,
    change_application,
    delete_application,
    ensure_service_principal,
    find_application,
)
from outlook365_emulator.directory.assignments import assign
from outlook365_emulator.directory.consent import grant_roles, grant_scopes
from outlook365_emulator.directory.tenants import add_tenant, make_tenant
from outlook365_emulator.directory.users import add_user
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.shelf import Taken
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

CLIENT = "AAAAAAAA-0000-0000-0000-000000000000"


@pytest.fixture
def add(hosting: Hosting, world: World, tenant: Tenant) -> Any:
    def put(name: str, into: Tenant | None = None, **properties: Any) -> Any:
        with world.unit() as unit:
            return add_application(hosting, world, into or tenant, unit, name, **properties)

    return put


def test_registering(add: Any, hosting: Hosting, world: World, tenant: Tenant) -> None:
    app = add("Daemon", client_id=CLIENT, required_roles=("Mail.Read",))
    assert app.client_id == CLIENT.lower()
    assert app.created == world.clock.now()
    principal = tenant.service_principals.find("client", app.client_id)
    assert principal is not None
    assert (principal.display_name, len({principal.id, app.id, app.client_id})) == ("Daemon", 3)
    assert hosting.by_client(CLIENT) is world
    assert find_application(world, tenant, CLIENT) == app


def test_a_client_id_that_is_taken(add: Any, hosting: Hosting, world: World, tenant: Tenant) -> None:
    add("Daemon", client_id=CLIENT)
    with pytest.raises(Taken):
        add("Other", client_id=CLIENT.lower())
    assert len(tenant.applications) == len(tenant.service_principals) == 1


def test_a_failed_registration_is_not_known(hosting: Hosting, world: World, tenant: Tenant) -> None:
    with pytest.raises(LookupError), world.unit() as unit:  # noqa: PT012 - the writes come first
        add_application(hosting, world, tenant, unit, "Daemon", client_id=CLIENT)
        raise LookupError
    assert hosting.by_client(CLIENT) is None
    assert len(tenant.service_principals) == 0


def test_an_unknown_property(add: Any, tenant: Tenant) -> None:
    with pytest.raises(LookupError, match="public_client"):
        add("Daemon", publc_client=True)


@pytest.mark.parametrize(
    ("audience", "seen"),
    [("AzureADMyOrg", False), ("AzureADMultipleOrgs", True), ("AzureADandPersonalMicrosoftAccount", True)],
)
def test_what_another_tenant_sees(
    add: Any, hosting: Hosting, world: World, tenant: Tenant, audience: str, seen: bool
) -> None:
    other = add_tenant(hosting, world, make_tenant(world))
    app = add("Vendor", client_id=CLIENT, audience=audience)
    assert find_application(world, other, CLIENT) == (app if seen else None)
    own = add("Own", into=other, client_id=CLIENT)
    assert find_application(world, other, CLIENT) == own


def test_an_instance_is_made_once(add: Any, world: World, tenant: Tenant) -> None:
    app = add("Daemon")
    with world.unit() as unit:
        found = ensure_service_principal(world, tenant, unit, app)
    assert found is tenant.service_principals.find("client", app.client_id)
    assert len(tenant.service_principals) == 1


class TestNamed:
    def test_by_client_id_or_name(self, add: Any, tenant: Tenant) -> None:
        app = add("Daemon", client_id=CLIENT)
        for key in (CLIENT, CLIENT.lower(), "Daemon", "daemon"):
            assert application_named(tenant, key) == app

    def test_the_nearest_right_name(self, add: Any, tenant: Tenant) -> None:
        add("Daemon")
        with pytest.raises(UnknownApplication, match="Daemon"):
            application_named(tenant, "Demon")

    def test_nobody(self, tenant: Tenant) -> None:
        with pytest.raises(UnknownApplication, match="none"):
            application_named(tenant, "Demon")


class TestCredentials:
    def test_secrets_add_up(self, add: Any, world: World, tenant: Tenant) -> None:
        app = add("Daemon")
        with world.unit() as unit:
            app, first = add_secret(world, tenant, unit, app)
            app, second = add_secret(world, tenant, unit, app, secret="given", expires=world.clock.now())
        assert app.secrets == (first, second)
        assert tenant.applications.get(app.id) == app
        assert first.expires - world.clock.now() == timedelta(days=730)
        assert (len(first.secret), first.secret[3:6]) == (40, "8Q~")
        assert (second.secret, second.expires) == ("given", world.clock.now())
        assert first.id != second.id

    def test_certificates(self, add: Any, world: World, tenant: Tenant) -> None:
        app = add("Daemon")
        with world.unit() as unit:
            app, held = add_certificate(world, tenant, unit, app, b"DER", expires=world.clock.now(), display_name="x")
        assert app.certificates == (held,)
        assert held.thumbprint == hashlib.sha1(b"DER").hexdigest().upper()
        assert held.thumbprint_sha256 == urlsafe_b64encode(hashlib.sha256(b"DER").digest()).decode().rstrip("=")

    def test_changing(self, add: Any, world: World, tenant: Tenant) -> None:
        app = add("Daemon")
        with world.unit() as unit:
            change_application(tenant, unit, app, public_client=True)
        found = tenant.applications.get(app.id)
        assert found is not None
        assert found.public_client


def test_deleting_takes_grants_and_assignments_along(add: Any, world: World, tenant: Tenant) -> None:
    daemon, other = add("Daemon"), add("Other")
    with world.unit() as unit:
        ada = add_user(world, tenant, unit, "ada")
        for app in (daemon, other):
            principal = ensure_service_principal(world, tenant, unit, app)
            grant_scopes(world, tenant, unit, principal, ["Mail.Read"], ada.id)
            grant_roles(world, tenant, unit, principal, ["Mail.Read"])
            assign(world, tenant, unit, principal, ada)
    with world.unit() as unit:
        delete_application(tenant, unit, daemon)
    kept = tenant.service_principals.find("client", other.client_id)
    assert [app.id for app in tenant.applications] == [other.id]
    assert [one.id for one in tenant.service_principals] == [kept.id]
    named = [
        *(one.client for one in tenant.grants),
        *(one.client for one in tenant.role_assignments),
        *(one.resource for one in tenant.app_assignments),
    ]
    assert named == [kept.id] * 3
