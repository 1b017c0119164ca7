"""Making, finding and changing users and groups."""

from datetime import timedelta
from typing import Any

import pytest
from outlook365_emulator.directory.users import (
    BadUserName,
    UnknownUser,
    add_group,
    add_user,
    change_user,
    delete_user,
    find_by_address,
    find_user,
    principal_name,
    revoke_sessions,
    right_on,
    set_password,
    share_mailbox,
    user_named,
)
from outlook365_emulator.store.records.directory import User
from outlook365_emulator.store.shelf import Taken
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World


@pytest.fixture
def add(world: World, tenant: Tenant) -> Any:
    """Add a user in a unit of work of its own."""

    def put(name: str, **properties: Any) -> User:
        with world.unit() as unit:
            return add_user(world, tenant, unit, name, **properties)

    return put


class TestName:
    @pytest.mark.parametrize(
        ("name", "principal"),
        [
            ("ada", "ada@contoso.example"),
            ("Ada", "Ada@contoso.example"),
            ("ada@contoso.test", "ada@contoso.test"),
            ("ada@CONTOSO.Test", "ada@contoso.test"),
            ("ada.lovelace+x", "ada.lovelace+x@contoso.example"),
        ],
    )
    def test_short_or_full(self, tenant: Tenant, name: str, principal: str) -> None:
        assert principal_name(tenant, name) == principal

    @pytest.mark.parametrize(
        "name", ["", "@", "ada@", "@contoso.example", "a b", "ada@@contoso.example", "a<b>", "a'b"]
    )
    def test_what_is_no_name(self, tenant: Tenant, name: str) -> None:
        with pytest.raises(BadUserName):
            principal_name(tenant, name)

    def test_a_domain_of_others(self, tenant: Tenant) -> None:
        with pytest.raises(BadUserName, match=r"owns contoso\.example, contoso\.test"):
            principal_name(tenant, "ada@fabrikam.example")


class TestAdd:
    def test_a_person(self, add: Any, world: World, tenant: Tenant) -> None:
        ada = add("ada", display_name="Ada Lovelace")
        assert (ada.display_name, ada.given_name, ada.surname) == ("Ada Lovelace", "Ada", "Lovelace")
        assert (ada.mail, ada.mail_nickname, ada.enabled) == ("ada@contoso.example", "ada", True)
        assert ada.password
        assert ada.created == world.clock.now()
        mailbox = tenant.mailbox_of(ada)
        assert mailbox is not None
        assert mailbox.owner == ada.id
        assert mailbox.guid != ada.id

    def test_a_name_of_its_own(self, add: Any) -> None:
        assert add("grace.hopper").display_name == "Grace Hopper"
        assert add("bob").surname is None

    @pytest.mark.parametrize("purpose", ["shared", "room", "equipment"])
    def test_nobody_signs_in_to_anything_else(self, add: Any, purpose: str) -> None:
        found = add("support", purpose=purpose, password="given")
        assert (found.password, found.enabled, found.given_name, found.purpose) == (None, False, None, purpose)

    def test_without_a_mailbox(self, add: Any, tenant: Tenant) -> None:
        assert tenant.mailbox_of(add("guest", has_mailbox=False, mail=None)) is None

    def test_given_properties_win(self, add: Any) -> None:
        ada = add("ada", id="ABCDEF00-0000-0000-0000-000000000000", mail="lovelace@contoso.test", given_name="A.")
        assert (ada.id, ada.mail, ada.given_name) == (
            "abcdef00-0000-0000-0000-000000000000",
            "lovelace@contoso.test",
            "A.",
        )

    @pytest.mark.parametrize(
        ("name", "properties"),
        [
            ("ADA", {}),
            ("ben", {"id": "abcdef00-0000-0000-0000-000000000000", "mail": "ada@contoso.example"}),
            ("ben", {"proxy_addresses": ("ADA@contoso.example",)}),
            ("al", {}),
        ],
    )
    def test_what_is_taken(self, add: Any, tenant: Tenant, name: str, properties: Any) -> None:
        add("ada", proxy_addresses=("Al@contoso.example",))
        with pytest.raises(Taken):
            add(name, **properties)
        assert len(tenant.users) == len(tenant.mailboxes) == 1

    def test_an_unknown_property(self, add: Any, tenant: Tenant) -> None:
        with pytest.raises(LookupError, match="job_title"):
            add("ada", job_titel="Countess")
        assert len(tenant.users) == 0


class TestFind:
    @pytest.fixture(autouse=True)
    def people(self, add: Any) -> None:
        self.ada = add("ada", proxy_addresses=("Countess@contoso.test",), mail="lovelace@contoso.example")
        self.ben = add("ben")

    def test_by_id_or_name_alone(self, tenant: Tenant) -> None:
        for key in (self.ada.id, self.ada.id.upper(), "ada@contoso.example", "ADA@Contoso.example"):
            assert find_user(tenant, key) == self.ada
        for key in ("ada", "lovelace@contoso.example", "countess@contoso.test", "", "x"):
            assert find_user(tenant, key) is None

    def test_by_any_address(self, tenant: Tenant) -> None:
        for address in ("ada", "lovelace", "LOVELACE", "ada+news", "lovelace+a+b"):
            assert find_by_address(tenant, f"{address}@contoso.example") == self.ada
        assert find_by_address(tenant, "COUNTESS+x@contoso.test") == self.ada
        for address in ("", "@", "+@contoso.example", "x@contoso.example", "ada@contoso.test", "adanews"):
            assert find_by_address(tenant, address) is None

    def test_by_whatever_people_call_them(self, tenant: Tenant) -> None:
        for key in ("ada", "ADA", self.ada.id, "lovelace@contoso.example"):
            assert user_named(tenant, key) == self.ada

    @pytest.mark.parametrize(
        ("key", "nearest"), [("adda", "ada@contoso"), ("bne", "ben@contoso"), ("xyzzy", "ada@contoso"), ("", "ada")]
    )
    def test_the_nearest_right_name(self, tenant: Tenant, key: str, nearest: str) -> None:
        with pytest.raises(UnknownUser, match=nearest):
            user_named(tenant, key)


