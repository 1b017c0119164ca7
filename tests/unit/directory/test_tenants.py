"""Making tenants."""

import pytest
from outlook365_emulator.directory.tenants import BadDomain, add_tenant, make_tenant
from outlook365_emulator.store.hosting import Hosting, NameTaken
from outlook365_emulator.store.world import World


@pytest.mark.parametrize(
    ("cloud", "suffix"),
    [
        ("global", "onmicrosoft.com"),
        ("usgov", "onmicrosoft.us"),
        ("usgov_dod", "onmicrosoft.us"),
        ("china", "partner.onmschina.cn"),
    ],
)
def test_an_initial_domain_of_its_own(world: World, cloud: str, suffix: str) -> None:
    one, two = (make_tenant(world, cloud=cloud, display_name="Fabrikam, Inc.") for _ in range(2))
    assert one.domains[0].startswith("fabrikaminc")
    assert one.domains[0].endswith(f".{suffix}")
    assert one.domains != two.domains
    assert one.id != two.id
    assert one.cloud == cloud


def test_a_name_without_letters(world: World) -> None:
    assert make_tenant(world, display_name="日本").domains[0].startswith("tenant")


def test_ids_and_domains_in_lower_case(world: World) -> None:
    tenant = make_tenant(world, id="ABCDEF00-0000-0000-0000-000000000000", domains=("Contoso.Example",))
    assert (tenant.id, tenant.domains) == ("abcdef00-0000-0000-0000-000000000000", ("contoso.example",))


@pytest.mark.parametrize(
    "domain",
    ["", "contoso", "contoso.", ".example", "con toso.example", "-a.example", "a" * 64 + ".example", "a.b/c", "a@b.c"],
)
def test_what_is_no_domain(world: World, domain: str) -> None:
    with pytest.raises(BadDomain, match="write it as"):
        make_tenant(world, domains=("good.example", domain))


def test_an_unknown_cloud(world: World) -> None:
    with pytest.raises(LookupError, match="china"):
        make_tenant(world, cloud="chnia")


def test_adding_one(hosting: Hosting, world: World) -> None:
    tenant = add_tenant(hosting, world, make_tenant(world, domains=("fabrikam.example",)))
    assert hosting.by_tenant("Fabrikam.example") == (world, tenant)
    with pytest.raises(NameTaken, match=r"fabrikam\.example"):
        add_tenant(hosting, world, make_tenant(world, domains=("fabrikam.example",)))
