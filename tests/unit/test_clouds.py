"""Hosts and clouds: which cloud and which service answer under a name."""

import subprocess
import sys

import pytest
from outlook365_emulator.clouds import (
    CLOUDS,
    EMULATED_HOSTS,
    INSTANCE_ALIASES,
    cloud,
    is_emulated,
    is_microsoft,
    service_of,
)

PLACES = [
    ("login.microsoftonline.com", ["global"], "login"),
    ("login.windows.net", ["global"], "login"),
    ("login.microsoft.com", ["global"], "login"),
    ("sts.windows.net", ["global"], "login"),
    ("login-us.microsoftonline.com", ["global"], "login"),
    ("microsoft.com", ["global"], "login"),  # /devicelogin
    ("graph.microsoft.com", ["global"], "graph"),
    ("outlook.office.com", ["global"], "outlook"),
    ("outlook.office365.com", ["global"], "outlook"),
    ("login.microsoftonline.us", ["usgov", "usgov_dod"], "login"),
    ("login.usgovcloudapi.net", ["usgov", "usgov_dod"], "login"),
    ("graph.microsoft.us", ["usgov"], "graph"),
    ("dod-graph.microsoft.us", ["usgov_dod"], "graph"),
    ("outlook.office365.us", ["usgov"], "outlook"),
    ("outlook-dod.office365.us", ["usgov_dod"], "outlook"),
    ("login.partner.microsoftonline.cn", ["china"], "login"),
    ("login.chinacloudapi.cn", ["china"], "login"),
    ("microsoftgraph.chinacloudapi.cn", ["china"], "graph"),
    ("partner.outlook.cn", ["china"], "outlook"),
]


@pytest.mark.parametrize(("host", "clouds", "service"), PLACES)
def test_a_host_leads_to_its_clouds_and_its_service(host: str, clouds: list[str], service: str) -> None:
    place = service_of(host)
    assert place is not None
    assert ([row.id for row in place[0]], place[1]) == (clouds, service)


def test_every_fixed_host_is_in_the_table_of_this_test() -> None:
    assert {host for host, _, _ in PLACES} == EMULATED_HOSTS


@pytest.mark.parametrize("host", ["Graph.Microsoft.COM", "graph.microsoft.com.", "GRAPH.MICROSOFT.COM."])
def test_case_and_a_trailing_dot_do_not_matter(host: str) -> None:
    assert service_of(host) == service_of("graph.microsoft.com")


@pytest.mark.parametrize(
    ("host", "emulated"),
    [
        ("westeurope.login.microsoft.com", True),
        ("usgovvirginia.login.microsoftonline.us", True),
        ("a.b.login.microsoft.com", False),
        (".login.microsoft.com", False),
        ("login.microsoft.com.example.org", False),
        ("we st.login.microsoft.com", False),
        ("teams.microsoft.com", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_regional_entra_hosts_are_emulated_and_nothing_else(host: str, emulated: bool) -> None:
    assert is_emulated(host) is emulated


@pytest.mark.parametrize(
    ("host", "microsoft"),
    [
        *((host, True) for host in sorted(EMULATED_HOSTS)),
        ("teams.microsoft.com", True),
        ("MICROSOFT.com.", True),
        ("contoso.onmicrosoft.com", True),
        ("notmicrosoft.com", False),
        ("microsoft.com.example.org", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_the_guard_knows_the_domains_of_microsoft(host: str, microsoft: bool) -> None:
    assert is_microsoft(host) is microsoft


def test_the_clouds_come_with_global_first() -> None:
    assert list(CLOUDS) == ["global", "usgov", "usgov_dod", "china"]


def test_a_misspelled_cloud_names_the_nearest() -> None:
    with pytest.raises(LookupError, match="did you mean usgov_dod"):
        cloud("usgov-dod")


@pytest.mark.parametrize(
    ("cloud_id", "version", "issuer"),
    [
        ("global", 1, "https://sts.windows.net/t/"),
        ("global", 2, "https://login.microsoftonline.com/t/v2.0"),
        ("usgov", 1, "https://sts.windows.net/t/"),
        ("usgov_dod", 2, "https://login.microsoftonline.us/t/v2.0"),
        ("china", 1, "https://sts.chinacloudapi.cn/t/"),
        ("china", 2, "https://login.partner.microsoftonline.cn/t/v2.0"),
    ],
)
def test_a_cloud_writes_its_issuer(cloud_id: str, version: int, issuer: str) -> None:
    assert cloud(cloud_id).issuer("t", version) == issuer


def test_gcc_high_and_dod_differ_in_graph_and_outlook_only() -> None:
    high, dod = cloud("usgov"), cloud("usgov_dod")
    assert high.login_hosts == dod.login_hosts
    assert (high.graph_url, dod.graph_url) == ("https://graph.microsoft.us", "https://dod-graph.microsoft.us")


def test_instance_discovery_lists_every_login_host_of_every_cloud() -> None:
    listed = {alias for group in INSTANCE_ALIASES for alias in group.aliases}
    assert {host for row in CLOUDS.values() for host in row.login_hosts} <= listed
    assert all(
        group.preferred_network in group.aliases and group.preferred_cache in group.aliases
        for group in INSTANCE_ALIASES
    )


def test_the_module_is_light_to_import() -> None:
    heavy = "asyncio ssl httpx jwt yaml cryptography starlette zoneinfo difflib".split()
    code = f"import sys, outlook365_emulator.clouds; print([one for one in {heavy!r} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
