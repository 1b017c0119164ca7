"""What a client may do in a tenant: grants for everybody, for one person, and application permissions."""

from typing import Any

import pytest
from outlook365_emulator.directory.applications import add_application
from outlook365_emulator.directory.consent import grant_roles, grant_scopes, granted_roles, granted_scopes, revoke
from outlook365_emulator.store.hosting import Hosting
from outlook365_emulator.store.records.directory import ServicePrincipal
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World


@pytest.fixture
def client(hosting: Hosting, world: World, tenant: Tenant) -> ServicePrincipal:
    with world.unit() as unit:
        app = add_application(hosting, world, tenant, unit, "App")
    found = tenant.service_principals.find("client", app.client_id)
    assert found is not None
    return found


@pytest.fixture
def granted(world: World, tenant: Tenant, client: ServicePrincipal) -> Any:
    """Everybody: User.Read and Mail.Read; ada: Mail.Read and Mail.Send; the application: Mail.Read."""
    with world.unit() as unit:
        grant_scopes(world, tenant, unit, client, ["User.Read"])
        grant_scopes(world, tenant, unit, client, ["Mail.Read"])
        grant_scopes(world, tenant, unit, client, ["Mail.Read", "Mail.Send"], "ada")
        grant_roles(world, tenant, unit, client, ["Mail.Read", "Mail.Read"])
        grant_roles(world, tenant, unit, client, ["Mail.Read"])


@pytest.mark.usefixtures("granted")
class TestGrants:
    def test_a_person_has_their_own_and_everybodys(self, tenant: Tenant, client: ServicePrincipal) -> None:
        assert granted_scopes(tenant, client, "ada") == {"User.Read", "Mail.Read", "Mail.Send"}
        assert (
            granted_scopes(tenant, client, "ben") == granted_scopes(tenant, client, None) == {"User.Read", "Mail.Read"}
        )

    def test_one_grant_for_each_pair(self, tenant: Tenant) -> None:
        assert {(one.principal, one.scopes) for one in tenant.grants} == {
            (None, ("User.Read", "Mail.Read")),
            ("ada", ("Mail.Read", "Mail.Send")),
        }

    def test_application_permissions_once(self, tenant: Tenant, client: ServicePrincipal) -> None:
        assert granted_roles(tenant, client) == {"Mail.Read"}
        assert len(tenant.role_assignments) == 1

    def test_another_client_has_nothing(self, hosting: Hosting, world: World, tenant: Tenant) -> None:
        with world.unit() as unit:
            other = add_application(hosting, world, tenant, unit, "Other")
        principal = tenant.service_principals.find("client", other.client_id)
        assert principal is not None
        assert granted_scopes(tenant, principal, "ada") == granted_roles(tenant, principal) == frozenset()

    @pytest.mark.parametrize(
        ("permissions", "user", "gone", "ada", "everybody", "roles"),
        [
            (None, None, ["Mail.Read", "Mail.Send", "User.Read"], set(), set(), set()),
            (["Mail.Read"], None, ["Mail.Read"], {"User.Read", "Mail.Send"}, {"User.Read"}, set()),
            (["Mail.Send"], None, ["Mail.Send"], {"User.Read", "Mail.Read"}, {"User.Read", "Mail.Read"}, {"Mail.Read"}),
            (
                None,
                "ada",
                ["Mail.Read", "Mail.Send"],
                {"User.Read", "Mail.Read"},
                {"User.Read", "Mail.Read"},
                {"Mail.Read"},
            ),
            (
                ["Mail.Send"],
                "ben",
                [],
                {"User.Read", "Mail.Read", "Mail.Send"},
                {"User.Read", "Mail.Read"},
                {"Mail.Read"},
            ),
            ([], None, [], {"User.Read", "Mail.Read", "Mail.Send"}, {"User.Read", "Mail.Read"}, {"Mail.Read"}),
            (
                ["Files.Read"],
                None,
                [],
                {"User.Read", "Mail.Read", "Mail.Send"},
                {"User.Read", "Mail.Read"},
                {"Mail.Read"},
            ),
        ],
    )
    def test_revoking(
        self,
        world: World,
        tenant: Tenant,
        client: ServicePrincipal,
        permissions: list[str] | None,
        user: str | None,
        gone: list[str],
        ada: set[str],
        everybody: set[str],
        roles: set[str],
    ) -> None:
        with world.unit() as unit:
            assert revoke(tenant, unit, client, permissions, user) == gone
        assert granted_scopes(tenant, client, "ada") == ada
        assert granted_scopes(tenant, client, None) == everybody
        assert granted_roles(tenant, client) == roles
        assert all(one.scopes for one in tenant.grants)

    def test_a_failed_revocation(self, world: World, tenant: Tenant, client: ServicePrincipal) -> None:
        with pytest.raises(LookupError), world.unit() as unit:  # noqa: PT012 - the writes come first
            revoke(tenant, unit, client)
            raise LookupError
        assert granted_scopes(tenant, client, "ada") == {"User.Read", "Mail.Read", "Mail.Send"}
        assert granted_roles(tenant, client) == {"Mail.Read"}