class TestChange:
    def test_an_address_that_changes(self, add: Any, world: World, tenant: Tenant) -> None:
        ada = add("ada")
        with world.unit() as unit:
            change_user(tenant, unit, ada, user_principal_name="eve@contoso.example", mail="eve@contoso.example")
        assert find_user(tenant, "ada@contoso.example") is None
        found = find_user(tenant, "eve@contoso.example")
        assert found is not None
        assert tenant.mailbox_of(found) is not None

    def test_passwords_and_sessions(self, add: Any, world: World, tenant: Tenant) -> None:
        ada = add("ada")
        world.clock.set(world.clock.now() + timedelta(hours=1))
        with world.unit() as unit:
            ada = set_password(tenant, unit, ada, "another")
        assert (ada.password, ada.password_changed >= world.clock.now()) == ("another", True)
        with world.unit() as unit:
            ada = revoke_sessions(tenant, unit, ada)
        assert ada.sessions_valid_from >= world.clock.now()

    def test_deleting(self, add: Any, world: World, tenant: Tenant) -> None:
        ada, ben = add("ada"), add("ben")
        with world.unit() as unit:
            delete_user(tenant, unit, ada)
        assert [user.id for user in tenant.users] == [mailbox.owner for mailbox in tenant.mailboxes] == [ben.id]
        assert find_by_address(tenant, "ada@contoso.example") is None
        add("ada")

    def test_deleting_by_an_outdated_record(self, add: Any, world: World, tenant: Tenant) -> None:
        ada = add("ada")
        with world.unit() as unit:
            change_user(tenant, unit, ada, mail="eve@contoso.example")
            delete_user(tenant, unit, ada)
        assert find_by_address(tenant, "eve@contoso.example") is None

    def test_a_deletion_that_fails(self, add: Any, world: World, tenant: Tenant) -> None:
        ada = add("ada")
        mailbox = tenant.mailbox_of(ada)
        with pytest.raises(LookupError), world.unit() as unit:  # noqa: PT012 - the writes come first
            delete_user(tenant, unit, ada)
            raise LookupError
        assert find_user(tenant, ada.id) == ada
        assert tenant.mailbox_of(ada) is mailbox


class TestRights:
    def test_the_owner_may_do_everything(self, add: Any, tenant: Tenant) -> None:
        ada = add("ada")
        mailbox = tenant.mailbox_of(ada)
        assert mailbox is not None
        right = right_on(mailbox, ada.id)
        assert (right.full_access, right.send_as, right.send_on_behalf) == (True, True, True)

    def test_others_what_they_are_given(self, add: Any, world: World, tenant: Tenant) -> None:
        ada, ben, cleo = add("ada"), add("ben"), add("cleo")
        mailbox = tenant.mailbox_of(ada)
        assert mailbox is not None
        for rights in ({}, {"send_as": True}, {"full_access": False, "send_on_behalf": True}):
            with world.unit() as unit:
                share_mailbox(tenant, unit, ada, ben, **rights)
            found = right_on(mailbox, ben.id)
            assert found.full_access is rights.get("full_access", True)
            assert found.send_as is rights.get("send_as", False)
            assert found.send_on_behalf is rights.get("send_on_behalf", False)
        assert not right_on(mailbox, cleo.id).full_access

    def test_nothing_to_share(self, add: Any, world: World, tenant: Tenant) -> None:
        guest, ada = add("guest", has_mailbox=False), add("ada")
        with pytest.raises(LookupError, match="no mailbox"), world.unit() as unit:
            share_mailbox(tenant, unit, guest, ada)


def test_groups(add: Any, world: World, tenant: Tenant) -> None:
    ada, ben = add("ada"), add("ben")
    with world.unit() as unit:
        group = add_group(world, tenant, unit, "Sales", ("ada", ben.id))
    assert group.members == {ada.id, ben.id}
    with pytest.raises(UnknownUser), world.unit() as unit:
        add_group(world, tenant, unit, "Nobody", ("cleo",))
    assert len(tenant.groups) == 1


def test_a_group_is_found_by_its_id_and_has_a_whole_address(world: World, tenant: Tenant) -> None:
    with world.unit() as unit:
        group = add_group(world, tenant, unit, "Sales", id="ABCDEF00-0000-0000-0000-000000000000", mail="Sales")
    assert tenant.groups.get("abcdef00-0000-0000-0000-000000000000") is group
    assert group.mail == f"sales@{tenant.domains[0]}"


@pytest.mark.parametrize(
    ("roles", "administrator"),
    [
        ((), False),
        (("Global Reader",), False),
        (("Global Administrator",), True),
        (("x", "Application Administrator"), True),
    ],
)
def test_who_is_an_administrator(add: Any, roles: tuple[str, ...], administrator: bool) -> None:
    assert add("root", roles=roles).is_administrator is administrator
