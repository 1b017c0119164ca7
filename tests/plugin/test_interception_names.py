"""Emulated names have private addresses, in every spelling and for every asker."""

import socket
import sys
import types
from typing import Any

import pytest
from outlook365_emulator.net.interception import Interception

GRAPH = "graph.microsoft.com"
REAL = "management.azure.com"

pytestmark = [pytest.mark.usefixtures("no_proxy_variables"), pytest.mark.enable_socket]


@pytest.mark.parametrize(
    "host",
    [GRAPH, GRAPH.upper(), f"{GRAPH}.", GRAPH.encode(), "\uff47raph.microsoft.com", "westeurope.login.microsoft.com"],
)
def test_every_spelling_has_a_private_address(active: Interception, host: Any) -> None:
    [answer] = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    family, kind, protocol, canonical, (address, port) = answer
    assert (family, kind, protocol, canonical, port) == (
        socket.AF_INET,
        socket.SOCK_STREAM,
        socket.IPPROTO_TCP,
        "",
        443,
    )
    assert address.startswith("127.36.5.")
    assert socket.gethostbyname(host) == address
    assert socket.gethostbyname_ex(host)[2] == [address]


def test_each_host_has_its_own(active: Interception, echo_server: Any) -> None:
    addresses = {socket.gethostbyname(host) for host in echo_server.hosts}
    assert len(addresses) == len(echo_server.hosts)


@pytest.mark.parametrize(("port", "number"), [(443, 443), ("443", 443), (b"443", 443), (None, 0), ("https", 443)])
def test_the_port_may_have_any_form(active: Interception, port: Any, number: int) -> None:
    assert {answer[4][1] for answer in socket.getaddrinfo(GRAPH, port)} == {number}


def test_there_is_no_ipv6(active: Interception) -> None:
    with pytest.raises(socket.gaierror) as caught:
        socket.getaddrinfo(GRAPH, 443, socket.AF_INET6)
    assert caught.value.errno == socket.EAI_NONAME


def test_flags_mean_what_they_mean_elsewhere(active: Interception) -> None:
    assert socket.getaddrinfo(GRAPH, 443, flags=socket.AI_CANONNAME | socket.AI_ADDRCONFIG)[0][3] == GRAPH
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo(GRAPH, 443, flags=socket.AI_NUMERICHOST)


def test_other_names_are_left_to_the_system(active: Interception) -> None:
    assert socket.gethostbyname("127.0.0.1") == "127.0.0.1"
    assert socket.getaddrinfo(None, 80, socket.AF_INET)[0][4][0] == "127.0.0.1"
    with pytest.raises((UnicodeError, socket.gaierror)):
        socket.getaddrinfo("\udcff" * 70, 443)


def test_copies_that_modules_hold_answer_as_well(interception: Interception, monkeypatch: pytest.MonkeyPatch) -> None:
    with interception:  # leaving it takes out a paused replacement below, which another test may have left
        pass
    module = types.ModuleType("held")
    module.look_up = original = socket.getaddrinfo
    monkeypatch.setitem(sys.modules, "held", module)
    with interception:
        assert module.look_up(GRAPH, 443)[0][4][0].startswith("127.36.5.")
        module.later = socket.getaddrinfo
    assert module.look_up is module.later is original
