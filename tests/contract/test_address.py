"""Which host a request is meant for: by name over TLS, as a prefix at local names, the emulator itself, or nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook365_emulator.app.address import Emulated, Nowhere, Own, address_of

LOGIN, GRAPH, OUTLOOK = "login.microsoftonline.com", "graph.microsoft.com", "outlook.office.com"
LOCAL = frozenset({"workstation"})

EMULATED = [
    (True, GRAPH, "/v1.0/me", "graph", "/v1.0/me", "host"),
    (True, "GRAPH.Microsoft.com:443", "/v1.0/me", "graph", "/v1.0/me", "host"),
    (True, "graph.microsoft.com.", "/", "graph", "/", "host"),
    (True, LOGIN, "/common/", "login", "/common/", "host"),
    (True, "westeurope.login.microsoft.com", "/x", "login", "/x", "host"),
    (True, OUTLOOK, "/api/v2.0", "outlook", "/api/v2.0", "host"),
    (True, "127.0.0.1:8443", f"/{GRAPH}/v1.0/me", "graph", "/v1.0/me", "prefix"),
    (False, "127.0.0.1:8365", f"/{GRAPH}/v1.0/me", "graph", "/v1.0/me", "prefix"),
    (False, "localhost:8365", f"/{LOGIN}", "login", "/", "prefix"),
    (False, "[::1]:8365", f"/{LOGIN}/", "login", "/", "prefix"),
    (False, "workstation:1", f"/{LOGIN.upper()}//x%2Fy", "login", "//x%2Fy", "prefix"),
    (False, "app.localhost", f"/{GRAPH}/_emulator/v1/", "graph", "/_emulator/v1/", "prefix"),
    (True, GRAPH, "/_emulator/v1/worlds", "graph", "/_emulator/v1/worlds", "host"),
]


@pytest.mark.parametrize(("tls", "host", "path", "service", "rest", "form"), EMULATED)
def test_an_emulated_host_is_addressed(tls: bool, host: str, path: str, service: str, rest: str, form: str) -> None:
    found = address_of([host], path, tls=tls, local=LOCAL)
    assert isinstance(found, Emulated)
    assert (found.service, found.path, found.form) == (service, rest, form)
    if form == "prefix":
        assert found.door == f"{'https' if tls else 'http'}://{host}"


@pytest.mark.parametrize("path", ["/", "/_emulator", "/_emulator/v1/worlds"])
def test_the_emulator_itself_is_addressed(path: str) -> None:
    assert address_of(["127.0.0.1:8365"], path, tls=False, local=LOCAL) == Own(
        "127.0.0.1", path, "http://127.0.0.1:8365"
    )


NOWHERE = [
    (False, [GRAPH], "/v1.0/me", 400, "served over https only"),
    (False, [GRAPH], "/_emulator/v1/worlds", 400, "served over https only"),
    (True, ["127.0.0.1"], "/_emulator/v1/worlds", 404, "on the HTTP port"),
    (True, ["127.0.0.1"], "/", 404, "on the HTTP port"),
    (False, ["127.0.0.1"], "/v1.0/me", 404, "127.0.0.1:PORT/graph.microsoft.com"),
    (False, ["127.0.0.1"], "//graph.microsoft.com/v1.0/me", 404, "No emulated host"),
    (False, ["127.0.0.1"], "/graph.microsoft.con/v1.0/me", 404, "did you mean graph.microsoft.com?"),
    (False, ["127.0.0.1"], f"/management.azure.com/{GRAPH}/v1.0/me", 404, "is not emulated"),
    (True, ["graph.microsoft.con"], "/", 421, "did you mean graph.microsoft.com?"),
    (False, ["evil.example"], f"/{GRAPH}/v1.0/me", 421, "--allow-host evil.example"),
    (True, [], "/", 400, "exactly one Host header"),
    (True, [GRAPH, "127.0.0.1"], "/", 400, "exactly one Host header"),
    (True, ["a b"], "/", 400, "names one host"),
    (True, [GRAPH], "*", 400, "begins with '/'"),
]


@pytest.mark.parametrize(("tls", "hosts", "path", "status", "words"), NOWHERE)
def test_nobody_is_addressed(tls: bool, hosts: list[str], path: str, status: int, words: str) -> None:
    found = address_of(hosts, path, tls=tls, local=LOCAL)
    assert isinstance(found, Nowhere)
    assert found.status == status
    assert words in found.sentence


@given(st.lists(st.text(), max_size=2), st.text(), st.booleans())
def test_any_host_and_path_have_an_address(hosts: list[str], path: str, tls: bool) -> None:
    assert address_of(hosts, path, tls=tls, local=LOCAL)
