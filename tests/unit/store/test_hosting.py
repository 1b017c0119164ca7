"""All worlds of an emulator: what is unique, and what leads to a world."""

import pytest
from outlook365_emulator.store.hosting import Hosting, NameTaken
from outlook365_emulator.store.records.directory import Application
from outlook365_emulator.store.tenant import Tenant
from outlook365_emulator.store.world import World

CLIENT = "aaaaaaaa-0000-0000-0000-000000000000"


def make(name: str, *tenants: tuple[str, str], client: str = "") -> World:
    """A world with tenants, each an id and a domain."""
    world = World(name)
    for number, domain in tenants:
        tenant = Tenant(number, "global", (domain, f"also-{domain}"), domain)
        if client:
            tenant.applications.put(Application(id=f"app-{number}", client_id=client, display_name="App"))
        world.tenants[number] = tenant
    return world


@pytest.fixture
def hosting() -> Hosting:
    hosting = Hosting()
    hosting.add(make("one", ("t1", "one.example")))
    hosting.add(make("two", ("t2", "two.example"), ("t3", "three.example")))
    return hosting


def test_what_leads_to_a_world(hosting: Hosting) -> None:
    one, two = hosting.by_name("one"), hosting.by_name("two")
    assert one is not None
    assert two is not None
    assert hosting.by_key(one.key) is one
    for name in ("t3", "T3", "three.example", "THREE.example", "also-three.example"):
        assert hosting.by_tenant(name) == (two, two.tenants["t3"])
    assert hosting.by_opaque(two.opaque("1.A"), 3) is two
    assert list(hosting) == [one, two]
    assert len(hosting) == 2


@pytest.mark.parametrize("name", ["", "three", "nobody.example"])
def test_what_leads_nowhere(hosting: Hosting, name: str) -> None:
    assert hosting.by_name(name) is None
    assert hosting.by_key(name) is None
    assert hosting.by_tenant(name) is None
    assert hosting.by_client(name) is None
    assert hosting.by_opaque(name, 3) is None


@pytest.mark.parametrize(
    ("world", "told"),
    [
        (make("one"), "'one'"),
        (make("new", ("t1", "new.example")), "'t1'"),
        (make("new", ("new", "two.example")), "'two.example'"),
        (make("new", ("new", "new.example"), ("t9", "one.example")), "'one.example'"),
    ],
    ids=["name", "tenant id", "domain", "second tenant"],
)
def test_what_is_taken(hosting: Hosting, world: World, told: str) -> None:
    with pytest.raises(NameTaken, match=told):
        hosting.add(world)
    assert len(hosting) == 2
    assert hosting.by_tenant("new.example") is None
    assert hosting.by_key(world.key) is None


def test_two_tenants_of_one_world_that_clash() -> None:
    hosting = Hosting()
    with pytest.raises(NameTaken, match=r"same\.example"):
        hosting.add(make("one", ("t1", "same.example"), ("t2", "same.example")))
    assert len(hosting) == 0


def test_a_tenant_that_comes_later(hosting: Hosting) -> None:
    one = hosting.by_name("one")
    assert one is not None
    late = Tenant("t9", "global", ("late.example",), "Late")
    hosting.add_tenant(one, late)
    assert hosting.by_tenant("late.example") == (one, late)
    with pytest.raises(NameTaken):
        hosting.add_tenant(one, Tenant("t10", "global", ("two.example",), "Two"))
    with pytest.raises(NameTaken, match="stands twice"):
        hosting.add_tenant(one, Tenant("t11", "global", ("new.example", "new.example"), "New"))
    assert "t10" not in one.tenants
    hosting.drop_tenant(one, late)
    assert hosting.by_tenant("late.example") is None
    assert "t9" not in one.tenants


def test_a_dropped_world_frees_its_names(hosting: Hosting) -> None:
    two = hosting.by_name("two")
    assert two is not None
    hosting.default = two
    hosting.drop(two)
    hosting.drop(two)
    assert hosting.default is None
    assert hosting.by_tenant("three.example") is None
    hosting.add(make("two", ("t2", "two.example")))


def test_the_only_world(hosting: Hosting) -> None:
    assert hosting.only() is None
    two = hosting.by_name("two")
    assert two is not None
    hosting.drop(two)
    assert hosting.only() is hosting.by_name("one")


class TestClients:
    def test_a_client_of_one_world_leads_there(self, hosting: Hosting) -> None:
        world = make("three", ("t9", "nine.example"), client=CLIENT)
        hosting.add(world)
        assert hosting.by_client(CLIENT.upper()) is world

    def test_a_client_of_two_worlds_leads_nowhere(self, hosting: Hosting) -> None:
        first = make("three", ("t9", "nine.example"), client=CLIENT)
        second = make("four", ("t10", "ten.example"), client=CLIENT)
        hosting.add(first)
        hosting.add(second)
        assert hosting.by_client(CLIENT) is None
        hosting.drop(second)
        assert hosting.by_client(CLIENT) is first
        hosting.drop(first)
        assert hosting.by_client(CLIENT) is None

    def test_a_client_of_two_tenants_stays_with_the_other(self, hosting: Hosting) -> None:
        world = make("three", ("t9", "nine.example"), ("t10", "ten.example"), client=CLIENT)
        hosting.add(world)
        hosting.drop_tenant(world, world.tenants["t9"])
        assert hosting.by_client(CLIENT) is world
        hosting.forget_client(world, CLIENT)
        hosting.forget_client(world, CLIENT)
        assert hosting.by_client(CLIENT) is None
